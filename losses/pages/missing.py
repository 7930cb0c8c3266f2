"""What relief cannot do yet, or soon no longer: no scheme, one that ends, one whose money runs out."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel.clock import county_day
from kernel.dates import day_words
from kernel.money import yuan
from losses.selectors.schemes import schemes_to_come
from registers.pages.missing import Finding

DAYS_AHEAD = 30


def schemes_running_out(at: dt.datetime) -> Iterator[Finding]:
    """Find that no loss may be reported today, or soon none, and schemes with too little money for one household."""
    today = county_day(at)
    schemes = list(schemes_to_come(today))
    if not any(scheme.window_from <= today for scheme in schemes):
        yield Finding(_("No relief scheme is open today, so no loss can be reported."), "schemes")
    elif (schemes[-1].window_to - today).days <= DAYS_AHEAD:
        sentence = _("%(name)s ends on %(day)s, and no other takes reports after it. Draft the next one.")
        values = {"name": schemes[-1].name, "day": day_words(schemes[-1].window_to)}
        yield Finding(sentence % values, "schemes")
    for scheme in schemes:
        left = scheme.account.available_fen()
        if left < scheme.household_cap_fen:
            sentence = _("%(name)s has %(left)s yuan left, less than one household can get.")
            yield Finding(sentence % {"name": scheme.name, "left": yuan(left)}, "scheme-money")
