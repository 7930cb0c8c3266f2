"""Ask others at once for what a seller declined, had less of or did not answer for: by the same rule, no dearer.

The same goods first, then those of which the buyer wrote that they may come instead.

It runs in a transaction of its own: the locks of the answer are given back before other lots are locked.
"""

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.selectors import Standing, standing
from accounts.services.messages import tell_all
from canteens.models import PlanGoods
from canteens.services.drawing import PlanRefuses, require_named, require_within_price
from catalog.models import Listing
from catalog.services import kilos
from kernel import clock, weight
from kernel.dates import message_deadline
from kernel.present import StrOrPromise, known
from kernel.workflow import change, lock
from ledger.services import transfers
from orders.allocation import RULE, PlanKind
from orders.models import (
    MOVING,
    Allocation,
    AllocationStatus,
    Amendment,
    LineTerms,
    OrderLine,
    Otherwise,
    PurchaseOrder,
)
from orders.selectors.holds import LIVING, holds_of
from orders.selectors.plans import Want, plans_of_lots
from orders.selectors.reasons import written
from orders.services import drawing
from orders.services.asking import asked_words, move_on, said_day
from orders.services.placing import Take, allocation_of, hold_kilos, hold_money
from orders.services.telling import to_buyer
from produce.models import Grade, Produce
from records.selectors.policy import policy

LEAST_G = 500  # nobody is asked for less than a jin
LEAST_TIME = dt.timedelta(hours=2)  # before the delivery day, for whoever is asked anew
READY = (PlanKind.FAIR, PlanKind.CHEAPEST, PlanKind.FEWEST)

REOFFERED = _(
    "Order %(number)s: %(quantity)s of %(produce)s were not to be had, so %(lots)s others are asked for %(found)s "
    "until %(until)s, at no higher price."
)
SWAPPED = _(
    "Order %(number)s: %(quantity)s of %(produce)s were not to be had. As you wrote, %(lots)s sellers are asked for "
    "%(found)s of %(instead)s until %(until)s, at no higher price."
)
STILL_SHORT = _(
    "Order %(number)s: %(quantity)s of %(produce)s will be missing on %(day)s. Nobody else has it at that price in "
    "time. Order it anew at another price, or something else."
)


ASK_FIRST = _(
    "Order %(number)s: %(quantity)s of %(produce)s will be missing on %(day)s. You wanted to be asked first: nothing "
    "else is ordered. Order what you want instead."
)


@dataclass(frozen=True, slots=True)
class Short:
    """What one line of an order lacks, and at what it may be had: grams, and fen for so many grams at the most."""

    line: OrderLine
    missing_g: int
    price_fen: int
    price_unit_g: int
    tried: frozenset[int]
    instead: Produce | None = None  # what its buyer wrote may come in its place

    @property
    def produce(self) -> Produce:
        """Return what is looked for."""
        return self.instead or self.line.produce

    @property
    def grade(self) -> Grade | None:
        """Return the grade that is looked for; other goods have others."""
        return None if self.instead else self.line.grade


