"""The seller's side: who asks for one's goods, what became of them, what money has come and is still due."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.db.models import F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from accounts.models import Household, Role, Somebody
from accounts.selectors import standing
from catalog.models import Listing
from kernel import clock
from ledger.selectors import offset_fen
from orders.models import (
    Allocation,
    AllocationStatus,
    LineKind,
    OrderStatus,
    ReceiptLine,
    ReceiptStatus,
    SettlementStatement,
    TextAnswer,
)
from orders.selectors.rests import open_rests
from orders.selectors.returned import returned_of, with_returned
from orders.selectors.statements import is_settled, with_offsets

OF_STEPS = (
    "delivery_lines",
    Prefetch("receipt_lines", with_returned(ReceiptLine.objects.select_related("receipt"))),
    Prefetch("receipt_lines__statement_lines", with_offsets()),
    "receipt_lines__statement_lines__statement__payable__payments",
)


@dataclass(frozen=True, slots=True)
class MoneyOf:
    """A household's purchase money: what arrived this month, what the bank still brings, and by when at the latest."""

    arrived_fen: int
    due_fen: int
    due_on: dt.date | None
    owes_fen: int  # for goods sent back: comes off the next sale to the same buyer


class Stage(Enum):
    """How far one buyer's part of a listing is."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    NOT_STATED = "weighed, without a statement yet"
    OWED = "owed"
    PAID = "paid"
    GIVEN_BACK = "given back"
    NOT_TAKEN = "not taken"
    SENT_BACK = "all of it sent back after it was accepted"


@dataclass(frozen=True, slots=True)
class Step:
    """Where one buyer's part of a listing stands."""

    allocation: Allocation
    stage: Stage
    quantity: int  # in the stock unit
    amount_fen: int
    due_on: dt.date | None = None


def asks_for(household: Household) -> QuerySet[Allocation]:
    """Return what buyers want from this household and it has not answered yet, soonest deadline first."""
    return (
        Allocation.objects.filter(household=household, status=AllocationStatus.HELD, order__status=OrderStatus.ASKING)
        .select_related("order__buyer", "listing__produce")
        .order_by("order__answer_by_at", "pk")
    )


def sales_seen_by(user: Somebody) -> QuerySet[Allocation]:
    """Return the lots asked for: one's own, one's co-operative's and its members', and those of the village served."""
    place = standing(user)
    managed = place.organisations(Role.COOP_MANAGER)
    seen = Q(cooperative_id__in=managed) | Q(agent_id__in=managed)
    if place.household_id is not None:
        seen |= Q(household_id__in=place.households)
    seen |= place.within("village_id", Role.CADRE) & Q(cooperative=None)
    # A part came of the answer to what it replaces.
    answered = Q(allocation=OuterRef("pk")) | Q(allocation=OuterRef("replaces"))
    texted = TextAnswer.objects.filter(answered).values("at")[:1]
    return (
        Allocation.objects.filter(seen, order__answer_by_at__isnull=False)
        .annotate(texted_at=Subquery(texted))
        .select_related("order__buyer", "listing__produce", "listing__household", "listing__cooperative")
        .prefetch_related(*OF_STEPS)
    )


def money_of(household: Household, at: dt.datetime) -> MoneyOf:
    """Return what the bank brought for sales since the first of the month, what it still brings, and the latest day.

    What was taken off for goods sent back is in neither; what nothing made up for yet stands for itself.
    """
    today = clock.county_day(at)
    month = clock.day_start(today.replace(day=1))
    statements = SettlementStatement.objects.filter(household=household)
    paid = Q(payable__payments__status="paid")
    arrived = statements.filter(paid, payable__payments__paid_at__gte=month, payable__payments__status="paid")
    unpaid = statements.filter(payable__isnull=False).exclude(pk__in=statements.filter(paid).values("pk"))
    left = unpaid.annotate(left_fen=F("total_fen") - offset_fen("payable")).filter(left_fen__gte=1)
    due = left.aggregate(fen=Sum("left_fen"), latest=Max("payable__due_on"))
    owes = open_rests().filter(household=household).aggregate(fen=Sum("owes_fen"))["fen"]
    came = arrived.aggregate(fen=Sum("payable__payments__amount_fen"))["fen"]
    return MoneyOf(came or 0, due["fen"] or 0, due["latest"], owes or 0)


def steps_of_listing(listing: Listing) -> list[Step]:
    """Return where each buyer's part of this listing stands, oldest first; what was given back is left out."""
    rows = (
        Allocation.objects.filter(listing=listing, order__answer_by_at__isnull=False)
        .exclude(status=AllocationStatus.RELEASED)
        .select_related("order__buyer", "listing__produce")
        .prefetch_related(*OF_STEPS)
        .order_by("pk")
    )
    return [step_of(row) for row in rows]


def step_of(allocation: Allocation) -> Step:
    """Return where one allocation stands; its trips, receipts and statements are prefetched by `OF_STEPS`."""
    whole = (allocation.quantity, allocation.amount_fen)
    if allocation.status == AllocationStatus.HELD:
        return Step(allocation, Stage.ASKED, *whole)
    if allocation.status == AllocationStatus.RELEASED:
        return Step(allocation, Stage.GIVEN_BACK, *whole)
    signed = [row for row in allocation.receipt_lines.all() if row.receipt.status == ReceiptStatus.SIGNED]
    if allocation.status == AllocationStatus.CONFIRMED:
        weighed = {row.delivery_line_id for row in signed}
        moving = any(trip.pk not in weighed for trip in allocation.delivery_lines.all())
        return Step(allocation, Stage.SHIPPED if moving else Stage.CONFIRMED, *whole)
    return _weighed(allocation, [row for row in signed if row.accepted_g])


def _weighed(allocation: Allocation, lines: list[ReceiptLine]) -> Step:
    if not lines:
        return Step(allocation, Stage.NOT_TAKEN, 0, 0)
    quantity = sum(line.accepted - returned_of(line) for line in lines)
    rows = [row for line in lines for row in line.statement_lines.all()]
    goods = [row for row in rows if row.kind == LineKind.GOODS]
    if len(goods) < len(lines):
        return Step(allocation, Stage.NOT_STATED, quantity, 0)
    amount_fen = sum(row.amount_fen for row in rows)
    if not quantity:
        return Step(allocation, Stage.SENT_BACK, 0, amount_fen)
    payables = [row.statement.payable for row in goods if row.statement.payable is not None]
    due_on = max((payable.due_on for payable in payables), default=None)
    paid = all(is_settled(row) for row in goods)
    return Step(allocation, Stage.PAID if paid else Stage.OWED, quantity, amount_fen, due_on)
