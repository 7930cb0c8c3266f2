"""At the scale: one person weighs, a second signs; the signature moves money and kilos by what was accepted, once.

Gross − tare = net = accepted + refused. What was not accepted gives its money back at once and its kilos back to the
household, which sells them again or writes them off.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from catalog.models import Listing, Movement
from catalog.services import kilos
from kernel import clock, money, weight
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.workflow import IllegalMove, lock
from ledger.services import transfers
from orders.models import (
    Allocation,
    AllocationStatus,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    OrderStatus,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    RefusalReason,
)
from orders.selectors.scale import scale_role
from orders.services.delivering import Tolerance, tolerance_at
from orders.services.hands import SIGN, WEIGH, take_hand
from orders.services.settling import settle
from orders.services.telling import to_seller
from records.models import StoredFile
from records.services.files import attach

ACCEPTED = _("%(buyer)s took %(quantity)s of your %(produce)s: %(amount)s yuan (order %(number)s).")
ACCEPTED_IN_PART = _(
    "%(buyer)s took %(quantity)s of your %(produce)s: %(amount)s yuan (order %(number)s). %(back)s came back: "
    "%(reason)s. It is on sale again; if it is spoiled, take it off."
)
NOTHING_TAKEN = _("%(buyer)s took none of your %(produce)s (order %(number)s): %(reason)s. It is on sale again.")
RECALLED_BACK = _(
    "%(buyer)s sent your %(produce)s back (order %(number)s): it is recalled. Nobody may sell, send or eat it."
)


class TooMuch(DomainError):
    code = "too_much"

    def __init__(self, allocation: Allocation, most: int) -> None:
        super().__init__(
            _("%(produce)s: %(most)s at most can be accepted on this order. Send the rest back or order it anew.")
            % {"produce": allocation.listing.produce.name, "most": weight.both(most)}
        )


class RecalledAtScale(DomainError):
    code = "recalled_at_scale"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _(
                "%(produce)s, lot %(number)s, is recalled: none of it may be accepted or used. Write all that arrived "
                "of it down as sent back."
            )
            % {"produce": listing.produce.name, "number": listing.number}
        )


class LineMissing(BadValue):
    code = "line_missing"
    message = _("Some goods have not been weighed yet. Weigh every line, also what did not arrive.")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the scale said of one lot, in grams."""

    gross_g: int
    tare_g: int = 0
    refused_g: int = 0
    reason: str = ""
    note: str = ""
    accepted_pieces: int | None = None

    @property
    def net_g(self) -> int:
        return self.gross_g - self.tare_g

    @property
    def accepted_g(self) -> int:
        return self.net_g - self.refused_g


@transaction.atomic
def weigh(
    delivery: Delivery,
    weights: dict[int, Weighed],
    *,
    photos: Mapping[int, StoredFile] = MappingProxyType({}),
    by: User,
    at: dt.datetime,
) -> GoodsReceipt:
    """Write down the scale's word for every lot of a delivery; it counts once a second person has signed.

    `photos` shows the scale of a lot, where somebody took one.
    """
    order = lock(delivery.order)
    if order.status != OrderStatus.SHIPPED:
        raise IllegalMove
    rows = _arriving(order)
    if set(weights) - set(rows):
        raise BadValue(_("One of these lots is not part of this order. Open the page again."))
    if set(rows) - set(weights):
        raise LineMissing
    tolerance = tolerance_at(at)
    for pk, weighed in weights.items():
        check_weighing(rows[pk], weighed, tolerance)
    take_hand(order, WEIGH, by=by, at=at)
    receipt = _write_receipt(delivery, rows, weights, by=by, at=at)
    for pk, photo in photos.items():
        attach(receipt.reference, photo, scale_role(rows[pk].pk), by=by, at=at)
    return receipt


@transaction.atomic
def weigh_again(receipt: GoodsReceipt, *, why: str, by: User, at: dt.datetime) -> GoodsReceipt:
    """Strike out a weighing that the second person does not sign; the goods go on the scale again."""
    lock(receipt.delivery.order)
    receipt = lock(receipt)
    if not why.strip():
        raise BadValue(_("Write what does not match, for whoever weighed."))
    return receipt.move_to(ReceiptStatus.VOID, by=by, at=at, note=why.strip()[:200])


@transaction.atomic
def sign(receipt: GoodsReceipt, *, by: User, at: dt.datetime) -> GoodsReceipt:
    """Sign as the second person: accepted kilos are sold and owed, the rest is free, statements are written."""
    order = lock(receipt.delivery.order)
    take_hand(order, SIGN, by=by, at=at)
    return _accept(order, receipt, signed_by=by, by=by, at=at)


