"""By when each stage should have answered; the policy value of the day is turned into an instant and stored."""

import datetime as dt

from kernel import clock
from records.selectors.policy import policy


def hours_after(name: str, at: dt.datetime) -> dt.datetime:
    """Return the instant this policy's hours after now."""
    return at + dt.timedelta(hours=policy(name, clock.county_day(at)))


def days_after(name: str, at: dt.datetime) -> dt.datetime:
    """Return the end of the county day this policy's days after now."""
    return clock.day_end(clock.county_day(at) + dt.timedelta(days=policy(name, clock.county_day(at)) - 1))
