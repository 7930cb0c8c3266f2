"""By how much money an order is judged: its own sum, and what was ordered beside it without anybody's approval."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import BigIntegerField, CharField, DateTimeField, ExpressionWrapper, Func, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast

from canteens.models import Fund
from canteens.selectors import OrdersJudged, tiers_of
from kernel import clock
from orders.models import Allocation, AllocationStatus, PurchaseOrder
from records.selectors.policy import policy, policy_in_sql


def judged(fund: Fund, held_fen: int, by_class: Mapping[str, int], *, at: dt.datetime) -> tuple[int, str]:
    """Return the sum in fen by which an order is judged, and the rule of its tier, empty below all tiers.

    `by_class` is what the order takes of each class of produce. Of each class, what this fund ordered within
    ⟨lookback_days⟩ and nobody approved is added: many small orders are judged as the large one they are. Ask while the
    fund's account is locked; tiers and orders are read in one statement.
    """
    days = policy_in_sql("lookback_days", clock.county_day(at))
    since = CombinedExpression(Value(at), "-", Func(days, template="make_interval(days => %(expressions)s)"))
    tiers = tiers_of(fund.kind, clock.county_day(at)).values_list(Value("tier", CharField()), "from_fen", "rule")
    before = (
        Allocation.objects.filter(
            order__fund=fund,
            order__placed_at__gt=ExpressionWrapper(since, DateTimeField()),
            order__needs_approval=False,
            line__produce__category_id__in=list(by_class),
        )
        .exclude(status=AllocationStatus.RELEASED)
        .values("line__produce__category_id")
        .annotate(fen=Cast(Sum("amount_fen"), BigIntegerField()))
        .values_list(Value("before", CharField()), "fen", "line__produce__category_id")
    )
    rules: list[tuple[int, str]] = []
    earlier: dict[str, int] = {}
    for what, fen, name in tiers.union(before, all=True):
        if what == "tier":
            rules.append((fen, name))
        else:
            earlier[name] = fen
    total = max([held_fen, *(fen + earlier.get(category, 0) for category, fen in by_class.items())])
    rule = max((tier for tier in rules if tier[0] <= total), default=(0, ""))
    return total, rule[1]


def orders_of_late(asked: OrdersJudged, at: dt.datetime) -> int:
    """Return how many orders within ⟨lookback_days⟩ were judged by a sum within these bounds."""
    since = at - dt.timedelta(days=policy("lookback_days", clock.county_day(at)))
    orders = PurchaseOrder.objects.filter(
        placed_at__gt=since,
        fund__kind=asked.fund_kind,
        judged_fen__gte=asked.least_fen,
        needs_approval=asked.waited,
    )
    if asked.below_fen is not None:
        orders = orders.filter(judged_fen__lt=asked.below_fen)
    return orders.count()
