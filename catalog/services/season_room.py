"""What room a season has: asked before goods that had left the market count in it again."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, PlotSeason
from kernel import weight
from kernel.errors import DomainError
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
