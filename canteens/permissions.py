"""Doors of the purses: 404 when not theirs to see, 403 when not theirs to fill."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Role, Somebody
from accounts.selectors import standing
from canteens.models import BudgetChange, Fund, FundKind
from canteens.selectors import funds_seen_by


def can_add_budget(user: Somebody, fund: Fund) -> bool:
    """Return whether this person puts money into purses of this kind: the union's treasurer, else the cashier."""
    role = Role.UNION_TREASURER if fund.kind == FundKind.UNION else Role.CASHIER
    return fund.organisation_id in standing(user).organisations(role)


def can_decide_budget(user: Somebody, fund: Fund) -> bool:
    """Return whether this person confirms what was put into purses of this kind: the chair, else the checker."""
    role = Role.UNION_CHAIR if fund.kind == FundKind.UNION else Role.PAYMENT_CHECKER
    return fund.organisation_id in standing(user).organisations(role)


def purse_to_open(user: Somebody) -> tuple[int, FundKind] | None:
    """Return for which buyer, and of which kind, this person proposes a purse: the treasurer, else the cashier."""
    for role, kind in ((Role.UNION_TREASURER, FundKind.UNION), (Role.CASHIER, FundKind.CANTEEN)):
        for organisation_id in sorted(standing(user).organisations(role)):
            return organisation_id, kind
    return None


def access_fund(user: Somebody, fund_id: int) -> Fund:
    """Return a purse this person may look into."""
    return get_object_or_404(funds_seen_by(user), pk=fund_id)


def access_fund_to_fill(user: Somebody, fund_id: int) -> Fund:
    """Return a purse this person may put money into."""
    fund = access_fund(user, fund_id)
    if not can_add_budget(user, fund):
        raise PermissionDenied
    return fund


def access_budget_to_decide(user: Somebody, change_id: int) -> BudgetChange:
    """Return a proposed budget this person may confirm or refuse."""
    changes = BudgetChange.objects.filter(fund__in=funds_seen_by(user).order_by())
    change = get_object_or_404(changes.select_related("fund__organisation"), pk=change_id)
    if not can_decide_budget(user, change.fund):
        raise PermissionDenied
    return change
