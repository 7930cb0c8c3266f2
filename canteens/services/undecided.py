"""A plan does not wait for ever: who decides it is told again, then every approver of its buyer, then it ends."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.selectors import users_in_post
from canteens.models import PurchasePlan, PurchasePlanStatus
from canteens.selectors.plan_deciders import deciders
from canteens.services.deciding import tell_of_plan
from canteens.services.publicity import take_down
from kernel import clock
from kernel.workflow import change, lock

STILL_WAITS = _(
    "Nobody has decided the plan %(occasion)s, %(amount)s yuan, yet. You may: until %(until)s, then it ends by itself."
)
SHOWN_ON = _("Nobody has decided the plan %(occasion)s yet. The other approvers were asked too; it ends on %(until)s.")
ENDED = _(
    "Nobody decided the plan %(occasion)s in time, so it has ended. Its record is free again; send it anew if it is "
    "still needed."
)
TAKEN_DOWN = _("Nobody decided the buyer's plan in time.")


@transaction.atomic
def show_to_others(plan: PurchasePlan, *, at: dt.datetime) -> bool:
    """Ask every approver of the buyer for a plan that nobody decided in its first hours; tell its sender and head."""
    plan = lock(plan)
    if plan.status != PurchasePlanStatus.SENT or plan.shown_at is not None or at < plan.due_at:
        return False
    change(plan, {"shown_at": at, "due_at": at + dt.timedelta(hours=plan.hours)})
    day = clock.county_day(at)
    tell_of_plan(plan, STILL_WAITS, deciders(plan, day), "still_waits", at=at)
    heads = users_in_post(plan.organisation, [Role.HEAD_OF_OFFICE], day)
    tell_of_plan(plan, SHOWN_ON, [plan.by, *heads], "shown_on", at=at)
    return True


@transaction.atomic
def end_undecided(plan: PurchasePlan, *, at: dt.datetime) -> bool:
    """End a plan that nobody decided though all were asked: its record is free, and all who heard of it are told."""
    plan = lock(plan)
    if plan.status != PurchasePlanStatus.SENT or plan.shown_at is None or at < plan.due_at:
        return False
    day = clock.county_day(at)
    concerned = [plan.by, *deciders(plan, day), *users_in_post(plan.organisation, [Role.HEAD_OF_OFFICE], day)]
    plan.decided_at = at
    plan.move_to(PurchasePlanStatus.ENDED, by=None, at=at, along=["decided_at"])
    take_down(plan, TAKEN_DOWN, by=None, at=at)
    tell_of_plan(plan, ENDED, concerned, "not_decided", at=at)
    return True
