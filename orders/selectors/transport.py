"""What carts cost: what orders hold for them, what was asked for a trip and what was paid of it, how far goods came."""

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import BankCard, Place
from kernel.distance import metres
from ledger.selectors import open_holds, posted_sums, posted_under
from orders.models import (
    Delivery,
    LineKind,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    StatementLine,
    TransportPayer,
)


def transfer_of(line: ReceiptLine) -> str:
    """Return the name under which bringing a signed lot moved money."""
    return f"{line.reference}:transport"


def carts_held_for(orders: Iterable[PurchaseOrder]) -> dict[int, Any]:
    """Return what each of these orders holds for carts, its one open hold, by the order's key."""
    rows = open_holds(f"order:{order.pk}:transport:" for order in orders if order.transport_fen)
    return {int(row.reference.split(":")[1]): row for row in rows}


def metres_of(delivery: Delivery) -> dict[str, int]:
    """Return how far each village of a trip is from the buyer as the crow flies; without those whose point is unknown.

    Nothing where the buyer has none.
    """
    door = delivery.buyer.place
    if door.latitude_e6 is None or door.longitude_e6 is None:
        return {}
    villages = Place.objects.filter(pk__in=delivery.lines.values("allocation__village"))
    return {
        place.pk: metres((door.latitude_e6, door.longitude_e6), (place.latitude_e6, place.longitude_e6))
        for place in villages
        if place.latitude_e6 is not None and place.longitude_e6 is not None
    }


def is_signed(delivery: Delivery) -> bool:
    """Return whether a trip is weighed and signed."""
    return delivery.receipts.filter(status=ReceiptStatus.SIGNED).exists()


def charged_fen(delivery: Delivery) -> int:
    """Return what a signed trip's cart cost."""
    lines = ReceiptLine.objects.filter(receipt__delivery=delivery, receipt__status=ReceiptStatus.SIGNED)
    return sum(posted_sums(transfer_of(line) for line in lines).values())


def left_to_carrier(delivery: Delivery) -> QuerySet[StatementLine]:
    """Return what sellers left to the haulier on statements of a trip and no statement of its own names yet."""
    lines = StatementLine.objects.filter(
        statement__delivery=delivery, statement__carrier=None, kind=LineKind.TRANSPORT, answered_by=None
    )
    return lines.select_related("statement__fund").order_by("pk")


def unstated_carts(delivery: Delivery) -> list[tuple[ReceiptLine, int]]:
    """Return the lots of a signed trip whose bringing the buyer paid and no statement names yet, with that money."""
    lines = ReceiptLine.objects.filter(
        receipt__delivery=delivery,
        receipt__status=ReceiptStatus.SIGNED,
        allocation__order__transport_payer=TransportPayer.BUYER,
        transport_lines=None,
    ).select_related("allocation__order__fund")
    rows = list(lines.order_by("pk"))
    moved = posted_sums(transfer_of(line) for line in rows)
    return [(line, moved[transfer_of(line)]) for line in rows if transfer_of(line) in moved]


def carrier_waits(cards: QuerySet[BankCard]) -> Q:
    """Say of a trip that its haulier has one of these cards by now, and is owed what no statement names yet."""
    card = cards.filter(organisation=OuterRef("carrier"))
    lines = StatementLine.objects.filter(statement__delivery=OuterRef("pk"), statement__carrier=None)
    left = lines.filter(kind=LineKind.TRANSPORT, answered_by=None)
    named = Concat(Value("receipt-line:"), Cast("pk", CharField()), Value(":transport"), output_field=CharField())
    paid = ReceiptLine.objects.filter(
        receipt__delivery=OuterRef("pk"), allocation__order__transport_payer=TransportPayer.BUYER, transport_lines=None
    )
    paid = paid.alias(moved=named).filter(Exists(posted_under(OuterRef("moved"))))
    return Q(price__isnull=False) & Q(Exists(card)) & (Q(Exists(left)) | Q(Exists(paid)))
