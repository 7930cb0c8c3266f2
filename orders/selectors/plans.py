"""The ready plans for one wish: which lots could fill it, and how three rules would share it among them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from accounts.models import POOR_TIERS, HouseholdTier, Organisation
from catalog.models import STILL_HANDED_OVER, Listing, ListingStatus
from catalog.selectors.pauses import here_on
from kernel import clock, money
from kernel.versions import fingerprint
from orders.allocation import Lot, Pick, PlanKind, Split, Why, three_plans, within_cap
from orders.allocation.transport import ceiling_fen
from orders.models import KeptLot, KeptPlan, TransportPayer
from orders.selectors.carting import CartRule
from orders.selectors.reasons import read
from orders.selectors.served import owner_of, served_g
from produce.models import Grade, Produce, StockUnit
from records.selectors.policy import policies_on

STEP_G = 500  # nobody is asked for less than a jin more or less
MOST_LOTS = 5_000
FIGURES = (
    "cooperative_id", "village_id", "sell_by", "price_fen", "price_unit_g", "piece_g", "harvested_on", "expected_to",
    "smallest",
)  # fmt: skip


@dataclass(frozen=True)
class Want:
    """What a buyer looks for, in the stock unit of the produce."""

    produce: Produce
    asked: int
    deliver_on: dt.date
    grade: Grade | None = None
    ceiling_fen_per_kg: int | None = None
    listing_id: int | None = None  # only this lot
    parcel_g: int = 0  # what is fetched at least from one household; 0: as the county has it

    @property
    def asked_g(self) -> int:
        """Return the (usual) weight of what is asked for."""
        return self.asked * (self.produce.piece_g or 1)


@dataclass(frozen=True, slots=True)
class Supply:
    """The lots that could fill a want."""

    lots: list[Lot]
    harvests: dict[int, dt.date]  # by listing: when it was harvested, or will be at the latest
    there_are: int  # how many there are, though not all were looked at


@dataclass(frozen=True)
class Plan:
    """One way to fill a want, with what it costs, whom it helps, and how it would be brought."""

    want: Want
    split: Split
    supply: Supply
    terms: dict[str, int]  # the policy values of the day

    @property
    def looked_at(self) -> int:
        """Return how many of the lots that could fill the want were looked at."""
        return len(self.supply.lots)

    @property
    def there_are(self) -> int:
        """Return how many lots could fill the want."""
        return self.supply.there_are

    @property
    def kind(self) -> PlanKind:
        return self.split.kind

    def grams(self, pick: Pick) -> int:
        """Return the (usual) weight of a pick."""
        return pick.quantity * pick.lot.unit_g

    def amount_fen(self, pick: Pick) -> int:
        """Return what a pick costs."""
        return money.amount_fen(self.grams(pick), pick.lot.price_fen, pick.lot.price_unit_g)

    @cached_property
    def total_fen(self) -> int:
        return sum(self.amount_fen(pick) for pick in self.split.picks)

    @cached_property
    def weight_g(self) -> int:
        return sum(self.grams(pick) for pick in self.split.picks)

    @cached_property
    def poor_g(self) -> int:
        return sum(self.grams(pick) for pick in self.split.picks if pick.lot.poor)

    @cached_property
    def poor_owners(self) -> int:
        return len({pick.lot.owner for pick in self.split.picks if pick.lot.poor})

    @cached_property
    def cart(self) -> CartRule:
        """Return the published rule of carting."""
        return CartRule.of(self.terms)

    @property
    def freight_fen(self) -> int:
        """Return what bringing it costs by the published rule."""
        return self.cart.freight_fen(self.split.stops, self.weight_g)

    @property
    def carts_fen(self) -> int:
        """Return what is held for carts beside the goods."""
        buyer_pays = self.terms["transport_payer"] == TransportPayer.BUYER
        return ceiling_fen(self.total_fen, self.terms["transport_most_permille"]) if buyer_pays else 0

    @property
    def arrival_minute(self) -> int:
        """Return when it would arrive, in minutes of the day of delivery."""
        return self.cart.arrival_minute(self.split.stops)

    @cached_property
    def harvested(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of harvest of what is picked."""
        days = [self.supply.harvests[pick.lot.listing_id] for pick in self.split.picks]
        return min(days), max(days)

    @cached_property
    def keeps_days(self) -> int:
        """Return how many days all of it still keeps once it is brought."""
        return min(pick.lot.days_left for pick in self.split.picks)

    @property
    def print(self) -> str:
        """Return the print by which an order knows that this very plan was shown."""
        return fingerprint(
            self.kind.value,
            sorted((p.lot.listing_id, p.quantity, p.lot.price_fen, p.lot.price_unit_g) for p in self.split.picks),
        )


