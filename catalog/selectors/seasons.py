"""The seasons of plots: which of them somebody looks into, and which of a household hold."""

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Household, Role
from accounts.selectors import Standing, counted_with
from catalog.models import Listing, ListingStatus, PlotSeason


def harvested_in(first: object, last: object) -> Q:
    """Say of a lot that it was, or is to be, harvested on one of these days."""
    expected = Q(harvested_on=None, expected_from__lte=last, expected_to__gte=first)
    return Q(harvested_on__gte=first, harvested_on__lte=last) | expected


def seasons_seen_by(who: Standing) -> QuerySet[PlotSeason]:
    """Return the seasons of the own household and of the places served, corrected ones too; all for the auditor."""
    seasons = PlotSeason.objects.select_related("household", "produce")
    if who.has(Role.AUDITOR):
        return seasons
    own = Q(household_id__in=who.households) if who.household_id else Q(pk__in=[])
    return seasons.filter(own | who.within("household__village_id", Role.CADRE, Role.TOWNSHIP_OFFICER))


def seasons_of(household: Household) -> QuerySet[PlotSeason]:
    """Return the seasons of a household, and of those merged with it, as they stand, the latest harvest first.

    `outside_g` of each is what is on sale of its produce and days and counts in no season.
    """
    homes = counted_with(household)
    days = harvested_in(OuterRef("harvest_from"), OuterRef("harvest_to"))
    lots = Listing.objects.filter(days, household__in=homes, produce=OuterRef("produce"), plot_season=None)
    lots = lots.filter(status__in=[ListingStatus.ON_SALE, ListingStatus.STOPPED], recalled_at=None).order_by()
    grams = Sum((F("listed") - F("withdrawn")) * Coalesce("piece_g", 1), output_field=BigIntegerField())
    outside_g = lots.values("produce").annotate(outside=grams).values("outside")
    seasons = PlotSeason.objects.filter(household__in=homes, superseded_at=None).select_related("produce")
    seasons = seasons.annotate(outside_g=Coalesce(Subquery(outside_g), 0, output_field=BigIntegerField()))
    return seasons.order_by("-harvest_to", "-pk")


def lineage(season: PlotSeason) -> list[int]:
    """Return the keys of a season, of those it replaces and of those that replaced it: one crop, as often corrected."""
    chain = """
        WITH RECURSIVE older AS (
            SELECT id, replaces_id FROM catalog_plotseason WHERE id = %s
            UNION ALL SELECT s.id, s.replaces_id FROM catalog_plotseason s JOIN older ON s.id = older.replaces_id
        ), newer AS (
            SELECT id FROM catalog_plotseason WHERE id = %s
            UNION ALL SELECT s.id FROM catalog_plotseason s JOIN newer ON s.replaces_id = newer.id
        )
        SELECT id FROM older UNION SELECT id FROM newer ORDER BY id
    """
    with connection.cursor() as cursor:
        cursor.execute(chain, [season.pk, season.pk])
        return [pk for (pk,) in cursor.fetchall()]


def newest_of(season: PlotSeason) -> PlotSeason:
    """Return the season that stands, in place of this one if it was corrected."""
    return PlotSeason.objects.get(pk=lineage(season)[-1])


def oldest_of(season: PlotSeason) -> PlotSeason:
    """Return the season as it was first written down."""
    return PlotSeason.objects.get(pk=lineage(season)[0])
