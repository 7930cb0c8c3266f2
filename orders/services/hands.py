"""Whose hands an order passes through, and which of them are never the same person's."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from kernel.clock import county_day
from kernel.errors import DomainError
from orders.models import PurchaseOrder
from records.selectors.participation import exception_between, stages_excluding
from records.services.participation import AlreadyTookPart, take_part

REQUEST, ANSWER, APPROVE, SHIP, WEIGH, SIGN = "request", "answer", "approve", "ship", "weigh", "sign"
PAY, CONFIRM = "pay_make", "pay_check"
STRIKE = "strike"
SEND_BACK, DECIDE = "send_back", "decide"
# Approving, signing and confirming the payment may be one person's, and approving with weighing: a small canteen has
# four people. Whoever brings the goods or answers for the seller has no hand of the buyer's.
APART = (
    *((REQUEST, stage) for stage in (ANSWER, APPROVE, SHIP, WEIGH, SIGN, PAY, CONFIRM)),
    *((SHIP, stage) for stage in (APPROVE, WEIGH, SIGN, PAY, CONFIRM)),
    *((ANSWER, stage) for stage in (APPROVE, WEIGH, SIGN, PAY, CONFIRM)),
    (APPROVE, PAY),
    (WEIGH, SIGN),
    (WEIGH, PAY),
    (WEIGH, CONFIRM),
    (SIGN, PAY),
    (PAY, CONFIRM),
    *((stage, SEND_BACK) for stage in (ANSWER, SHIP)),
    # What was sent would else be accepted by silence, after whoever sent it struck out what was weighed.
    *((stage, STRIKE) for stage in (REQUEST, ANSWER, SHIP)),
    # Who decides between the two sides has had no hand of either.
    *((stage, DECIDE) for stage in (REQUEST, ANSWER, APPROVE, SHIP, WEIGH, SIGN, PAY, CONFIRM, SEND_BACK)),
)
# These are held by the law and by the tables themselves; no county ends them.
FOR_EVER = (*((REQUEST, stage) for stage in (ANSWER, APPROVE, SHIP, WEIGH, SIGN, PAY, CONFIRM)),
            (WEIGH, SIGN), (PAY, CONFIRM), (ANSWER, SEND_BACK), (ANSWER, DECIDE), (SEND_BACK, DECIDE))  # fmt: skip
# Between these an organisation with too few people may be granted an exception.
EXCUSABLE = ((WEIGH, PAY), (APPROVE, PAY), (SIGN, PAY), (WEIGH, CONFIRM))
STAGES = {
    REQUEST: pgettext_lazy("a hand on an order", "place it"),
    ANSWER: pgettext_lazy("a hand on an order", "answer for a seller"),
    APPROVE: pgettext_lazy("a hand on an order", "approve it"),
    SHIP: pgettext_lazy("a hand on an order", "send the goods off"),
    WEIGH: pgettext_lazy("a hand on an order", "weigh the goods"),
    SIGN: pgettext_lazy("a hand on an order", "sign for the goods"),
    STRIKE: pgettext_lazy("a hand on an order", "strike a weighing out"),
    PAY: pgettext_lazy("a hand on an order", "record the payment"),
    CONFIRM: pgettext_lazy("a hand on an order", "confirm the payment"),
    SEND_BACK: pgettext_lazy("a hand on an order", "send goods back"),
    DECIDE: pgettext_lazy("a hand on an order", "decide about goods sent back"),
}
DID = {
    ANSWER: pgettext_lazy("a hand on an order", "answered for a seller"),
    APPROVE: pgettext_lazy("a hand on an order", "approved it"),
    SHIP: pgettext_lazy("a hand on an order", "sent the goods off"),
    WEIGH: pgettext_lazy("a hand on an order", "weighed the goods"),
    SIGN: pgettext_lazy("a hand on an order", "signed for the goods"),
    STRIKE: pgettext_lazy("a hand on an order", "struck a weighing out"),
    PAY: pgettext_lazy("a hand on an order", "recorded the payment"),
    CONFIRM: pgettext_lazy("a hand on an order", "confirmed the payment"),
    SEND_BACK: pgettext_lazy("a hand on an order", "asked to send goods back"),
    DECIDE: pgettext_lazy("a hand on an order", "decided about goods sent back"),
}


class OwnOrder(DomainError):
    code = "own_order"
    message = _("You placed this order. Another person must do this step.")


class HandTaken(AlreadyTookPart):
    def __init__(self, stage: str) -> None:
        super().__init__(_("Of this order you have %(did)s. Another person must do this step.") % {"did": DID[stage]})


def take_hand(order: PurchaseOrder, stage: str, *, by: User, at: dt.datetime) -> None:
    """Put this person down for one step of a locked order; refuse whoever placed it, did a step that excludes this one,
    or stands on the other side of it.
    """
    if order.requester.person_id == by.person_id:
        raise OwnOrder
    try:
        take_part(order.reference, stage, by=by, at=at)
    except AlreadyTookPart:
        _take_by_exception(order, stage, by=by, at=at)


def _take_by_exception(order: PurchaseOrder, stage: str, *, by: User, at: dt.datetime) -> None:
    """Put this person down although another hand excludes this one, where an exception stands between them."""
    day = county_day(at)
    before = stages_excluding(order.reference, stage, by=by, on=day)
    excused = exception_between(order.reference, stage, before[0], on=day) if len(before) == 1 else None
    if excused is None:
        raise HandTaken(before[0])
    take_part(order.reference, stage, by=by, at=at, excused_by=excused)