def seed_of(buyer: Organisation, want: Want, at: dt.datetime) -> str:
    """Return the seed of the day's draw: nobody chooses it, and anybody can work the draw out again."""
    return f"{clock.county_day(at):%Y%m%d}-{buyer.pk}-{want.produce.pk}"


def plans_for(want: Want, *, buyer: Organisation, at: dt.datetime, own: Collection[KeptPlan] = ()) -> list[Plan]:
    """Return the three plans for a want, the fairest first; for one chosen lot, the one plan there is.

    What `own` plans of the buyer keep is free for it.
    """
    values = policies_on(clock.county_day(at))
    supply = supply_for(want, at=at, season_days=values["season_days"], own=own)
    seed = seed_of(buyer, want, at)
    if want.listing_id is not None:
        splits = [_chosen(supply.lots, want.asked, seed)]
    else:
        splits = ready_splits(want, supply.lots, seed=seed, values=values)
    return [Plan(want, split, supply, values) for split in splits]


def plans_of_lots(
    want: Want, *, buyer: Organisation, at: dt.datetime, but_not: Collection[int]
) -> dict[PlanKind, Plan]:
    """Return the three plans for a want by their kind, made without these lots."""
    values = policies_on(clock.county_day(at))
    supply = supply_for(want, at=at, season_days=values["season_days"])
    lots = [lot for lot in supply.lots if lot.listing_id not in but_not]
    splits = ready_splits(want, lots, seed=seed_of(buyer, want, at), values=values)
    return {split.kind: Plan(want, split, supply, values) for split in splits}


def ready_splits(want: Want, lots: list[Lot], *, seed: str, values: dict[str, int]) -> list[Split]:
    """Return the three ready splits of a want, by the policy values of the day."""
    smallest, step = _parcel(want.produce, values["min_parcel_g"])
    parcel = min(_parcel(want.produce, want.parcel_g)[0], want.asked) if want.parcel_g else 0
    capped = within_cap(lots, values["season_cap_g"])
    return three_plans(capped, want.asked, seed=seed, smallest=smallest, step=step, parcel=parcel)


def plan_of(
    kind: str, want: Want, *, buyer: Organisation, at: dt.datetime, own: Collection[KeptPlan] = ()
) -> Plan | None:
    """Return the plan of this kind, or None when there is no such kind."""
    return next((plan for plan in plans_for(want, buyer=buyer, at=at, own=own) if plan.kind == kind), None)


def want_of(kept: KeptPlan) -> Want:
    """Return what was wanted of a kept plan."""
    ceiling, listing = kept.ceiling_fen_per_kg, kept.listing_id
    return Want(
        kept.produce, kept.asked, kept.deliver_on, grade=kept.grade, ceiling_fen_per_kg=ceiling, listing_id=listing,
        parcel_g=kept.parcel_g,
    )  # fmt: skip


def plan_kept(kept: KeptPlan, *, at: dt.datetime) -> Plan:
    """Return a kept plan as it can be ordered now: its lots that were not stopped, at their prices of now."""
    want, values = want_of(kept), policies_on(clock.county_day(at))
    supply = supply_for(want, at=at, season_days=values["season_days"], own=[kept], only_own=True)
    lots, picks = {lot.listing_id: lot for lot in supply.lots}, []
    for row in kept.lots.order_by("pk"):
        lot, why = lots.get(row.listing_id), read(row.why)
        if lot is not None and why is not None:
            picks.append(Pick(lot, row.quantity, why))
    return Plan(want, Split(PlanKind(kept.plan), picks, kept.asked, kept.seed), supply, values)


