"""What each seller is owed for an order: one statement a seller, its lines summing exactly, and its payable."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from kernel import clock, money
from kernel.numbers import Kind, begun
from kernel.present import known
from kernel.workflow import IllegalMove, lock
from ledger.services.payables import NoBankCard, write_payable
from orders.models import (
    OrderStatus,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    SettlementStatement,
    StatementLine,
)
from orders.services.telling import to_seller
from records.selectors.policy import policy

Seller = tuple[UUID | None, int | None]  # a household or a co-operative
Accepted = tuple[ReceiptLine, int]  # a line of a signed receipt and its money

CARD_MISSING = _(
    "%(buyer)s owes you %(amount)s yuan (order %(number)s), but you have no bank card on record. Bring it to the cadre."
)


@transaction.atomic
def settle(order: PurchaseOrder, *, by: User | None, at: dt.datetime, tell: bool = True) -> list[SettlementStatement]:
    """Write the statements still missing; the order is settled when every seller has one.

    A seller without a bank card waits, is told so, and blocks nobody else.
    """
    order = lock(order)
    if order.status != OrderStatus.ACCEPTED:
        raise IllegalMove
    owed = _owed(order)
    numbers = _next_ids(len(owed))
    written: list[SettlementStatement] = []
    waiting: list[Word] = []
    for number, ((household_id, cooperative_id), lines) in zip(
        numbers, sorted(owed.items(), key=_by_seller), strict=True
    ):
        total = sum(amount for _line, amount in lines)
        if total < 1:
            continue
        try:
            written.append(_write(order, number, household_id, cooperative_id, lines, total, by=by, at=at))
        except NoBankCard:
            waiting.append(to_seller(lines[0][0].allocation, "card_missing", CARD_MISSING, amount=money.yuan(total)))
    if tell:
        tell_all(waiting, at=at)
    if not waiting:
        order.move_to(OrderStatus.SETTLED, by=by, at=at)
    return written


def _owed(order: PurchaseOrder) -> dict[Seller, list[Accepted]]:
    """Return the accepted lines of each seller who has no statement yet, each with its money."""
    done = set(order.statements.values_list("household_id", "cooperative_id"))
    rows = (
        ReceiptLine.objects.filter(
            receipt__delivery__order=order, receipt__status=ReceiptStatus.SIGNED, accepted_g__gte=1
        )
        .select_related(
            "receipt",
            "allocation__order__buyer",
            "allocation__listing__produce",
            "allocation__listing__household",
            "allocation__listing__cooperative",
            "allocation__listing__payee_account",
        )
        .order_by("pk")
    )
    owed: dict[Seller, list[Accepted]] = defaultdict(list)
    for row in rows:
        listing = row.allocation.listing
        seller = (listing.household_id, listing.cooperative_id)
        if seller not in done:
            amount = row.allocation.amount_for(row.accepted_g)
            owed[seller].append((row, amount))
    return owed


def _write(
    order: PurchaseOrder,
    number: int,
    household_id: UUID | None,
    cooperative_id: int | None,
    lines: list[Accepted],
    total: int,
    *,
    by: User | None,
    at: dt.datetime,
) -> SettlementStatement:
    listing = lines[0][0].allocation.listing
    signed_on = known(lines[0][0].receipt.signed_on)
    payable = write_payable(
        kind="purchase",
        document=f"statement:{number}",
        household=listing.household,
        cooperative=listing.cooperative,
        payer=order.buyer,
        account=listing.payee_account,
        bank_account=order.fund.bank_account,
        amount_fen=total,
        due_on=signed_on + dt.timedelta(days=policy("payment_days", signed_on)),
        at=at,
    )
    day = clock.county_day(at)
    statement = SettlementStatement.objects.create(
        id=number,
        number=begun(Kind.STATEMENT, day),
        order=order,
        buyer_id=order.buyer_id,
        household_id=household_id,
        cooperative_id=cooperative_id,
        payable=payable,
        weight_g=sum(line.accepted_g for line, _amount in lines),
        total_fen=total,
        by=by,
        at=at,
    )
    StatementLine.objects.bulk_create(
        StatementLine(statement=statement, receipt_line=line, weight_g=line.accepted_g, amount_fen=amount)
        for line, amount in lines
    )
    return statement


def _by_seller(entry: tuple[Seller, list[Accepted]]) -> str:
    return str(entry[0])


def _next_ids(how_many: int) -> list[int]:
    """Take statement ids beforehand: a payable names its statement, and a statement points at its payable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orders_settlementstatement', 'id')) FROM generate_series(1, %s)",
            [how_many],
        )
        return [row[0] for row in cursor.fetchall()]
