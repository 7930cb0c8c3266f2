"""Which orders a lot reached, which lots of an order are recalled, and why."""

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from catalog.models import Listing
from orders.models import Allocation, AllocationStatus
from orders.selectors.holds import LIVING
from records.models import Event, Move

RECALLED_NOTE = "recalled"  # of the moves a recall makes


def orders_reached(listing: Listing) -> list[Allocation]:
    """Return this lot's part of every order that holds or received some of it, the latest first."""
    reached = Allocation.objects.filter(listing=listing).exclude(status=AllocationStatus.RELEASED)
    return list(reached.select_related("order__buyer", "order__requester", "listing__produce").order_by("-order_id"))


def orders_named(listing: Listing) -> list[Allocation]:
    """Return this lot's part of the orders its recall was told to, whatever became of them; before one, of those
    that it would reach."""
    if listing.recalled_at is None:
        return orders_reached(listing)
    recall = _recall_event(listing)
    named = recall.data.get("orders", []) if recall is not None else []
    lots = Allocation.objects.filter(listing=listing, order__in=named)
    return list(lots.select_related("order__buyer", "listing__produce").order_by("-order_id"))


def holds_recalled() -> Exists:
    """Return, for a query of orders, whether a lot that has not been weighed in is recalled."""
    lots = Allocation.objects.filter(order=OuterRef("pk"), listing__recalled_at__isnull=False)
    return Exists(lots.filter(Q(status__in=LIVING) | called_off()))


def called_off() -> Q:
    """Return, for a query of lots of orders, whether a recall gave them back: no seller's no, no cancelled order."""
    document = Concat(Value(f"{Allocation.REFERENCE}:"), Cast(OuterRef("pk"), CharField()))
    moves = Move.objects.filter(document=document, after=AllocationStatus.RELEASED, note=RECALLED_NOTE)
    return Q(Exists(moves), status=AllocationStatus.RELEASED)


def is_recalled(allocation: Allocation) -> bool:
    """Return whether a lot of an order is recalled; what was given back before the recall is not."""
    if allocation.listing.recalled_at is None:
        return False
    if allocation.status != AllocationStatus.RELEASED:
        return True
    return Allocation.objects.filter(called_off(), pk=allocation.pk).exists()


def recall_reason(listing: Listing) -> str:
    """Return why a lot was recalled, as everybody was told; empty when it was not."""
    if listing.recalled_at is None:
        return ""
    recall = _recall_event(listing)
    return recall.data.get("reason", "") if recall is not None else ""


def _recall_event(listing: Listing) -> Event | None:
    return Event.objects.filter(kind="listing_recalled", document=listing.reference).order_by("pk").first()
