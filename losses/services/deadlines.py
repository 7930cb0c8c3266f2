"""By when each stage should have answered; the policy value of the day is turned into an instant and stored.

Days of a loss are calendar days, and the day on which they begin is the first of them. Grievances and complaints begin
to count on the day after; the days of a public notice are working days (`records.services.notices`).
"""

import datetime as dt

from kernel import clock
from records.selectors.policy import policy


def hours_after(name: str, at: dt.datetime) -> dt.datetime:
    """Return the instant this policy's hours after now."""
    return at + dt.timedelta(hours=policy(name, clock.county_day(at)))


def days_after(name: str, at: dt.datetime) -> dt.datetime:
    """Return the end of the last of so many county days by this policy; today is the first."""
    return clock.day_end(clock.county_day(at) + dt.timedelta(days=policy(name, clock.county_day(at)) - 1))
