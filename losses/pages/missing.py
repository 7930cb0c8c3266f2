"""What relief lacks soon: a scheme that runs out of days or of money, so that losses could no longer be reported."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel.clock import county_day
from kernel.dates import day_words
from kernel.money import yuan
from losses.selectors.schemes import open_schemes
from registers.pages.missing import Finding

DAYS_AHEAD = 30


def schemes_running_out(at: dt.datetime) -> Iterator[Finding]:
    """Find the open schemes that end soon with none after them, and those with too little money for one household."""
    today = county_day(at)
    schemes = list(open_schemes(today))
    latest = max((scheme.window_to for scheme in schemes), default=today)
    for scheme in schemes:
        if scheme.window_to == latest and (latest - today).days <= DAYS_AHEAD:
            sentence = _("%(name)s ends on %(day)s, and no other takes reports after it. Draft the next one.")
            yield Finding(sentence % {"name": scheme.name, "day": day_words(scheme.window_to)}, "schemes")
        left = scheme.account.available_fen()
        if left < scheme.household_cap_fen:
            sentence = _("%(name)s has %(left)s yuan left, less than one household can get.")
            yield Finding(sentence % {"name": scheme.name, "left": yuan(left)}, "scheme-money")