@transaction.atomic
def accept_by_silence(delivery: Delivery, *, at: dt.datetime) -> GoodsReceipt | None:
    """Accept what was shipped (or what one person weighed) once the buyer has been silent past the deadline.

    Nobody's silence accepts what is recalled: it counts as sent back whole.
    """
    order = lock(delivery.order)
    if order.status != OrderStatus.SHIPPED or at < delivery.accept_by_at:
        return None
    receipt = delivery.receipts.exclude(status=ReceiptStatus.VOID).first()
    if receipt is None:
        rows = _arriving(order)
        shipped = {line.allocation_id: line for line in delivery.lines.all()}
        weights = {pk: _as_shipped(row, shipped.get(pk)) for pk, row in rows.items()}
        receipt = _write_receipt(delivery, rows, weights, by=delivery.by, at=at)
    return _accept(order, receipt, signed_by=None, by=None, at=at, note="silence")


def _accept(
    order: PurchaseOrder,
    receipt: GoodsReceipt,
    *,
    signed_by: User | None,
    by: User | None,
    at: dt.datetime,
    note: str = "",
) -> GoodsReceipt:
    receipt = lock(receipt)
    receipt.move_to(ReceiptStatus.SIGNED, by=by, at=at, note=note)
    receipt.signed_by, receipt.signed_at, receipt.signed_on = signed_by, at, clock.county_day(at)
    receipt.save(update_fields=["signed_by", "signed_at", "signed_on"])
    lines = list(
        receipt.lines.select_related(
            "allocation__listing__produce",
            "allocation__listing__household",
            "allocation__listing__cooperative",
            "allocation__order__buyer",
        ).order_by("allocation_id")
    )
    for line in lines:
        if line.accepted_g and line.allocation.listing.recalled_at is not None:
            raise RecalledAtScale(line.allocation.listing)
    _move_kilos(lines, by=by, at=at)
    Allocation.move_all([line.allocation for line in lines], AllocationStatus.CLOSED, by=by, at=at)
    _move_money(order, lines, at=at)
    order.move_to(OrderStatus.ACCEPTED, by=by, at=at, note=note)
    tell_all([_accepted(line) for line in lines], at=at)
    settle(order, by=by, at=at)
    return receipt


def accepted_quantity(line: ReceiptLine) -> int:
    """Return what was accepted, in the stock unit of its listing."""
    return line.accepted_g if line.accepted_pieces is None else line.accepted_pieces


def _move_kilos(lines: list[ReceiptLine], *, by: User | None, at: dt.datetime) -> None:
    side = Movement.Side
    moves = []
    for line in lines:
        held, taken = line.allocation.quantity, accepted_quantity(line)
        reference = line.allocation.reference
        number = line.allocation.listing_id
        wanted = [
            (side.RESERVED, side.SOLD, min(held, taken), "sold"),
            (side.RESERVED, side.FREE, held - min(held, taken), "back"),
            (side.FREE, side.SOLD, taken - min(held, taken), "more"),
        ]
        moves += [
            kilos.KiloMove(
                number, source, target, quantity, f"{reference}:{what}", reason=line.reason if what == "back" else ""
            )
            for source, target, quantity, what in wanted
            if quantity
        ]
    kilos.move_kilos(moves, by=by, at=at)


def _move_money(order: PurchaseOrder, lines: list[ReceiptLine], *, at: dt.datetime) -> None:
    """Post what was accepted of each hold; what weighs more than was held takes fresh money, or is refused in words."""
    resolutions, more = [], []
    for line in lines:
        reference, held = line.allocation.reference, line.allocation.amount_fen
        amount = line.allocation.amount_for(line.accepted_g)
        resolutions.append(transfers.Resolution(f"{reference}:accepted", f"{reference}:hold", min(held, amount)))
        if amount > held:
            more.append((f"{reference}:more", line.allocation.listing.payee_account_id, amount - held))
    transfers.resolve(resolutions, at=at)
    for reference, payee_id, amount in more:
        transfers.transfer(
            reference=reference, debit_id=order.fund.account_id, credit_id=payee_id, amount_fen=amount, at=at
        )


def _arriving(order: PurchaseOrder) -> dict[int, Allocation]:
    rows = order.allocations.filter(status=AllocationStatus.CONFIRMED).select_related("listing__produce")
    return {row.pk: row for row in rows.order_by("pk")}


