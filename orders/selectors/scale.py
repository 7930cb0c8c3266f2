"""What the scale's page and the receipt show."""

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.selectors import spoken_time
from kernel import money, weight
from orders.models import GoodsReceipt, PurchaseOrder, ReceiptLine, ReceiptStatus, RefusalReason
from orders.selectors.orders import seller_name
from orders.selectors.pages import counted
from orders.selectors.recalls import is_recalled, recall_reason
from records.models import Attachment


def scale_role(allocation_id: int) -> str:
    """Name the role in which a receipt shows the scale of one lot."""
    return f"scale:{allocation_id}"


def lots_to_weigh(order: PurchaseOrder) -> list:
    """Return the lots of an order that are to go on the scale, in the order of its lines."""
    return list(
        order.allocations.filter(status="confirmed")
        .select_related("listing__produce", "listing__household", "listing__cooperative", "listing__village", "line")
        .order_by("line__position", "pk")
    )


def scale_lines(order: PurchaseOrder, lots: list, weights: dict, lot) -> dict:
    """Return the page of the scale: the line that is open, those done, those to do, and the sum so far."""
    delivery, page = order.delivery, reverse("delivery-accept", args=[order.pk])
    villages = {row.listing.village.short_name for row in lots}
    meta = [*sorted(villages)[:3], ngettext("%(n)s lot", "%(n)s lots", len(lots)) % {"n": len(lots)}]
    if delivery.driver:
        meta.append(_("driver %(name)s") % {"name": delivery.driver})
    meta.append(_("left %(when)s") % {"when": spoken_time(delivery.shipped_at)})
    to_do = [row for row in lots if row.pk not in weights and row.pk != lot.pk]
    net_g = sum(said.net_g for said in weights.values())
    done = len(weights)
    return {
        "delivery": {"title": _("Delivery %(number)s") % {"number": delivery.number}, "meta": meta},
        "lines": [_line(row, weights.get(row.pk), row.pk == lot.pk, page) for row in lots],
        "line": {
            "id": lot.pk,
            "produce": lot.listing.produce.name,
            "seller": seller_name(lot.listing),
            "ordered": _ordered(lot),
            "exact": None
            if is_recalled(lot)
            else {"label": _("Exactly %(kg)s") % {"kg": weight.kg(lot.weight_g)}, "value": lot.pk},
            "tare_label": _("Tare (crates)"),
            "net": weight.kg(weights[lot.pk].net_g) if lot.pk in weights else "",
            "difference": _difference(lot, weights.get(lot.pk)),
            "counted": lot.listing.piece_g is not None,
            "recalled": is_recalled(lot),
            "recalled_why": recall_reason(lot.listing),
        },
        "totals": {
            "text": _("%(done)s weighed, %(left)s to go") % {"done": done, "left": len(lots) - done},
            "net": weight.kg(net_g),
        },
        "submit": _("Next: %(seller)s") % {"seller": seller_name(to_do[0].listing)}
        if to_do
        else _("Weighed, all of it"),
    }


def receipt_rows(receipt: GoodsReceipt, lines: QuerySet[ReceiptLine]) -> dict:
    """Return these lines of a receipt as they are read before and after it is signed."""
    lines = lines.select_related(
        "allocation__listing__produce", "allocation__listing__household", "allocation__listing__cooperative"
    ).order_by("pk")
    rows, total_g, total_fen = [], 0, 0
    for line in lines:
        lot = line.allocation
        amount = money.amount_fen(line.accepted_g, lot.price_fen, lot.price_unit_g)
        total_g, total_fen = total_g + line.accepted_g, total_fen + amount
        rows.append(
            {
                "produce": lot.listing.produce.name,
                "seller": seller_name(lot.listing),
                "ordered": weight.kg(lot.weight_g),
                "gross": weight.kg(line.gross_g),
                "tare": weight.kg(line.tare_g),
                "net": weight.kg(line.net_g),
                "accepted": weight.kg(line.accepted_g),
                "pieces": line.accepted_pieces,
                "refused": weight.kg(line.refused_g) if line.refused_g else "",
                "reason": str(RefusalReason(line.reason).label) if line.reason else "",
                "note": line.note,
                "difference": _difference(lot, line),
                "amount": money.yuan(amount),
            }
        )
    order = receipt.delivery.order
    photos = Attachment.objects.filter(
        document=receipt.reference, role__in=[scale_role(line.allocation_id) for line in lines]
    ).order_by("pk")
    names = {scale_role(line.allocation_id): row for line, row in zip(lines, rows, strict=True)}
    tones = {ReceiptStatus.WEIGHED: "warn", ReceiptStatus.SIGNED: "ok", ReceiptStatus.VOID: "plain"}
    return {
        "receipt": receipt,
        "title": _("Receipt %(number)s") % {"number": receipt.number},
        "meta": [order.buyer.name, receipt.delivery.number, order.number],
        "rows": rows,
        "photos": [
            {
                "url": reverse("receipt-photo", args=[receipt.pk, photo.file_id]),
                "caption": f"{names[photo.role]['produce']} {names[photo.role]['seller']}",
            }
            for photo in photos
        ],
        "total": {"kg": weight.kg(total_g), "amount": money.yuan(total_fen)},
        "status": {"tone": tones[ReceiptStatus(receipt.status)], "text": str(ReceiptStatus(receipt.status).label)},
        "signers": [
            {"label": _("Weighed by"), "value": _name(receipt.weighed_by), "note": spoken_time(receipt.weighed_at)},
            {
                "label": _("Signed by"),
                "value": _name(receipt.signed_by) if receipt.signed_by_id else _nobody(receipt),
                "note": spoken_time(receipt.signed_at) if receipt.signed_at else "",
            },
        ],
        "order_url": reverse("order-detail", args=[order.pk]),
    }


def shipped_kg(delivery) -> str:
    """Return what left, in kilograms."""
    return weight.kg(delivery.lines.aggregate(g=Sum("shipped_g"))["g"] or 0)


def _nobody(receipt) -> str:
    return _("nobody: silence past the deadline") if receipt.status == ReceiptStatus.SIGNED else _("not signed yet")


def _name(user) -> str:
    return user.person.name if user.person_id else ""


def _ordered(lot) -> str:
    said = counted(lot.quantity, piece_g=lot.listing.piece_g, grams=lot.weight_g)
    return _("ordered %(quantity)s") % {"quantity": said}


def _line(lot, said, is_open, page) -> dict:
    state = "open" if is_open else "done" if said else "todo"
    status = {"tone": "plain", "text": _("not weighed yet")}
    if said is not None:
        status = _difference(lot, said) or {"tone": "ok", "text": _("just right")}
    return {
        "state": state,
        "produce": lot.listing.produce.name,
        "seller": seller_name(lot.listing),
        "ordered": _ordered(lot),
        "net": weight.kg(said.net_g) if said is not None else "",
        "status": status,
        "recalled": is_recalled(lot),
        "url": f"{page}?line={lot.pk}",
    }


def _difference(lot, said) -> dict | None:
    """Say in words how far what is kept is from what was ordered."""
    if said is None or said.accepted_g == lot.weight_g:
        return None
    less = lot.weight_g - said.accepted_g
    values = {"kg": weight.kg(abs(less)), "percent": f"{1000 * abs(less) // lot.weight_g / 10:g}"}
    if less > 0:
        return {"tone": "warn", "text": _("%(kg)s kg less, %(percent)s%% too little") % values}
    return {"tone": "info", "text": _("%(kg)s kg more, %(percent)s%% above") % values}
