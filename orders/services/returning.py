"""Goods sent back after they were signed for: the buyer asks, the seller answers, the bureau decides between them.

What is agreed moves at once: kilos from sold back to the seller, money from the seller to the fund, and a line on a
statement of the same seller, buyer and fund. What the two sides do not agree on ends at a moment that both are shown.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from catalog.models import Movement
from catalog.selectors.returning import last_return_day
from catalog.services import kilos
from kernel import clock, money, weight
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import StrOrPromise, known
from kernel.workflow import IllegalMove
from ledger.services import transfers
from orders.models import (
    Fate,
    GoodsReceipt,
    GoodsReturn,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    ReturnReason,
    ReturnStatus,
)
from orders.selectors.grades import moves
from orders.selectors.holds import holds_of
from orders.selectors.orders import seller_name
from orders.selectors.returned import OF_RETURNS, left_of
from orders.services import drawing
from orders.services.asking import for_household, said_day
from orders.services.delivering import lock_orders_of
from orders.services.hands import ANSWER, DECIDE, SEND_BACK, take_hand
from orders.services.settling import settle
from orders.services.telling import to_buyer, to_seller
from records.models import StoredFile
from records.selectors.policy import policy
from records.services.files import attach

PHOTO = "goods"
MOST_PHOTOS = 3
ASKED = _(
    "%(buyer)s wants to send back %(quantity)s of your %(produce)s (order %(number)s): %(reason)s. Answer by "
    "%(until)s, else the county decides."
)
AGREED = _("%(seller)s takes back %(quantity)s of %(produce)s (order %(number)s). %(amount)s yuan are yours again.")
CONTESTED = _("%(seller)s does not take %(produce)s back (order %(number)s): %(why)s. The county decides by %(until)s.")
SILENT = _(
    "Nobody answered about the %(produce)s that is to go back (order %(number)s). The county decides by %(until)s."
)
GOES_BACK = _("%(quantity)s of your %(produce)s go back (order %(number)s), %(amount)s yuan with them. %(why)s")
STAYS = _("Your %(produce)s does not come back (order %(number)s). %(why)s")
STAYS_WITH_BUYER = _("%(produce)s of order %(number)s does not go back. %(why)s")
CORRECTED = _("The scale of %(produce)s (order %(number)s) is corrected by %(quantity)s, %(amount)s yuan. %(why)s")
CORRECTION_CONTESTED = _(
    "%(seller)s does not agree to the correction of %(produce)s (order %(number)s): %(why)s. The county decides by "
    "%(until)s."
)
CORRECTION_SILENT = _(
    "Nobody answered about the correction of %(produce)s (order %(number)s). The county decides by %(until)s."
)
CORRECTION_LEFT = _(
    "No second person signed the correction of %(produce)s (order %(number)s) in time. The county decides by %(until)s."
)
NOT_CORRECTED = _("The scale of %(produce)s (order %(number)s) is not corrected. %(why)s")
CORRECTION_WITHDRAWN = _("%(buyer)s takes the correction of your %(produce)s back (order %(number)s). Nothing changes.")
UNSIGNED = _("Nobody signed the correction of %(produce)s (order %(number)s), so it is taken back.")
WITHDRAWN = _("%(buyer)s does not send your %(produce)s back after all (order %(number)s).")
DECIDED_BY_SILENCE = _("Nobody decided in time, so it is as the two sides left it.")
YES, NO = _("takes goods back"), _("takes nothing back")
CORRECTS, CORRECTS_NOT = _("agrees to a correction of the scale"), _("does not agree to a correction of the scale")


class TooLate(DomainError):
    code = "return_too_late"

    def __init__(self, last: dt.date) -> None:
        super().__init__(_("Goods could be sent back until %(day)s. That day is over.") % {"day": said_day(last)})


class MoreThanAccepted(BadValue):
    code = "more_than_accepted"

    def __init__(self, line: ReceiptLine, most: str) -> None:
        super().__init__(
            _("%(produce)s: at most %(most)s can still be sent back.")
            % {"produce": line.allocation.listing.produce.name, "most": most}
        )


class NotCountersigned(DomainError):
    code = "not_countersigned"
    message = _("A second person of the buyer has not signed this correction yet. After that you are asked.")


class FollowsComplaint(DomainError):
    code = "follows_complaint"
    message = _("This follows from a complaint that was found right. It cannot be taken back.")


class AnswerTooLate(DomainError):
    code = "return_answer_too_late"
    message = _("The time to answer is over. The county decides about these goods now.")


def may_still_return(receipt: GoodsReceipt, *, at: dt.datetime) -> bool:
    """Return whether goods of a receipt may still be sent back."""
    day = clock.county_day(at)
    return receipt.signed_on is not None and day <= last_return_day(receipt.signed_on, day)


@transaction.atomic
def ask_return(
    line: ReceiptLine,
    *,
    grams: int,
    pieces: int | None = None,
    reason: str,
    words: str,
    photos: Sequence[StoredFile],
    by: User,
    at: dt.datetime,
) -> GoodsReturn:
    """Ask for the buyer that this much of a signed lot goes back, with the reason, in words and by photo."""
    order = locked_order(line)
    receipt = line.receipt
    if receipt.status != ReceiptStatus.SIGNED:
        raise IllegalMove
    today = clock.county_day(at)
    last = last_return_day(known(receipt.signed_on), today)
    if today > last:
        raise TooLate(last)
    if reason not in set(ReturnReason.values) - {ReturnReason.SCALE} or not words.strip():
        raise BadValue(_("Choose why the goods go back, and write in your own words what is wrong with them."))
    if not 1 <= len(photos) <= MOST_PHOTOS:
        raise BadValue(_("Take a photo of the goods, three at most: the seller must be able to see them."))
    require_left(line, grams, pieces)
    take_hand(order, SEND_BACK, by=by, at=at)
    row = GoodsReturn(
        number=begun(Kind.RETURN, clock.county_day(at)),
        receipt_line=line,
        asked_g=grams,
        asked_pieces=pieces,
        reason=reason,
        words=words.strip()[:200],
        asked_by=by,
        asked_at=at,
        answer_by_at=at + dt.timedelta(hours=policy("return_answer_hours", today)),
    ).begin(by=by, at=at)
    for photo in photos:
        attach(row.reference, photo, PHOTO, by=by, at=at)
    until = message_deadline(row.answer_by_at)
    facts = {"quantity": _in_words(row, asked=True), "reason": ReturnReason(reason).label, "until": until}
    tell_all([to_seller(line.allocation, "return_asked", ASKED, **facts)], at=at)
    return row


@transaction.atomic
def withdraw_return(row: GoodsReturn, *, by: User, at: dt.datetime) -> GoodsReturn:
    """Take back for the buyer what it asked and nobody has agreed to; a seller that was asked is told."""
    order, row = locked(row)
    if row.status not in (ReturnStatus.ASKED, ReturnStatus.CONTESTED):
        raise IllegalMove
    if row.complaint_id is not None:
        raise FollowsComplaint
    take_hand(order, SEND_BACK, by=by, at=at)
    row.ended_at = at
    row.move_to(ReturnStatus.WITHDRAWN, by=by, at=at, along=["ended_at"])
    if row.seller_was_asked:
        sentence = CORRECTION_WITHDRAWN if row.is_correction else WITHDRAWN
        tell_all([to_seller(row.receipt_line.allocation, "return_withdrawn", sentence)], at=at)
    return row


@transaction.atomic
def agree_to_return(
    row: GoodsReturn,
    *,
    grams: int | None = None,
    pieces: int | None = None,
    fate: str,
    words: str = "",
    by: User,
    at: dt.datetime,
    consent: str = "",
    proxy_name: str = "",
) -> GoodsReturn:
    """Take goods back for the seller: all that is asked, or less, in words why; what comes of them the seller says."""
    order, row = _open_to_answer(row, at=at)
    if grams is None or row.is_correction:
        grams, pieces = row.asked_g, row.asked_pieces
    _require_no_more(row, grams, pieces)
    if row.is_correction:
        fate = Fate.FREE
    if grams < row.asked_g and not words.strip():
        raise BadValue(_("Write why you take back less than was asked."))
    if fate not in Fate.values:
        raise BadValue(_("Choose whether the goods can be sold again."))
    take_hand(order, ANSWER, by=by, at=at)
    row.answered_by, row.answered_at, row.answer = by, at, words.strip()[:200]
    _answer_for_household(row, CORRECTS if row.is_correction else YES, proxy_name, consent, by=by, at=at)
    agree(row, grams, pieces, fate, by=by, at=at, why=row.answer)
    return row


@transaction.atomic
def contest_return(
    row: GoodsReturn, *, words: str, by: User, at: dt.datetime, consent: str = "", proxy_name: str = ""
) -> GoodsReturn:
    """Refuse for the seller to take goods back, in words why: the bureau decides."""
    order, row = _open_to_answer(row, at=at)
    if not words.strip() and row.is_correction:
        raise BadValue(_("Write why the correction is not right. The county reads it before it decides."))
    if not words.strip():
        raise BadValue(_("Write why you do not take the goods back. The county reads it before it decides."))
    take_hand(order, ANSWER, by=by, at=at)
    row.answered_by, row.answered_at, row.answer = by, at, words.strip()[:200]
    _answer_for_household(row, CORRECTS_NOT if row.is_correction else NO, proxy_name, consent, by=by, at=at)
    leave_to_county(row, by=by, at=at, along=["answered_by", "answered_at", "answer"])
    facts = {"produce": produce_of(row), "why": row.answer, "until": message_deadline(known(row.decide_by_at))}
    sentence = CORRECTION_CONTESTED if row.is_correction else CONTESTED
    tell_all([to_buyer(order, "return_contested", sentence, seller=seller_of(row), **facts)], at=at)
    return row


@transaction.atomic
def hand_silent_over(row: GoodsReturn, *, at: dt.datetime) -> GoodsReturn | None:
    """Hand what the seller did not answer in time to the bureau; both sides are told."""
    order, row = locked(row)
    if row.status != ReturnStatus.ASKED or at < row.answer_by_at:
        return None
    unsigned = not row.seller_was_asked
    if unsigned and row.complaint_id is None:
        row.ended_at = at
        row.move_to(ReturnStatus.WITHDRAWN, by=None, at=at, note="not signed", along=["ended_at"])
        tell_all([to_buyer(order, "correction_unsigned", UNSIGNED, produce=produce_of(row))], at=at)
        return row
    leave_to_county(row, by=None, at=at, note="not signed" if unsigned else "no answer")
    facts = {"produce": produce_of(row), "until": message_deadline(known(row.decide_by_at))}
    sentence = SILENT
    if row.is_correction:
        sentence = CORRECTION_LEFT if unsigned else CORRECTION_SILENT
    buyer = to_buyer(order, "return_silent", sentence, **facts)
    tell_all([buyer, to_seller(row.receipt_line.allocation, "return_silent", sentence, **facts)], at=at)
    return row


@transaction.atomic
def decide_return(
    row: GoodsReturn, *, grams: int, pieces: int | None = None, words: str, by: User, at: dt.datetime
) -> GoodsReturn:
    """Decide for the county, in words, how much goes back: all that was asked, less, or nothing."""
    order, row = locked(row)
    if row.status != ReturnStatus.CONTESTED:
        raise IllegalMove
    if not words.strip():
        raise BadValue(_("Write why you decide so. Both sides read it."))
    if row.is_correction and grams:
        grams, pieces = row.asked_g, row.asked_pieces
    if grams or pieces:
        _require_no_more(row, grams, pieces)
    take_hand(order, DECIDE, by=by, at=at)
    row.decided_by, row.decision = by, words.strip()[:200]
    if grams:
        agree(row, grams, pieces, Fate.WRITTEN_OFF, by=by, at=at, why=row.decision)
    else:
        _refuse(row, by=by, at=at, why=row.decision)
    return row


@transaction.atomic
def end_undecided(row: GoodsReturn, *, at: dt.datetime) -> GoodsReturn | None:
    """End what nobody decided in time: what the seller never answered goes back as asked, what it contested stays.

    More leaves a fund only by two people of the buyer or by the county: a correction that nobody countersigned stays.
    """
    _order, row = locked(row)
    if row.status != ReturnStatus.CONTESTED or at < known(row.decide_by_at):
        return None
    fate = Fate.FREE if row.is_correction else Fate.WRITTEN_OFF
    more_by_one = row.asked_g < 0 and row.countersigned_at is None
    if row.answered_at is None and not more_by_one and _can_be_had(row):
        agree(row, row.asked_g, row.asked_pieces, fate, by=None, at=at, why=DECIDED_BY_SILENCE)
    else:
        _refuse(row, by=None, at=at, why=DECIDED_BY_SILENCE)
    return row


def _can_be_had(row: GoodsReturn) -> bool:
    """Return whether what a correction finds more is still there: in the lot, and its money in the fund."""
    lot = row.receipt_line.allocation
    if row.asked_g > 0:
        return True
    more_fen = lot.amount_for(-row.asked_g) + 1
    plan, goods = lot.order.purchase_plan, lot.line.plan_goods
    in_plan = plan is None or more_fen <= plan.left_fen()
    left_g = goods.left_g() if goods is not None else None
    in_plan = in_plan and (left_g is None or -row.asked_g <= left_g)
    return in_plan and -row.asked <= lot.listing.free() and more_fen <= lot.order.fund.account.available_fen()


def agree(
    row: GoodsReturn, grams: int, pieces: int | None, fate: str, *, by: User | None, at: dt.datetime, why: object
) -> None:
    """Move the goods back to the seller and their money to the fund; all kept of a grade is rounded once."""
    lot = row.receipt_line.allocation
    held = holds_of([lot])[lot.pk]
    row.agreed_g, row.agreed_pieces, row.ended_at = grams, pieces, at
    row.fate = Fate.WRITTEN_OFF if lot.listing.recalled_at is not None and grams > 0 else fate
    grade = row.receipt_line.grade
    goods_fen, step_fen = moves(lot, grade, held.kept_in(grade), -grams)
    row.refund_fen = step_fen - goods_fen
    along = ["agreed_g", "agreed_pieces", "refund_fen", "fate", "ended_at", "answered_by", "answered_at", "answer",
             "decided_by", "decision"]  # fmt: skip
    row.move_to(ReturnStatus.AGREED, by=by, at=at, along=along)
    _move(row, by=by, at=at)
    facts = {"quantity": _in_words(row, asked=False), "amount": money.yuan(abs(row.refund_fen))}
    facts["produce"] = produce_of(row)
    agreed, goes = (CORRECTED, CORRECTED) if row.is_correction else (AGREED, GOES_BACK)
    words = [to_buyer(lot.order, "return_agreed", agreed, seller=seller_of(row), why=why, **facts)]
    tell_all([*words, to_seller(lot, "return_agreed", goes, why=why, **facts)], at=at)
    settle(row.receipt_line.receipt.delivery, by=by, at=at)


def _move(row: GoodsReturn, *, by: User | None, at: dt.datetime) -> None:
    """Move the kilos and the money of what was agreed; what a correction finds more comes from the lot and the fund."""
    lot, side = row.receipt_line.allocation, Movement.Side
    back = side.FREE if row.fate == Fate.FREE else side.WRITTEN_OFF
    source, target = (side.SOLD, back) if row.agreed_g > 0 else (side.FREE, side.SOLD)
    if row.agreed:
        price = lot.sold_at() if target == side.SOLD else None
        reference = f"{row.reference}:back"
        move = kilos.KiloMove(lot.listing_id, source, target, abs(row.agreed), reference, row.reason, price)
        kilos.move_kilos([move], by=by, at=at)
    seller, fund = lot.listing.payee_account_id, lot.order.fund.account_id
    debit, credit = (seller, fund) if row.refund_fen > 0 else (fund, seller)
    if row.refund_fen:
        transfers.transfer(
            reference=f"{row.reference}:refund",
            debit_id=debit,
            credit_id=credit,
            amount_fen=abs(row.refund_fen),
            at=at,
        )
    drawing.count([drawing.Moved(lot, lot.order, taken_fen=-row.refund_fen, taken_g=-row.agreed_g)])


def _refuse(row: GoodsReturn, *, by: User | None, at: dt.datetime, why: object) -> None:
    row.ended_at = at
    row.move_to(ReturnStatus.REFUSED, by=by, at=at, along=["ended_at", "decided_by", "decision"])
    tell_all(_stays(row, why), at=at)


def _stays(row: GoodsReturn, why: object) -> list[Word]:
    lot = row.receipt_line.allocation
    seller, buyer = (NOT_CORRECTED, NOT_CORRECTED) if row.is_correction else (STAYS, STAYS_WITH_BUYER)
    return [
        to_seller(lot, "return_refused", seller, why=why),
        to_buyer(lot.order, "return_refused", buyer, produce=produce_of(row), why=why),
    ]


def leave_to_county(
    row: GoodsReturn, *, by: User | None, at: dt.datetime, note: str = "", along: Sequence[str] = ()
) -> None:
    row.decide_by_at = at + dt.timedelta(days=policy("return_decision_days", clock.county_day(at)))
    row.move_to(ReturnStatus.CONTESTED, by=by, at=at, note=note, along=["decide_by_at", *along])


def _answer_for_household(
    row: GoodsReturn, answer: StrOrPromise, proxy_name: str, consent: str, *, by: User, at: dt.datetime
) -> None:
    if proxy_name:
        for_household(row.receipt_line.allocation, answer, proxy_name, consent, by=by, at=at, document=row.reference)


def _open_to_answer(row: GoodsReturn, *, at: dt.datetime) -> tuple[PurchaseOrder, GoodsReturn]:
    order, row = locked(row)
    if row.status != ReturnStatus.ASKED:
        raise IllegalMove
    if not row.seller_was_asked:
        raise NotCountersigned
    if at >= row.answer_by_at:
        raise AnswerTooLate
    return order, row


def locked(row: GoodsReturn) -> tuple[PurchaseOrder, GoodsReturn]:
    """Lock the orders of the trip, and with them all its returns; return the order of this one, and it as it is now."""
    order = locked_order(row.receipt_line)
    return order, GoodsReturn.objects.select_related(*OF_RETURNS).select_for_update(of=("self",)).get(pk=row.pk)


def locked_order(line: ReceiptLine) -> PurchaseOrder:
    orders = {order.pk: order for order in lock_orders_of(line.receipt.delivery)}
    return orders[line.allocation.order_id]


def require_left(line: ReceiptLine, grams: int, pieces: int | None) -> None:
    left = left_of(line)
    counted = left.pieces is not None
    if counted != (pieces is not None):
        raise BadValue(_("Animals are counted and weighed, everything else is weighed."))
    most = weight.both(left.grams)
    if not 1 <= grams <= left.grams:
        raise MoreThanAccepted(line, most)
    if left.pieces is None or pieces is None:
        return
    if not 1 <= pieces <= left.pieces or (pieces == left.pieces) != (grams == left.grams):
        raise MoreThanAccepted(line, line.allocation.listing.in_words(left.pieces) + "、" + most)


def _require_no_more(row: GoodsReturn, grams: int, pieces: int | None) -> None:
    """Refuse what is no part of what was asked."""
    if (row.asked_pieces is not None) != (pieces is not None):
        raise BadValue(_("Animals are counted and weighed, everything else is weighed."))
    if row.is_correction:
        return
    fits = 1 <= grams <= row.asked_g
    if pieces is not None:
        asked = known(row.asked_pieces)
        fits = fits and 1 <= pieces <= asked and (pieces < asked) == (grams < row.asked_g)
    if not fits:
        raise MoreThanAccepted(row.receipt_line, said_of(row, asked=True))


def _in_words(row: GoodsReturn, *, asked: bool) -> object:
    return lambda: said_of(row, asked=asked)


def said_of(row: GoodsReturn, *, asked: bool) -> str:
    listing = row.receipt_line.allocation.listing
    return listing.in_words(abs(row.asked if asked else row.agreed))


def produce_of(row: GoodsReturn) -> str:
    return row.receipt_line.allocation.listing.produce.name


def seller_of(row: GoodsReturn) -> str:
    return seller_name(row.receipt_line.allocation.listing)
