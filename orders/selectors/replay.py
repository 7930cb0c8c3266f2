"""An auditor works a plan out again: the lots as they were at the moment of placing, the same rule, the same bytes.

Nothing was copied when the plan was made. A plan that was kept before it was ordered is worked out as of the moment
from which it was kept; what was kept for a buyer was taken from all others, but not promised yet. What a lot had free,
asked and was comes from rows that carry their moment: movements, prices, moves of its status, absences, harvests of
forecasts, what sellers hand over at least, merges of households, and tiers and policy values by their day. What they
cannot tell: a movement written by an order that was being placed in the very moment of this one counts by its clock,
though the other may not have seen it yet; and a tier or policy value counts from its day, at whatever hour it came into
force.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from accounts.models import POOR_TIERS, HouseholdTier
from catalog.models import Listing, ListingStatus, Movement, PriceChange, SellerPause
from kernel import clock
from orders.allocation import WORKED_OUT, Pick, PlanKind
from orders.models import KEPT_LOT, KeptLot, KeptPlan, OrderLine, PurchaseOrder
from orders.selectors import plans
from orders.selectors.reasons import written
from orders.selectors.resharing import as_the_rule_made_it
from orders.selectors.served import owner_of, season_start
from records.models import Event, Move
from records.selectors.policy import policies_on

HARVESTED, SMALLEST = (
    "lot_harvested",
    "lot_smallest",
)  # the first tells the day until which a forecast was to be sold before
TAKEN = (Movement.Side.RESERVED, Movement.Side.SOLD)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a line kept of its plan, and what the rule gives again; one line of text a lot.

    Where the buyer changed the shares, `edited` is what was ordered; what was kept is the plan before that.
    """

    line: OrderLine
    kept: bytes
    again: bytes
    edited: bytes = b""

    @property
    def same(self) -> bool:
        """Return whether it is the same plan to the byte."""
        return self.kept == self.again


@dataclass(frozen=True, slots=True)
class LotThen:
    """One lot as it was at a moment, with what is asked of it by `supply_of`."""

    pk: int
    counts_by: object
    cooperative_id: int | None
    village_id: str
    poor: bool
    sell_by: dt.date
    left: int
    taken_g: int
    price_fen: int
    price_unit_g: int
    piece_g: int | None
    harvested_on: dt.date | None
    expected_to: dt.date | None
    smallest: int


def may_replay(line: OrderLine) -> bool:
    """Return whether a line was filled by the rule as this program knows it, over all lots there were.

    A lot chosen by the buyer was not, nor a later line, which leaves out the lots tried before it.
    """
    return line.plan != PlanKind.CHOSEN and line.rule in WORKED_OUT and line.instead_of_id is None


def replay(line: OrderLine) -> Replay:
    """Work a line's plan out again as of the moment its order was placed."""
    order = line.order
    want = plans.Want(
        produce=line.produce,
        asked=line.asked_g // (line.produce.piece_g or 1),
        deliver_on=order.deliver_on,
        grade=line.grade,
        ceiling_fen_per_kg=line.ceiling_fen_per_kg,
        parcel_g=line.parcel_g,
    )
    of_plan = ("made_from__produce", "made_from__grade", "produce", "grade")
    kept = KeptPlan.objects.filter(order_line=line).select_related(*of_plan).first()
    first = as_the_rule_made_it(kept) if kept else None
    at = first.at if first else order.placed_at
    if first and first != kept:
        want = plans.want_of(first)
    values = policies_on(clock.county_day(at))
    supply = supply_then(want, at=at, season_days=values["season_days"], own=_let_go_for(order, at))
    seed = plans.seed_of(order.buyer, want, at)
    splits = plans.ready_splits(want, supply.lots, seed=seed, values=values)
    again = next(split for split in splits if split.kind == line.plan)
    figures = ("listing_id", "quantity", "price_fen", "price_unit_g", "why")
    ordered = _text(line.allocations.filter(replaces=None).values_list(*figures))
    if first and first != kept:
        return Replay(line, _text(first.lots.values_list(*figures)), _text(map(_pick, again.picks)), ordered)
    return Replay(line, ordered, _text(map(_pick, again.picks)))


def _let_go_for(order: PurchaseOrder, at: dt.datetime) -> QuerySet[KeptLot]:
    """Return what its buyer let go in the moment of a plan, kept until then: it was free for that plan already."""
    return KeptLot.objects.filter(
        kept__by=order.requester_id, kept__buyer=order.buyer_id, kept__ended_at=at, kept__at__lt=at,
        kept__order_line=None,
    )  # fmt: skip


def supply_then(want: plans.Want, *, at: dt.datetime, season_days: int, own: Iterable[KeptLot] = ()) -> plans.Supply:
    """Return the lots that could fill a want at a moment, as `plans.supply_for` returned them then."""
    day = clock.county_day(at)
    since = season_start(at, season_days)
    rows = list(
        Listing.objects.filter(Q(listed_at__gte=since) | Q(sell_by__gte=day), produce=want.produce, listed_at__lt=at)
        .select_related("household")
        .order_by("pk")
    )
    then = _as_of(rows, at, own)
    served: dict[str, int] = defaultdict(int)
    for row, lot in zip(rows, then, strict=True):
        if row.listed_at >= since:
            served[owner_of(lot.counts_by, lot.cooperative_id)] += lot.taken_g
    on_sale = _on_sale(rows, at)
    ready = [
        lot
        for row, lot in zip(rows, then, strict=True)
        if row.pk in on_sale and lot.left > 0 and lot.sell_by >= want.deliver_on and _fits(lot, row, want)
    ]
    ready.sort(key=lambda lot: (not lot.poor, lot.sell_by, lot.pk))
    return plans.supply_of(want, ready[: plans.MOST_LOTS], served, len(ready))


