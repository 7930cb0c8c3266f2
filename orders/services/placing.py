"""Place an order: hold its money and its kilos in one transaction, on sets, or hold nothing.

The buyer is locked first, then lots by id, then ledger accounts, the fund last: two orders over the same lots wait for
each other and never for ever, and no two of one buyer are judged at once, whatever their funds. Eleven statements,
whatever the number of lines and lots, the idempotency row included; an order of plans that were kept asks three more,
however many: their lots, and their end with its history rows; one on a purchase plan or of a union's money asks one
more, under the lock of its fund.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.selectors import Standing, standing
from canteens.models import ApprovalTier, Fund, FundKind, PurchasePlan
from canteens.services.ceilings import count_unplanned
from canteens.services.drawing import Drawn, draw_order
from catalog.models import Listing, Movement
from catalog.services import kilos
from catalog.services.smallest import require_enough
from kernel import clock, money, weight
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import known
from kernel.versions import fingerprint
from ledger.services import transfers
from orders.allocation import RULE, PlanKind
from orders.allocation.transport import ceiling_fen
from orders.models import Allocation, KeptLot, KeptPlan, KeptStatus, OrderLine, PurchaseOrder, TransportPayer
from orders.selectors.judging import judged
from orders.services.ageing import refuse_late
from orders.services.approving import tell_approvers
from orders.services.barred import refuse_barred
from orders.services.kitchens import kitchen_of_order, refuse_without_canteen
from orders.services.last_hour import refuse_after_hour
from orders.services.limit_wall import refuse_above_limit
from orders.services.serving import refuse_unserved
from orders.services.smallest_order import refuse_too_small
from orders.services.steps import copy_steps, persons_of, require_people
from orders.services.union_plan import refuse_unplanned
from orders.services.union_share import refuse_below_share
from produce.services.stock import in_stock_unit
from records.selectors.policy import policy
from records.services.idempotency import once
from records.services.participation import NobodyKnown

MOST_LINES = 40
MOST_LOTS = 500
LATEST_DAYS = 90  # a day beyond is a slip of the pen: how long goods keep is asked of each lot
ON_A_PLAN = "在已同意的采购计划内：一人审批"  # instead of the rule of a tier, as it stands on the order


class PriceChanged(DomainError):
    code = "price_changed"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("The price of %(produce)s, lot %(number)s, is now %(price)s yuan a kilogram. Look at it and order again.")
            % {
                "produce": listing.produce.name,
                "number": listing.number,
                "price": money.price_per_kg(listing.price_fen, listing.price_unit_g),
            }
        )
        self.listing = listing


class SpoilsBefore(DomainError):
    code = "spoils_before"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("Lot %(number)s keeps only until %(day)s. Choose an earlier day or another lot.")
            % {"number": listing.number, "day": listing.sell_by.isoformat()}
        )


class NotReadyYet(DomainError):
    code = "not_ready_yet"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("Lot %(number)s is harvested until %(day)s. Choose that day or a later one, or another lot.")
            % {"number": listing.number, "day": known(listing.expected_to).isoformat()}
        )


class OwnGoods(DomainError):
    code = "own_goods"
    message = _(
        "One of these lots belongs to your own household, your kin or your co-operative. Another buyer must order it."
    )


@dataclass(frozen=True, slots=True)
class Take:
    """This much of one listing, at the price the buyer was shown.

    `counted` says in which unit the quantity was written, heads or grams; None where it is the listing's own for sure.
    """

    listing_id: int
    quantity: int  # in the listing's stock unit
    price_fen: int
    price_unit_g: int
    why: str = ""
    counted: bool | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """One line to order: what was asked for, the lots that fill it, and the locked plan that kept them."""

    produce_id: int
    takes: tuple[Take, ...]
    asked_g: int = 0  # 0: what the lots weigh
    grade_id: int | None = None
    ceiling_fen_per_kg: int | None = None
    plan: str = PlanKind.CHOSEN
    seed: str = ""
    parcel_g: int = 0  # what is fetched at least from one household
    kept: KeptPlan | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing led to, as it is kept with the idempotency key."""

    order: int
    number: str
    held_fen: int
    needs_approval: bool


@transaction.atomic
def place(
    *,
    buyer: Organisation,
    fund: Fund,
    deliver_on: dt.date,
    lines: list[Wish],
    replaces: PurchaseOrder | None = None,
    plan: PurchasePlan | None = None,
    kitchen: int | None = None,
    by: User,
    at: dt.datetime,
) -> PurchaseOrder:
    """Place an order and hold its money and kilos at the shown prices, all of it or nothing.

    An order on a purchase plan draws on it, and waits for one person at most, whatever its tier. It names its canteen
    where its buyer has several. The plans that kept its lots end with it, all in one statement. Nobody has been asked
    yet: `asking.ask_sellers` or `approving.approve` is the next step.
    """
    return _place(
        buyer=buyer,
        fund=fund,
        deliver_on=deliver_on,
        lines=lines,
        replaces=replaces,
        plan=plan,
        kitchen=kitchen,
        by=by,
        at=at,
    )


