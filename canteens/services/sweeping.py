"""What time alone brings about in this room: plans, objections and drafts end. Everything may run twice."""

import datetime as dt

from django.db.models import QuerySet

from canteens.models import PlanDraft, PurchasePlan, PurchasePlanStatus
from canteens.selectors.plan_drafts import draft_days
from canteens.services import plan_drafts, publicity, undecided
from kernel import clock
from records.models import Objection, ObjectionStatus, PublicNotice
from records.selectors.notices import untold

MOST = 200


def move_objections_on(*, at: dt.datetime) -> int:
    """Tell of new objections to plans, and end those that nobody answered in time."""
    waiting = Objection.objects.filter(line__notice__round=PublicNotice.Round.PLAN, status=ObjectionStatus.OPEN)
    new = [publicity.tell_of_objection(row, at=at) for row in untold(waiting, publicity.NEW)[:MOST]]
    late = waiting.filter(due_at__lte=at).select_related("line").order_by("at", "pk")
    ended = [publicity.end_unanswered(row, at=at) for row in late[:MOST]]
    return sum(new) + sum(ended)


def show_undecided(*, at: dt.datetime) -> int:
    """Ask all approvers of their buyers for plans that nobody decided in their first hours."""
    return sum([undecided.show_to_others(plan, at=at) for plan in _late(at).filter(shown_at=None)[:MOST]])


def end_undecided(*, at: dt.datetime) -> int:
    """End plans that nobody decided though all were asked."""
    return sum([undecided.end_undecided(plan, at=at) for plan in _late(at).filter(shown_at__isnull=False)[:MOST]])


def end_old_drafts(*, at: dt.datetime) -> int:
    """Throw away drafts of plans that nobody changed for long."""
    days = draft_days(at)
    old = PlanDraft.objects.filter(changed_at__lt=clock.day_start(clock.county_day(at) - dt.timedelta(days=days)))
    return sum([plan_drafts.end_old(draft, at=at) for draft in old.order_by("changed_at", "pk")[:MOST]])


def _late(at: dt.datetime) -> QuerySet[PurchasePlan]:
    return PurchasePlan.objects.filter(status=PurchasePlanStatus.SENT, due_at__lte=at).order_by("due_at", "pk")