def supply_for(
    want: Want, *, at: dt.datetime, season_days: int, own: Collection[KeptPlan] = (), only_own: bool = False
) -> Supply:
    """Return the lots that may fill a want, and how many such lots there are; what `own` plans keep is free for it.

    Two queries, one for what owners were served this season. Beyond MOST_LOTS the lots of poor households come first,
    then those that must be sold soonest; how many were left out takes one more.
    """
    on = clock.county_day(at)
    free = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")
    tiers = HouseholdTier.objects.filter(household=OuterRef("counts_by"), tier__in=POOR_TIERS, from_on__lte=on)
    if own:
        mine = KeptLot.objects.filter(kept__in=own, listing=OuterRef("pk")).order_by().values("listing")
        free += Coalesce(Subquery(mine.annotate(sum=Sum("quantity")).values("sum")), 0)
    given = Q(status__in=STILL_HANDED_OVER, recalled_at=None) if only_own else Q(status=ListingStatus.ON_SALE)
    rows = Listing.objects.filter(
        given, produce=want.produce, sell_by__gte=want.deliver_on, produce__forbidden=False
    ).annotate(left=free, counts_by=Coalesce("household__merged_into_id", "household_id"))
    rows = rows.annotate(poor=Exists(tiers.filter(Q(to_on=None) | Q(to_on__gt=on))))
    ready = Q(harvested_on__isnull=False) | Q(expected_to__lte=want.deliver_on)
    rows = rows.filter(ready, here_on(on), left__gt=0)
    if only_own:
        rows = rows.filter(pk__in=KeptLot.objects.filter(kept__in=own).values("listing"))
    if want.listing_id is not None:
        rows = rows.filter(pk=want.listing_id)
    if want.grade is not None:
        rows = rows.filter(grade=want.grade)
    if want.ceiling_fen_per_kg is not None:
        price, unit = Cast("price_fen", BigIntegerField()), Cast("price_unit_g", BigIntegerField())
        rows = rows.annotate(above=price * 1000 - unit * want.ceiling_fen_per_kg).filter(above__lte=0)
    found = list(rows.order_by("-poor", "sell_by", "pk").only(*FIGURES)[: MOST_LOTS + 1])
    there_are = len(found) if len(found) <= MOST_LOTS else rows.count()
    served = served_g(want.produce, at=at, days=season_days) if found else {}
    return supply_of(want, found[:MOST_LOTS], served, there_are)


def supply_of(want: Want, rows: list[Any], served: dict[str, int], there_are: int) -> Supply:
    """Return lots as the arithmetic takes them; the rows know what is left of them and by whom they count."""
    lots = []
    for row in rows:
        owner = owner_of(row.counts_by, row.cooperative_id)
        lots.append(
            Lot(
                row.pk, owner, bool(row.poor), (row.sell_by - want.deliver_on).days, row.left, row.price_fen,
                row.price_unit_g, served.get(owner, 0), int(row.village_id), row.piece_g or 1, smallest=row.smallest,
            )
        )  # fmt: skip
    return Supply(lots, {row.pk: row.harvested_on or row.expected_to for row in rows}, there_are)


def _parcel(produce: Produce, least_g: int) -> tuple[int, int]:
    """Return the smallest parcel and the step of shares, in the stock unit."""
    if produce.stock_unit == StockUnit.PIECE:
        return -(-least_g // (produce.piece_g or least_g)), 1
    return least_g, STEP_G


def _chosen(lots: list[Lot], asked: int, seed: str) -> Split:
    """Take what the one chosen lot has."""
    picks = [
        Pick(lot, min(asked, lot.available), Why(PlanKind.CHOSEN, asked, lot.available, 1, 0, seed, lot.served_g))
        for lot in lots[:1]
    ]
    return Split(PlanKind.CHOSEN, picks, asked, seed)
