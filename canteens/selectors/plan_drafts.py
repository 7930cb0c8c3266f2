"""Drafts of purchase plans: whose they are, and when they end."""

import datetime as dt

from django.db.models import QuerySet

from accounts.models import User
from canteens.models import PlanDraft
from kernel import clock
from records.selectors.policy import policy


def drafts_of(user: User) -> QuerySet[PlanDraft]:
    """Return the drafts of a person, the one changed last first."""
    return PlanDraft.objects.filter(by=user).order_by("-changed_at", "-pk")


def draft_days(at: dt.datetime) -> int:
    """Return how many days a draft lies before it ends."""
    return policy("plan_draft_days", clock.county_day(at))


def ends_on(draft: PlanDraft, days: int) -> dt.date:
    """Return the day on which a draft that nobody changes ends."""
    return clock.county_day(draft.changed_at) + dt.timedelta(days=days)
