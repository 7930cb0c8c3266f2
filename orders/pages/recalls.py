"""A recall as whoever may call it sees it: which orders hold or received some of the lot."""

from dataclasses import dataclass

from catalog.models import Listing
from kernel.dates import day_words
from kernel.shown import Tag
from orders.models import Allocation, AllocationStatus
from orders.pages.words import counted, lot_tag, order_tag


@dataclass(frozen=True, slots=True)
class ReachedRow:
    """One order that the lot reached."""

    number: str
    buyer: str
    day: str
    quantity: str
    status: Tag


def reached_row(part: Allocation, lot: Listing) -> ReachedRow:
    """Return one order that the lot reached, and where it stands or that the lot is off it."""
    return ReachedRow(
        number=part.order.number,
        buyer=part.order.buyer.name,
        day=day_words(part.order.deliver_on),
        quantity=counted(part.quantity, word=lot.count_word, grams=part.weight_g),
        status=lot_tag(part.status) if part.status == AllocationStatus.RELEASED else order_tag(part.order.status),
    )
