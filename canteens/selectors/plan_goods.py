"""The goods of purchase plans: what is planned of each, on order, taken and left."""

from collections import defaultdict
from collections.abc import Iterable

from canteens.models import PlanGoods, PurchasePlan
from kernel.present import known, label_of, name_of


def goods_of(plan: PurchasePlan) -> list[PlanGoods]:
    """Return the goods of a plan as it was sent, read anew."""
    return goods_of_plans([plan.pk])[plan.pk]


def goods_of_plans(plans: Iterable[int]) -> dict[int, list[PlanGoods]]:
    """Return the goods of these plans by plan, as they were sent, by one statement."""
    rows = PlanGoods.objects.filter(plan__in=set(plans)).select_related("produce", "category")
    found: dict[int, list[PlanGoods]] = defaultdict(list)
    for row in rows.order_by("plan", "position"):
        found[row.plan_id].append(row)
    return found


def goods_name(row: PlanGoods) -> str:
    """Return what the goods of a plan are called, in the reader's language: a produce, or a class of them."""
    if row.produce is not None:
        return name_of(row.produce)
    return label_of(known(row.category))
