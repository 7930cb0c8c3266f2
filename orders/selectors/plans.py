"""The ready plans for one wish: which lots could fill it, and how three rules would share it among them."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast, Coalesce

from accounts.models import POOR_TIERS, HouseholdTier, Organisation
from catalog.models import Listing, ListingStatus
from catalog.selectors.pauses import here_on
from kernel import clock, money
from kernel.versions import fingerprint
from orders.allocation import Lot, Pick, PlanKind, Split, Why, cheapest, fair, fewest
from produce.models import Grade, Produce, StockUnit
from records.selectors.policy import policy

STEP_G = 500  # nobody is asked for less than a jin more or less
MOST_LOTS = 5_000


@dataclass(frozen=True)
class Want:
    """What a buyer looks for, in the stock unit of the produce."""

    produce: Produce
    asked: int
    deliver_on: dt.date
    grade: Grade | None = None
    ceiling_fen_per_kg: int | None = None
    listing_id: int | None = None  # only this lot

    @property
    def asked_g(self) -> int:
        """Return the (usual) weight of what is asked for."""
        return self.asked * (self.produce.piece_g or 1)


@dataclass(frozen=True)
class Plan:
    """One way to fill a want, with what it costs and whom it helps."""

    want: Want
    split: Split
    grams_a_unit: dict[int, int]  # by listing: 1, or the weight of a piece
    looked_at: int  # how many of the lots that could fill the want were looked at
    there_are: int  # how many could

    @property
    def kind(self) -> PlanKind:
        return self.split.kind

    def grams(self, pick: Pick) -> int:
        """Return the (usual) weight of a pick."""
        return pick.quantity * self.grams_a_unit[pick.lot.listing_id]

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


def plans_for(want: Want, *, buyer: Organisation, at: dt.datetime) -> list[Plan]:
    """Return the three plans for a want, the fairest first; for one chosen lot, the one plan there is."""
    lots, grams, there_are = eligible_lots(want, on=clock.county_day(at))
    seed = seed_of(buyer, want, at)
    if want.listing_id is not None:
        splits = [_chosen(lots, want.asked, seed)]
    else:
        smallest, step = _parcel(want.produce, clock.county_day(at))
        splits = [
            fair(lots, want.asked, seed=seed, smallest=smallest, step=step),
            cheapest(lots, want.asked, seed=seed, smallest=smallest),
            fewest(lots, want.asked, seed=seed, smallest=smallest),
        ]
    return [Plan(want, split, grams, len(lots), there_are) for split in splits]


def plan_of(kind: str, want: Want, *, buyer: Organisation, at: dt.datetime) -> Plan | None:
    """Return the plan of this kind, or None when there is no such kind."""
    return next((plan for plan in plans_for(want, buyer=buyer, at=at) if plan.kind == kind), None)


def eligible_lots(want: Want, *, on: dt.date) -> tuple[list[Lot], dict[int, int], int]:
    """Return the lots that may fill a want, what one stock unit of each weighs, and how many such lots there are.

    One query. Beyond MOST_LOTS the lots of poor households come first, then those that must be sold soonest, as in the
    published rule; how many were left out takes a second query.
    """
    free = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")
    tiers = HouseholdTier.objects.filter(household=OuterRef("counts_by"), tier__in=POOR_TIERS, from_on__lte=on)
    rows = Listing.objects.filter(
        produce=want.produce, status=ListingStatus.ON_SALE, sell_by__gte=want.deliver_on, produce__forbidden=False
    ).annotate(left=free, counts_by=Coalesce("household__merged_into_id", "household_id"))
    rows = rows.annotate(poor=Exists(tiers.filter(Q(to_on=None) | Q(to_on__gt=on))))
    ready = Q(harvested_on__isnull=False) | Q(expected_to__lte=want.deliver_on)
    rows = rows.filter(ready, here_on(on), left__gt=0)
    if want.listing_id is not None:
        rows = rows.filter(pk=want.listing_id)
    if want.grade is not None:
        rows = rows.filter(grade=want.grade)
    if want.ceiling_fen_per_kg is not None:
        price, unit = Cast("price_fen", BigIntegerField()), Cast("price_unit_g", BigIntegerField())
        rows = rows.annotate(above=price * 1000 - unit * want.ceiling_fen_per_kg).filter(above__lte=0)
    lots, grams = [], {}
    values = rows.order_by("-poor", "sell_by", "pk").values_list(
        "pk", "counts_by", "cooperative_id", "poor", "sell_by", "left", "price_fen", "price_unit_g", "piece_g"
    )
    found = list(values[: MOST_LOTS + 1])
    there_are = len(found) if len(found) <= MOST_LOTS else rows.count()
    for pk, household, cooperative, poor, sell_by, available, price_fen, price_unit_g, piece_g in found[:MOST_LOTS]:
        owner = f"household:{household}" if household else f"organisation:{cooperative}"
        days = (sell_by - want.deliver_on).days
        lots.append(Lot(pk, owner, bool(poor), days, available, price_fen, price_unit_g))
        grams[pk] = piece_g or 1
    return lots, grams, there_are


def _parcel(produce: Produce, on: dt.date) -> tuple[int, int]:
    """Return the smallest parcel and the step of shares, in the stock unit."""
    least_g = policy("min_parcel_g", on)
    if produce.stock_unit == StockUnit.PIECE:
        return -(-least_g // (produce.piece_g or least_g)), 1
    return least_g, STEP_G


def _chosen(lots: list[Lot], asked: int, seed: str) -> Split:
    """Take what the one chosen lot has."""
    picks = [
        Pick(lot, min(asked, lot.available), Why(PlanKind.CHOSEN, asked, lot.available, 1, 0, seed)) for lot in lots[:1]
    ]
    return Split(PlanKind.CHOSEN, picks, asked, seed)
