"""What a household grows this season, what that may yield, and who speaks for how much of it.

Lots take room in their season as they are put on sale and give it back as they leave the market: the database counts
(`catalog/models/plots.py`), here it is locked, in one order everywhere (lots, then seasons, each by id), and a season
that is full refuses in words.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from accounts.selectors import counted_with
from catalog.models import MOST_CMU, MOST_G, CapacityReason, Listing, PlotSeason
from catalog.selectors.seasons import harvested_in
from catalog.services.kilos import lock_listings
from catalog.services.season_room import SeasonFull, require_room
from kernel import clock, weight
from kernel.errors import BadValue, DomainError
from kernel.workflow import change
from produce.models import Produce
from records.selectors.policy import policy

MOST_WINDOW = dt.timedelta(days=366)  # a season is of one year; beyond is a slip of the pen
FLOOR_G_PER_MU = 5_000_000  # where the dictionary knows no yield, nobody may say more than 5 t a mu


class BadArea(BadValue):
    code = "bad_area"
    message = _("Write the area in mu: more than 0 and at most 1000, with at most two decimals.")


class BadSeason(BadValue):
    code = "bad_season"
    message = _("Write the first and the last day of harvest, the last not before the first and within a year.")


class ParcelNeeded(BadValue):
    code = "parcel_needed"
    message = _("Write which land it is: the number of the parcel, or where it lies.")


class CapacityNeeded(BadValue):
    code = "capacity_needed"
    message = _("Somebody looked at the field: write how many jin it gives.")


class TooMuchForTheLand(BadValue):
    code = "too_much_for_the_land"

    def __init__(self, most_g: int) -> None:
        super().__init__(
            _("So much does not grow on this land: at most about %(tons)s t. Look again at area and quantity.")
            % {"tons": f"{most_g / 1_000_000:.1f}"}
        )


class LessThanIsTaken(DomainError):
    code = "less_than_is_taken"

    def __init__(self, taken_g: int) -> None:
        super().__init__(
            _("%(taken)s of this season is on sale, promised or reported already. It cannot give less than that.")
            % {"taken": weight.both(taken_g)}
        )


class OtherProduceGrows(DomainError):
    code = "other_produce"
    message = _("Goods of this season are on sale already, so what is grown stays. Write another season down.")


class SeasonReplaced(DomainError):
    code = "season_replaced"
    message = _("This season was corrected. Open the newer entry.")


class StandsAlready(BadValue):
    code = "season_stands"
    message = _("This produce on this land with this first day stands there already. Open it and correct it.")


class ListedNow(DomainError):
    code = "listed_now"
    message = _("Goods of this season were put on sale at this very moment. Try once more.")


class GoodsOfOtherDays(DomainError):
    code = "goods_of_other_days"

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "Goods of this season, number %(number)s, were harvested on other days. Let the days of harvest hold "
                "them."
            )
            % {"number": number}
        )


@dataclass(frozen=True)
class SeasonAsked:
    """What somebody says of one season; without a capacity the usual yield of a good year stands."""

    produce: Produce
    parcel: str
    area_cmu: int
    harvest_from: dt.date
    harvest_to: dt.date
    capacity_g: int | None = None
    capacity_reason: str = CapacityReason.YIELD

    def capacity(self, on: dt.date) -> int:
        """Return how much this season may give, or refuse what no land gives.

        `area_cmu` counts hundredths of a mu. The dictionary's yield of a good year (95th percentile) is the most;
        whoever looked at the field may find more, by the rule of the day.
        """
        if not self.parcel:
            raise ParcelNeeded
        if not 1 <= self.area_cmu <= MOST_CMU:
            raise BadArea
        if not dt.timedelta(0) <= self.harvest_to - self.harvest_from <= MOST_WINDOW:
            raise BadSeason
        most_g = self.area_cmu * (self.produce.yield_g_per_mu or FLOOR_G_PER_MU) // 100
        if self.capacity_reason == CapacityReason.INSPECTED:
            if self.capacity_g is None:
                raise CapacityNeeded
            most_g = most_g * policy("inspected_yield_permille", on) // 1000
        most_g = max(min(most_g, MOST_G), 1)
        if self.capacity_g is not None and not 1 <= self.capacity_g <= most_g:
            raise TooMuchForTheLand(most_g)
        return most_g if self.capacity_g is None else self.capacity_g


@transaction.atomic
def enter_season(
    household: Household,
    asked: SeasonAsked,
    *,
    replaces: PlotSeason | None = None,
    document: str = "",
    by: User,
    confirmed_by: User,
    at: dt.datetime,
) -> PlotSeason:
    """Write one season down, confirmed by a second person; called inside `entering`.

    It takes in what is on sale of its days, as far as there is room. One that replaces another takes over its lots and
    what else is spoken for, and the old one counts no more.
    """
    capacity_g = asked.capacity(clock.county_day(at))
    _one_at_a_time(household)
    lots = lock_listings([*lots_outside(household, asked).values_list("pk", flat=True), *_lots_of(replaces)])
    held = _superseded(replaces, asked, capacity_g, lots, at) if replaces is not None else {}
    before = [lot for lot in lots.values() if replaces is not None and lot.plot_season_id == replaces.pk]
    inside = {lot.pk for lot in before if lot.counted_g()}
    taken_g = sum(held.values()) + sum(lot.counted_g() for lot in before)
    outside = set(lots_outside(household, asked).values_list("pk", flat=True)) - inside
    fitting, _too_much = that_fit((lot for pk, lot in lots.items() if pk in outside), capacity_g - taken_g)
    season = PlotSeason.objects.create(
        household=household,
        village=household.village,
        produce=asked.produce,
        parcel=asked.parcel,
        area_cmu=asked.area_cmu,
        capacity_g=capacity_g,
        capacity_reason=asked.capacity_reason,
        harvest_from=asked.harvest_from,
        harvest_to=asked.harvest_to,
        document=document,
        replaces=replaces,
        by=by,
        confirmed_by=confirmed_by,
        at=at,
        **held,
    )
    inside |= {lot.pk for lot in fitting}
    if inside:
        Listing.objects.filter(pk__in=inside).update(plot_season=season)
    return season


def lots_outside(household: Household, asked: SeasonAsked) -> QuerySet[Listing]:
    """Return the lots of a household, and of those merged with it, of these days that stand in no season."""
    lots = Listing.objects.filter(household__in=counted_with(household), produce=asked.produce, plot_season=None)
    return lots.filter(harvested_in(asked.harvest_from, asked.harvest_to)).order_by("pk")


def that_fit(lots: Iterable[Listing], left_g: int) -> tuple[list[Listing], list[Listing]]:
    """Return which of these lots find room, the oldest first, and which do not."""
    fitting, too_much = [], []
    for lot in sorted(lots, key=lambda lot: lot.pk):
        if lot.counted_g() <= left_g:
            left_g -= lot.counted_g()
            fitting.append(lot)
        else:
            too_much.append(lot)
    return fitting, too_much


def require_goods_of_its_days(old: PlotSeason, asked: SeasonAsked) -> None:
    """Refuse a correction whose days leave out goods that count in the season by its days of before."""
    were = old.lots.filter(harvested_in(old.harvest_from, old.harvest_to))
    left_out = were.exclude(pk__in=old.lots.filter(harvested_in(asked.harvest_from, asked.harvest_to)))
    number = next((lot.number for lot in left_out.order_by("pk") if lot.counted_g()), None)
    if number is not None:
        raise GoodsOfOtherDays(number)


def _one_at_a_time(household: Household) -> None:
    """Let lots and seasons of a household come in one after the other: neither misses the other."""
    Household.objects.select_for_update(no_key=True).get(pk=household.pk)


def _lots_of(season: PlotSeason | None) -> list[int]:
    return list(season.lots.values_list("pk", flat=True)) if season is not None else []


def _superseded(
    old: PlotSeason, asked: SeasonAsked, capacity_g: int, lots: Mapping[int, Listing], at: dt.datetime
) -> dict[str, int]:
    """Take a season out of force; return what else than its lots was spoken for, for the one that takes its place.

    Lots are locked before their season, as everywhere; one that came in between the two is not waited for.
    """
    old = PlotSeason.objects.select_for_update(no_key=True).get(pk=old.pk)
    if old.superseded_at is not None:
        raise SeasonReplaced
    if old.lots.exclude(pk__in=lots).exists():
        raise ListedNow
    require_goods_of_its_days(old, asked)
    taken_g = old.capacity_g - old.left_g()
    if taken_g > capacity_g:
        raise LessThanIsTaken(taken_g)
    held = {"contracted_g": old.contracted_g, "claimed_g": old.claimed_g}
    Listing.objects.filter(plot_season=old).update(plot_season=None)
    PlotSeason.objects.filter(pk=old.pk).update(superseded_at=at, contracted_g=0, claimed_g=0)
    return held


def take_room(listing: Listing) -> None:
    """Let a lot that is about to be put on sale count in its season, which stays locked; refuse where that is full.

    A household without a season of this produce at this time sells all the same: its capacity is judged by the check.
    """
    if listing.household is None:
        return
    _one_at_a_time(listing.household)
    first, last = listing.harvested_on or listing.expected_from, listing.harvested_on or listing.expected_to
    seasons = _locked(listing.household, listing.produce, first, last)
    if not seasons:
        return
    grams = listing.grams(listing.listed)
    season = next((season for season in seasons if season.left_g() >= grams), None)
    if season is None:
        raise SeasonFull(listing.produce, left_g=max(season.left_g() for season in seasons), asked_g=grams)
    listing.plot_season = season


def require_room_again(listing: Listing) -> None:
    """Refuse to bring a locked lot back to the market whose season has no room left for what is free of it."""
    require_room([(listing, listing.free())])


@transaction.atomic
def hold_room(season: PlotSeason, *, contracted_g: int = 0, claimed_g: int = 0) -> PlotSeason:
    """Let a contract, or a report of crops never harvested, hold so much more of a season; less with a minus."""
    season = PlotSeason.objects.select_for_update(no_key=True).select_related("produce").get(pk=season.pk)
    if season.superseded_at is not None:
        raise SeasonReplaced
    if season.left_g() < contracted_g + claimed_g:
        raise SeasonFull(season.produce, left_g=season.left_g(), asked_g=contracted_g + claimed_g)
    held = {"contracted_g": season.contracted_g + contracted_g, "claimed_g": season.claimed_g + claimed_g}
    return change(season, held)


def _locked(household: Household, produce: Produce, first: dt.date | None, last: dt.date | None) -> list[PlotSeason]:
    """Lock the seasons of this produce that are harvested in these days, by id, and return them as they now are."""
    while True:
        standing = PlotSeason.objects.filter(
            household__in=counted_with(household),
            produce=produce,
            superseded_at=None,
            harvest_from__lte=last,
            harvest_to__gte=first,
        ).values_list("pk", flat=True)
        names = list(standing)
        if not names:
            return []
        seasons = list(PlotSeason.objects.filter(pk__in=names).order_by("pk").select_for_update(no_key=True))
        if all(season.superseded_at is None for season in seasons):  # else one was corrected while we waited
            return seasons
