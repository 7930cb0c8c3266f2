"""The least share of poor households' goods in what a union buys: what its year's orders leave for goods of others.

An order counts by the tier that its sellers' households held on the day it was placed, as long as it waits for goods;
what was weighed in counts with what its statements say.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate

from accounts.models import POOR_TIERS, HouseholdTier
from canteens.models import WHOLE_BP, Fund, FundKind, LiftedPart, ShareDeclaration, UnionRule
from canteens.selectors.union_allowances import allowed_fen
from canteens.selectors.unions import rules_around, rules_on
from catalog.models import Listing
from kernel import clock, near
from orders.models import Allocation, AllocationStatus, LineKind, StatementLine

_FEN = BigIntegerField()
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class UnionShare:
    """What a union declared to buy in a year, and what it ordered of others than poor households, under a rule."""

    rule: UnionRule
    declared_fen: int
    others_fen: int
    allowed_fen: int  # of others, beyond what the rule leaves


def is_asked(today: dt.date) -> bool:
    """Return whether any rule of this day says a least share; rules change from tomorrow on, so it may be kept."""
    said = rules_on(today).filter(least_bp__isnull=False)
    return bool(near.get_or_set(f"union-least:{today}", said.exists, _SECONDS))


def union_share(fund: Fund, today: dt.date) -> UnionShare:
    """Return how a union's purse stands with the least share of the rule that holds for it."""
    said = _shared(fund, today).values_list("rule", "declared", "others", "allowed").get()
    rule, declared_fen, others_fen, more_fen = said
    return UnionShare(UnionRule.objects.get(pk=rule), declared_fen, others_fen, more_fen)


def room_for_others(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return how much a union may still order of others, as one row of three columns; none where no rule says."""
    most = F("declared") * (WHOLE_BP - F("least")) / WHOLE_BP
    room = ExpressionWrapper(most + F("allowed") - F("others"), _FEN)
    return _shared(fund, today).values_list(Value("others_room", CharField()), room, Value("", CharField()))


def lots_of_others(lots: Collection[int], today: dt.date) -> QuerySet[Any, Any]:
    """Return those of these lots that no poor household sells, as rows of three columns."""
    rows = Listing.objects.filter(~Exists(_poor("household", Value(today))), pk__in=list(lots)).order_by()
    return rows.values_list(Value("other_lot", CharField()), Cast("pk", _FEN), Value("", CharField()))


def _shared(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return the purse with its rule, what was declared and what was ordered of others, where a rule says a share."""
    rule = rules_around(OuterRef("organisation__place_id"), today)
    declared = ShareDeclaration.objects.filter(organisation=OuterRef("organisation"), year=OuterRef("fiscal_year"))
    return Fund.objects.filter(pk=fund.pk, kind=FundKind.UNION).annotate(
        rule=Subquery(rule.values("pk")[:1]),
        least=Subquery(rule.values("least_bp")[:1]),
        declared=Coalesce(Subquery(declared.order_by("-turn").values("union_fen")[:1]), 0, output_field=_FEN),
        others=Coalesce(Subquery(_ordered_of_others()), 0, output_field=_FEN),
        allowed=allowed_fen(LiftedPart.LEAST, today),
    ).filter(least__isnull=False)  # fmt: skip


def _ordered_of_others() -> QuerySet[Any, Any]:
    day = TruncDate("order__placed_at", tzinfo=clock.COUNTY_ZONE)
    rows = Allocation.objects.filter(order__fund=OuterRef("pk")).exclude(status=AllocationStatus.RELEASED)
    waits = When(status__in=(AllocationStatus.HELD, AllocationStatus.CONFIRMED), then=F("amount_fen"))
    weighed = _stated("receipt_line__allocation") + _stated("goods_return__receipt_line__allocation")
    counted = rows.alias(day=ExpressionWrapper(day, DateField())).filter(~Exists(_poor("household", OuterRef("day"))))
    counted = counted.annotate(counts=Case(waits, default=weighed, output_field=_FEN))
    return counted.order_by().values("order__fund").annotate(fen=Cast(Sum("counts"), _FEN)).values("fen")


def _stated(allocation: str) -> Combinable:
    """Return what statements say of an outer allocation's goods, found by this path."""
    kinds = (LineKind.GOODS, LineKind.GRADE)
    lines = StatementLine.objects.filter(**{allocation: OuterRef("pk")}).order_by()
    if allocation.startswith("receipt_line"):
        lines = lines.filter(kind__in=kinds)
    return Coalesce(Subquery(lines.values(allocation).annotate(fen=Sum("amount_fen")).values("fen")), 0)


def _poor(household: str, day: Any) -> QuerySet[HouseholdTier]:
    """Return the tiers that make an outer row's household, or the one it was merged into, poor on a day."""
    counts_by = Coalesce(OuterRef(f"{household}__merged_into"), OuterRef(household))
    there = Q(to_on=None) | Q(to_on__gt=day)
    return HouseholdTier.objects.filter(there, household=counts_by, tier__in=POOR_TIERS, from_on__lte=day)
