"""One side complains of a delivery, the other answers, the county decides between them; each wait has an end.

Kilos and money move by a correction or a return alone, which carries the complaint's key: a complaint moves nothing. A
complaint never stops a payment. What a fund would pay more needs two people of the buyer, or the county's word: two
silences pay nothing out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from kernel import clock, money, weight
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import StrOrPromise, known
from kernel.workflow import IllegalMove
from orders.models import About, Complaint, ComplaintStatus, PurchaseOrder, ReceiptLine, ReceiptStatus, Side
from orders.selectors.complaints import OF_COMPLAINTS, OPEN_COMPLAINTS, spoken_of_until
from orders.selectors.orders import seller_name
from orders.selectors.returned import left_of
from orders.services.asking import for_household, said_day
from orders.services.carrying_out import carry_out
from orders.services.hands import ANSWER, DECIDE, SEND_BACK, take_hand
from orders.services.returning import MoreThanAccepted, locked_order
from orders.services.telling import to_buyer, to_seller
from records.models import StoredFile
from records.selectors.policy import end_of_workday_after, policies_on, policy
from records.services.files import attach

SHOWN, SHOWN_BACK = "complaint", "complaint-answer"  # by whom a photo is: who complains, or the other side
MOST_PHOTOS = 3
WORDS = 200
RAISED = _(
    "%(who)s complains of %(produce)s (order %(number)s): %(words)s. Answer by %(until)s, else the county decides."
)
ANSWERED = _("%(who)s grants only a part of your complaint about %(produce)s (order %(number)s): %(words)s. Say by "
             "%(until)s whether that is enough, else it counts as enough.")  # fmt: skip
DENIED = _(
    "%(who)s denies your complaint about %(produce)s (order %(number)s): %(words)s. The county decides by %(until)s."
)
TO_COUNTY = _("About %(produce)s (order %(number)s) the county decides by %(until)s.")
FOUND_RIGHT = _("The complaint about %(produce)s (order %(number)s) counts: %(how_much)s. %(words)s")
FOUND_WRONG = _("The complaint about %(produce)s (order %(number)s) does not count. %(words)s")
TAKEN_BACK = _("%(who)s takes the complaint about %(produce)s (order %(number)s) back.")
ENDED_BY_SILENCE = _("Nobody decided in time, so it is as the two sides left it.")
COMPLAINS = _("complains of a delivery")
ANSWERS = _("answers a complaint")


class ComplaintTooLate(DomainError):
    code = "complaint_too_late"

    def __init__(self, last: dt.date) -> None:
        super().__init__(
            _("This delivery could be complained of until %(day)s. That day is over.") % {"day": said_day(last)}
        )


class ComplaintOpen(DomainError):
    code = "complaint_open"
    message = _("A complaint of your side about these goods is still open. Wait until it has ended.")


class TurnOver(DomainError):
    code = "complaint_turn_over"
    message = _("The time for this is over. Open the complaint again to see whose turn it is.")


@dataclass(frozen=True, slots=True)
class Proxy:
    """How a household told whoever speaks for it, and who that is; nothing where one speaks for oneself."""

    name: str = ""
    consent: str = ""


FOR_ONESELF = Proxy()


def other_side(side: str) -> Side:
    """Return the side of a sale that faces this one."""
    return Side.SELLER if side == Side.BUYER else Side.BUYER


@transaction.atomic
def complain(
    line: ReceiptLine,
    *,
    side: str,
    about: str,
    grams: int = 0,
    fen: int = 0,
    words: str,
    photos: Sequence[StoredFile] = (),
    by: User,
    at: dt.datetime,
    proxy: Proxy = FOR_ONESELF,
) -> Complaint:
    """Complain for one side of a signed lot, in words, with the kilos or the amount it is about."""
    order, receipt = locked_order(line), line.receipt
    if receipt.status != ReceiptStatus.SIGNED:
        raise IllegalMove
    last = known(spoken_of_until(line, policy("complaint_days", clock.county_day(at))))
    if clock.county_day(at) > last:
        raise ComplaintTooLate(last)
    if not words.strip():
        raise BadValue(_("Write in your own words what is wrong."))
    if len(photos) > MOST_PHOTOS:
        raise BadValue(_("Take three photos at most."))
    _require_figure(line, side, about, grams, fen)
    if line.complaints.filter(side=side, status__in=OPEN_COMPLAINTS).exists():
        raise ComplaintOpen
    _take(order, side, by=by, at=at)
    row = Complaint(
        number=begun(Kind.COMPLAINT, clock.county_day(at)),
        receipt_line=line,
        side=side,
        about=about,
        asked_g=grams,
        asked_fen=fen,
        words=words.strip()[:WORDS],
        raised_by=by,
        raised_at=at,
        until_at=_in_workdays("complaint_answer_days", at),
    ).begin(by=by, at=at)
    for photo in photos:
        attach(row.reference, photo, SHOWN, by=by, at=at)
    _note_household(row, side, COMPLAINS, proxy, by=by, at=at)
    tell_all([_to(row, other_side(side), "complaint", RAISED, words=row.words)], at=at)
    return row


@transaction.atomic
def grant(row: Complaint, *, words: str = "", by: User, at: dt.datetime, proxy: Proxy = FOR_ONESELF) -> Complaint:
    """Say for the other side that a complaint is right; what it asks for follows at once."""
    order, row = _locked_turn(row, ComplaintStatus.RAISED, at)
    _answer(order, row, words, proxy, by=by, at=at)
    _find_right(row, row.asked_g, row.asked_fen, why=row.answer, by=by, at=at)
    return row


@transaction.atomic
def offer(
    row: Complaint,
    *,
    grams: int = 0,
    fen: int = 0,
    words: str,
    photo: StoredFile | None = None,
    by: User,
    at: dt.datetime,
    proxy: Proxy = FOR_ONESELF,
) -> Complaint:
    """Grant for the other side a part of what is asked, in words why no more; who complained says if it is enough."""
    order, row = _locked_turn(row, ComplaintStatus.RAISED, at)
    _require_words(words)
    whole = row.asked_g if row.asks_weight else row.asked_fen
    part = grams if row.asks_weight else fen
    if not 0 < part < whole or (fen if row.asks_weight else grams):
        raise BadValue(_("Write a part of %(whole)s: more than nothing and less than all.") % {"whole": _asked(row)})
    _answer(order, row, words, proxy, by=by, at=at, photo=photo)
    row.offered_g, row.offered_fen = grams, fen
    row.until_at = _in_workdays("complaint_answer_days", at)
    row.move_to(ComplaintStatus.OFFERED, by=by, at=at, along=[*_ANSWERED, "offered_g", "offered_fen", "until_at"])
    tell_all([_to(row, row.side, "complaint_part", ANSWERED, words=row.answer)], at=at)
    return row


@transaction.atomic
def deny(
    row: Complaint,
    *,
    words: str,
    photo: StoredFile | None = None,
    by: User,
    at: dt.datetime,
    proxy: Proxy = FOR_ONESELF,
) -> Complaint:
    """Deny a complaint for the other side, in words why: the county decides."""
    order, row = _locked_turn(row, ComplaintStatus.RAISED, at)
    _require_words(words)
    _answer(order, row, words, proxy, by=by, at=at, photo=photo)
    _to_county(row, by=by, at=at, along=_ANSWERED)
    tell_all([_to(row, row.side, "complaint_denied", DENIED, words=row.answer)], at=at)
    return row


@transaction.atomic
def take_offer(row: Complaint, *, by: User, at: dt.datetime) -> Complaint:
    """Say for who complained that the offered part is enough."""
    order, row = _locked_turn(row, ComplaintStatus.OFFERED, at)
    _take(order, row.side, by=by, at=at)
    _find_right(row, row.offered_g, row.offered_fen, why=row.answer, by=by, at=at)
    return row


@transaction.atomic
def insist(row: Complaint, *, by: User, at: dt.datetime) -> Complaint:
    """Say for who complained that the offered part is not enough: the county decides."""
    order, row = _locked_turn(row, ComplaintStatus.OFFERED, at)
    _take(order, row.side, by=by, at=at)
    _to_county(row, by=by, at=at)
    tell_all([_to(row, other_side(row.side), "complaint_county", TO_COUNTY)], at=at)
    return row


@transaction.atomic
def take_back(row: Complaint, *, by: User, at: dt.datetime) -> Complaint:
    """Take a complaint back for who made it."""
    order, row = _locked(row)
    if row.status not in OPEN_COMPLAINTS:
        raise IllegalMove
    _take(order, row.side, by=by, at=at)
    row.ended_at = at
    row.move_to(ComplaintStatus.WITHDRAWN, by=by, at=at, along=["ended_at"])
    tell_all([_to(row, other_side(row.side), "complaint_back", TAKEN_BACK)], at=at)
    return row


@transaction.atomic
def decide(
    row: Complaint, *, grams: int = 0, fen: int = 0, right: bool, words: str, by: User, at: dt.datetime
) -> Complaint:
    """Decide for the county, in words, whether a complaint is right and for how much; who took part does not."""
    order, row = _locked(row)
    if row.status != ComplaintStatus.COUNTY:
        raise IllegalMove
    if not words.strip():
        raise BadValue(_("Write why you decide so. Both sides read it."))
    if right and not (0 <= grams <= row.asked_g and 0 <= fen <= row.asked_fen):
        raise BadValue(_("At most %(whole)s was asked for.") % {"whole": _asked(row)})
    if right and row.asks_weight and not grams:
        raise BadValue(_("Write for how many kilograms the complaint is right."))
    take_hand(order, DECIDE, by=by, at=at)
    row.decided_by, row.decision = by, words.strip()[:WORDS]
    if right:
        _find_right(row, grams, fen, why=row.decision, by=by, at=at)
    else:
        _find_wrong(row, why=row.decision, by=by, at=at)
    return row


@transaction.atomic
def move_on(row: Complaint, *, at: dt.datetime) -> Complaint | None:
    """Do what follows from silence: no answer is for the county, an offer is enough, and no decision leaves it so."""
    _order, row = _locked(row)
    if row.status not in OPEN_COMPLAINTS or at < row.until_at:
        return None
    if row.status == ComplaintStatus.RAISED:
        _to_county(row, by=None, at=at, note="no answer")
        tell_all([_to(row, side, "complaint_county", TO_COUNTY) for side in Side], at=at)
    elif row.status == ComplaintStatus.OFFERED or row.offered_g or row.offered_fen:
        _end_as_left(row, row.offered_g, row.offered_fen, at=at)
    elif row.answered_at is None and not _pays_more(row):
        _end_as_left(row, row.asked_g, row.asked_fen, at=at)
    else:
        _find_wrong(row, why=ENDED_BY_SILENCE, by=None, at=at)
    return row


_ANSWERED = ("answered_by", "answered_at", "answer")


def _end_as_left(row: Complaint, grams: int, fen: int, *, at: dt.datetime) -> None:
    """End by silence as the two sides left it; where the goods cannot be had any more, nothing follows."""
    try:
        with transaction.atomic():
            _find_right(row, grams, fen, why=ENDED_BY_SILENCE, by=None, at=at)
    except DomainError:
        _order, row = _locked(row)
        if row.status == ComplaintStatus.OFFERED:
            _to_county(row, by=None, at=at, note="cannot be carried out")
        else:
            _find_wrong(row, why=ENDED_BY_SILENCE, by=None, at=at)


def _pays_more(row: Complaint) -> bool:
    return row.side == Side.SELLER and row.asks_weight


def _find_right(row: Complaint, grams: int, fen: int, *, why: StrOrPromise, by: User | None, at: dt.datetime) -> None:
    row.agreed_g, row.agreed_fen, row.ended_at = grams, fen, at
    along = [*_ANSWERED, "agreed_g", "agreed_fen", "ended_at", "decided_by", "decision"]
    row.move_to(ComplaintStatus.AGREED, by=by, at=at, along=along)
    if grams:
        carry_out(row, why=why, by=by, at=at)
    facts: dict[str, object] = {"how_much": lambda: figure(grams, fen), "words": why}
    tell_all([_to(row, side, "complaint_right", FOUND_RIGHT, **facts) for side in Side], at=at)


def _find_wrong(row: Complaint, *, why: StrOrPromise, by: User | None, at: dt.datetime) -> None:
    row.ended_at = at
    row.move_to(ComplaintStatus.REFUSED, by=by, at=at, along=["ended_at", "decided_by", "decision"])
    tell_all([_to(row, side, "complaint_wrong", FOUND_WRONG, words=why) for side in Side], at=at)


def _to_county(row: Complaint, *, by: User | None, at: dt.datetime, note: str = "", along: Sequence[str] = ()) -> None:
    row.until_at = _in_workdays("complaint_decision_days", at)
    row.move_to(ComplaintStatus.COUNTY, by=by, at=at, note=note, along=["until_at", *along])


def _answer(
    order: PurchaseOrder,
    row: Complaint,
    words: str,
    proxy: Proxy,
    *,
    by: User,
    at: dt.datetime,
    photo: StoredFile | None = None,
) -> None:
    """Put down who answers for the other side, and what."""
    side = other_side(row.side)
    _take(order, side, by=by, at=at)
    row.answered_by, row.answered_at, row.answer = by, at, words.strip()[:WORDS]
    if photo is not None:
        attach(row.reference, photo, SHOWN_BACK, by=by, at=at)
    _note_household(row, side, ANSWERS, proxy, by=by, at=at)


def _note_household(row: Complaint, side: str, what: StrOrPromise, proxy: Proxy, *, by: User, at: dt.datetime) -> None:
    if side == Side.SELLER and proxy.name:
        lot = row.receipt_line.allocation
        for_household(lot, what, proxy.name, proxy.consent, by=by, at=at, document=row.reference)


def _take(order: PurchaseOrder, side: str, *, by: User, at: dt.datetime) -> None:
    take_hand(order, SEND_BACK if side == Side.BUYER else ANSWER, by=by, at=at)


def _require_words(words: str) -> None:
    if not words.strip():
        raise BadValue(_("Write why. The other side and the county read it."))


def _require_figure(line: ReceiptLine, side: str, about: str, grams: int, fen: int) -> None:
    """Refuse kilos where a complaint is about none, and more of them than can be."""
    if about not in About.values or side not in Side.values:
        raise BadValue(_("Choose what the complaint is about."))
    by_weight = line.accepted_pieces is None and (
        about == About.WEIGHT or (about == About.QUALITY and side == Side.BUYER)
    )
    if by_weight and (grams < 1 or fen):
        raise BadValue(_("Write how many kilograms it is about."))
    if not by_weight and (grams or fen < 0):
        raise BadValue(_("Write the amount it is about in yuan, or leave it empty."))
    if by_weight and side == Side.BUYER and grams > left_of(line).grams:
        raise MoreThanAccepted(line, weight.both(left_of(line).grams))


def _locked(row: Complaint) -> tuple[PurchaseOrder, Complaint]:
    order = locked_order(row.receipt_line)
    return order, Complaint.objects.select_related(*OF_COMPLAINTS).select_for_update(of=("self",)).get(pk=row.pk)


def _locked_turn(row: Complaint, status: str, at: dt.datetime) -> tuple[PurchaseOrder, Complaint]:
    order, row = _locked(row)
    if row.status != status:
        raise IllegalMove
    if at >= row.until_at:
        raise TurnOver
    return order, row


def _in_workdays(name: str, at: dt.datetime) -> dt.datetime:
    """Return the end of the working day so many working days from now; twice as many days where none are known yet."""
    day = clock.county_day(at)
    return end_of_workday_after(day, policies_on(day)[name])


def _to(row: Complaint, side: str, kind: str, sentence: StrOrPromise, **facts: object) -> Word:
    """Return a sentence about a complaint for one side; `who` in it is the other one."""
    lot = row.receipt_line.allocation
    buyer, seller = lot.order.buyer.name, seller_name(lot.listing)
    facts = {"until": message_deadline(row.until_at), "produce": lot.listing.produce.name} | facts
    if side == Side.SELLER:
        return to_seller(lot, kind, sentence, who=buyer, **facts)
    return to_buyer(lot.order, kind, sentence, who=seller, **facts)


def _asked(row: Complaint) -> str:
    return figure(row.asked_g, row.asked_fen)


def figure(grams: int, fen: int) -> str:
    """Return what a complaint is about as people say it: kilos, or an amount; nothing named is said so."""
    if grams:
        return weight.both(grams)
    return str(_("%(yuan)s yuan") % {"yuan": money.yuan(fen)}) if fen else str(_("no amount named"))
