"""What room a season has: before goods that had left the market count in it again, and for crops never harvested."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, PlotSeason
from kernel import weight
from kernel.errors import DomainError
from kernel.workflow import change
from produce.models import Produce


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


def require_room(asked: Iterable[tuple[Listing, int]]) -> None:
    """Refuse to let so much more (in the stock unit) of locked lots count in their seasons, which stay locked."""
    more_g: dict[int, int] = defaultdict(int)
    produce: dict[int, Produce] = {}
    for listing, quantity in asked:
        if listing.plot_season_id is not None:
            more_g[listing.plot_season_id] += listing.grams(quantity)
            produce[listing.plot_season_id] = listing.produce
    if not more_g:
        return
    for season in PlotSeason.objects.filter(pk__in=more_g).order_by("pk").select_for_update(no_key=True):
        if season.left_g() < more_g[season.pk]:
            raise SeasonFull(produce[season.pk], left_g=season.left_g(), asked_g=more_g[season.pk])


def lock_newest(season: PlotSeason) -> PlotSeason:
    """Lock the season that stands in place of this one, after any lots, and return it as it now is."""
    while True:
        rows = PlotSeason.objects.select_for_update(of=("self",), no_key=True).select_related("produce")
        row = rows.get(pk=season.pk)
        if row.superseded_at is None:
            return row
        season = row.replaced_by


def move_claimed(season: PlotSeason, grams: int) -> PlotSeason:
    """Let a report of crops never harvested hold so much more of a season, less with a minus, wherever it is corrected.

    A season that was corrected hands what is claimed of it to the row in its place, so that is where it is counted.
    """
    season = lock_newest(season)
    if season.left_g() < grams:
        raise SeasonFull(season.produce, left_g=season.left_g(), asked_g=grams)
    return change(season, {"claimed_g": season.claimed_g + grams})
