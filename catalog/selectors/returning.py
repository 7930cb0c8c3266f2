"""How long a buyer sends back what it signed for: until then no kilo of a sale is sold for good."""

import datetime as dt

from kernel import clock
from records.selectors.policy import policy


def last_return_day(signed_on: dt.date, today: dt.date) -> dt.date:
    """Return the last day on which goods signed for on this day go back, by what holds today."""
    return signed_on + dt.timedelta(days=policy("return_days", today))


def returns_over_before(now: dt.datetime) -> dt.datetime:
    """Return before which instant goods were signed for whose last day for going back is over."""
    today = clock.county_day(now)
    return clock.day_start(today - dt.timedelta(days=policy("return_days", today)))
