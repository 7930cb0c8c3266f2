"""What is asked before an order is placed, in one statement: its tier, its lots' bars, and what keeps its buyer out.

The sum that finds the tier is its own and what was ordered beside it without anybody's approval. Each question is a
query of three columns, one of them its name, read back by `judged`.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Concat

from canteens.models import NO_LAST_HOUR, Canteen, Fund, FundKind
from canteens.selectors import OrdersJudged, tiers_of
from canteens.selectors.kitchens import kitchens_on
from catalog.selectors.sanctions import bars_ordering
from catalog.selectors.serving import not_served
from kernel import clock
from ledger.selectors import has_left, offset_fen
from orders.models import Allocation, AllocationStatus, PurchaseOrder, SettlementStatement
from orders.selectors.union_plan import plan_needed
from orders.selectors.union_share import is_asked, lots_of_others, room_for_others
from records.models import MOST_FEN
from records.selectors.policy import policy, policy_in_sql


@dataclass(frozen=True, slots=True)
class Overdue:
    """The statement that keeps a buyer from ordering: the one whose day passed first."""

    number: str
    owed_fen: int
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Judged:
    """By which sum in fen an order is judged, by which tier, what keeps its buyer from ordering, and who bears the
    cart."""

    fen: int
    tier: int | None  # the tier that it reaches; None below all
    overdue: Overdue | None
    barred: str  # until when, and why, the bureau forbids this buyer to order; else empty
    last_hour: int  # until then the buyer orders goods of the next day
    least_fen: int  # an order comes to so much at least; 0: any
    least_g: int
    unserved: str = ""  # a produce of it that its buyer may not serve on the day, and why
    others_room_fen: int | None = None  # of a union: what it may still order of others than poor households
    plan_from: tuple[int, str] | None = None  # of a union: from how much on it orders on a plan alone, by what
    unplanned_fen: int = 0  # of a union: ordered on no plan of late
    other_lots: frozenset[int] = frozenset()  # of the order's lots, those that no poor household sells
    of_year: Mapping[str, int] = field(default_factory=dict)  # what was ordered of its classes in the year, in fen
    limit_fen: int = MOST_FEN  # of a class in a year goes without a project
    transport: tuple[int, int] = (0, 0)  # who bears the cart, and at most how much of what its goods fetch
    kitchens: Mapping[int, str] = field(default_factory=dict)  # the canteens it may be for on its day, by name
    mode: str = ""  # how its buyer eats


def judged(
    fund: Fund,
    held_fen: int,
    by_class: Mapping[str, int],
    *,
    produces: Collection[int] = (),
    lots: Collection[int] = (),
    deliver_on: dt.date | None = None,
    at: dt.datetime,
) -> Judged:
    """Return the sum by which an order is judged, the rule of its tier, and what its buyer owes past the day.

    `by_class` is what the order takes of each class of produce. Of each class, what its buyer ordered from any of its
    funds within ⟨lookback_days⟩ and nobody approved is added: many small orders are judged as the large one they are.
    Ask while the buyer is locked; tiers, orders and what is late are read in one statement.
    """
    days = policy_in_sql("lookback_days", clock.county_day(at))
    since = CombinedExpression(Value(at), "-", Func(days, template="make_interval(days => %(expressions)s)"))
    tiers = tiers_of(fund.kind, clock.county_day(at)).values_list(
        Value("tier", CharField()), "from_fen", Cast("pk", CharField())
    )
    before = (
        Allocation.objects.filter(
            order__buyer=fund.organisation_id,
            order__placed_at__gt=ExpressionWrapper(since, DateTimeField()),
            order__needs_approval=False,
            line__produce__category_id__in=list(by_class),
        )
        .exclude(status=AllocationStatus.RELEASED)
        .values("line__produce__category_id")
        .annotate(fen=Cast(Sum("amount_fen"), BigIntegerField()))
        .values_list(Value("before", CharField()), "fen", "line__produce__category_id")
    )
    reached: list[tuple[int, int]] = []
    earlier: dict[str, int] = {}
    overdue, last_hour, mode = None, NO_LAST_HOUR, ""
    late, hour = _overdue(fund, clock.county_day(at)), _last_hour(fund)
    barred, transport, least = "", (0, 0), {"order_least_fen": 0, "order_least_g": 0}
    today = clock.county_day(at)
    unserved = ""
    others_room, other_lots = None, set[int]()
    plan_from, unplanned = None, 0
    of_year, limit_fen = dict[str, int](), MOST_FEN
    kitchens: dict[int, str] = {}
    more = [
        _unserved(fund, produces, deliver_on or today),
        _barred(fund, today),
        _transport(fund, today),
        _limit(fund, today),
        _of_year(fund, by_class),
        *(_least(fund, name, today) for name in least),
        *_of_others(fund, lots, today),
        *plan_needed(fund, since, today),
        *_kitchens(fund, deliver_on),
    ]
    for what, fen, name in tiers.union(before, late, hour, *more, all=True):
        if what == "tier":
            reached.append((fen, int(name)))
        elif what == "of_year":
            of_year[name] = fen
        elif what == "limit":
            limit_fen = fen * 100
        elif what == "least":
            least[name] = fen
        elif what == "unserved":
            unserved = max(unserved, name)
        elif what == "others_room":
            others_room = fen
        elif what == "plan_from":
            plan_from = fen, name
        elif what == "unplanned":
            unplanned = fen
        elif what == "other_lot":
            other_lots.add(fen)
        elif what == "kitchen":
            kitchens[fen] = name
        elif what == "barred":
            barred = max(barred, name)
        elif what == "transport":
            transport = int(fen), int(name)
        elif what == "hour":
            last_hour, mode = fen, name
        elif what == "overdue":
            due_on, _space, number = name.partition(" ")
            overdue = Overdue(number, fen, dt.date.fromisoformat(due_on))
        else:
            earlier[name] = fen
    total = max([held_fen, *(fen + earlier.get(category, 0) for category, fen in by_class.items())])
    _from_fen, tier = max((tier for tier in reached if tier[0] <= total), default=(0, None))
    least_fen, least_g = least["order_least_fen"], least["order_least_g"]
    return Judged(
        total,
        tier,
        overdue,
        barred,
        last_hour,
        least_fen,
        least_g,
        unserved,
        others_room,
        plan_from,
        unplanned,
        frozenset(other_lots),
        of_year,
        limit_fen,
        transport,
        kitchens,
        mode,
    )


def _of_others(fund: Fund, lots: Collection[int], today: dt.date) -> list[QuerySet[Any, Any]]:
    """Return what a union may still order of others than poor households, and which lots are theirs, if a rule asks."""
    if fund.kind != FundKind.UNION or not lots or not is_asked(today):
        return []
    return [room_for_others(fund, today), lots_of_others(lots, today)]


def _kitchens(fund: Fund, day: dt.date | None) -> list[QuerySet[Any, Any]]:
    """Return the canteens for which this money buys on a day, by the name the buyer knows; union money for none."""
    if fund.kind == FundKind.UNION or day is None:
        return []
    theirs = Concat("organisation__name", Value(" "), "name", output_field=CharField())
    called = Case(When(organisation=fund.organisation_id, then=F("name")), default=theirs, output_field=CharField())
    rows = kitchens_on([fund.organisation_id], day).order_by()
    return [rows.values_list(Value("kitchen", CharField()), Cast("pk", BigIntegerField()), called)]


def _transport(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return who bears a cart ordered today, and its ceiling, as one row of three columns."""
    payer = Cast(policy_in_sql("transport_payer", today), BigIntegerField())
    permille = Cast(policy_in_sql("transport_most_permille", today), CharField())
    return Fund.objects.filter(pk=fund.pk).values_list(Value("transport", CharField()), payer, permille)


