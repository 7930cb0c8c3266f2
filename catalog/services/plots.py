"""What a household grows this season, on how much land, and what that may yield."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Place, User
from catalog.models import MOST_G, PlotSeason
from kernel.errors import BadValue
from kernel.workflow import change
from produce.models import Produce

MOST_CMU = 100_000  # 1,000 mu: more than any household of the county tills
MOST_WINDOW = dt.timedelta(days=366)
FLOOR_G_PER_MU = 5_000_000  # where the dictionary knows no yield, nobody may say more than 5 t a mu


class BadArea(BadValue):
    code = "bad_area"
    message = _("Write the area in mu: more than 0 and at most 1000, with at most two decimals.")


class BadSeason(BadValue):
    code = "bad_season"
    message = _("Write the first and the last day of harvest, the last not before the first and within a year.")


class TooMuchForTheLand(BadValue):
    code = "too_much_for_the_land"

    def __init__(self, most_g: int) -> None:
        super().__init__(
            _("So much does not grow on this land: at most about %(tons)s t. Look again at area and quantity.")
            % {"tons": f"{most_g / 1_000_000:.1f}"}
        )


@transaction.atomic
def declare_season(
    *,
    household: Household,
    produce: Produce,
    area_cmu: int,
    harvest_from: dt.date,
    harvest_to: dt.date,
    capacity_g: int | None = None,
    village: Place | None = None,
    by: User,
    at: dt.datetime,
) -> PlotSeason:
    """Write down one season of one produce; said again for the same first day, the later word counts.

    `area_cmu` counts hundredths of a mu. Without a quantity the dictionary's yield of a good year (95th percentile)
    stands; a quantity above it is refused.
    """
    if not 1 <= area_cmu <= MOST_CMU:
        raise BadArea
    if not harvest_from <= harvest_to <= harvest_from + MOST_WINDOW:
        raise BadSeason
    most_g = min(area_cmu * (produce.yield_g_per_mu or FLOOR_G_PER_MU) // 100, MOST_G)
    if capacity_g is not None and not 1 <= capacity_g <= most_g:
        raise TooMuchForTheLand(most_g)
    says = {
        "village": village or household.village,
        "area_cmu": area_cmu,
        "capacity_g": capacity_g or max(most_g, 1),
        "harvest_to": harvest_to,
        "by": by,
        "at": at,
    }
    season, new = PlotSeason.objects.get_or_create(
        household=household, produce=produce, harvest_from=harvest_from, defaults=says
    )
    if not new:
        change(season, says)
    return season
