"""What a seller needs to write an invoice about a statement, and the statements of a month by seller and fund."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Somebody
from catalog.models import Listing, Recognition
from kernel import clock
from orders.models import LineKind, SettlementStatement, StatementLine
from orders.selectors.statements import live_payment, statement_rows, to_pay_fen

INVOICED = (LineKind.GOODS, LineKind.GRADE, LineKind.REFUND, LineKind.CORRECTION)
LOT = "receipt_line__allocation__listing"
Seller = tuple[UUID | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Pack:
    """The lines an invoice has, what else stands on the statement, and the lots they are about."""

    lines: list[StatementLine]
    others_fen: int
    lots: list[Listing]

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """All statements of one seller for one fund in one month."""

    statements: list[SettlementStatement]

    @property
    def first(self) -> SettlementStatement:
        return self.statements[0]

    @property
    def weight_g(self) -> int:
        return sum(row.weight_g for row in self.statements)

    @property
    def total_fen(self) -> int:
        return sum(row.total_fen for row in self.statements)

    @property
    def paid_fen(self) -> int:
        paid = [row for row in self.statements if (one := live_payment(row)) is not None and one.status == "paid"]
        return sum(to_pay_fen(row) for row in paid)


def pack_of(statement: SettlementStatement) -> Pack:
    """Return what is invoiced by a statement: goods and what came off or on them; what a co-operative gets is not."""
    related = ("produce", "grade", "household", "cooperative", "village", "recognition", "plot_season")
    rows = statement.lines.select_related("goods_return", *(f"{LOT}__{name}" for name in related)).order_by("pk")
    lines = [line for line in rows if line.kind in INVOICED]
    lots = {line.receipt_line.allocation.listing for line in lines if line.receipt_line is not None}
    others_fen = statement.total_fen - sum(line.amount_fen for line in lines)
    return Pack(lines, others_fen, sorted(lots, key=lambda lot: lot.pk))


def recognised_on(lot: Listing, day: dt.date) -> Recognition | None:
    """Return the township's recognition a lot stands on, if it was in force that day."""
    row = lot.recognition
    if row is None or row.from_on > day or (row.to_on is not None and row.to_on < day):
        return None
    return row


def month_of(user: Somebody, first: dt.date) -> list[MonthSum]:
    """Return the statements this person sees that were written in a month, by buyer, fund and seller."""
    after = (first + dt.timedelta(days=31)).replace(day=1)
    rows = statement_rows(user).filter(at__gte=clock.day_start(first), at__lt=clock.day_start(after))
    return _by_seller(rows.order_by("buyer__name", "fund", "household", "cooperative", "carrier", "pk"))


def of_one(sums: Iterable[MonthSum], fund: int, seller: Seller) -> MonthSum | None:
    """Return of these the one of this fund and payee: a household, a co-operative, a haulier."""
    return next((row for row in sums if row.first.fund_id == fund and _seller(row.first) == seller), None)


def _by_seller(rows: Iterable[SettlementStatement]) -> list[MonthSum]:
    found: dict[tuple[int, Seller], list[SettlementStatement]] = {}
    for row in rows:
        found.setdefault((row.fund_id, _seller(row)), []).append(row)
    return [MonthSum(statements) for statements in found.values()]


def _seller(row: SettlementStatement) -> Seller:
    return row.household_id, row.cooperative_id, row.carrier_id
