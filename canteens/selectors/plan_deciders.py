"""Who decides a purchase plan: the holder of its post or that one's deputy, after its first hours every approver."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from canteens.models import APPROVERS, FundKind, PurchasePlan, PurchasePlanStatus
from canteens.selectors.deputies import Asked, Seat, approvers_of, seats_of, users_asked
from kernel import clock


def deciding_role(kind: str) -> Role:
    """Return who decides plans of this kind of money: the union's chair, else the buyer's approver."""
    return Role.UNION_CHAIR if kind == FundKind.UNION else Role.BUYING_APPROVER


def posts_of(plan: PurchasePlan) -> tuple[Role, ...]:
    """Return the posts that decide a plan by now: that of its money, and all approvers once it was shown to them."""
    if plan.status == PurchasePlanStatus.SENT and plan.shown_at is not None:
        return APPROVERS
    return (deciding_role(plan.fund.kind),)


def seat_for(plan: PurchasePlan, user: Somebody, day: dt.date) -> UUID | None:
    """Return by whose post this person decides a plan on a day: the own one, or who it is deputy of; None if by none.

    No deputy decides a plan that one of the two sent.
    """
    if not user.is_authenticated or user.person_id is None:
        return None
    posts = posts_of(plan)
    if plan.organisation_id in standing(user).organisations(*posts):
        return user.person_id
    if plan.by.person_id == user.person_id:
        return None
    for seat in seats_of(user, day):
        away = seat.holder_id not in (user.person_id, plan.by.person_id)
        if away and any(plan.organisation_id in seat.organisations.get(post, ()) for post in posts):
            return seat.holder_id
    return None


def deciders(plan: PurchasePlan, day: dt.date) -> list[User]:
    """Return the accounts of whoever may decide a plan on a day, deputies among them, one a person; not who sent it."""
    return users_asked(plan.organisation, posts_of(plan), plan.by.person_id, day)


def asked_for(plans: Iterable[PurchasePlan], day: dt.date) -> dict[int, list[Asked]]:
    """Return for whom those of these plans wait that nobody has decided, in two statements, by the key of the plan."""
    waiting = [plan for plan in plans if plan.status == PurchasePlanStatus.SENT]
    approvers = approvers_of({plan.organisation_id for plan in waiting}, day)
    return {plan.pk: approvers.asked(plan.organisation_id, posts_of(plan), {plan.by.person_id}) for plan in waiting}


def plans_to_decide(user: Somebody) -> QuerySet[PurchasePlan]:
    """Return the plans that wait for this person, by an own post or as a deputy; never the own ones."""
    waiting = PurchasePlan.objects.filter(status=PurchasePlanStatus.SENT)
    seats = seats_of(user, clock.county_day(clock.now()))
    if not seats or not user.is_authenticated or user.person_id is None:
        return waiting.none()
    mine = Q(pk__in=[])
    for seat in seats:
        mine |= _asked(seat) & ~Q(by__person=seat.holder_id)
    waiting = waiting.filter(mine).exclude(by__person_id=user.person_id)
    return waiting.select_related("organisation", "fund").order_by("due_at", "pk")


def plans_waiting_for_others(user: Somebody) -> QuerySet[PurchasePlan]:
    """Return the plans of one's buyers that wait for somebody else to decide, the nearest end first."""
    own = standing(user).organisations(*APPROVERS, Role.BUYER)
    waiting = PurchasePlan.objects.filter(status=PurchasePlanStatus.SENT, organisation_id__in=own)
    waiting = waiting.exclude(pk__in=plans_to_decide(user).order_by().values("pk"))
    return waiting.select_related("organisation", "fund", "by").order_by("due_at", "pk")


def _asked(seat: Seat) -> Q:
    """Say of a plan that waits that whoever holds this seat decides it."""
    union, own = Q(fund__kind=FundKind.UNION), seat.organisations
    asked = union & Q(organisation_id__in=own.get(Role.UNION_CHAIR, ()))
    asked |= ~union & Q(organisation_id__in=own.get(Role.BUYING_APPROVER, ()))
    every = {buyer for buyers in own.values() for buyer in buyers}
    return asked | Q(shown_at__isnull=False, organisation_id__in=every)
