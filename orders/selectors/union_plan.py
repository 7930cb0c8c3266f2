"""From how much on a union's orders need a purchase plan, and what it ordered on none of late."""

import datetime as dt
from typing import Any

from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from canteens.models import Fund, FundKind, LiftedPart
from canteens.selectors.union_allowances import allowed_fen
from canteens.selectors.unions import rules_around
from orders.models import Allocation, AllocationStatus


def plan_needed(fund: Fund, since: Combinable, today: dt.date) -> list[QuerySet[Any, Any]]:
    """Return from how much on, by which document, and what was ordered since then, as rows of three columns."""
    if fund.kind != FundKind.UNION:
        return []
    rule = rules_around(OuterRef("organisation__place_id"), today)
    asked = Fund.objects.filter(pk=fund.pk).annotate(
        rule=Subquery(rule.values("pk")[:1]),
        from_fen=Subquery(rule.values("plan_from_fen")[:1]) + allowed_fen(LiftedPart.UNPLANNED, today),
        document=Subquery(rule.values("document")[:1]),
    )
    late = Allocation.objects.filter(order__fund=fund.pk, order__purchase_plan=None, order__placed_at__gt=since)
    late = late.exclude(status=AllocationStatus.RELEASED).order_by()
    return [
        asked.filter(from_fen__isnull=False).values_list(Value("plan_from", CharField()), "from_fen", "document"),
        late.values("order__fund")
        .annotate(fen=Cast(Sum("amount_fen"), BigIntegerField()))
        .values_list(Value("unplanned", CharField()), "fen", Value("", CharField())),
    ]
