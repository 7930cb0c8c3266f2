"""Who was served how much this season, and how evenly.

A season is the running `season_days` before a moment. What counts for an owner is what its lots put on sale since then
have sold or promised, of one produce: a lot given back counts no more, what the scale refused neither, and lots of
merged households count for the survivor. What is only kept for a buyer who looks once more is not promised yet. The
running totals of the lots are the sums of their movements, so that what counted at an earlier moment is found again
(`orders/selectors/replay.py`).
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from catalog.models import Listing
from kernel import clock
from orders.models import KeptLot, KeptStatus
from produce.models import Produce
from records.selectors.policy import policy

GOAL_PERMILLE = 1500  # what the greatest share should be at most, of the mean
FEWEST_SHOWN = 3  # of fewer owners the greatest share would tell what one of them sells
_KEPT = KeptLot.objects.filter(listing=OuterRef("pk"), kept__status=KeptStatus.KEPT).order_by().values("listing")
ONLY_KEPT = Coalesce(Subquery(_KEPT.annotate(kept_now=Sum("quantity")).values("kept_now")), 0)
_GOODS = ("produce__code", "produce__name", "produce__name_en")
TAKEN_G = Cast(F("reserved") + F("sold") - F("only_kept"), BigIntegerField()) * Coalesce(F("piece_g"), 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly the season's sales of one produce fell: the greatest share against the mean of all who offered it."""

    code: str
    name: str
    name_en: str
    owners: int
    served: int  # how many of them sold or promised anything
    total_g: int
    greatest_g: int

    @property
    def permille(self) -> int:
        """Return the greatest share as thousandths of the mean, rounded up; the goal is 1500 at most."""
        return -(-1000 * self.greatest_g * self.owners // self.total_g) if self.total_g else 0


def owner_of(household: object, cooperative: object) -> str:
    """Return how the arithmetic calls whoever is asked."""
    return f"household:{household}" if household else f"organisation:{cooperative}"


def season_start(at: dt.datetime, days: int) -> dt.datetime:
    """Return since when lots count in the season that runs at this moment."""
    return at - dt.timedelta(days=days)


def served_g(produce: Produce, *, at: dt.datetime, days: int) -> dict[str, int]:
    """Return what each owner sold or promised of a produce this season, in grams; one query."""
    rows = (
        Listing.objects.filter(
            Q(reserved__gt=0) | Q(sold__gt=0), produce=produce, listed_at__gte=season_start(at, days)
        )
        .annotate(counts_by=Coalesce("household__merged_into_id", "household_id"), only_kept=ONLY_KEPT)
        .values("counts_by", "cooperative_id")
        .annotate(taken_g=Sum(TAKEN_G))
        .values_list("counts_by", "cooperative_id", "taken_g")
    )
    return {owner_of(household, cooperative): int(grams) for household, cooperative, grams in rows}


def season_spread(*, at: dt.datetime, on: dt.date) -> list[Spread]:
    """Return for every produce of the season how evenly it was sold, the least even first; two queries."""
    owners = (
        Listing.objects.filter(listed_at__gte=season_start(at, policy("season_days", on)))
        .annotate(counts_by=Coalesce("household__merged_into_id", "household_id"), only_kept=ONLY_KEPT)
        .values(*_GOODS, "counts_by", "cooperative_id")
        .annotate(taken_g=Sum(TAKEN_G))
    )
    found: dict[tuple[str, str, str], list[int]] = {}
    for *goods, grams in owners.values_list(*_GOODS, "taken_g"):
        found.setdefault((goods[0], goods[1], goods[2]), []).append(int(grams))
    spreads = [
        Spread(*goods, len(grams), sum(one > 0 for one in grams), sum(grams), max(grams))
        for goods, grams in found.items()
    ]
    return sorted(spreads, key=lambda spread: (-spread.permille, spread.name))


def public_spread(at: dt.datetime) -> list[Spread]:
    """Return how evenly each produce was sold that enough owners offered, and of which something was sold."""
    spreads = season_spread(at=at, on=clock.county_day(at))
    return [spread for spread in spreads if spread.owners >= FEWEST_SHOWN and spread.total_g]
