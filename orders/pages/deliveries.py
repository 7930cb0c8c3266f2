"""Deliveries as those who send, weigh and sign them see them."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Organisation, User
from accounts.selectors import spoken_time
from kernel import weight
from kernel.dates import day_words, deadline_words
from kernel.present import name_of
from kernel.shown import Fact, Tag
from orders.forms import LoadForm
from orders.models import Allocation, Arrival, Delivery, DeliveryLine, GoodsReceipt, PurchaseOrder, ReceiptStatus
from orders.pages.orders import goods_title
from orders.pages.transit import loss_words
from orders.pages.transport import trip_cart
from orders.pages.words import counted, kitchen_address
from orders.selectors.handing import hauls_for
from orders.selectors.orders import kitchens_of, seller_name, seller_shown
from orders.selectors.transit import losses_of_trips


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Goods to be sent off, or a trip to be weighed or signed; without an address it is only looked at."""

    url: str
    number: str
    title: str
    buyer: str
    kitchens: list[str]  # for which of its canteens, where the orders name them
    day: str
    lines: str
    until: str
    status: Tag
    recalled: bool


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One lot that goes on the cart, with the fields for what is loaded of it."""

    title: str
    seller: str
    place: str
    ordered: str
    recalled: bool
    hand_url: str  # for whoever drives: first take it over
    kg: BoundField | None
    pieces: BoundField | None


def to_send_row(order: PurchaseOrder) -> DeliveryRow:
    """Return an order of which the reader has something to send off; its lines are prefetched."""
    lines = sum(line.instead_of_id is None for line in order.lines.all())
    return DeliveryRow(
        url=reverse("delivery-ship", args=[order.pk]),
        number=order.number,
        title=goods_title(order),
        buyer=order.buyer.name,
        kitchens=_kitchens(order.buyer, [order]),
        day=day_words(order.deliver_on),
        lines=ngettext("%(n)s kind", "%(n)s kinds", lines) % {"n": lines},
        until="",
        status=Tag("warn", _("To be sent")),
        recalled=order.recalled,  # type: ignore[attr-defined]
    )


def trip_row(trip: Delivery, receiver_of: Collection[int], *, at: dt.datetime) -> DeliveryRow:
    """Return one trip of the list; `receiver_of` are the buyers this person weighs for."""
    receipt = next(iter(trip.receipts.all()), None)
    arrival = getattr(trip, "arrival", None)
    lines = sorted(trip.lines.all(), key=lambda line: line.pk)
    return DeliveryRow(
        url=next_page(trip, receipt, receives=trip.buyer_id in receiver_of),
        number="、".join([trip.number, *sorted({line.allocation.order.number for line in lines})]),
        title=_goods_of(lines),
        buyer=trip.buyer.name,
        kitchens=_kitchens(trip.buyer, [line.allocation.order for line in lines]),
        day=day_words(min(line.allocation.order.deliver_on for line in lines)),
        lines=ngettext("%(n)s lot", "%(n)s lots", len(lines)) % {"n": len(lines)},
        until=deadline_words(arrival.accept_by_at, at) if arrival is not None and receipt is None else "",
        status=_tag(receipt, at_the_door=arrival is not None),
        recalled=trip.recalled,  # type: ignore[attr-defined]
    )


def _kitchens(buyer: Organisation, orders: Iterable[PurchaseOrder]) -> list[str]:
    """Return for which of its canteens a buyer ordered."""
    return [row.label_for(buyer.pk) for row in kitchens_of(orders)]


def _goods_of(lines: Sequence[DeliveryLine]) -> str:
    """Return the first goods of a trip with their weight, and how many more kinds there are."""
    grams: dict[str, int] = {}
    for line in lines:
        name = name_of(line.allocation.line.produce)
        grams[name] = grams.get(name, 0) + line.shipped_g
    first, *more = grams
    title = f"{first} " + _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(grams[first]))}
    return _("%(first)s and %(n)s more") % {"first": title, "n": len(more)} if more else title


def next_page(trip: Delivery, receipt: GoodsReceipt | None, *, receives: bool) -> str:
    """Return where this person goes on with a trip."""
    if receipt is not None:
        to_sign = receipt.status == ReceiptStatus.WEIGHED and receives
        return reverse("receipt-sign" if to_sign else "receipt-detail", args=[receipt.pk])
    return reverse("delivery-accept" if receives else "delivery-detail", args=[trip.pk])


def _tag(receipt: GoodsReceipt | None, *, at_the_door: bool) -> Tag:
    if receipt is None:
        return Tag("info", _("At the door, to be weighed") if at_the_door else pgettext("delivery", "On the way"))
    if receipt.status == ReceiptStatus.WEIGHED:
        return Tag("warn", _("Waits for the second signature"))
    return Tag("ok", _("Signed"))


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """One lot of a trip: whose it is, how much of it was put on the cart."""

    title: str
    seller: str
    place: str
    sent: str
    kitchen: str  # for which canteen, where the lots of the trip are for several
    loss: str  # what got lost on the way, once it was weighed


def carried_rows(trip: Delivery, user: User) -> list[CarriedRow]:
    """Return the lots of a trip as its people read them, by village."""
    lines = trip.lines.select_related(
        "allocation__line__produce",
        "allocation__order__kitchen__organisation",
        "allocation__listing__village",
        "allocation__listing__household",
        "allocation__listing__cooperative",
    )
    losses = losses_of_trips([trip])
    rows = list(lines.order_by("allocation__village_id", "pk"))
    kitchens = {line.allocation.order.kitchen for line in rows}
    names = {row.pk: row.label_for(trip.buyer_id) for row in kitchens if row is not None and len(kitchens) > 1}
    return [
        CarriedRow(
            title=name_of(line.allocation.line.produce),
            seller=seller_shown(line.allocation.listing, user, trip.buyer_id),
            place=line.allocation.listing.village.short_name,
            sent=counted(line.shipped, word=line.allocation.listing.count_word, grams=line.shipped_g),
            kitchen=names.get(line.allocation.order.kitchen_id or 0, ""),
            loss=loss_words(losses.get(line.pk)),
        )
        for line in rows
    ]


def trip_facts(trip: Delivery, at: dt.datetime) -> list[Fact]:
    """Return who drives, when the trip left, when and how it arrived, and until when silence counts as consent."""
    facts = [Fact(_("Who buys"), trip.buyer.name)]
    kitchens = kitchens_of(line.allocation.order for line in trip.lines.all())
    facts += [Fact(_("For the canteen"), kitchen_address(row, trip.buyer_id)) for row in kitchens]
    facts.append(Fact(pgettext("delivery", "Left"), spoken_time(trip.shipped_at)))
    if trip.driver:
        facts.append(Fact(_("Driver"), trip.driver))
    facts += trip_cart(trip)
    arrival = getattr(trip, "arrival", None)
    if arrival is None:
        facts.append(Fact(_("Has to arrive"), deadline_words(trip.arrive_by_at, at)))
        return facts
    facts.append(Fact(_("At the door"), spoken_time(arrival.at), str(Arrival.How(arrival.how).label)))
    facts.append(Fact(_("Counts as accepted"), deadline_words(arrival.accept_by_at, at)))
    return facts


def load_rows(lots: Sequence[Allocation], form: LoadForm, user: User) -> list[LoadRow]:
    """Return each lot that may go on the cart; one that a recall took off has no fields."""
    drives = bool(hauls_for(user))
    return [
        LoadRow(
            title=name_of(lot.listing.produce),
            seller=seller_name(lot.listing),
            place=lot.listing.village.short_name,
            ordered=counted(lot.quantity, word=lot.listing.count_word, grams=lot.weight_g),
            recalled=f"kg_{lot.pk}" not in form.fields,
            hand_url=reverse("hand-over", args=[lot.pk]) if drives and f"kg_{lot.pk}" in form.fields else "",
            kg=form[f"kg_{lot.pk}"] if f"kg_{lot.pk}" in form.fields else None,
            pieces=form[f"pieces_{lot.pk}"] if f"pieces_{lot.pk}" in form.fields else None,
        )
        for lot in lots
    ]
