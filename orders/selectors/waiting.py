"""For whom an order waits, since when and until when, and who has answered which of its steps."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership
from accounts.selectors import in_force_on
from canteens.models import APPROVERS, ApprovalDeputy
from canteens.selectors.deputies import deputies_in_force
from orders.models import ApprovalStep, OrderStatus, PurchaseOrder
from orders.selectors.approvers import posts_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who may take a step now: by which post, and for whom where it is as a deputy."""

    name: str
    post: str
    for_name: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """The steps of one order's approval, and who may take those that are open."""

    steps: list[ApprovalStep]
    asked: list[Asked]

    @property
    def open(self) -> list[ApprovalStep]:
        """Return the steps that nobody has answered and somebody still may."""
        return [step for step in self.steps if step.answered_at is None] if self.asked else []


def waits_of(orders: Iterable[PurchaseOrder], day: dt.date) -> dict[int, Waits]:
    """Return the steps of those of these orders that have any, in three statements, by the key of the order."""
    approved = {order.pk: order for order in orders if order.needs_approval}
    if not approved:
        return {}
    rows = ApprovalStep.objects.filter(order__in=approved).select_related("person", "for_person", "order__requester")
    steps: defaultdict[int, list[ApprovalStep]] = defaultdict(list)
    for step in rows.order_by("order_id", "number"):
        steps[step.order_id].append(step)
    buyers = {order.buyer_id for order in approved.values() if order.status == OrderStatus.AWAITING}
    posts, deputies = _people_of(buyers, day) if buyers else ([], [])
    return {
        key: Waits(steps[key], _asked(order, steps[key], posts, deputies) if order.buyer_id in buyers else [])
        for key, order in approved.items()
    }


def _people_of(buyers: set[int], day: dt.date) -> tuple[list[Membership], list[ApprovalDeputy]]:
    posts = Membership.objects.filter(in_force_on(day), organisation__in=buyers, role__in=APPROVERS)
    return list(posts.select_related("person").order_by("pk")), list(deputies_in_force(buyers, day))


def _asked(
    order: PurchaseOrder,
    steps: Sequence[ApprovalStep],
    posts: Iterable[Membership],
    deputies: Sequence[ApprovalDeputy],
) -> list[Asked]:
    """Return who may take a step of an order that waits, each person once, deputies behind whom they stand for."""
    if order.status != OrderStatus.AWAITING:
        return []
    open_to = {post for step in steps if step.answered_at is None for post in posts_of(step)}
    requester = {step.order.requester.person_id for step in steps}
    done = {step.person_id for step in steps} | {step.for_person_id for step in steps} | requester
    found: dict[UUID, Asked] = {}
    for post in posts:
        if post.organisation_id != order.buyer_id or post.role not in open_to or post.person_id in done:
            continue
        found.setdefault(post.person_id, Asked(post.person.name, post.role))
        for row in deputies:
            if (row.organisation_id, row.person_id) == (order.buyer_id, post.person_id) and row.deputy_id not in done:
                found.setdefault(row.deputy_id, Asked(row.deputy.name, post.role, row.person.name))
    return list(found.values())
