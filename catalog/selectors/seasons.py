"""The seasons of plots: which of them somebody looks into, and which of a household hold."""

from django.db.models import Q, QuerySet

from accounts.models import Household, Role
from accounts.selectors import Standing
from catalog.models import PlotSeason


def seasons_seen_by(who: Standing) -> QuerySet[PlotSeason]:
    """Return the seasons of the own household and of the places served, corrected ones too; all for the auditor."""
    seasons = PlotSeason.objects.select_related("household", "produce")
    if who.has(Role.AUDITOR):
        return seasons
    own = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    return seasons.filter(own | who.within("household__village_id", Role.CADRE, Role.TOWNSHIP_OFFICER))


def seasons_of(household: Household) -> QuerySet[PlotSeason]:
    """Return the seasons of a household as they stand, the latest harvest first."""
    seasons = household.plot_seasons.filter(superseded_at=None).select_related("produce")
    return seasons.order_by("-harvest_to", "-pk")
