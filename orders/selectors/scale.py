"""What goes on the scale, and the photos of it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from orders.models import Allocation, GoodsReceipt, PurchaseOrder, ReceiptLine
from records.models import Attachment


def scale_role(allocation_id: int) -> str:
    """Return the role in which a receipt shows the scale of one lot."""
    return f"scale:{allocation_id}"


def lots_to_weigh(order: PurchaseOrder) -> list[Allocation]:
    """Return the lots of an order that are to go on the scale, in the order of its lines."""
    return list(
        order.allocations.filter(status="confirmed")
        .select_related("listing__produce", "listing__household", "listing__cooperative", "listing__village", "line")
        .order_by("line__position", "pk")
    )


def photos_of_scale(receipt: GoodsReceipt, lines: Iterable[ReceiptLine]) -> QuerySet[Attachment]:
    """Return the photos of the scale that belong to these lines, in the order they were taken."""
    roles = [scale_role(line.allocation_id) for line in lines]
    return Attachment.objects.filter(document=receipt.reference, role__in=roles).order_by("pk")