def _last_hour(fund: Fund) -> QuerySet[Any, Any]:
    """Return until which hour this buyer orders goods of the next day, and how it eats, as one row of three columns."""
    hour = Cast("last_hour", BigIntegerField())
    canteen = Canteen.objects.filter(organisation=fund.organisation_id)
    return canteen.values_list(Value("hour", CharField()), hour, Cast("mode", CharField()))


def _least(fund: Fund, name: str, today: dt.date) -> QuerySet[Any, Any]:
    """Return a policy value of the day as one row of three columns, where the county has set it."""
    number = Cast(policy_in_sql(name, today), BigIntegerField())
    one = Fund.objects.filter(pk=fund.pk)
    return one.values_list(Value("least", CharField()), number, Value(name, CharField()))


def _limit(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return up to how many yuan a class goes in a year without a project, as one row of three columns."""
    yuan = Cast(policy_in_sql("procurement_limit_yuan", today), BigIntegerField())
    return Fund.objects.filter(pk=fund.pk).values_list(Value("limit", CharField()), yuan, Value("", CharField()))


def _of_year(fund: Fund, by_class: Collection[str]) -> QuerySet[Any, Any]:
    """Return what the buyer ordered of these classes in the year from all its funds, as rows of three columns."""
    lots = Allocation.objects.filter(
        order__buyer=fund.organisation_id,
        order__fund__fiscal_year=fund.fiscal_year,
        line__produce__category_id__in=list(by_class),
    ).exclude(status=AllocationStatus.RELEASED)
    summed = lots.values("line__produce__category_id").annotate(fen=Cast(Sum("amount_fen"), BigIntegerField()))
    return summed.values_list(Value("of_year", CharField()), "fen", "line__produce__category_id")


def _unserved(fund: Fund, produces: Collection[int], day: dt.date) -> QuerySet[Any, Any]:
    """Return what of these goods the buyer's channel may not serve that day, and why, as rows of three columns."""
    said = Concat("produce__name", Value(" "), "why", output_field=CharField())
    rows = not_served(day).filter(channel__organisation=fund.organisation_id, produce__in=list(produces))
    return rows.values_list(Value("unserved", CharField()), Value(0, BigIntegerField()), said)


def _barred(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return until when and why this buyer may not order, as rows of three columns."""
    why = Concat(Cast("to_on", CharField()), Value(" "), "reason", output_field=CharField())
    rows = bars_ordering(fund.organisation, today).order_by()
    return rows.values_list(Value("barred", CharField()), Value(0, BigIntegerField()), why)


def _overdue(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return the first statement this buyer owes past its day and ⟨ordering_lock_days⟩, as one row of three columns."""
    said = Concat(Cast("payable__due_on", CharField()), Value(" "), "number", output_field=CharField())
    late = _debts(fund, today).filter(until__lt=today).order_by("payable__due_on", "pk")
    return late.values_list(Value("overdue", CharField()), "owed_fen", said)[:1]


def locked_from(fund: Fund, today: dt.date) -> dt.date | None:
    """Return from which day this buyer orders nothing if all stays unpaid, by ⟨ordering_lock_days⟩ as it is today."""
    until = _debts(fund, today).order_by("until").values_list("until", flat=True).first()
    return None if until is None else until + dt.timedelta(days=1)


def _debts(fund: Fund, today: dt.date) -> QuerySet[Any, Any]:
    """Return the statements this buyer owes, each with the last day on which it still keeps nobody from ordering.

    What two people have sent to the bank, or has arrived, is no debt any more, nor what was taken off for goods sent
    back; it is one again when the money comes back.
    """
    until = CombinedExpression(F("payable__due_on"), "+", policy_in_sql("ordering_lock_days", today))
    owed = SettlementStatement.objects.filter(~has_left(), buyer=fund.organisation_id, payable__isnull=False)
    owed = owed.annotate(owed_fen=Cast(F("total_fen") - offset_fen("payable"), BigIntegerField()))
    return owed.annotate(until=ExpressionWrapper(until, DateField())).filter(owed_fen__gte=1)


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