def _fits(lot: LotThen, row: Listing, want: plans.Want) -> bool:
    """Return whether a lot is ready by the day, of the grade and within the highest price."""
    if lot.harvested_on is None and (lot.expected_to is None or lot.expected_to > want.deliver_on):
        return False
    if want.grade is not None and row.grade_id != want.grade.pk:
        return False
    ceiling = want.ceiling_fen_per_kg
    return ceiling is None or lot.price_fen * 1000 <= lot.price_unit_g * ceiling


def _as_of(rows: list[Listing], at: dt.datetime, own: Iterable[KeptLot]) -> list[LotThen]:
    """Return lots as they were: kilos, price, harvest, and by whom they counted."""
    keys = [row.pk for row in rows]
    taken, left = _kilos(keys, at)
    for kept in own:
        left[kept.listing_id] -= kept.quantity
    prices = {
        price.listing_id: price
        for price in PriceChange.objects.filter(listing__in=keys, at__lte=at).order_by("listing_id", "at", "pk")
    }
    said = Event.objects.filter(
        kind__in=(HARVESTED, SMALLEST), document__in=[row.reference for row in rows], at__gte=at
    ).order_by("-pk")  # the first since then is written last, and stands
    since = {(event.kind, event.document): event.data for event in said}
    later = {
        document: dt.date.fromisoformat(data["sell_by"])
        for (kind, document), data in since.items()
        if kind == HARVESTED
    }
    least = {document: data["before"] for (kind, document), data in since.items() if kind == SMALLEST}
    owners = {row.pk: _counted_by(row, at) for row in rows}
    poor = _poor(set(owners.values()), clock.county_day(at))
    return [
        LotThen(
            row.pk, owners[row.pk], row.cooperative_id, row.village_id, owners[row.pk] in poor,
            later.get(row.reference, row.sell_by), row.listed - left[row.pk],
            row.grams(taken[row.pk]), prices[row.pk].price_fen, prices[row.pk].price_unit_g, row.piece_g,
            None if row.reference in later else row.harvested_on, row.expected_to,
            least.get(row.reference, row.smallest),
        )
        for row in rows
    ]  # fmt: skip


def _kilos(keys: list[int], at: dt.datetime) -> tuple[dict[int, int], dict[int, int]]:
    """Return what of each lot was promised or sold before a moment, and what had left what is free."""
    taken: dict[int, int] = defaultdict(int)
    left: dict[int, int] = defaultdict(int)
    moved = Movement.objects.filter(listing__in=keys, at__lt=at)
    moves = moved.annotate(only_kept=Q(reference__startswith=f"{KEPT_LOT}:")).values_list(
        "listing_id", "source", "target", "only_kept"
    )
    for listing_id, source, target, only_kept, quantity in moves.annotate(moved=Sum("quantity")):
        if not only_kept:
            taken[listing_id] += quantity * ((target in TAKEN) - (source in TAKEN))
        left[listing_id] += quantity * ((source == Movement.Side.FREE) - (target == Movement.Side.FREE))
    return taken, left


def _counted_by(row: Listing, at: dt.datetime) -> Any:
    """Return the household a lot counted by: its own, or into which that had been merged."""
    household = row.household
    if household is None or household.merged_at is None or household.merged_at >= at:
        return row.household_id
    return household.merged_into_id


def _poor(households: set[Any], day: dt.date) -> set[Any]:
    tiers = HouseholdTier.objects.filter(household__in=households - {None}, tier__in=POOR_TIERS, from_on__lte=day)
    return set(tiers.filter(Q(to_on=None) | Q(to_on__gt=day)).values_list("household_id", flat=True))


def _on_sale(rows: list[Listing], at: dt.datetime) -> set[int]:
    """Return which lots were on sale at a moment, and their sellers here."""
    status = dict(
        Move.objects.filter(document__in=[row.reference for row in rows], at__lt=at)
        .order_by("at", "pk")
        .values_list("document", "after")
    )
    sellers = Q(household__in={row.household_id for row in rows}) | Q(
        cooperative__in={row.cooperative_id for row in rows}
    )
    said = SellerPause.objects.filter(sellers, at__lt=at).order_by("pk")
    away = {(pause.household_id, pause.cooperative_id): (pause.at, pause.until_on) for pause in said}
    day, found = clock.county_day(at), set()
    for row in rows:
        said_at, until = away.get((row.household_id, row.cooperative_id), (at, None))
        waits = until is not None and until >= day and row.listed_at <= said_at
        if status.get(row.reference) == ListingStatus.ON_SALE and not waits:
            found.add(row.pk)
    return found


def _pick(pick: Pick) -> tuple[int, int, int, int, str]:
    return pick.lot.listing_id, pick.quantity, pick.lot.price_fen, pick.lot.price_unit_g, written(pick.why)[:200]


def _text(rows: Any) -> bytes:
    return "".join(f"{'|'.join(map(str, row))}\n" for row in sorted(rows)).encode()