def _write_receipt(
    delivery: Delivery, rows: dict[int, Allocation], weights: dict[int, Weighed], *, by: User, at: dt.datetime
) -> GoodsReceipt:
    day = clock.county_day(at)
    receipt = GoodsReceipt(number=begun(Kind.RECEIPT, day), delivery=delivery, weighed_by=by, weighed_at=at).begin(
        by=by, at=at
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            allocation=row,
            gross_g=weights[pk].gross_g,
            tare_g=weights[pk].tare_g,
            net_g=weights[pk].net_g,
            accepted_g=weights[pk].accepted_g,
            refused_g=weights[pk].refused_g,
            accepted_pieces=weights[pk].accepted_pieces,
            reason=weights[pk].reason,
            note=weights[pk].note[:200],
        )
        for pk, row in rows.items()
    )
    return receipt


def _as_shipped(allocation: Allocation, line: DeliveryLine | None) -> Weighed:
    """Return what silence accepts of a lot: what was shipped, and no more than was ordered."""
    pieces = allocation.listing.piece_g is not None
    if line is None:
        return Weighed(0, accepted_pieces=0 if pieces else None)
    grams = min(line.shipped_g, allocation.weight_g)
    if allocation.listing.recalled_at is not None:
        return Weighed(grams, refused_g=grams, reason=RefusalReason.RECALLED, accepted_pieces=0 if pieces else None)
    return Weighed(grams, accepted_pieces=line.pieces if pieces else None)


def check_weighing(allocation: Allocation, weighed: Weighed, tolerance: Tolerance) -> None:
    """Refuse what no scale can say, and what this order cannot take."""
    name = allocation.listing.produce.name
    if weighed.gross_g < 0 or weighed.tare_g < 0 or weighed.gross_g > weight.MOST_G:
        raise BadValue(_("%(produce)s: this weight cannot be. Weigh it again.") % {"produce": name})
    if weighed.tare_g and weighed.tare_g >= weighed.gross_g:
        raise BadValue(
            _("%(produce)s: the empty crates weigh more than the full ones. Check both.") % {"produce": name}
        )
    if not 0 <= weighed.refused_g <= weighed.net_g:
        raise BadValue(_("%(produce)s: more is sent back than was weighed. Check both.") % {"produce": name})
    if weighed.reason not in RefusalReason.values or (weighed.refused_g and not weighed.reason):
        raise BadValue(_("%(produce)s: choose why some is sent back.") % {"produce": name})
    recalled = allocation.listing.recalled_at is not None
    if recalled and weighed.accepted_g:
        raise RecalledAtScale(allocation.listing)
    if weighed.reason == RefusalReason.RECALLED and not recalled:
        raise BadValue(_("%(produce)s is not recalled. Choose another reason.") % {"produce": name})
    most = tolerance.most_g(allocation)
    if allocation.listing.piece_g is None:
        # Nothing can be sold out of a lot that was never listed in it.
        most = min(most, allocation.weight_g + allocation.listing.free())
        if weighed.accepted_pieces is not None:
            raise BadValue(_("Only animals are counted. Write the weight."))
    else:
        _require_counted(allocation, weighed)
    if weighed.accepted_g > most:
        raise TooMuch(allocation, most)


def _require_counted(allocation: Allocation, weighed: Weighed) -> None:
    counted = weighed.accepted_pieces
    if counted is None or not 0 <= counted <= allocation.quantity or (counted == 0) != (weighed.accepted_g == 0):
        raise BadValue(
            _("%(produce)s: count what is kept; at most %(most)s were ordered.")
            % {"produce": allocation.listing.produce.name, "most": allocation.quantity}
        )


def _accepted(line: ReceiptLine) -> Word:
    allocation = line.allocation
    back_g = max(0, allocation.weight_g - line.accepted_g)
    values: dict[str, object] = {
        "quantity": lambda: weight.both(line.accepted_g),
        "amount": money.yuan(line.allocation.amount_for(line.accepted_g)),
        "back": lambda: weight.both(back_g),
        "reason": RefusalReason(line.reason or RefusalReason.SHORT).label,
    }
    counted_short = line.accepted_pieces is not None and line.accepted_pieces < allocation.quantity
    if allocation.listing.recalled_at is not None:
        sentence = RECALLED_BACK
    elif not line.accepted_g:
        sentence = NOTHING_TAKEN
    elif (line.accepted_pieces is None and back_g) or counted_short:
        sentence = ACCEPTED_IN_PART
    else:
        sentence = ACCEPTED
    return to_seller(allocation, "accepted", sentence, **values)
