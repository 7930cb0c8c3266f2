"""How much is usually lost of a produce at once: what is far above it may be a slip of the pen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from django.db.models import F, Q

from accounts.models import Household
from accounts.selectors import counted_with
from losses.models import ClaimFigure, ClaimStatus, Stage

# Slips of the pen, so constants: a nought too many, kilograms for jin.
FAR_ABOVE_OWN, FAR_ABOVE_OTHERS = 3, 5
ENOUGH_OTHERS = 5
MOST_COMPARED = 500  # of the newest reports
OVER = (ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class UsualLoss:
    """What one report of a produce usually says, in its stock unit: the most of the household's own, else of others."""

    quantity: int
    own: bool

    @property
    def most(self) -> int:
        """Return what is not asked about yet."""
        return self.quantity * (FAR_ABOVE_OWN if self.own else FAR_ABOVE_OTHERS)


def usual_losses(household: Household, produce_ids: Iterable[int], *, crops: bool) -> dict[int, UsualLoss]:
    """Return what is usual of each of these produces where enough was reported: two questions, however many they are.

    Crops that were never harvested are no measure for goods, nor those for crops. Others are those of the whole
    county: its middle says nothing of the neighbours that the desk compares with.
    """
    reported = (
        ClaimFigure.objects.filter(
            stage=Stage.DECLARED,
            claim__rate__produce__in=set(produce_ids),
            claim__sale=None,
            claim__plot_season__isnull=not crops,
        )
        .exclude(claim__status__in=OVER)
        .order_by("-pk")
    )
    ours = Q(claim__household__in=counted_with(household))
    own = _by_produce(reported.filter(ours).values_list("claim__rate__produce_id", "quantity")[:MOST_COMPARED])
    theirs = reported.exclude(ours).filter(round=F("claim__round"))
    others = _by_produce(theirs.values_list("claim__rate__produce_id", "quantity")[:MOST_COMPARED])
    usual = {
        key: UsualLoss(median_low(sizes), own=False) for key, sizes in others.items() if len(sizes) >= ENOUGH_OTHERS
    }
    return usual | {key: UsualLoss(max(sizes), own=True) for key, sizes in own.items()}


def _by_produce(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    sizes = defaultdict(list)
    for produce_id, quantity in rows:
        sizes[produce_id].append(quantity)
    return sizes
