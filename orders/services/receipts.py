"""Write a receipt of a trip: what the scale said of each lot, or, where nobody signs in time, what the orders hold."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import tell
from kernel import clock
from kernel.numbers import Kind, begun
from kernel.workflow import lock
from orders.models import Delivery, DeliveryLine, GoodsReceipt, ReceiptLine, ReceiptStatus, Surplus
from orders.selectors.holds import holds_of
from orders.services.weighing import Weighed, within_hold
from records.models import Attachment
from records.services.files import attach

NOBODY_SIGNED = "silence"
NO_ROOM = _(
    "Nobody signed in time for trip %(number)s that you weighed, and lot, purse or plan have no room for all of it: "
    "what was ordered counts as taken, the rest as sent back."
)


def lines_of(delivery: Delivery) -> dict[int, DeliveryLine]:
    """Return the lots of a trip by their allocation."""
    listing = "allocation__listing"
    rows = delivery.lines.select_related(f"{listing}__produce", "allocation__line__produce", "allocation__order")
    return {row.allocation_id: row for row in rows.order_by("allocation_id")}


def write_receipt(
    delivery: Delivery, lines: dict[int, DeliveryLine], weights: dict[int, Weighed], *, by: User, at: dt.datetime
) -> GoodsReceipt:
    day = clock.county_day(at)
    receipt = GoodsReceipt(number=begun(Kind.RECEIPT, day), delivery=delivery, weighed_by=by, weighed_at=at).begin(
        by=by, at=at
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            delivery_line=line,
            allocation=line.allocation,
            gross_g=weights[pk].gross_g,
            tare_g=weights[pk].tare_g,
            net_g=weights[pk].net_g,
            accepted_g=weights[pk].accepted_g,
            refused_g=weights[pk].refused_g,
            accepted_pieces=weights[pk].accepted_pieces,
            surplus_g=weights[pk].surplus_g,
            surplus_wanted=weights[pk].surplus_g > 0 and weights[pk].over == Surplus.NEXT,
            reason=weights[pk].reason,
            grade=weights[pk].grade,
            note=weights[pk].note[:200],
        )
        for pk, line in lines.items()
    )
    return receipt


def receipt_within_holds(delivery: Delivery, weighing: GoodsReceipt | None, *, at: dt.datetime) -> GoodsReceipt:
    """Write a receipt of what was shipped, or was weighed and cannot count as it stands, as far as the orders hold it.

    Whoever weighed more than there is room for is told.
    """
    lines, by = lines_of(delivery), delivery.by
    weights = {pk: Weighed(line.shipped_g, accepted_pieces=line.pieces) for pk, line in lines.items()}
    photos: list[Attachment] = []
    if weighing is not None:
        by, weights = weighing.weighed_by, {line.allocation_id: _weighed(line) for line in weighing.lines.all()}
        photos = list(Attachment.objects.filter(document=weighing.reference).select_related("file").order_by("pk"))
        lock(weighing).move_to(ReceiptStatus.VOID, by=None, at=at, note=NOBODY_SIGNED)
        tell(NO_ROOM, {"number": delivery.number}, phone=by.phone, kind="receipt.struck_out",
             document=weighing.reference, at=at)  # fmt: skip
    held = holds_of(line.allocation for line in lines.values())
    weights = {pk: within_hold(line, weights[pk], held[pk]) for pk, line in lines.items()}
    receipt = write_receipt(delivery, lines, weights, by=by, at=at)
    for photo in photos:
        attach(receipt.reference, photo.file, photo.role, by=by, at=at)
    return receipt


def _weighed(line: ReceiptLine) -> Weighed:
    return Weighed(
        line.gross_g,
        line.tare_g,
        line.refused_g,
        line.reason,
        line.note,
        accepted_pieces=line.accepted_pieces,
        surplus_g=line.surplus_g,
        grade=line.grade,
    )
