"""By when each stage should have answered; the scheme's own clock, or the policy value of the day, becomes an instant.

Days of a loss are calendar days, and the day on which they begin is the first of them. Grievances and complaints begin
to count on the day after; the days of a public notice are working days (`records.services.notices`).
"""

import datetime as dt
from collections.abc import Sequence

from kernel import clock
from losses.models import LossClaim, ReliefScheme
from records.selectors.policy import policy


def hours_after(name: str, at: dt.datetime, scheme: ReliefScheme | None = None) -> dt.datetime:
    """Return the instant these hours after now, by the scheme's own clock where it has one, else by the policy."""
    return at + dt.timedelta(hours=_length(name, at, scheme))


def set_visits_due(claims: Sequence[LossClaim], *, at: dt.datetime) -> None:
    """Set by when the two who were drawn have gone to each of these claims of one scheme."""
    due_at = hours_after("visit_hours", at, claims[0].scheme)
    for claim in claims:
        claim.due_at = due_at
        claim.save(update_fields=["due_at"])


def days_after(name: str, at: dt.datetime, scheme: ReliefScheme | None = None) -> dt.datetime:
    """Return the end of the last of so many county days, the scheme's own or the policy's; today is the first."""
    return clock.day_end(clock.county_day(at) + dt.timedelta(days=_length(name, at, scheme) - 1))


def _length(name: str, at: dt.datetime, scheme: ReliefScheme | None) -> int:
    own = getattr(scheme, name) if scheme is not None else None
    return own if own is not None else policy(name, clock.county_day(at))
