"""Statements and their payment, as sellers, buyers and finance may see them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, Somebody
from accounts.selectors import standing
from orders.models import SettlementStatement
from orders.selectors.orders import BUYER_ROLES, seller_shown

# Who of a buyer has to do with its money.
MONEY_ROLES = tuple(role for role in BUYER_ROLES if role != Role.RECEIVER)
LIVE = ("prepared", "sent", "paid")


def statements_seen_by(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return one's own statements, those of one's buyer or co-operative; all of them for finance and auditor.

    Who weighs goods has no part in the money: receivers see none.
    """
    place = standing(user)
    if place.has(Role.AUDITOR, Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        seen = Q()
    else:
        seen = Q(order__buyer_id__in=place.organisations(*MONEY_ROLES))
        seen |= Q(cooperative_id__in=place.organisations(Role.COOP_MANAGER))
        if place.household_id is not None:
            seen |= Q(household_id=place.household_id)
    return SettlementStatement.objects.filter(seen).select_related(
        "order__buyer", "order__fund", "household", "cooperative", "payable"
    )


def statement_rows(user: Somebody, view: str = "") -> QuerySet[SettlementStatement]:
    """Return statements for a list with their payments: all of them, the unpaid ones, or those to be confirmed."""
    rows = statements_seen_by(user).prefetch_related("payable__payments")
    payments = SettlementStatement.objects.filter(pk=OuterRef("pk"))
    if view == "due":
        return rows.exclude(Exists(payments.filter(payable__payments__status__in=LIVE)))
    if view == "to_confirm":
        return rows.filter(Exists(payments.filter(payable__payments__status="prepared")))
    return rows


def live_payment(statement: SettlementStatement) -> Any:
    """Return the payment under way or arrived, or None; reads what was prefetched."""
    return next((row for row in statement.payable.payments.all() if row.status in LIVE), None)


def payee_shown(statement: SettlementStatement, user: Somebody) -> str:
    """Return who is paid, masked for whoever is on neither side."""
    return seller_shown(statement, user, statement.order.buyer_id)
