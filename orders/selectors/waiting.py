"""For whom an order waits, since when and until when, and who has answered which of its steps."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canteens.selectors.deputies import Approvers, Asked, approvers_of
from orders.models import ApprovalStep, OrderStatus, PurchaseOrder
from orders.selectors.approvers import posts_of


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
    approvers = approvers_of(buyers, day)
    return {
        key: Waits(steps[key], _asked(order, steps[key], approvers) if order.buyer_id in buyers else [])
        for key, order in approved.items()
    }


def _asked(order: PurchaseOrder, steps: Sequence[ApprovalStep], approvers: Approvers) -> list[Asked]:
    """Return who may take a step of an order that waits, each person once, deputies behind whom they stand for."""
    if order.status != OrderStatus.AWAITING:
        return []
    open_to = {post for step in steps if step.answered_at is None for post in posts_of(step)}
    requester = {step.order.requester.person_id for step in steps}
    done = {step.person_id for step in steps} | {step.for_person_id for step in steps} | requester
    return approvers.asked(order.buyer_id, open_to, done)
