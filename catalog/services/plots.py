"""What a household grows this season, what that may yield, and who speaks for how much of it.

Lots take room in their season as they are put on sale and give it back as they leave the market: the database counts
(`catalog/models/plots.py`), here it is locked, in one order everywhere (lots, then seasons, each by id), and a season
that is full refuses in words.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from catalog.models import MOST_CMU, MOST_G, CapacityReason, Listing, PlotSeason
from catalog.services.kilos import lock_listings
from kernel import clock, weight
from kernel.errors import BadValue, DomainError
from kernel.workflow import change
from produce.models import Produce
from records.selectors.policy import policy

MOST_WINDOW = dt.timedelta(days=366)
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


class SeasonFull(DomainError):
    code = "season_full"

    def __init__(self, produce: Produce, *, left_g: int, asked_g: int) -> None:
        super().__init__(
            _(
                "Of the %(produce)s of this season only %(left)s is left; %(asked)s was asked for. Put less on sale, "
                "or have the season corrected under “What I grow”: the township confirms it."
            )
            % {"produce": produce.name, "left": weight.both(left_g), "asked": weight.both(asked_g)}
        )
        self.left_g = left_g


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
        if not self.harvest_from <= self.harvest_to <= self.harvest_from + MOST_WINDOW:
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

    One that replaces another takes over its lots and what else is spoken for, and the old one counts no more.
    """
    capacity_g = asked.capacity(clock.county_day(at))
    lots, held = _superseded(replaces, capacity_g, at) if replaces is not None else ([], {})
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
    if lots:
        Listing.objects.filter(pk__in=lots).update(plot_season=season)
    return season


def _superseded(old: PlotSeason, capacity_g: int, at: dt.datetime) -> tuple[list[int], dict[str, int]]:
    """Take a season out of force; return its lots, and what else was spoken for, for the one that takes its place.

    Lots are locked before their season, as everywhere; one that came in between the two is not waited for.
    """
    lots = list(lock_listings(old.lots.values_list("pk", flat=True)))
    old = PlotSeason.objects.select_for_update(no_key=True).get(pk=old.pk)
    if old.superseded_at is not None:
        raise SeasonReplaced
    if old.lots.exclude(pk__in=lots).exists():
        raise ListedNow
    taken_g = old.capacity_g - old.left_g()
    if taken_g > capacity_g:
        raise LessThanIsTaken(taken_g)
    held = {"contracted_g": old.contracted_g, "claimed_g": old.claimed_g}
    if lots:
        Listing.objects.filter(pk__in=lots).update(plot_season=None)
    PlotSeason.objects.filter(pk=old.pk).update(superseded_at=at, contracted_g=0, claimed_g=0)
    return lots, held


def take_room(listing: Listing) -> None:
    """Let a lot that is about to be put on sale count in its season, which stays locked; refuse where that is full.

    A household without a season of this produce at this time sells all the same: its capacity is judged by the check.
    """
    if listing.household is None:
        return
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
    if listing.plot_season_id is None:
        return
    season = PlotSeason.objects.select_for_update(no_key=True).get(pk=listing.plot_season_id)
    grams = listing.grams(listing.free())
    if season.left_g() < grams:
        raise SeasonFull(listing.produce, left_g=season.left_g(), asked_g=grams)


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
            household=household, produce=produce, superseded_at=None, harvest_from__lte=last, harvest_to__gte=first
        ).values_list("pk", flat=True)
        names = list(standing)
        if not names:
            return []
        seasons = list(PlotSeason.objects.filter(pk__in=names).order_by("pk").select_for_update(no_key=True))
        if all(season.superseded_at is None for season in seasons):  # else one was corrected while we waited
            return seasons
