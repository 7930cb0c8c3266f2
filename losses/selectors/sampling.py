"""What visits of a village found, month by month, and the draw of a claim."""

import datetime as dt

from django.db.models import OuterRef, Subquery
from django.db.models.functions import TruncMonth

from kernel import clock
from kernel.present import known
from losses.models import ClaimFigure, ClaimStatus, LossClaim, SampleDraw, Stage, Visit
from losses.regimes import Regime, is_accepted, regime_after
from records.selectors.policy import policy

SINCE = dt.timedelta(days=3 * 366)  # older months say nothing any more


def regime_of(village_id: str, month: dt.date) -> Regime:
    """Return how closely a village is looked at in a month: by what visits found in the months before it."""
    return regime_after(accepted_months(village_id, month))


def accepted_months(village_id: str, before: dt.date) -> list[bool]:
    """Return of each month with visits whether all of them found what the township had, the oldest month first."""
    township = ClaimFigure.objects.filter(
        claim=OuterRef("claim"), round=OuterRef("round"), stage=Stage.TOWNSHIP
    ).values("quantity")[:1]
    rows = Visit.objects.filter(
        claim__household__village=village_id,
        second_signed_at__lt=clock.day_start(before),
        second_signed_at__gte=clock.day_start(before - SINCE),
    ).annotate(month=TruncMonth("second_signed_at", tzinfo=clock.COUNTY_ZONE), expected=Subquery(township))
    tolerance = policy("sample_tolerance_permille", before)
    months: dict[dt.datetime, bool] = {}
    for month, found, expected in rows.order_by("second_signed_at").values_list("month", "found", "expected"):
        lost = known(found)
        good = is_accepted(lost, lost if expected is None else expected, tolerance)
        months[month] = months.get(month, True) and good
    return list(months.values())


def sample_draw(claim: LossClaim) -> SampleDraw | None:
    """Return the draw of the present round of a claim, once the township has passed it."""
    return claim.sample_draws.filter(round=claim.round).first()


# While the village may still object nobody is told who is visited.
_NOT_YET = (
    ClaimStatus.FILED, ClaimStatus.VILLAGE_CHECKED, ClaimStatus.TOWNSHIP_CHECKED, ClaimStatus.VILLAGE_NOTICE,
    ClaimStatus.SENT_BACK,
)  # fmt: skip


def shown_draw(claim: LossClaim) -> SampleDraw | None:
    """Return the draw of a claim where it may be read: once its village notice has ended."""
    if claim.status in _NOT_YET:
        return None
    return next((row for row in claim.sample_draws.all() if row.round == claim.round), None)
