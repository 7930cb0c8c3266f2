"""What a purse holds, and who may look into it."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation, Role, Somebody, User
from accounts.selectors import standing
from canteens.models import ApprovalTier, BudgetChange, BudgetStatus, Canteen, Fund, FundKind
from ledger.selectors.entries import entry_rows

# Whose work needs a look at the buyer's purses.
PURSE_ROLES = (
    Role.UNION_TREASURER,
    Role.UNION_CHAIR,
    Role.CASHIER,
    Role.PAYMENT_CHECKER,
    Role.BUYER,
    Role.BUYING_APPROVER,
)
OCTOBER = 10  # from here on the purses of the next year may be opened


@dataclass(frozen=True, slots=True)
class FundFigures:
    """How a budget divides, in fen: `budget = spent + held + left`."""

    budget_fen: int
    spent_fen: int
    held_fen: int
    left_fen: int


def last_hours(organisations: Collection[int]) -> dict[int, int]:
    """Return until which hour each of these buyers orders goods of the next day."""
    canteens = Canteen.objects.filter(organisation__in=organisations)
    return dict(canteens.values_list("organisation_id", "last_hour"))


def figures(fund: Fund) -> FundFigures:
    """Return how this purse stands now, read from its ledger accounts.

    What went back to its source is no budget, and what came back from sellers is not spent.
    """
    account, source = fund.account, fund.source_account
    budget_fen = source.debits_posted_fen - source.credits_posted_fen
    return FundFigures(
        budget_fen=budget_fen,
        spent_fen=budget_fen - account.credits_posted_fen + account.debits_posted_fen,
        held_fen=account.debits_pending_fen,
        left_fen=account.available_fen(),
    )


def purse_entries(fund: Fund) -> QuerySet[Any, Any]:
    """Return every movement of a purse, with how it stood after it (ledger.selectors.entries)."""
    return entry_rows(fund.account_id, fund.source_account_id)


def years_to_open(today: dt.date) -> tuple[int, ...]:
    """Return the fiscal years whose purses may be opened today: this one, and the next from October on."""
    return (today.year, today.year + 1) if today.month >= OCTOBER else (today.year,)


def funds_seen_by(user: Somebody) -> QuerySet[Fund]:
    """Return the purses this person may look into, with buyer and accounts, newest year first."""
    place = standing(user)
    seen = Q() if place.has(Role.AUDITOR) else Q(organisation_id__in=place.organisations(*PURSE_ROLES))
    purses = Fund.objects.filter(seen).select_related("organisation", "account", "source_account")
    return purses.order_by("-fiscal_year", "pk")


def budget_changes(fund: Fund) -> QuerySet[BudgetChange]:
    """Return what was put into this purse, taken out or refused, newest first."""
    decided = BudgetChange.objects.filter(fund=fund).exclude(status=BudgetStatus.PROPOSED)
    return decided.select_related("by__person", "decided_by__person").order_by("-decided_at", "-pk")


def proposed_budgets(fund: Fund) -> QuerySet[BudgetChange]:
    """Return what waits for a second person before it enters this purse, the oldest first."""
    waiting = BudgetChange.objects.filter(fund=fund, status=BudgetStatus.PROPOSED)
    return waiting.select_related("by__person").order_by("at", "pk")


def budgets_of(fund: Fund, most: int) -> tuple[list[BudgetChange], list[BudgetChange]]:
    """Return so many changes of a purse that were decided, newest first, and that wait, oldest first; one statement."""
    waiting = proposed_budgets(fund).select_related("by__person", "decided_by__person")[:most]
    rows = list(budget_changes(fund)[:most].union(waiting, all=True))
    decided = [row for row in rows if row.decided_at is not None]
    return (
        sorted(decided, key=lambda row: (row.decided_at, row.pk), reverse=True),
        sorted((row for row in rows if row.decided_at is None), key=lambda row: (row.at, row.pk)),
    )


def budgets_to_decide(user: Somebody) -> QuerySet[BudgetChange]:
    """Return the proposed budgets that wait for this person."""
    place = standing(user)
    own = Q(fund__kind=FundKind.UNION, fund__organisation_id__in=place.organisations(Role.UNION_CHAIR))
    own |= ~Q(fund__kind=FundKind.UNION) & Q(fund__organisation_id__in=place.organisations(Role.PAYMENT_CHECKER))
    waiting = BudgetChange.objects.filter(own, status=BudgetStatus.PROPOSED)
    if isinstance(user, User) and user.person_id is not None:
        waiting = waiting.exclude(by__person_id=user.person_id)
    return waiting.select_related("fund__organisation").order_by("at", "pk")


def tiers_of(fund_kind: str, on: dt.date) -> QuerySet[ApprovalTier]:
    """Return from which sums on an order of this kind of money waits for approval on this day, and by which rule."""
    return ApprovalTier.objects.filter(Q(to_on=None) | Q(to_on__gt=on), fund_kind=fund_kind, from_on__lte=on)


@dataclass(frozen=True, slots=True)
class OrdersJudged:
    """Which orders are counted before a tier changes: lately placed, judged by a sum within these bounds."""

    fund_kind: str
    least_fen: int
    below_fen: int | None
    waited: bool  # for a second person


CountOrders = Callable[[OrdersJudged, dt.datetime], int]
_COUNTS: list[CountOrders] = []


def count_orders_by(count: CountOrders) -> None:
    """Let the room of orders say how many of its orders a change of a tier would have touched."""
    _COUNTS.append(count)


def orders_judged(asked: OrdersJudged, at: dt.datetime) -> int:
    """Return how many orders, placed lately, were judged so."""
    return sum(count(asked, at) for count in _COUNTS)


def buyers_without_canteen() -> list[str]:
    """Return the names of buyers that should eat and have no canteen."""
    buyers = Organisation.objects.filter(kind=Organisation.Kind.BUYER, channel__runs_canteen=True, canteen=None)
    return list(buyers.values_list("name", flat=True))


def buyers_without_fund(years: Collection[int]) -> dict[int, list[str]]:
    """Return the names of buyers that have no purse of a year, for each of the years."""
    buyers = dict(Organisation.objects.filter(kind=Organisation.Kind.BUYER).values_list("pk", "name"))
    have = set(Fund.objects.filter(fiscal_year__in=years).values_list("fiscal_year", "organisation_id"))
    return {year: [name for buyer, name in buyers.items() if (year, buyer) not in have] for year in years}
