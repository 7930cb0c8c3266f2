"""What of each lot of an order is still to come: its kilos, the trips with them, the transfer that holds its money.

Nothing of this is kept on the lot: it is read from the trips and receipts below it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    accepted: int  # on signed trips
    accepted_g: int
    returned_g: int  # of it, what went back after it was signed for
    trips: int
    hold: str  # the reference of the pending transfer, empty where none is left
    hold_fen: int
    weighed: int  # of what is on the way, accepted by one person and not signed for yet
    weighed_g: int
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

    def untaken(self, lot: Allocation) -> int:
        """Return what of its order no trip brought that was weighed, signed for or not."""
        taken = self.taken_g if lot.listing.piece_g is None else self.accepted
        return max(0, lot.quantity - taken - self.weighed)

    @property
    def to_ship(self) -> int:
        """Return what has not left yet."""
        return max(0, self.reserved - self.on_the_way)


def holds_of(lots: Iterable[Allocation]) -> dict[int, Held]:
    """Return how each of these lots stands, by its key, in three queries."""
    rows = {lot.pk: lot for lot in lots}
    on_receipts = _receipt_lines(rows)
    by_lot: dict[int, list[DeliveryLine]] = defaultdict(list)
    for line in DeliveryLine.objects.filter(allocation__in=rows).order_by("pk"):
        by_lot[line.allocation_id].append(line)
    names = {f"{lot.reference}:hold": pk for pk, lot in rows.items()}
    names |= {f"{line.reference}:hold": line.allocation_id for line in on_receipts.values()}
    pending = {names[reference]: (reference, fen) for reference, fen in pending_transfers(names).items()}
    return {pk: _held(lot, by_lot[pk], on_receipts, *pending.get(pk, ("", 0))) for pk, lot in rows.items()}


def _held(
    lot: Allocation, trips: Sequence[DeliveryLine], on_receipts: Mapping[int, Any], hold: str, hold_fen: int
) -> Held:
    weighed = [on_receipts[trip.pk] for trip in trips if trip.pk in on_receipts]
    signed = [line for line in weighed if line.receipt.status == ReceiptStatus.SIGNED]
    unsigned = [line for line in weighed if line.receipt.status != ReceiptStatus.SIGNED]
    over = {line.delivery_line_id for line in signed}
    reserved = lot.quantity if lot.status in LIVING else 0
    return Held(
        reserved=max(0, reserved - sum(line.of_hold for line in signed)),  # a heavier trip took fresh kilos beside it
        on_the_way=sum(trip.shipped for trip in trips if trip.pk not in over),
        shipped_g=sum(trip.shipped_g for trip in trips),
        accepted=sum(line.accepted for line in signed),
        accepted_g=sum(line.accepted_g for line in signed),
        returned_g=sum(line.returned_g for line in signed),
        trips=len(trips),
        hold=hold,
        hold_fen=hold_fen,
        weighed=sum(line.accepted for line in unsigned),
        weighed_g=sum(line.accepted_g for line in unsigned),
        by_grade=kept_by_grade(signed),
    )


def brought(trip: DeliveryLine, weighed: ReceiptLine) -> int:
    """Return how much of a lot a signed trip brought, kept or sent back: what was shipped, or more by the scale."""
    return max(trip.shipped, weighed.net_g if weighed.accepted_pieces is None else weighed.accepted_pieces)


def _taken(what: str) -> Coalesce:
    """Return how many of the kilos reserved for its lot a receipt line sold or gave back when it was signed."""
    name = Concat(Value("receipt-line:"), OuterRef("pk"), Value(f":{what}"), output_field=CharField())
    move = Movement.objects.filter(reference=name, source=Movement.Side.RESERVED)
    return Coalesce(Subquery(move.values("quantity")[:1]), 0, output_field=BigIntegerField())


def _receipt_lines(lots: Iterable[int]) -> dict[int, Any]:
    """Return the receipt line of each trip of these lots that was weighed, signed for or not, with two sums more.

    `returned_g` is what went back of it later, `of_hold` what it took of the kilos reserved for its lot.
    """
    lines = ReceiptLine.objects.filter(allocation__in=lots).exclude(receipt__status=ReceiptStatus.VOID)
    lines = lines.select_related("receipt")
    lines = lines.annotate(returned_g=returned_g(), of_hold=_taken("sold") + _taken("back"))
    return {line.delivery_line_id: line for line in lines}
