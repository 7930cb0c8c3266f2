"""What a household grows on one parcel in one season, and how much of it is spoken for.

A season is a register and a ledger at once: its rows come in by two hands, a correction is a new row that takes the
place of the old one, and `contracted + listed + claimed ≤ capacity` holds for each. What its lots count is kept by the
database itself, whoever moves a kilo: all of a lot while it may be sold, and of one that left the market only what it
no longer has free.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Place
from catalog.models.sellers import MOST_G
from kernel import weight
from kernel.constraints import two_people
from kernel.entering import entered_only
from produce.models import Produce, StockUnit

MOST_CMU = 100_000  # 1,000 mu: more than any household of the county tills
# What one lot counts in its season, in grams.
_COUNTS = """coalesce(piece_g, 1) * CASE WHEN status IN ('expired', 'withdrawn') OR recalled_at IS NOT NULL
    THEN reserved + sold + claimed + written_off ELSE listed - withdrawn END"""
_COUNT_ANEW = """
WITH moved AS (
    SELECT season, sum(grams) AS grams FROM ({lots}) AS lots WHERE season IS NOT NULL
    GROUP BY season HAVING sum(grams) <> 0
), held AS (
    SELECT s.id FROM catalog_plotseason AS s JOIN moved ON s.id = moved.season ORDER BY s.id FOR UPDATE OF s
)
UPDATE catalog_plotseason AS s SET listed_g = s.listed_g + moved.grams
FROM held JOIN moved ON held.id = moved.season WHERE s.id = held.id;
RETURN NULL;
"""
_NEW = f"SELECT plot_season_id AS season, {_COUNTS} AS grams FROM new_lots"  # noqa: S608  (our own table)
_OLD = f"SELECT plot_season_id AS season, -({_COUNTS}) AS grams FROM old_lots"  # noqa: S608  (our own table)


def counted_in_seasons() -> list[pgtrigger.Trigger]:
    """Return the triggers of lots that keep `listed_g` of their seasons, the seasons always locked by id."""
    return [
        pgtrigger.Trigger(
            name="new_lot_counts_in_its_season",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_lots"),
            func=_COUNT_ANEW.format(lots=_NEW),
        ),
        pgtrigger.Trigger(
            name="lot_counts_in_its_season",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="old_lots", new="new_lots"),
            func=_COUNT_ANEW.format(lots=f"{_NEW} UNION ALL {_OLD}"),
        ),
    ]


class CapacityReason(models.TextChoices):
    YIELD = "yield", _("Area times usual yield")
    INSPECTED = "inspected", _("Looked at in the field")


class PlotSeason(models.Model):
    """One produce on one parcel in one season: what it may yield, why, and how much of that is spoken for."""

    CHANGES = ("superseded_at", "contracted_g", "listed_g", "claimed_g")
    stock_unit, piece_g = StockUnit.GRAM, None  # a season is weighed, whatever its goods are sold by

    household = models.ForeignKey(Household, models.PROTECT, related_name="plot_seasons")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    parcel = models.CharField(max_length=40)  # its number, or where it lies in words
    area_cmu = models.PositiveIntegerField()  # hundredths of a mu
    capacity_g = models.BigIntegerField()
    capacity_reason = models.CharField(max_length=12, choices=CapacityReason)
    harvest_from = models.DateField()
    harvest_to = models.DateField()
    contracted_g = models.BigIntegerField(default=0)  # agreed and not yet on sale
    listed_g = models.BigIntegerField(default=0)  # what its lots count
    claimed_g = models.BigIntegerField(default=0)  # reported as never harvested
    document = models.CharField(max_length=80, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    superseded_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "produce", "parcel", "harvest_from"],
                condition=Q(superseded_at=None),
                name="plot_season_once",
            ),
            models.CheckConstraint(
                condition=Q(area_cmu__gte=1, area_cmu__lte=MOST_CMU, capacity_g__gte=1, capacity_g__lte=MOST_G),
                name="plot_season_bounded",
            ),
            models.CheckConstraint(
                condition=Q(harvest_to__gte=F("harvest_from")), name="plot_season_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(capacity_reason__in=CapacityReason.values), name="plot_season_capacity_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(
                    contracted_g__gte=0,
                    listed_g__gte=0,
                    claimed_g__gte=0,
                    capacity_g__gte=F("contracted_g") + F("listed_g") + F("claimed_g"),
                ),
                name="no_more_than_the_season_gives",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(contracted_g=0, listed_g=0, claimed_g=0),
                name="a_replaced_season_counts_nothing",
            ),
            two_people("by", "confirmed_by", name="plot_season_two_hands"),
        ]
        indexes = [
            models.Index(
                fields=["produce", "harvest_to", "village"],
                condition=Q(superseded_at=None),
                name="plot_season_who_grows",
            ),
            models.Index(fields=["household", "-harvest_to"], name="plot_season_by_household"),
        ]
        triggers = [
            entered_only(),
            pgtrigger.ReadOnly(
                name="plot_season_stays", exclude=["superseded_at", "contracted_g", "listed_g", "claimed_g"]
            ),
            pgtrigger.Protect(
                name="replaced_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
        ]

    def left_g(self) -> int:
        """Return how much of it is not spoken for."""
        return self.capacity_g - self.contracted_g - self.listed_g - self.claimed_g

    def grams(self, quantity: int) -> int:
        """Return a quantity of it in grams, as a lot does: it is grams already."""
        return quantity

    def in_words(self, quantity: int) -> str:
        """Return a quantity of it as people say it."""
        return weight.both(quantity)