def place_once(
    key: str,
    *,
    buyer: Organisation,
    fund: Fund,
    deliver_on: dt.date,
    lines: list[Wish],
    plan: PurchasePlan | None = None,
    kitchen: int | None = None,
    by: User,
    at: dt.datetime,
) -> Placed:
    """Place under an idempotency key and say what it led to; the same key again says the same, doing nothing."""
    more = [*([plan.pk] if plan else []), *([f"canteen:{kitchen}"] if kitchen else [])]
    print_ = fingerprint("order", buyer.pk, fund.pk, deliver_on, [_printed(line) for line in lines], *more)

    def act() -> dict:
        order = _place(
            buyer=buyer, fund=fund, deliver_on=deliver_on, lines=lines, plan=plan, kitchen=kitchen, by=by, at=at
        )
        return {
            "order": order.pk,
            "number": order.number,
            "held_fen": order.held_fen,
            "needs_approval": order.needs_approval,
        }

    return Placed(**once(by, key, print_, act))


def _place(
    *,
    buyer: Organisation,
    fund: Fund,
    deliver_on: dt.date,
    lines: list[Wish],
    replaces: PurchaseOrder | None = None,
    plan: PurchasePlan | None = None,
    kitchen: int | None = None,
    by: User,
    at: dt.datetime,
) -> PurchaseOrder:
    if by.person_id is None:
        raise NobodyKnown
    today = clock.county_day(at)
    lines = [_merged(line) for line in lines]
    _require_sensible(buyer, fund, deliver_on, lines, today)
    wanted = [take.listing_id for line in lines for take in line.takes]
    kept = [line.kept for line in lines if line.kept]
    kept_lots = list(KeptLot.objects.filter(kept__in=kept)) if kept else []
    listings, mandates = kilos.lock_listings_with_mandates(
        [*wanted, *(lot.listing_id for lot in kept_lots)], today, after=turn_of(buyer.pk)
    )  # from here on no other order of this buyer is judged
    who, own = standing(by), {lot.listing_id for lot in kept_lots}
    for line in lines:
        for take in line.takes:
            require_as_shown(line, take, listings.get(take.listing_id), deliver_on, who)
            if take.listing_id not in own:  # what is kept was enough when it was kept
                require_enough(listings[take.listing_id], take.quantity)
    for listing_id in wanted if kept else ():  # kilos that stay reserved are asked by nobody else
        kilos.require_on_sale(listings[listing_id], today, reserved=listing_id in own)
    allocations, order_lines = [], []
    for position, line in enumerate(lines, 1):
        order_line = OrderLine(
            position=position,
            produce_id=line.produce_id,
            grade_id=line.grade_id,
            asked_g=max(line.asked_g, sum(listings[t.listing_id].grams(t.quantity) for t in line.takes)),
            ceiling_fen_per_kg=line.ceiling_fen_per_kg,
            parcel_g=line.parcel_g,
            plan=line.plan,
            seed=line.seed,
            rule=RULE if line.plan != PlanKind.CHOSEN else "",
        )
        order_lines.append(order_line)
        allocations += [allocation_of(order_line, take, listings[take.listing_id], mandates) for take in line.takes]
    held_fen = sum(row.amount_fen for row in allocations)
    payees = {listings[row.listing_id].payee_account_id for row in allocations}
    accounts = transfers.lock_accounts({fund.account_id, fund.bank_account_id, *payees})
    produces = {listings[row.listing_id].produce_id for row in allocations}
    by_class = _by_class(allocations, listings)
    as_judged = judged(fund, held_fen, by_class, produces=produces, lots=wanted, deliver_on=deliver_on, at=at)
    refuse_late(as_judged.overdue, today)
    refuse_barred(as_judged.barred)
    refuse_without_canteen(as_judged.mode, fund)
    refuse_unserved(as_judged.unserved)
    refuse_after_hour(as_judged.last_hour, deliver_on, at)
    refuse_too_small(as_judged.least_fen, as_judged.least_g, held_fen, sum(row.weight_g for row in allocations))
    refuse_below_share(as_judged, allocations, fund, today)
    refuse_unplanned(as_judged, held_fen, plan)
    refuse_above_limit(as_judged, by_class, plan, today)
    kitchen = kitchen_of_order(as_judged.kitchens, kitchen)
    if plan is not None:
        _draw(plan, held_fen, order_lines, allocations, fund=fund, deliver_on=deliver_on)
    elif fund.kind == FundKind.UNION:
        count_unplanned(fund.pk, held_fen, today)
    tier = ApprovalTier.objects.get(pk=as_judged.tier) if as_judged.tier else None
    persons = persons_of(tier, plan) if tier else 0
    if tier:
        require_people(buyer, tier, persons, by.person, today)
    payer, permille = as_judged.transport
    order = PurchaseOrder(
        number=begun(Kind.ORDER, today),
        buyer=buyer,
        fund=fund,
        purchase_plan=plan,
        kitchen_id=kitchen,
        requester=by,
        deliver_on=deliver_on,
        held_fen=held_fen,
        judged_fen=as_judged.fen,
        needs_approval=bool(tier),
        approval_persons=persons,
        approval_rule=(ON_A_PLAN if plan else tier.rule) if tier else "",
        approve_by_at=at + dt.timedelta(hours=policy("approval_hours", today)) if tier else None,
        placed_at=at,
        transport_payer=payer,
        transport_permille=permille if payer else 0,
        transport_fen=ceiling_fen(held_fen, permille) if payer == TransportPayer.BUYER else 0,
        replaces=replaces,
    ).begin_untold()
    for order_line in order_lines:
        order_line.order = order
    OrderLine.objects.bulk_create(order_lines)
    for row in allocations:
        row.order, row.line_id = order, row.line.pk
    Allocation.begin_all(allocations, beside=[order], by=by, at=at)
    hold_kilos(allocations, listings, kept_lots, by=by, at=at)
    hold_money(allocations, listings, fund, accounts, carts=order, at=at)
    if kept:
        _end_kept(lines, order_lines, by=by, at=at)
    if tier:
        copy_steps(order, tier, at=at)
        tell_approvers(order, at=at)
    return order


