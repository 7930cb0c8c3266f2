"""Saying how a sale went: after the scale for the buyer, after the money for the seller, once, changed within days."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from kernel.errors import DomainError
from kernel.present import known
from orders.models import Rating, ReceiptLine, ReceiptStatus, Side
from orders.selectors.interest import tied_orders
from orders.selectors.ratings import paid_at, said_since
from orders.services.delivering import lock_orders_of
from records.selectors.policy import policy
from records.services.participation import HasInterest

SAY_WHETHER_DESCRIBED = _("Say also whether the goods were as described.")


class NotYet(DomainError):
    code = "rated_too_early"

    def __init__(self, side: Side) -> None:
        super().__init__(
            _("Say how it went once the weight is signed for.")
            if side == Side.BUYER
            else _("Say how it went once the money has come.")
        )


class TooLateToRate(DomainError):
    code = "rated_too_late"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("How a sale went is said within %(days)s days. What is still wrong goes to the county.") % {"days": days}
        )


@dataclass(frozen=True, slots=True)
class Word:
    """What one side says: `as_described` is about goods, so that only a buyer says it."""

    timely: bool
    right_weight: bool
    as_described: bool | None = None
    words: str = ""


@transaction.atomic
def rate(line: ReceiptLine, side: Side, said: Word, *, by: User, at: dt.datetime) -> Rating:
    """Write down how one side says that a lot went; what it said before stands in the history.

    Whoever stands on both sides of the order says nothing of it.
    """
    lock_orders_of(line.receipt.delivery)
    line.receipt.refresh_from_db()
    order = line.allocation.order.reference
    if tied_orders([order], "sign" if side == Side.BUYER else "answer", by):
        raise HasInterest
    signed = line.receipt.status == ReceiptStatus.SIGNED and line.accepted_g > 0
    over_at = known(line.receipt.signed_at) if signed and side == Side.BUYER else paid_at(line)
    if not signed or over_at is None:
        raise NotYet(side)
    before = Rating.objects.filter(receipt_line=line, side=side, replaced_by=None).first()
    today = clock.county_day(at)
    days = policy("rating_days" if before is None else "rating_change_days", today)
    since = over_at if before is None else _first_said_at(line, side)
    if since < said_since(days, at):
        raise TooLateToRate(days)
    return Rating.objects.create(
        receipt_line=line,
        side=side,
        timely=said.timely,
        right_weight=said.right_weight,
        as_described=said.as_described if side == Side.BUYER else None,
        words=said.words.strip()[:200],
        replaces=before,
        by=by,
        at=at,
    )


def _first_said_at(line: ReceiptLine, side: Side) -> dt.datetime:
    return Rating.objects.get(receipt_line=line, side=side, replaces=None).at
