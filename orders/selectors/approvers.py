"""Who takes the next step of an approval: the posts of its tier and their deputies first, in the end every approver."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation, Person, Role, Somebody, User
from accounts.selectors import standing, users_in_post
from canteens.models import APPROVERS
from canteens.selectors.deputies import Seat, seats_of, users_asked
from kernel import clock
from orders.models import ApprovalStep, OrderStatus, PurchaseOrder, Reach


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that somebody may take, and whose post it is that is answered for."""

    step: ApprovalStep
    for_person_id: UUID


def turn_of_person(order: PurchaseOrder, user: Somebody, day: dt.date) -> Turn | None:
    """Return the step of an order that this person may take on a day; None if there is none, or it is the own order."""
    requester = order.requester.person_id
    if not user.is_authenticated or user.person_id in (None, requester):
        return None
    steps = list(order.steps.order_by("number"))
    if any(step.person_id == user.person_id for step in steps):
        return None
    taken = {step.for_person_id for step in steps} | {requester}
    for seat in seats_of(user, day):
        for step in steps:
            if step.answered_at is None and seat.holder_id not in taken and order.buyer_id in _buyers(seat, step):
                return Turn(step, seat.holder_id)
    return None


def may_answer(order: PurchaseOrder, user: Somebody, day: dt.date) -> bool:
    """Return whether steps of an order are for this person to answer, by an own post or as a deputy; done or not."""
    steps = list(order.steps.all())
    return any(order.buyer_id in _buyers(seat, step) for seat in seats_of(user, day) for step in steps)


def orders_to_approve(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders that wait for this person's approval, the nearest end first; never the own ones."""
    orders = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, needs_approval=True)
    seats = seats_of(user, clock.county_day(clock.now()))
    if not seats or not user.is_authenticated or user.person_id is None:
        return orders.none()
    steps = ApprovalStep.objects.filter(order=OuterRef("pk"))
    mine = Q(pk__in=[])
    for seat in seats:
        free = ~Exists(steps.filter(for_person=seat.holder_id)) & ~Q(requester__person=seat.holder_id)
        mine |= Q(Exists(steps.filter(_asked(seat), answered_at=None))) & free
    orders = orders.filter(mine, ~Exists(steps.filter(person=user.person_id)))
    orders = orders.exclude(requester__person_id=user.person_id)
    return orders.select_related("buyer", "fund").order_by("approve_by_at", "pk")


def orders_waiting_for_others(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders of one's buyers that wait for approval by somebody else, the nearest end first."""
    own = standing(user).organisations(*APPROVERS, Role.BUYER)
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, needs_approval=True, buyer_id__in=own)
    waiting = waiting.exclude(pk__in=orders_to_approve(user).order_by().values("pk"))
    return waiting.select_related("buyer", "requester").order_by("approve_by_at", "pk")


def holders(buyer: Organisation, posts: Collection[str], but: Person | None, day: dt.date) -> list[User]:
    """Return who of these posts may say yes to an order of somebody: everybody but that one, one account a person."""
    return [user for user in users_in_post(buyer, posts, day) if user.person_id != (but.pk if but else None)]


def asked_by_now(order: PurchaseOrder, steps: Iterable[ApprovalStep], day: dt.date) -> list[User]:
    """Return the accounts of whoever may take an open step of an order, deputies among them, one a person."""
    posts = {post for step in steps if step.answered_at is None for post in posts_of(step)}
    return users_asked(order.buyer, posts, order.requester.person_id, day)


def posts_of(step: ApprovalStep) -> list[str]:
    """Return the posts that may take a step by now."""
    return [post.value for post in APPROVERS] if step.reach == Reach.ALL else step.posts


def _buyers(seat: Seat, step: ApprovalStep) -> set[int]:
    return {buyer for post in posts_of(step) for buyer in seat.organisations.get(post, ())}


def _asked(seat: Seat) -> Q:
    """Say of a step that whoever holds this seat may take it."""
    asked = Q(reach=Reach.ALL, order__buyer__in={buyer for buyers in seat.organisations.values() for buyer in buyers})
    for post, buyers in seat.organisations.items():
        asked |= Q(posts__contains=[post], order__buyer__in=buyers)
    return asked
