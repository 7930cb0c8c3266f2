"""Which orders a lot reached, which lots of an order are recalled, and why."""

from django.db.models import Exists, OuterRef

from catalog.models import Listing
from orders.models import Allocation, AllocationStatus
from records.models import Event

LIVING = (AllocationStatus.HELD, AllocationStatus.CONFIRMED)


def orders_reached(listing: Listing) -> list[Allocation]:
    """Return this lot's part of every order that holds or received some of it, the latest first."""
    reached = Allocation.objects.filter(listing=listing).exclude(status=AllocationStatus.RELEASED)
    return list(reached.select_related("order__buyer", "order__requester", "listing__produce").order_by("-order_id"))


def orders_named(listing: Listing) -> list[Allocation]:
    """Return this lot's part of the orders its recall was told to, whatever became of them; before one, of those
    that it would reach."""
    if listing.recalled_at is None:
        return orders_reached(listing)
    named = said.data.get("orders", []) if (said := _said(listing)) is not None else []
    lots = Allocation.objects.filter(listing=listing, order__in=named)
    return list(lots.select_related("order__buyer", "listing__produce").order_by("-order_id"))


def holds_recalled() -> Exists:
    """Say of orders whether a lot that has not been weighed in is recalled."""
    lots = Allocation.objects.filter(order=OuterRef("pk"), listing__recalled_at__isnull=False)
    return Exists(lots.exclude(status=AllocationStatus.CLOSED))


def is_recalled(allocation: Allocation) -> bool:
    """Say whether a lot of an order is recalled."""
    return allocation.listing.recalled_at is not None


def recall_reason(listing: Listing) -> str:
    """Return why a lot was recalled, as everybody was told; empty when it was not."""
    if listing.recalled_at is None:
        return ""
    said = _said(listing)
    return said.data.get("reason", "") if said is not None else ""


def _said(listing: Listing) -> Event | None:
    return Event.objects.filter(kind="listing_recalled", document=listing.reference).order_by("pk").first()
