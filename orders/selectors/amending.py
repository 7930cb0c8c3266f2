"""Which lots of an order its buyer may still take back."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from orders.models import Allocation, DeliveryLine, PurchaseOrder
from orders.selectors.holds import LIVING

MOST_LOTS, DIGITS = 500, 18  # of one order; of a number of a row


def has_left() -> Exists:
    """Return, for a query of lots of orders, whether some of it was sent off."""
    return Exists(DeliveryLine.objects.filter(allocation=OuterRef("pk")))


def lots_to_amend(order: PurchaseOrder) -> list[Allocation]:
    """Return the lots of an order that nobody sent off yet, in the order in which they were asked for."""
    return _shown(order.allocations.filter(~has_left(), status__in=LIVING))


def lots_named(order: PurchaseOrder, names: Iterable[str]) -> list[Allocation]:
    """Return the lots of an order that these names of fields, `lot_` and a number, speak of; however they stand now."""
    numbers = [name.removeprefix("lot_") for name in names if name.startswith("lot_")][:MOST_LOTS]
    return _shown(order.allocations.filter(pk__in=[int(n) for n in numbers if n.isdecimal() and len(n) <= DIGITS]))


def _shown(lots: QuerySet[Allocation]) -> list[Allocation]:
    more = ("line__produce", "listing__produce", "listing__household", "listing__cooperative", "order__buyer")
    return list(lots.select_related(*more).order_by("pk"))
