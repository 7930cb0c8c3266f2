"""Which orders a lot reached, and which lots of an order are recalled."""

from django.db.models import Exists, OuterRef

from catalog.models import Listing
from orders.models import Allocation, AllocationStatus

LIVING = (AllocationStatus.HELD, AllocationStatus.CONFIRMED)


def orders_reached(listing: Listing) -> list[Allocation]:
    """Return this lot's part of every order that holds or received some of it, the latest first."""
    reached = Allocation.objects.filter(listing=listing).exclude(status=AllocationStatus.RELEASED)
    return list(reached.select_related("order__buyer", "order__requester", "listing__produce").order_by("-order_id"))


def holds_recalled() -> Exists:
    """Say of orders whether a lot that has not been weighed yet is recalled."""
    lots = Allocation.objects.filter(order=OuterRef("pk"), status__in=LIVING, listing__recalled_at__isnull=False)
    return Exists(lots)


def is_recalled(allocation: Allocation) -> bool:
    """Say whether a lot of an order is recalled, unless it was given back."""
    return allocation.listing.recalled_at is not None and allocation.status != AllocationStatus.RELEASED
