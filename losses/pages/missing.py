"""What relief cannot do yet, or soon no longer: no scheme, one that ends, one whose money runs out."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel import money
from kernel.clock import county_day
from kernel.dates import day_words
from losses.models import ReliefScheme, SchemeStatus
from registers.pages.missing import Finding

DAYS_LEFT = 30
LEAST_PERMILLE = 100  # of the money put behind a scheme


def missing_schemes(at: dt.datetime) -> Iterator[Finding]:
    """Find that no loss may be reported today, or soon none, and schemes with little money left."""
    today = county_day(at)
    published = ReliefScheme.objects.filter(status=SchemeStatus.PUBLISHED, window_to__gte=today)
    schemes = list(published.select_related("account").order_by("window_to"))
    if not any(scheme.window_from <= today for scheme in schemes):
        yield Finding(_("No relief scheme is open today, so no loss can be reported."), "schemes")
    elif schemes[-1].window_to < today + dt.timedelta(days=DAYS_LEFT):
        ends = _("%(scheme)s takes losses until %(day)s, and no scheme follows it.")
        yield Finding(ends % {"scheme": schemes[-1].name, "day": day_words(schemes[-1].window_to)}, "schemes")
    for scheme in schemes:
        put, left = scheme.account.credits_posted_fen, scheme.account.available_fen()
        if left * 1000 < put * LEAST_PERMILLE:
            little = _("%(scheme)s has only %(yuan)s yuan left.")
            yield Finding(little % {"scheme": scheme.name, "yuan": money.yuan(left)}, "scheme-money")
