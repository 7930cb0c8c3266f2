"""A signed receipt is corrected by a document of its own: a receiver proposes, a colleague signs, the seller answers.

What follows is the way of goods sent back (`returning`): answer, silence, the county's word, one movement of kilos and
money, and a line on a statement of the same trip. The receipt itself is never changed.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import tell_all
from catalog.services.kilos import LotRecalled, NotEnoughProduce
from kernel import clock, weight
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import known
from kernel.weight import MOST_G
from kernel.workflow import IllegalMove
from orders.models import (
    Allocation,
    Complaint,
    Fate,
    GoodsReceipt,
    GoodsReturn,
    ReceiptLine,
    ReceiptStatus,
    ReturnReason,
    ReturnStatus,
)
from orders.selectors.holds import holds_of
from orders.selectors.returned import Left, corrected_of, left_of
from orders.services.asking import said_day
from orders.services.delivering import tolerance_at
from orders.services.hands import SEND_BACK, take_hand
from orders.services.returning import PHOTO, agree, locked, locked_order
from orders.services.telling import to_seller
from records.models import StoredFile
from records.selectors.policy import policies_on, policy
from records.services.files import attach

LESS = _(
    "%(buyer)s says that the scale was read wrongly: %(quantity)s less of your %(produce)s (order %(number)s): "
    "%(words)s. Answer by %(until)s, else the county decides."
)
MORE = _(
    "%(buyer)s says that the scale was read wrongly: %(quantity)s more of your %(produce)s (order %(number)s): "
    "%(words)s. Answer by %(until)s, else the county decides."
)


class CorrectionTooLate(DomainError):
    code = "correction_too_late"

    def __init__(self, last: dt.date) -> None:
        super().__init__(_("A receipt could be corrected until %(day)s. That day is over.") % {"day": said_day(last)})


class AboveTheOrder(DomainError):
    code = "above_the_order"

    def __init__(self, lot: Allocation, most_g: int) -> None:
        super().__init__(
            _("%(produce)s: %(most)s at most can be accepted on this order. What is more cannot be put right here.")
            % {"produce": lot.line.produce.name, "most": weight.both(most_g)}
        )


class CorrectionOpen(DomainError):
    code = "correction_open"
    message = _("A correction of this lot is still open. Wait until it has ended.")


class SignedBySelf(DomainError):
    code = "correction_signed_by_self"
    message = _("You proposed this correction. Another person of the buyer must sign it.")


def may_still_correct(receipt: GoodsReceipt, *, at: dt.datetime) -> bool:
    """Return whether the lots of a receipt may still be corrected."""
    return receipt.signed_on is not None and clock.county_day(at) <= _last_day(receipt, at)


@transaction.atomic
def ask_correction(
    line: ReceiptLine,
    *,
    grams: int,
    pieces: int | None = None,
    words: str,
    photo: StoredFile | None = None,
    complaint: Complaint | None = None,
    by: User,
    at: dt.datetime,
) -> GoodsReturn:
    """Propose for the buyer that so much of a signed lot was accepted, and not what the receipt says, in words why."""
    order = locked_order(line)
    receipt = line.receipt
    if receipt.status != ReceiptStatus.SIGNED:
        raise IllegalMove
    if complaint is None and clock.county_day(at) > _last_day(receipt, at):
        raise CorrectionTooLate(_last_day(receipt, at))
    if not words.strip():
        raise BadValue(_("Write in your own words how the scale was read wrongly."))
    require_none_open(line)
    stands = corrected_of(line)
    by_g = stands.grams - grams
    by_pieces = known(stands.pieces) - known(pieces) if stands.pieces is not None and pieces is not None else None
    require_possible(line, stands, Left(grams, pieces), by_g, by_pieces, at=at)
    take_hand(order, SEND_BACK, by=by, at=at)
    hours = policy("return_answer_hours", clock.county_day(at))
    row = GoodsReturn(
        number=begun(Kind.CORRECTION, clock.county_day(at)),
        receipt_line=line,
        complaint=complaint,
        asked_g=by_g,
        asked_pieces=by_pieces,
        reason=ReturnReason.SCALE,
        words=words.strip()[:200],
        asked_by=by,
        asked_at=at,
        answer_by_at=at + dt.timedelta(hours=hours),
    ).begin(by=by, at=at)
    if photo is not None:
        attach(row.reference, photo, PHOTO, by=by, at=at)
    return row


@transaction.atomic
def countersign(row: GoodsReturn, *, by: User, at: dt.datetime) -> GoodsReturn:
    """Sign a correction as the second person of the buyer; from now on the seller is asked, and has its whole time."""
    order, row = locked(row)
    if not row.is_correction or row.status != ReturnStatus.ASKED or row.countersigned_at is not None:
        raise IllegalMove
    if row.asked_by.person_id == by.person_id:
        raise SignedBySelf
    take_hand(order, SEND_BACK, by=by, at=at)
    row.countersigned_by, row.countersigned_at = by, at
    row.answer_by_at = at + dt.timedelta(hours=policy("return_answer_hours", clock.county_day(at)))
    row.save(update_fields=["countersigned_by", "countersigned_at", "answer_by_at"])
    if row.complaint is not None:
        agree(row, row.asked_g, row.asked_pieces, Fate.FREE, by=by, at=at, why=row.words)  # the seller has asked for it
        return row
    lot = row.receipt_line.allocation
    facts: dict[str, object] = {
        "quantity": lambda: lot.listing.in_words(abs(row.asked)),
        "words": row.words,
        "until": message_deadline(row.answer_by_at),
    }
    tell_all([to_seller(lot, "correction_asked", LESS if row.asked_g > 0 else MORE, **facts)], at=at)
    return row


def require_none_open(line: ReceiptLine) -> None:
    """Refuse while another correction of this lot is open."""
    if line.returns.filter(reason=ReturnReason.SCALE, status__in=[ReturnStatus.ASKED, ReturnStatus.CONTESTED]).exists():
        raise CorrectionOpen


def _last_day(receipt: GoodsReceipt, at: dt.datetime) -> dt.date:
    days = policies_on(clock.county_day(at))["correction_days"]
    return known(receipt.signed_on) + dt.timedelta(days=days)


def require_possible(
    line: ReceiptLine, stands: Left, wanted: Left, by_g: int, by_pieces: int | None, *, at: dt.datetime
) -> None:
    """Refuse what no scale can say, what was sent back already, and more than the lot and the order may give."""
    lot, left = line.allocation, left_of(line)
    if (stands.pieces is None) != (wanted.pieces is None):
        raise BadValue(_("Animals are counted and weighed, everything else is weighed."))
    if not 0 <= wanted.grams <= MOST_G or not by_g:
        raise BadValue(_("Write the weight that was really accepted. It is not the one on the receipt."))
    if by_pieces is not None and (by_pieces * by_g < 0 or (wanted.pieces == 0) != (wanted.grams == 0)):
        raise BadValue(_("Heads and weight do not fit together. Count and weigh again."))
    if by_g > left.grams or (by_pieces or 0) > (left.pieces or 0):
        raise BadValue(
            _("Some of it was sent back, or is asked to go back, so less than that cannot have been accepted.")
        )
    if by_g > 0:
        return
    listing = lot.listing
    if listing.recalled_at is not None:
        raise LotRecalled(listing)
    held = holds_of([lot])[lot.pk]
    most = tolerance_at(at).most_g(lot) - held.taken_g - held.weighed_g
    if -by_g > most:
        raise AboveTheOrder(lot, stands.grams + max(0, most))
    more = -by_g if by_pieces is None else -by_pieces
    if more > listing.free():
        raise NotEnoughProduce(listing, left=listing.free(), wanted=more)
