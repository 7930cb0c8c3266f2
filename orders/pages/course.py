"""One lot as its seller follows it: how far it is, whose turn it is and until when, who fetches it and how."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.selectors import places
from catalog.models import Paper
from catalog.selectors.papers import carried_papers
from kernel import clock, money, weight
from kernel.dates import day_words, deadline_words, due_words
from kernel.present import known
from kernel.shown import Fact
from orders.models import Allocation, AllocationStatus
from orders.pages.handing import HandOverRow, hand_over_row
from orders.pages.transit import loss_words
from orders.pages.words import counted, is_counted, quantity_of, step_words
from orders.selectors.course import Course, Turn, Wait, course_of, hauliers_of
from orders.selectors.handing import hand_overs_of
from orders.selectors.transit import losses_of_lot
from records.selectors.policy import policies_on

FOLLOWED = (AllocationStatus.CONFIRMED, AllocationStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class TurnRow:
    """Who has to do what next, and until when."""

    who: str
    what: str
    until: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody a seller calls about the goods."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class PickUpRow:
    """One line of how the goods are fetched: its icon, the sentence, a smaller one."""

    icon: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Followed:
    """All that the page says about the course of a lot."""

    stages: list[Fact]
    turns: list[TurnRow]
    pick_up: list[PickUpRow]
    callers: list[Caller]
    handed: list[HandOverRow]
    losses: list[str]  # what got lost on the way, trip by trip


def followed(lot: Allocation, at: dt.datetime) -> Followed:
    """Return what the seller of a lot reads about it; of one that was given back, nothing."""
    if lot.status not in (AllocationStatus.HELD, *FOLLOWED):
        return Followed([], [], [], [], [], [])
    course = course_of(lot)
    turns = _turns(lot, course, at)
    if lot.status == AllocationStatus.HELD:
        return Followed([], turns, [], [], [], [])
    handed = [hand_over_row(row) for row in hand_overs_of(lot)]
    losses = [words for loss in losses_of_lot(lot) if (words := loss_words(loss))] if handed else []
    waiting = any(wait.turn in (Turn.SEND, Turn.BRING) for wait in course.waits)
    if not waiting:
        return Followed(_stages(lot, course), turns, [], [], handed, losses)
    hauliers = [trip.by for trip in course.trips if getattr(trip, "arrival", None) is None]
    hauliers = hauliers or hauliers_of(lot.village_id, clock.county_day(at))
    return Followed(
        _stages(lot, course),
        turns,
        _pick_up(lot, course, hauliers, at),
        [_caller(user) for user in hauliers],
        handed,
        losses,
    )


def sacks_of(lot: Allocation, grams: int, sack_g: int) -> str:
    """Return into how many sacks so much of a lot goes, or how many heads it is."""
    if is_counted(lot.listing):
        return ""
    if lot.listing.pack_g:
        packs = -(-grams // lot.listing.pack_g)
        return ngettext("%(n)s pack", "%(n)s packs", packs) % {"n": packs}
    sacks = -(-grams // sack_g)
    return ngettext("%(n)s sack", "%(n)s sacks", sacks) % {"n": sacks}


def _stages(lot: Allocation, course: Course) -> list[Fact]:
    none = pgettext("stage of goods", "not yet")
    on_the_way = _("%(quantity)s on the way") % {"quantity": weight.both(course.on_the_way_g)}
    price = _("%(yuan)s yuan")
    due = course.due_on
    return [
        Fact(
            pgettext("stage of goods", "Promised"),
            quantity_of(lot.listing, lot.quantity if is_counted(lot.listing) else lot.weight_g),
            price % {"yuan": money.yuan(lot.amount_fen)},
        ),
        Fact(
            pgettext("stage of goods", "Delivered"),
            weight.both(course.delivered_g) if course.delivered_g else none,
            on_the_way if course.on_the_way_g else "",
        ),
        Fact(
            pgettext("stage of goods", "Accepted"),
            weight.both(course.accepted_g) if course.weighed_g else none,
            _accepted_note(lot, course) if course.weighed_g else "",
        ),
        Fact(
            pgettext("stage of goods", "Owed"),
            price % {"yuan": money.yuan(course.owed_fen)} if course.owed_fen else none,
            _owed_note(course, due),
        ),
        Fact(
            pgettext("stage of goods", "Paid"),
            price % {"yuan": money.yuan(course.paid_fen)} if course.paid_fen else none,
            _paid_note(course),
        ),
    ]


def _accepted_note(lot: Allocation, course: Course) -> str:
    price = _("%(yuan)s yuan") % {"yuan": money.yuan(course.accepted_fen)}
    price = "；".join([price, *(step_words(lot.listing, grade) for grade in course.grades)])
    if not course.returned_g:
        return price
    less, more = _("%(quantity)s were taken off after that"), _("%(quantity)s were added after that")
    back = (less if course.returned_g > 0 else more) % {"quantity": weight.both(abs(course.returned_g))}
    return _("%(price)s; %(back)s") % {"price": price, "back": back}


def _paid_note(course: Course) -> str:
    """Return what of the settled money did not come through the bank, and why."""
    if course.kept_back_fen <= 0:
        return ""
    words = _("%(yuan)s yuan were taken off: goods sent back, or the fee of your co-operative")
    return words % {"yuan": money.yuan(course.kept_back_fen)}


def _owed_note(course: Course, due: dt.date | None) -> str:
    if course.to_coop:
        return _("paid to your co-operative by your mandate")
    return _("on %(day)s at the latest") % {"day": day_words(due)} if due is not None else ""


def _turns(lot: Allocation, course: Course, at: dt.datetime) -> list[TurnRow]:
    rows = [_turn(lot, wait, at) for wait in course.waits]
    if not rows:
        return [TurnRow(_("Nobody's turn: all of it is done."), "", "")]
    return list(dict.fromkeys(rows))


def _turn(lot: Allocation, wait: Wait, at: dt.datetime) -> TurnRow:
    buyer = lot.order.buyer.name
    who, what = {
        Turn.ANSWER: (_("The seller"), _("says whether the goods are there")),
        Turn.SEND: (_("Whoever fetches the goods"), _("loads them and sends them off")),
        Turn.BRING: (_("The driver"), _("brings the goods to the buyer's door")),
        Turn.WEIGH: (buyer, _("weighs the goods; after that they count as accepted")),
        Turn.SIGN: (buyer, _("a second person signs for the weight; after that it counts as accepted")),
        Turn.STATE: (_("The seller"), _("brings a bank card to the cadre, so that the sum can be stated")),
        Turn.PAY: (buyer, _("the cashier pays")),
        Turn.CONFIRM: (buyer, _("a second person confirms the payment")),
    }[wait.turn]
    if wait.until is not None:
        return TurnRow(who, what, deadline_words(wait.until, at))
    until = due_words(wait.due_on, clock.county_day(at)) if wait.due_on is not None else ""
    return TurnRow(who, what, until)


def _pick_up(lot: Allocation, course: Course, hauliers: list[User], at: dt.datetime) -> list[PickUpRow]:
    rules = policies_on(clock.county_day(at))
    village = places()[lot.village_id]
    place = f"{places()[known(village.parent_id)].short_name}{village.short_name}"
    order = lot.order
    leaves = course.trips[0].driver if course.trips else ""
    names = leaves or "、".join(known(user.person).name for user in hauliers)
    quantity = counted(lot.quantity, word=lot.listing.count_word, grams=lot.weight_g)
    sacks = sacks_of(lot, lot.weight_g, rules["sack_g"])
    lacking = _lacking(lot, rules["papers_at_scale"], clock.county_day(at))
    return [
        *lacking,
        PickUpRow(
            "clock",
            _("At the buyer's on %(day)s") % {"day": day_words(order.deliver_on)},
            _("Goods must have left %(until)s") % {"until": deadline_words(known(order.dispatch_by_at), at)},
        ),
        PickUpRow("pin", place, _("Bring the goods to the village's pick-up point.")),
        PickUpRow(
            "truck",
            _("%(who)s fetches them") % {"who": names} if names else _("Nobody drives here yet"),
            "" if names else _("Call your cadre; you or the co-operative may bring them too."),
        ),
        PickUpRow(
            "box",
            f"{sacks}，{quantity}" if sacks else quantity,
            _("Write on each: %(number)s") % {"number": lot.listing.number},
        ),
        PickUpRow("scale", _("Weighed before your eyes"), _("What the scale says at the buyer's is paid.")),
        PickUpRow(
            "yuan",
            _("Money within %(days)s days of acceptance") % {"days": rules["payment_days"]},
            _("to the bank card you have on record"),
        ),
    ]


def _lacking(lot: Allocation, asked: int, on: dt.date) -> list[PickUpRow]:
    """Return which papers the buyer will ask for at the door and the lot does not have."""
    if not asked:
        return []
    carried = carried_papers([lot.listing], lot.order.buyer.channel_id, on, tests=asked > 1)[lot.listing_id]
    return [
        PickUpRow(
            "warn",
            _("Still without: %(paper)s") % {"paper": Paper.Kind(kind).label},
            _("The buyer keeps nothing without it. Make it under your goods, or send it along on paper."),
        )
        for kind in carried.missing
    ]


def _caller(user: User) -> Caller:
    return Caller(known(user.person).name, user.phone)