@transaction.atomic
def look_again(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """Ask other sellers for what an order lacks, once for each time that something was given back.

    What is asked anew costs no more than the dearest lot of its line, and all together no more than was approved. What
    cannot be had any more is told to the buyer; lots the buyer chose by hand are not replaced.
    """
    order = lock(order)
    if not order.look_again:
        return False
    change(order, {"look_again": False})
    if order.status in MOVING:
        asked = [lot for short in shortages(order) for lot in _fill(order, short, at=at)]
        if asked:
            _give_time(order, at=at)
        move_on(order, by=None, at=at)
    return True


def shortages(order: PurchaseOrder) -> list[Short]:
    """Return what each line of an order that a ready plan filled lacks, counting what later lines brought.

    What the buyer took back is not lacking.
    """
    lots = list(order.allocations.select_related("line").order_by("pk"))
    accepted = {pk: held.accepted_g for pk, held in holds_of(lots).items()}
    amended = Amendment.objects.filter(allocation__in=lots).values_list(
        "allocation", F("allocation__weight_g") - F("weight_g")
    )
    taken_back = dict(amended)
    shorts = []
    for line in order.lines.filter(instead_of=None, plan__in=READY).select_related("produce", "grade").order_by("pk"):
        own = [lot for lot in lots if line.pk in (lot.line_id, lot.line.instead_of_id)]
        there = sum(lot.weight_g if lot.status in LIVING else accepted[lot.pk] for lot in own)
        promised = sum(lot.weight_g for lot in own if lot.line_id == line.pk and lot.replaces_id is None)
        missing = min(line.asked_g, promised) - sum(taken_back.get(lot.pk, 0) for lot in own) - there
        if missing >= LEAST_G:
            dearest = max(own, key=lambda lot: lot.price_fen * 1000 // lot.price_unit_g)
            tried = frozenset(lot.listing_id for lot in own)
            shorts.append(Short(line, missing, dearest.price_fen, dearest.price_unit_g, tried))
    return shorts


def _fill(order: PurchaseOrder, short: Short, *, at: dt.datetime) -> list[Allocation]:
    """Ask others for the same goods, then for what the buyer wrote may come instead, and tell what is still missing."""
    lots = _ask_others(order, short, REOFFERED, at=at)
    terms = LineTerms.objects.filter(line=short.line).select_related("swap").first()
    left = short.missing_g - sum(lot.weight_g for lot in lots)
    if left >= LEAST_G and terms is not None and terms.swap is not None:
        lots += _ask_others(order, replace(short, missing_g=left, instead=terms.swap), SWAPPED, at=at)
    if not lots:
        sentence = ASK_FIRST if terms is not None and terms.otherwise == Otherwise.ASK else STILL_SHORT
        tell_all([to_buyer(order, "short", sentence, **_facts(short), day=said_day(order.deliver_on))], at=at)
    return lots


def _facts(short: Short) -> dict[str, object]:
    return {"quantity": lambda: weight.both(short.missing_g), "produce": short.line.produce.name}


def _ask_others(order: PurchaseOrder, short: Short, told: StrOrPromise, *, at: dt.datetime) -> list[Allocation]:
    takes = _takes(order, short, at=at) if at + LEAST_TIME <= clock.day_start(order.deliver_on) else []
    if not takes:
        return []
    try:
        with transaction.atomic():
            lots = _hold(order, short, takes, at=at)
    except (kilos.NotEnoughProduce, kilos.NotOnSale, transfers.NotEnoughMoney, PlanRefuses):
        return []  # somebody was faster; the buyer is told
    if lots:
        found = sum(lot.weight_g for lot in lots)
        until = message_deadline(_answer_by(order, at))
        facts = _facts(short) | {"lots": len(lots), "found": lambda: weight.both(found), "until": until}
        words = to_buyer(order, "reoffered", told, **facts, instead=short.produce.name)
        tell_all([words, *(asked_words(lot, said_day(order.deliver_on), until) for lot in lots)], at=at)
    return lots


def _takes(order: PurchaseOrder, short: Short, *, at: dt.datetime) -> list[Take]:
    """Return what the line's own plan takes of lots not tried yet, no dearer than its dearest, within what was held."""
    want = Want(
        produce=short.produce,
        asked=short.missing_g // (short.produce.piece_g or 1),
        deliver_on=order.deliver_on,
        grade=short.grade,
        ceiling_fen_per_kg=short.price_fen * 1000 // short.price_unit_g,
        parcel_g=short.line.parcel_g,
    )
    barred = short.tried | _own_lots(standing(order.requester), short.produce.pk)
    plan = plans_of_lots(want, buyer=order.buyer, at=at, but_not=barred)[PlanKind(short.line.plan)]
    room, takes = order.held_fen - _bound_fen(order), []
    for pick in plan.split.picks:
        amount = plan.amount_fen(pick)
        if amount <= room:
            room -= amount
            lot = pick.lot
            takes.append(Take(lot.listing_id, pick.quantity, lot.price_fen, lot.price_unit_g, written(pick.why)))
    return takes


def _bound_fen(order: PurchaseOrder) -> int:
    """Return how much of what was held at placing is still held or was accepted."""
    lots = list(order.allocations.exclude(status=AllocationStatus.RELEASED))
    held = holds_of(lots)
    return sum(held[lot.pk].hold_fen + lot.amount_for(held[lot.pk].accepted_g) for lot in lots)


def _own_lots(who: Standing, produce_id: int) -> frozenset[int]:
    """Return the lots of a produce that whoever placed the order, or its kin, sells: those are nobody's to take."""
    posts = {post.organisation_id for post in who.posts}
    own = Q(household_id__in=who.households | who.kin) | Q(cooperative_id__in=posts) | Q(agent_id__in=posts)
    return frozenset(Listing.objects.filter(own, produce_id=produce_id).values_list("pk", flat=True))


def _hold(order: PurchaseOrder, short: Short, takes: list[Take], *, at: dt.datetime) -> list[Allocation]:
    listings, mandates = kilos.lock_listings_with_mandates((take.listing_id for take in takes), clock.county_day(at))
    as_seen = [
        take
        for take in takes
        if (listings[take.listing_id].price_fen, listings[take.listing_id].price_unit_g)
        == (take.price_fen, take.price_unit_g)
    ]
    if not as_seen:
        return []
    line = OrderLine(
        order=order,
        plan_goods=_plan_goods(order, short.produce, as_seen),
        position=order.lines.count() + 1,
        produce=short.produce,
        grade=short.grade,
        asked_g=sum(listings[take.listing_id].grams(take.quantity) for take in as_seen),
        ceiling_fen_per_kg=short.line.ceiling_fen_per_kg,
        parcel_g=short.line.parcel_g,
        plan=short.line.plan,
        seed=short.line.seed,
        rule=RULE,
        instead_of=short.line,
        at=at,
    )
    line.save(force_insert=True)
    lots = [allocation_of(line, take, listings[take.listing_id], mandates) for take in as_seen]
    for lot in lots:
        lot.order = order
    Allocation.begin_all(lots, by=None, at=at)
    for lot in lots:
        lot.listing = listings[lot.listing_id]
    hold_kilos(lots, listings, by=None, at=at)
    payees = {listings[lot.listing_id].payee_account_id for lot in lots}
    accounts = transfers.lock_accounts({order.fund.account_id, *payees})
    hold_money(lots, listings, order.fund, accounts, at=at)
    drawing.hold(order, lots)
    return lots


def _plan_goods(order: PurchaseOrder, produce: Produce, takes: list[Take]) -> PlanGoods | None:
    """Return the goods of its plan on which these lots count, at no price above the plan's; an order may have none."""
    if order.purchase_plan is None:
        return None
    goods = require_named(order.purchase_plan, produce)
    for take in takes:
        require_within_price(order.purchase_plan, goods, produce, take.price_fen, take.price_unit_g)
    return goods


def _answer_by(order: PurchaseOrder, at: dt.datetime) -> dt.datetime:
    hours = policy("seller_answer_hours", clock.county_day(at))
    return min(at + dt.timedelta(hours=hours), clock.day_start(order.deliver_on))


def _give_time(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Let whoever is asked anew have time to answer; whoever was asked before has it too."""
    change(order, {"answer_by_at": max(known(order.answer_by_at), _answer_by(order, at))})
