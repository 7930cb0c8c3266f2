"""Awards that are not on the household's card by their day: how many days, and the interest if a rate is set."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role
from accounts.selectors import Standing
from kernel import clock
from ledger.selectors import FINANCE, has_arrived, has_left
from losses.models import Award, LossClaim
from losses.relief import late_interest_fen
from losses.selectors.recovering import taken_back
from records.selectors.policy import policy_in_sql


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late an award is, and what the interest comes to: nothing where the county set no rate."""

    due_on: dt.date
    days: int
    interest_fen: int


def late_awards(day: dt.date) -> QuerySet[Any]:
    """Return the awards that have not arrived by the day that was set at the award, the longest late first."""
    rate = policy_in_sql("relief_interest_bp", OuterRef("payable__due_on"))
    rows = Award.objects.filter(~has_arrived(), ~Exists(taken_back()), payable__due_on__lt=day)
    rows = rows.annotate(rate_bp=rate, at_bank=has_left()).order_by("payable__due_on", "pk")
    return rows.select_related("claim__household__village", "payable")


def late_seen_by(who: Standing, day: dt.date) -> QuerySet[Any]:
    """Return those this person may see: finance of its own payers, the bureau and the auditor of their area."""
    own = Q(payable__payer__in=who.organisations(*FINANCE))
    seen = own | who.within("claim__household__village_id", Role.BUREAU_APPROVER, Role.AUDITOR)
    return late_awards(day).filter(seen)


def lateness(award: Any, day: dt.date) -> Lateness:
    """Return how late one of these awards is on a day; the rate is that of the day on which it was due."""
    days = (day - award.payable.due_on).days
    return Lateness(award.payable.due_on, days, late_interest_fen(award.amount_fen, days, award.rate_bp))


def lateness_of(claim: LossClaim) -> Lateness | None:
    """Return how late the relief of a claim is, None where it is not."""
    day = clock.county_day(clock.now())
    award = late_awards(day).filter(claim=claim).first()
    return lateness(award, day) if award is not None else None
