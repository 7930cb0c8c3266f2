"""Deliveries as those who send, weigh and sign them see them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import weight
from kernel.dates import deadline_words
from kernel.present import name_of
from kernel.shown import Tag
from orders.forms import LoadForm
from orders.models import Allocation, GoodsReceipt, OrderStatus, PurchaseOrder, ReceiptStatus
from orders.pages.orders import goods_title
from orders.pages.words import counted, day_words
from orders.selectors.orders import seller_name


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An order whose goods are to be sent, weighed or signed; without an address it is only looked at."""

    url: str
    number: str
    title: str
    buyer: str
    day: str
    lines: str
    until: str
    status: Tag
    recalled: bool
    kg: str


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One lot that goes on the cart, with the fields for what is loaded of it."""

    title: str
    seller: str
    place: str
    ordered: str
    recalled: bool
    kg: BoundField | None
    pieces: BoundField | None


def delivery_row(order: PurchaseOrder, receiver_of: Collection[int], *, sends: bool, at: dt.datetime) -> DeliveryRow:
    """Return one row of the list; `receiver_of` are the buyers this person weighs for, `sends` who loads carts."""
    delivery = getattr(order, "delivery", None)
    receipt = next(iter(delivery.receipts.all()), None) if delivery is not None else None
    lines = len(order.lines.all())
    return DeliveryRow(
        url=_next_page(order, receipt, receives=order.buyer_id in receiver_of, sends=sends),
        number=delivery.number if delivery is not None else order.number,
        title=goods_title(order),
        buyer=order.buyer.name,
        day=day_words(order.deliver_on),
        lines=ngettext("%(n)s kind", "%(n)s kinds", lines) % {"n": lines},
        until=deadline_words(delivery.accept_by_at, at) if delivery is not None and receipt is None else "",
        status=_tag(order, receipt),
        recalled=order.recalled,  # type: ignore[attr-defined]
        kg=weight.kg(sum(line.asked_g for line in order.lines.all())),
    )


def _next_page(order: PurchaseOrder, receipt: GoodsReceipt | None, *, receives: bool, sends: bool) -> str:
    """Return where this person goes on with a delivery, empty where it is not theirs to go on with."""
    if order.status == OrderStatus.CONFIRMED:
        return reverse("delivery-ship", args=[order.pk]) if sends and not receives else ""
    if order.status == OrderStatus.SHIPPED and not receives:
        return reverse("receipt-detail", args=[receipt.pk]) if receipt is not None else ""
    if receipt is None:
        return reverse("delivery-accept", args=[order.pk])
    name = "receipt-sign" if receipt.status == ReceiptStatus.WEIGHED else "receipt-detail"
    return reverse(name, args=[receipt.pk])


def _tag(order: PurchaseOrder, receipt: GoodsReceipt | None) -> Tag:
    if order.status == OrderStatus.CONFIRMED:
        return Tag("warn", _("To be sent"))
    if receipt is None:
        return Tag("info", _("To be weighed"))
    if receipt.status == ReceiptStatus.WEIGHED:
        return Tag("warn", _("Waits for the second signature"))
    return Tag("ok", _("Signed"))


def load_rows(lots: Sequence[Allocation], form: LoadForm) -> list[LoadRow]:
    """Return each lot that may go on the cart; one that a recall took off has no fields."""
    return [
        LoadRow(
            title=name_of(lot.listing.produce),
            seller=seller_name(lot.listing),
            place=lot.listing.village.short_name,
            ordered=counted(lot.quantity, piece_g=lot.listing.piece_g, grams=lot.weight_g),
            recalled=f"kg_{lot.pk}" not in form.fields,
            kg=form[f"kg_{lot.pk}"] if f"kg_{lot.pk}" in form.fields else None,
            pieces=form[f"pieces_{lot.pk}"] if f"pieces_{lot.pk}" in form.fields else None,
        )
        for lot in lots
    ]
