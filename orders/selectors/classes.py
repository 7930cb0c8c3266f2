"""What a buyer orders of each class of goods in a year, beside the procurement limit."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Cast

from accounts.models import Organisation, Somebody
from accounts.selectors import standing
from orders.models import Allocation, AllocationStatus
from orders.selectors.orders import BUYER_ROLES
from records.selectors.policy import policies_on


@dataclass(frozen=True, slots=True)
class ClassSum:
    """What one buyer ordered of one class of goods in a year, from all its funds, and up to what it may."""

    buyer_id: int
    buyer: str
    category_id: str
    name: str
    name_en: str
    fen: int
    limit_fen: int
    told_from_fen: int

    @property
    def near(self) -> bool:
        """Return whether so much of the limit is used that its people are told."""
        return self.fen >= self.told_from_fen

    @property
    def above(self) -> bool:
        """Return whether more was ordered than goes without a procurement project."""
        return self.fen > self.limit_fen


def class_sums(day: dt.date, buyers: Collection[int] | None = None) -> list[ClassSum]:
    """Return what these buyers, or all, ordered of each class in the year of a day, the most first; two statements.

    What was given back counts no more. All funds of the year count together: the limit is of the buyer, not of a purse.
    """
    rules = policies_on(day)
    limit_fen = rules["procurement_limit_yuan"] * 100
    told_from = -(-limit_fen * rules["procurement_told_permille"] // 1000)
    rows = _ordered(day) if buyers is None else _ordered(day).filter(order__buyer__in=buyers)
    return [ClassSum(**row, limit_fen=limit_fen, told_from_fen=told_from) for row in rows]


def buyers_read(user: Somebody) -> QuerySet[Organisation]:
    """Return the buyers whose sums this person reads: those it works for."""
    return Organisation.objects.filter(pk__in=standing(user).organisations(*BUYER_ROLES))


def _ordered(day: dt.date) -> QuerySet[Any, Any]:
    lots = Allocation.objects.filter(order__fund__fiscal_year=day.year).exclude(status=AllocationStatus.RELEASED)
    produce = "line__produce__category"
    grouped = lots.values(
        "order__buyer_id",
        buyer=F("order__buyer__name"),
        category_id=F(f"{produce}_id"),
        name=F(f"{produce}__name_zh"),
        name_en=F(f"{produce}__name_en"),
    ).annotate(fen=Cast(Sum("amount_fen"), BigIntegerField()), buyer_id=F("order__buyer_id"))
    return grouped.order_by("-fen", "buyer_id", "category_id").values(
        "buyer_id", "buyer", "category_id", "name", "name_en", "fen"
    )
