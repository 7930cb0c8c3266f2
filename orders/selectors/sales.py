"""The seller's side: who asks for one's goods, what became of them, what money has come and is still due."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import Household, Role
from accounts.selectors import standing
from catalog.models import Listing
from kernel import clock
from orders.models import Allocation, AllocationStatus, OrderStatus, SettlementStatement

PROXY_ROLES = (Role.CADRE, Role.COOP_MANAGER)


@dataclass(frozen=True, slots=True)
class MoneyOf:
    """A household's purchase money: what arrived this month, what is owed, and by when at the latest."""

    arrived_fen: int
    due_fen: int
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Step:
    """Where one buyer's part of a listing stands."""

    allocation: Allocation
    key: str  # asked, confirmed, shipped, owed, paid, back
    text: str
    quantity: int  # in the stock unit
    amount_fen: int
    due_on: dt.date | None = None


def asks_for(household: Household):
    """Return what buyers want from this household and it has not answered yet, soonest deadline first."""
    return (
        Allocation.objects.filter(
            listing__household=household, status=AllocationStatus.HELD, order__status=OrderStatus.APPROVED
        )
        .select_related("order__buyer", "listing__produce")
        .order_by("order__answer_by_at", "pk")
    )


def sales_seen_by(user):
    """Return the lots asked for: one's own, one's co-operative's, and those of households one may answer for."""
    place = standing(user)
    seen = Q(listing__cooperative_id__in=place.organisations(Role.COOP_MANAGER))
    if place.household_id is not None:
        seen |= Q(listing__household_id=place.household_id)
    seen |= place.within("listing__village_id", *PROXY_ROLES) & Q(listing__cooperative=None)
    return (
        Allocation.objects.filter(seen, order__answer_by_at__isnull=False)
        .select_related("order__buyer", "listing__produce", "listing__household", "listing__cooperative")
        .prefetch_related("receipt_lines__receipt")
    )


def money_of(household: Household, at: dt.datetime) -> MoneyOf:
    """Return what arrived for sales since the first of the month, what is still due, and the latest day for it."""
    today = clock.county_day(at)
    month = clock.day_start(today.replace(day=1))
    statements = SettlementStatement.objects.filter(household=household)
    paid = Q(payable__payments__status="paid")
    arrived = statements.filter(paid, payable__payments__paid_at__gte=month).aggregate(fen=Sum("total_fen"))["fen"]
    due = statements.exclude(pk__in=statements.filter(paid).values("pk")).aggregate(
        fen=Sum("total_fen"), latest=Max("payable__due_on")
    )
    return MoneyOf(arrived or 0, due["fen"] or 0, due["latest"])


def steps_of_listing(listing: Listing) -> list[Step]:
    """Return where each buyer's part of this listing stands, oldest first; what was given back is left out."""
    rows = (
        Allocation.objects.filter(listing=listing, order__answer_by_at__isnull=False)
        .exclude(status=AllocationStatus.RELEASED)
        .select_related("order__buyer", "listing__produce")
        .prefetch_related("receipt_lines__receipt", "receipt_lines__statement_line__statement__payable__payments")
        .order_by("pk")
    )
    return [step_of(row) for row in rows]


def step_of(allocation: Allocation) -> Step:
    """Say where one allocation stands, in the seller's words."""
    whole = (allocation.quantity, allocation.amount_fen)
    if allocation.status == AllocationStatus.HELD:
        return Step(allocation, "asked", _("Waiting for your answer"), *whole)
    if allocation.status == AllocationStatus.RELEASED:
        return Step(allocation, "back", _("Given back"), *whole)
    if allocation.status == AllocationStatus.CONFIRMED:
        shipped = allocation.order.status == OrderStatus.SHIPPED
        return Step(
            allocation, *(("shipped", _("On the way")) if shipped else ("confirmed", _("To be brought"))), *whole
        )
    line = next((row for row in allocation.receipt_lines.all() if row.receipt.status == "signed"), None)
    return _weighed(allocation, line)


def _weighed(allocation, line) -> Step:
    if line is None or not line.accepted_g:
        return Step(allocation, "back", _("Not taken"), 0, 0)
    quantity = line.accepted_g if line.accepted_pieces is None else line.accepted_pieces
    owed = getattr(line, "statement_line", None)
    if owed is None:
        return Step(allocation, "owed", _("Weighed; the statement is being written"), quantity, 0)
    payable = owed.statement.payable
    if any(payment.status == "paid" for payment in payable.payments.all()):
        return Step(allocation, "paid", _("Paid"), quantity, owed.amount_fen, payable.due_on)
    return Step(allocation, "owed", _("Money on its way"), quantity, owed.amount_fen, payable.due_on)