def turn_of(buyer_id: int) -> QuerySet[Organisation]:
    """Return the row of a buyer to be locked before its lots and money: its orders are judged one after the other."""
    return Organisation.objects.select_for_update(no_key=True).filter(pk=buyer_id)


def _end_kept(lines: list[Wish], order_lines: list[OrderLine], *, by: User, at: dt.datetime) -> None:
    """Let each kept plan end by the line that it became."""
    ended = []
    for line, order_line in zip(lines, order_lines, strict=True):
        if line.kept:
            line.kept.ended_at, line.kept.order_line = at, order_line
            ended.append(line.kept)
    KeptPlan.move_all(ended, KeptStatus.ORDERED, by=by, at=at, along=("ended_at", "order_line"))


def _by_class(allocations: list[Allocation], listings: dict[int, Listing]) -> dict[str, int]:
    """Return what is ordered of each class of produce, in fen."""
    taken: Counter[str] = Counter()
    for row in allocations:
        taken[listings[row.listing_id].produce.category_id] += row.amount_fen
    return dict(taken)


def _draw(
    plan: PurchasePlan,
    held_fen: int,
    lines: list[OrderLine],
    allocations: list[Allocation],
    *,
    fund: Fund,
    deliver_on: dt.date,
) -> None:
    """Draw what the lines of an order ask on the goods of a plan, at their dearest price, and let each name its own."""
    drawn = []
    for line in lines:
        own = [row for row in allocations if row.line is line]
        dearest = max(own, key=lambda row: Fraction(row.price_fen, row.price_unit_g))
        price = {"price_fen": dearest.price_fen, "price_unit_g": dearest.price_unit_g}
        drawn.append(Drawn(sum(row.weight_g for row in own), produce_id=line.produce_id, **price))
    goods = draw_order(plan, held_fen, drawn, fund=fund, deliver_on=deliver_on)
    for line, goods_id in zip(lines, goods, strict=True):
        line.plan_goods_id = goods_id


