"""Statements and their payment, as sellers, buyers and finance may see them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from accounts.models import Role, Somebody
from accounts.selectors import standing
from canteens.models import FundKind
from ledger.selectors import offset_fen, waits_for_a_card
from orders.models import (
    TO_COOP,
    Delivery,
    GoodsReceipt,
    LineKind,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    SettlementStatement,
    StatementLine,
)
from orders.selectors.orders import BUYER_ROLES, seller_shown

# Who of a buyer has to do with its money.
MONEY_ROLES = tuple(role for role in BUYER_ROLES if role != Role.RECEIVER)
LIVE = ("prepared", "sent", "paid")
# The goods that a line of carting is about, on the seller's statement or on the haulier's.
CARTED = tuple(
    f"{path}__allocation__{name}"
    for path in ("brought", "counterpart__brought")
    for name in ("listing", "line__produce")
)


def brought_by(line: StatementLine) -> ReceiptLine | None:
    """Return the goods whose carting a line is about; it is read with `CARTED`."""
    return line.brought or (line.counterpart.brought if line.counterpart is not None else None)


def statements_seen_by(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return one's own statements, those of one's buyer, co-operative or haulier; all of them for finance and auditor.

    Who weighs goods has no part in the money: receivers see none.
    """
    place = standing(user)
    if place.has(Role.AUDITOR, Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        seen = Q()
    else:
        seen = Q(buyer_id__in=place.organisations(*MONEY_ROLES))
        seen |= Q(cooperative_id__in=place.organisations(Role.COOP_MANAGER))
        seen |= Q(carrier_id__in=place.organisations(Role.HAULIER, Role.COOP_MANAGER))
        if place.household_id is not None:
            seen |= Q(household_id__in=place.households)
    return SettlementStatement.objects.filter(seen).select_related(
        "buyer", "fund", "delivery", "household", "cooperative", "carrier", "payable"
    )


def statement_rows(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return statements for a list with their payments."""
    return statements_seen_by(user).prefetch_related("payable__payments", "payable__offsets")


def narrowed_to(rows: QuerySet[SettlementStatement], view: str) -> QuerySet[SettlementStatement]:
    """Return of these statements the unpaid, those whose transfer waits for a second person, or those claimed."""
    payments = SettlementStatement.objects.filter(pk=OuterRef("pk"))
    if view == "due":
        return unpaid(rows)
    if view == "to_confirm":
        return rows.filter(Exists(payments.filter(payable__payments__status="prepared")))
    if view == "claimed":
        return rows.filter(recovery__isnull=False)
    return rows


def statements_to_pay(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return the unpaid statements of buyers for whom this person records transfers, the one due first at the top."""
    return _by_due(_to_pay(_of_buyers(user, Role.CASHIER, Role.UNION_TREASURER)))


def statements_to_confirm(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return the statements with a recorded transfer of buyers for whom this person confirms payments."""
    return _by_due(_recorded(_of_buyers(user, Role.PAYMENT_CHECKER, Role.UNION_CHAIR)))


def statements_of_others(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return what the other of the two hands is to do for the same buyers: to confirm for who pays, and the reverse."""
    recorded = _recorded(_of_buyers(user, Role.CASHIER, Role.UNION_TREASURER))
    to_pay = _to_pay(_of_buyers(user, Role.PAYMENT_CHECKER, Role.UNION_CHAIR))
    own = Q(pk__in=statements_to_pay(user).order_by().values("pk"))
    own |= Q(pk__in=statements_to_confirm(user).order_by().values("pk"))
    both = Q(pk__in=recorded.values("pk")) | Q(pk__in=to_pay.values("pk"))
    return _by_due(SettlementStatement.objects.filter(both).exclude(own))


@dataclass(frozen=True, slots=True)
class LateBuyer:
    """What one buyer owes past its day: to how many sellers, how much in fen, since when."""

    name: str
    statements: int
    owed_fen: int
    oldest_on: dt.date


def late_buyers(today: dt.date) -> list[LateBuyer]:
    """Return the buyers that owe sellers money past its day, who owes longest first."""
    late = unpaid(SettlementStatement.objects.filter(payable__due_on__lt=today)).order_by()
    sums = late.values("buyer__name").annotate(
        statements=Count("pk"), owed_fen=Sum(F("total_fen") - offset_fen("payable")), oldest_on=Min("payable__due_on")
    )
    return [
        LateBuyer(row["buyer__name"], row["statements"], row["owed_fen"], row["oldest_on"])
        for row in sums.order_by("oldest_on", "buyer__name")
    ]


def _of_buyers(user: Somebody, canteen_role: str, union_role: str) -> QuerySet[SettlementStatement]:
    place = standing(user)
    own = Q(buyer_id__in=place.organisations(canteen_role))
    own |= Q(buyer_id__in=place.organisations(union_role), fund__kind=FundKind.UNION)
    return SettlementStatement.objects.filter(own)


def unpaid(statements: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    """Return of these statements those of which something is owed and nobody has begun to pay."""
    statements = statements.filter(payable__isnull=False, total_fen__gt=offset_fen("payable"))
    live = SettlementStatement.objects.filter(pk=OuterRef("pk"), payable__payments__status__in=LIVE)
    return statements.exclude(Exists(live))


def _to_pay(statements: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    """Return the unpaid ones that can be paid: what the bank sent back waits for a mended card, and stands there."""
    return unpaid(statements).exclude(waits_for_a_card("payable"))


def _recorded(statements: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    prepared = SettlementStatement.objects.filter(pk=OuterRef("pk"), payable__payments__status="prepared")
    return statements.filter(Exists(prepared))


def _by_due(statements: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    rows = statements.select_related("buyer", "delivery", "household", "cooperative", "carrier", "payable")
    rows = rows.annotate(left_fen=F("total_fen") - offset_fen("payable"))
    rows = rows.prefetch_related("payable__payments__maker__person", "payable__offsets")
    return rows.order_by("payable__due_on", "pk")


def to_pay_fen(statement: SettlementStatement) -> int:
    """Return what a statement is paid with: its total but for what its seller owed; reads what was prefetched."""
    if statement.payable is None:
        return max(statement.total_fen, 0)
    return statement.total_fen - sum(row.amount_fen for row in statement.payable.offsets.all())


def with_offsets() -> QuerySet[StatementLine]:
    """Return statement lines with their statement, its payable, and what that was lessened by, as `taken_off_fen`."""
    return StatementLine.objects.select_related("statement__payable").annotate(
        taken_off_fen=offset_fen("statement__payable")
    )


def to_pay_of(line: Any) -> int:
    """Return what the statement of a line is paid with; the line is read by `with_offsets`."""
    return line.statement.total_fen - line.taken_off_fen if line.statement.payable is not None else 0


def is_settled(line: Any) -> bool:
    """Return whether nothing of a line's statement is left to pay: it was paid or taken off; read by `with_offsets`."""
    if not to_pay_of(line):
        return True
    return any(payment.status == "paid" for payment in line.statement.payable.payments.all())


def live_payment(statement: SettlementStatement) -> Any:
    """Return the payment under way or arrived, or None; reads what was prefetched."""
    if statement.payable is None:
        return None
    return next((row for row in statement.payable.payments.all() if row.status in LIVE), None)


def payee_shown(statement: SettlementStatement, user: Somebody) -> str:
    """Return who is paid, masked for whoever is on neither side."""
    return seller_shown(statement, user, statement.buyer_id)


def unstated_lines(order: PurchaseOrder) -> QuerySet[ReceiptLine]:
    """Return the lines of an order that were accepted and stand on no statement yet."""
    return _unstated().filter(allocation__order=order)


def unstated_lines_of(delivery: Delivery) -> QuerySet[ReceiptLine]:
    """Return the lines of a signed trip that stand on no statement yet, with all that a statement says of them."""
    lines = _unstated().filter(receipt__delivery=delivery)
    return lines.select_related(
        "allocation__order__fund",
        "allocation__mandate__cooperative",
        "allocation__listing__produce",
        "allocation__listing__household",
        "allocation__listing__cooperative",
        "allocation__listing__payee_account",
    ).order_by("pk")


def left_to_coops(delivery: Delivery) -> QuerySet[StatementLine]:
    """Return what households left to their co-operatives on statements of a trip and no co-operative's names yet."""
    lines = StatementLine.objects.filter(
        statement__delivery=delivery, statement__household__isnull=False, kind__in=TO_COOP, answered_by=None
    )
    related = ("statement__fund", "statement__household", "mandate__cooperative")
    return lines.select_related(*related).order_by("pk")


def signed_receipt(delivery: Delivery) -> GoodsReceipt:
    """Return the receipt that counts for a trip."""
    return delivery.receipts.get(status=ReceiptStatus.SIGNED)


def orders_on(statement: SettlementStatement) -> QuerySet[PurchaseOrder]:
    """Return the orders whose goods a statement is about, its seller's, members' or carted ones, the oldest first."""
    own = StatementLine.objects.filter(Q(statement=statement) | Q(statement__lines__answered_by__statement=statement))
    lots = own.filter(receipt_line__isnull=False).values("receipt_line__allocation__order")
    carted = own.filter(brought__isnull=False).values("brought__allocation__order")
    return PurchaseOrder.objects.filter(Q(pk__in=lots) | Q(pk__in=carted)).order_by("pk")


def orders_behind(statements: QuerySet[SettlementStatement]) -> set[tuple[int, int]]:
    """Return each of these statements with each of the orders it is about, by their keys."""
    keys = list(statements.order_by().values_list("pk", flat=True))
    order, carted = "lines__receipt_line__allocation__order", "lines__brought__allocation__order"
    paths = [order, "lines__counterpart__statement__" + order, carted, "lines__counterpart__brought__allocation__order"]
    rows = SettlementStatement.objects.filter(pk__in=keys)
    first, *others = (rows.values_list("pk", path) for path in paths)
    pairs = first.union(*others)
    return {(pk, order_id) for pk, order_id in pairs if order_id is not None}


def numbers_on(statement: SettlementStatement) -> str:
    """Return the numbers of the orders a statement is about, as a sentence says them."""
    return "、".join(orders_on(statement).values_list("number", flat=True))


def _unstated() -> QuerySet[ReceiptLine]:
    stated = StatementLine.objects.filter(receipt_line=OuterRef("pk"), kind=LineKind.GOODS)
    signed = ReceiptLine.objects.filter(receipt__status=ReceiptStatus.SIGNED, accepted_g__gte=1)
    return signed.filter(~Exists(stated))
