"""How often a household may report a loss under a scheme; what is reported at once counts once, however many lots."""

import datetime as dt

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Household
from accounts.selectors import counted_with
from accounts.services.households import lock_counted
from kernel import clock
from kernel.dates import day_words
from kernel.errors import DomainError
from losses.models import ClaimStatus, LossClaim, ReliefScheme


class TooManyReports(DomainError):
    code = "too_many_reports"

    def __init__(self, most: int) -> None:
        super().__init__(
            ngettext_lazy(
                "Under these rules a household reports once, and it has. Call the village cadre for another way.",
                "Under these rules a household reports at most %(most)s times, and it has. Call the village cadre for "
                "another way.",
                most,
            )
            % {"most": most}
        )


class TooSoon(DomainError):
    code = "too_soon"

    def __init__(self, days: int, from_on: dt.date) -> None:
        super().__init__(
            _("Between two reports of a household lie %(days)s days. The next one is possible from %(day)s.")
            % {"days": days, "day": day_words(from_on)}
        )


def require_turn(scheme: ReliefScheme, household: Household, *, at: dt.datetime) -> None:
    """Refuse a report too many or too soon; two of one household at once are looked at one after the other.

    A report counts while one of its lines under the scheme stands. What an appeal brought back counts as the report in
    which it was refused, and as of its day.
    """
    if scheme.most_claims is None and not scheme.waiting_days:
        return
    household = lock_counted([household.pk])[household.pk]
    filed = LossClaim.objects.filter(scheme=scheme, household__in=counted_with(household))
    filed = filed.exclude(status__in=[ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN])
    reports = filed.values_list(Coalesce("report__takes_up", "report"), flat=True).distinct()
    if scheme.most_claims is not None and reports.count() >= scheme.most_claims:
        raise TooManyReports(scheme.most_claims)
    last = filed.aggregate(at=Max(Coalesce("report__takes_up__filed_at", "filed_at")))["at"]
    if last is None:
        return
    from_on = clock.county_day(last) + dt.timedelta(days=scheme.waiting_days)
    if clock.county_day(at) < from_on:
        raise TooSoon(scheme.waiting_days, from_on)