def hold_kilos(
    allocations: list[Allocation],
    listings: dict[int, Listing],
    kept: Sequence[KeptLot] = (),
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Reserve the kilos of lots just written, and free what was kept for them until now."""
    side = Movement.Side
    moves = [
        *given_back(kept),
        *(
            kilos.KiloMove(row.listing_id, side.FREE, side.RESERVED, row.quantity, f"{row.reference}:hold")
            for row in allocations
        ),
    ]
    kilos.move_kilos(moves, by=by, at=at, listings=listings, fresh=True)


def given_back(kept: Iterable[KeptLot]) -> list[kilos.KiloMove]:
    """Return the moves that free what was kept of lots."""
    side = Movement.Side
    return [
        kilos.KiloMove(lot.listing_id, side.RESERVED, side.FREE, lot.quantity, f"{lot.reference}:release")
        for lot in kept
    ]


def hold_money(
    allocations: list[Allocation],
    listings: dict[int, Listing],
    fund: Fund,
    accounts: transfers.Locked,
    *,
    carts: PurchaseOrder | None = None,
    at: dt.datetime,
) -> None:
    """Hold the money of lots just written, on accounts that are locked, and what an order just placed keeps for carts.

    Nobody knows yet whose carts come: until then it is kept for the fund's bank.
    """
    holds = [
        transfers.Hold(
            f"{row.reference}:hold", fund.account_id, listings[row.listing_id].payee_account_id, row.amount_fen
        )
        for row in allocations
    ]
    if carts is not None and carts.transport_fen:
        name = f"order:{carts.pk}:transport:hold"
        holds.append(transfers.Hold(name, fund.account_id, fund.bank_account_id, carts.transport_fen))
    transfers.hold(holds, at=at, fresh=True, accounts=accounts)


def _require_sensible(buyer: Organisation, fund: Fund, deliver_on: dt.date, lines: list[Wish], today: dt.date) -> None:
    """Refuse what no lot needs to be looked at for."""
    if fund.organisation_id != buyer.pk:
        raise BadValue(_("This fund belongs to another buyer. Choose a fund of your own."))
    if fund.fiscal_year != today.year:
        raise BadValue(_("This fund is of another year. Choose the fund of %(year)s.") % {"year": today.year})
    if not today <= deliver_on <= today + dt.timedelta(days=LATEST_DAYS):
        raise BadValue(_("Choose a delivery day from today to %(days)s days ahead.") % {"days": LATEST_DAYS})
    if not lines or any(not line.takes for line in lines):
        raise BadValue(_("Nothing is chosen. Choose what to order first."))
    if len(lines) > MOST_LINES or sum(len(line.takes) for line in lines) > MOST_LOTS:
        raise BadValue(
            _("At most %(lines)s goods from %(lots)s lots fit on one order. Make two orders of it.")
            % {"lines": MOST_LINES, "lots": MOST_LOTS}
        )
    if any(take.quantity <= 0 or take.quantity > weight.MOST_G for line in lines for take in line.takes):
        raise BadValue(_("Write a quantity greater than zero."))


def require_as_shown(line: Wish, take: Take, listing: Listing | None, deliver_on: dt.date, who: Standing) -> None:
    """Refuse a lot that is not, or no longer, what the buyer was shown."""
    if listing is None or listing.produce_id != line.produce_id:
        raise kilos.NotOnSale
    if take.counted is not None:
        grams, pieces = (None, take.quantity) if take.counted else (take.quantity, None)
        in_stock_unit(listing.stock_unit, grams=grams, pieces=pieces)
    if (listing.price_fen, listing.price_unit_g) != (take.price_fen, take.price_unit_g):
        raise PriceChanged(listing)
    if listing.sell_by < deliver_on:
        raise SpoilsBefore(listing)
    if not listing.ready_by(deliver_on):
        raise NotReadyYet(listing)
    if listing.household_id in who.households | who.kin or any(
        post.organisation_id in (listing.cooperative_id, listing.agent_id) for post in who.posts
    ):
        raise OwnGoods
    ceiling = line.ceiling_fen_per_kg
    if ceiling is not None and listing.price_fen * 1000 > ceiling * listing.price_unit_g:
        raise BadValue(_("Lot %(number)s costs more than your ceiling price.") % {"number": listing.number})


def allocation_of(line: OrderLine, take: Take, listing: Listing, mandates: Mapping[int, UUID]) -> Allocation:
    """Return what is taken of one locked lot for a line, not written yet."""
    grams = listing.grams(take.quantity)
    if grams > weight.MOST_G:
        raise BadValue(_("At most 1000 tons can be written at once. Check the number and the unit."))
    amount_fen = money.amount_fen(grams, take.price_fen, take.price_unit_g)
    if amount_fen < 1:
        raise BadValue(_("This is too little to be paid for. Order more of it."))
    return Allocation(
        line=line,
        listing_id=take.listing_id,
        household_id=listing.household_id,
        cooperative_id=listing.cooperative_id,
        agent_id=listing.agent_id,
        village_id=listing.village_id,
        mandate_id=mandates.get(listing.pk),
        quantity=take.quantity,
        weight_g=grams,
        price_fen=take.price_fen,
        price_unit_g=take.price_unit_g,
        amount_fen=amount_fen,
        why=take.why[:200],
    )


def _merged(line: Wish) -> Wish:
    """Count a lot that stands twice in one line once, with both quantities."""
    total: Counter[int] = Counter()
    for take in line.takes:
        total[take.listing_id] += take.quantity
    if len(total) == len(line.takes):
        return line
    first = {take.listing_id: take for take in reversed(line.takes)}
    takes = tuple(replace(first[number], quantity=quantity) for number, quantity in total.items())
    return replace(line, takes=takes)


def _printed(line: Wish) -> list:
    takes = sorted((t.listing_id, t.quantity, t.price_fen, t.price_unit_g) for t in line.takes)
    return [line.produce_id, line.grade_id, line.asked_g, line.ceiling_fen_per_kg, line.plan, line.parcel_g, takes]
