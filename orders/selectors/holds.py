"""What of each lot of an order is still to come: its kilos, the trips with them, the transfer that holds its money.

Nothing of this is kept on the lot: it is read from the trips and receipts below it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, CharField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from catalog.models import Movement
from ledger.selectors import pending_transfers
from orders.models import Allocation, AllocationStatus, DeliveryLine, ReceiptLine, ReceiptStatus
from orders.selectors.grades import kept_by_grade
from orders.selectors.returned import returned_g

LIVING = (AllocationStatus.HELD, AllocationStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Held:
    """How one lot of an order stands; quantities are in the stock unit of its listing."""

    reserved: int  # what of its listing is reserved for it now: what no signed trip took of that
    on_the_way: int  # on trips that nobody has signed for
    shipped_g: int  # on all trips
    accepted_g: int  # on signed trips
    returned_g: int  # of it, what went back after it was signed for
    trips: int
    hold: str  # the reference of the pending transfer, empty where none is left
    hold_fen: int
    by_grade: Mapping[str, int] = field(default_factory=dict)  # grams kept; empty is the grade ordered

    @property
    def kept_g(self) -> int:
        """Return what the buyer has for good, so far."""
        return self.accepted_g - self.returned_g

    def kept_in(self, grade: str) -> int:
        """Return what the buyer has of one grade for good, so far, in grams."""
        return self.by_grade.get(grade, 0)

    @property
    def taken_g(self) -> int:
        """Return what the buyer has had, sent back or not; a correction may have found more than the scale did."""
        return max(self.accepted_g, self.kept_g)

    @property
    def to_ship(self) -> int:
        """Return what has not left yet."""
        return max(0, self.reserved - self.on_the_way)


def holds_of(lots: Iterable[Allocation]) -> dict[int, Held]:
    """Return how each of these lots stands, by its key, in three queries."""
    rows = {lot.pk: lot for lot in lots}
    signed = _signed_lines(rows)
    by_lot: dict[int, list[DeliveryLine]] = defaultdict(list)
    for line in DeliveryLine.objects.filter(allocation__in=rows).order_by("pk"):
        by_lot[line.allocation_id].append(line)
    names = {f"{lot.reference}:hold": pk for pk, lot in rows.items()}
    names |= {f"{line.reference}:hold": line.allocation_id for line in signed.values()}
    pending = {names[reference]: (reference, fen) for reference, fen in pending_transfers(names).items()}
    held = {}
    for pk, lot in rows.items():
        reserved, on_the_way, accepted_g, returned_g = lot.quantity if lot.status in LIVING else 0, 0, 0, 0
        weighings = [signed[trip.pk] for trip in by_lot[pk] if trip.pk in signed]
        for trip in by_lot[pk]:
            weighed = signed.get(trip.pk)
            if weighed is None:
                on_the_way += trip.shipped
            else:
                accepted_g += weighed.accepted_g
                returned_g += weighed.returned_g
                reserved = max(0, reserved - weighed.of_hold)  # a heavier trip took fresh kilos beside it
        reference, fen = pending.get(pk, ("", 0))
        shipped_g = sum(trip.shipped_g for trip in by_lot[pk])
        trips, grades = len(by_lot[pk]), kept_by_grade(weighings)
        held[pk] = Held(reserved, on_the_way, shipped_g, accepted_g, returned_g, trips, reference, fen, grades)
    return held


def brought(trip: DeliveryLine, weighed: ReceiptLine) -> int:
    """Return how much of a lot a signed trip brought, kept or sent back: what was shipped, or more by the scale."""
    return max(trip.shipped, weighed.net_g if weighed.accepted_pieces is None else weighed.accepted_pieces)


def _taken(what: str) -> Coalesce:
    """Return how many of the kilos reserved for its lot a receipt line sold or gave back when it was signed."""
    name = Concat(Value("receipt-line:"), OuterRef("pk"), Value(f":{what}"), output_field=CharField())
    move = Movement.objects.filter(reference=name, source=Movement.Side.RESERVED)
    return Coalesce(Subquery(move.values("quantity")[:1]), 0, output_field=BigIntegerField())


def _signed_lines(lots: Iterable[int]) -> dict[int, Any]:
    """Return the signed receipt line of each trip of these lots, with two sums more.

    `returned_g` is what went back of it later, `of_hold` what it took of the kilos reserved for its lot.
    """
    lines = ReceiptLine.objects.filter(allocation__in=lots, receipt__status=ReceiptStatus.SIGNED)
    lines = lines.annotate(returned_g=returned_g(), of_hold=_taken("sold") + _taken("back"))
    return {line.delivery_line_id: line for line in lines}
