"""What of a lot went back after it was signed for, in kilos and in money."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Household
from canteens.models import Fund
from orders.models import (
    TO_COOP,
    Delivery,
    GoodsReturn,
    LineKind,
    ReceiptLine,
    ReturnReason,
    ReturnStatus,
    StatementLine,
)

_LOT, _LISTING = "receipt_line__allocation", "receipt_line__allocation__listing"
OF_RETURNS = (
    f"{_LOT}__order__buyer",
    f"{_LOT}__order__requester",
    f"{_LOT}__order__fund",
    f"{_LOT}__mandate__cooperative",
    f"{_LISTING}__produce",
    f"{_LISTING}__household",
    f"{_LISTING}__cooperative",
    f"{_LISTING}__payee_account",
    "complaint",
    "receipt_line__receipt__delivery",
)


@dataclass(frozen=True, slots=True)
class Left:
    """What of one signed lot may still be sent back, in grams and, of what is counted, in heads."""

    grams: int
    pieces: int | None


@dataclass(frozen=True, slots=True)
class Stated:
    """What the statements of a trip say of one mandate: the goods, their weight, what the co-operative got of it."""

    goods_fen: int = 0
    weight_g: int = 0
    fee_fen: int = 0
    rest_fen: int = 0
    transport_fen: int = 0  # what bringing the goods cost, as a sum below nothing


def returned_g(line: str = "pk") -> Any:
    """Return how many grams of a receipt line went back, as a column; `line` is where its key stands."""
    rows = GoodsReturn.objects.filter(receipt_line=OuterRef(line), status=ReturnStatus.AGREED).order_by()
    summed = rows.values("receipt_line").annotate(grams=Sum("agreed_g")).values("grams")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def with_returned(lines: QuerySet[ReceiptLine]) -> QuerySet[ReceiptLine]:
    """Return receipt lines with what went back of each, as `returned_g` and `returned_pieces`."""
    rows = GoodsReturn.objects.filter(receipt_line=OuterRef("pk"), status=ReturnStatus.AGREED).order_by()
    heads = rows.values("receipt_line").annotate(heads=Sum("agreed_pieces")).values("heads")
    pieces = Coalesce(Subquery(heads, output_field=BigIntegerField()), 0)
    return lines.annotate(returned_g=returned_g(), returned_pieces=pieces)


def returned_of(line: Any) -> int:
    """Return what went back of a line, in the stock unit; it is read by `with_returned`."""
    grams, heads = line.returned_g, line.returned_pieces
    return grams if line.accepted_pieces is None else heads


def left_of(line: ReceiptLine) -> Left:
    """Return what of a signed lot is neither sent back nor asked to be."""
    grams, pieces = line.accepted_g, line.accepted_pieces
    for row in line.returns.exclude(status__in=[ReturnStatus.REFUSED, ReturnStatus.WITHDRAWN]):
        agreed = row.status == ReturnStatus.AGREED
        grams -= row.agreed_g if agreed else max(0, row.asked_g)
        if pieces is not None:
            pieces -= (row.agreed_pieces if agreed else max(0, row.asked_pieces or 0)) or 0
    return Left(grams, pieces)


def corrected_of(line: ReceiptLine) -> Left:
    """Return what of a signed lot counts as accepted: what the receipt says, and what was corrected of it since."""
    grams, pieces = line.accepted_g, line.accepted_pieces
    for row in line.returns.filter(reason=ReturnReason.SCALE, status=ReturnStatus.AGREED):
        grams -= row.agreed_g
        if pieces is not None:
            pieces -= row.agreed_pieces or 0
    return Left(grams, pieces)


def unstated_returns() -> QuerySet[GoodsReturn]:
    """Return what went back, or was corrected, and stands on no statement yet."""
    return GoodsReturn.objects.filter(status=ReturnStatus.AGREED, statement_line=None)


def unstated_returns_of(delivery: Delivery) -> QuerySet[GoodsReturn]:
    """Return what went back of a trip and stands on no statement yet."""
    rows = unstated_returns().filter(receipt_line__receipt__delivery=delivery)
    return rows.select_related(*OF_RETURNS).order_by("pk")


def stated_by_mandate(delivery: Delivery, fund: Fund, household: Household | None) -> dict[UUID, Stated]:
    """Return what a household's statements of a trip say so far, by mandate."""
    lines = StatementLine.objects.filter(
        statement__delivery=delivery, statement__fund=fund, statement__household=household, mandate__isnull=False
    )
    goods = ~Q(kind__in=(*TO_COOP, LineKind.TRANSPORT))
    sums = (
        lines.order_by()
        .values("mandate")
        .annotate(
            goods_fen=Coalesce(Sum("amount_fen", filter=goods), 0),
            weight=Coalesce(Sum("weight_g", filter=goods), 0),
            fee_fen=Coalesce(Sum("amount_fen", filter=Q(kind=LineKind.FEE)), 0),
            rest_fen=Coalesce(Sum("amount_fen", filter=Q(kind=LineKind.MANDATE)), 0),
            transport_fen=Coalesce(Sum("amount_fen", filter=Q(kind=LineKind.TRANSPORT)), 0),
        )
    )
    return {
        row["mandate"]: Stated(row["goods_fen"], row["weight"], -row["fee_fen"], -row["rest_fen"], row["transport_fen"])
        for row in sums
    }
