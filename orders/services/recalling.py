"""Recall a lot: its sale ends for good, what is not weighed yet is undone, and whoever ordered it is told.

Orders are locked before the lot, as everywhere. An order that gets hold of the lot between those two locks is not
locked itself: then all of it starts anew, with that order among them.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Listing
from catalog.services.recalls import mark_recalled
from kernel.present import StrOrPromise
from orders.models import Allocation, GoodsReceipt, OrderStatus, PurchaseOrder, ReceiptStatus
from orders.selectors.holds import LIVING, holds_of
from orders.selectors.recalls import RECALLED_NOTE, orders_reached
from orders.services import asking, carting
from orders.services.telling import tell_buyer, tell_owner
from records.services import events

MOST_NAMED = 5

RELEASED = _(
    "Recall: %(produce)s, lot %(lot)s of order %(number)s. %(reason)s. It will not come, and its money is free again. "
    "Questions? Call the agriculture bureau."
)
ON_THE_WAY = _(
    "Recall: %(produce)s, lot %(lot)s of order %(number)s. %(reason)s. Do not accept it: all of it goes back and none "
    "of it is paid for. If it is weighed already, weigh again. Questions? Call the agriculture bureau."
)
ARRIVED = _(
    "Recall: %(produce)s, lot %(lot)s of order %(number)s. %(reason)s. Do not use it. Questions? Call the agriculture "
    "bureau."
)
YOURS_RECALLED = _(
    "Your %(produce)s, number %(lot)s, is recalled: %(reason)s. Do not sell, send or eat it. Questions? Call us."
)
YOURS_RECALLED_AND_ORDERED = _(
    "Your %(produce)s, number %(lot)s, is recalled: %(reason)s. Do not sell, send or eat it. What was ordered of it "
    "no longer counts (%(orders)s). Questions? Call us."
)


class _OrderedMeanwhile(Exception):
    """An order got hold of the lot after the orders were locked."""


@transaction.atomic
def recall_lot(listing: Listing, *, reason: str, by: User, at: dt.datetime) -> list[PurchaseOrder]:
    """Recall a lot and return the orders it reached: each of their buyers and the seller have a message.

    What no cart has taken yet gives kilos and money back at once; what is on its way can only be sent back, and a
    weighing that took it in is struck out. An order placed at the same moment is among those reached, or is refused.
    """
    listing, open_orders = _locked(listing, reason=reason, by=by, at=at)
    reason = reason.strip().rstrip("。.")[:200]
    values = {"produce": listing.produce.name, "lot": listing.number, "reason": reason}
    reached = orders_reached(listing)
    orders = list({lot.order_id: lot.order for lot in reached}.values())
    released = _release(reached, open_orders, by=by, at=at)
    for order in orders:
        tell_buyer(order, "recalled", _sentence(open_orders.get(order.pk), released), at=at, **values)
    for pk in released:
        asking.look_for_others(open_orders[pk], [lot for lot in reached if lot.order_id == pk])
    _close(open_orders, released, by=by, at=at)
    _strike_out(listing, open_orders, by=by, at=at)
    _tell_seller(listing, [order.number for order in orders if order.pk in released], at=at, **values)
    ids = sorted(order.pk for order in orders)
    events.record("listing_recalled", listing.reference, by=by, at=at, reason=reason, orders=ids)
    return orders


def lock_open_orders(listing: Listing) -> dict[int, PurchaseOrder]:
    """Lock the orders whose part of this lot is not weighed in yet, by id."""
    holding = Allocation.objects.filter(listing=listing, status__in=LIVING).values("order")
    rows = PurchaseOrder.objects.filter(pk__in=holding).select_related("requester").order_by("pk")
    return {order.pk: order for order in rows.select_for_update(of=("self",))}


def _locked(listing: Listing, *, reason: str, by: User, at: dt.datetime) -> tuple[Listing, dict[int, PurchaseOrder]]:
    while True:
        try:
            with transaction.atomic():
                orders = lock_open_orders(listing)
                listing = mark_recalled(listing, reason=reason, by=by, at=at)
                living = Allocation.objects.filter(listing=listing, status__in=LIVING)
                holding = set(living.values_list("order_id", flat=True))  # some were weighed in while we waited
                if holding - set(orders):
                    raise _OrderedMeanwhile
                return listing, {pk: order for pk, order in orders.items() if pk in holding}
        except _OrderedMeanwhile:
            continue


def _release(
    reached: list[Allocation], open_orders: dict[int, PurchaseOrder], *, by: User, at: dt.datetime
) -> set[int]:
    """Give back what no cart has taken yet, in one go over all orders; return their numbers in the database."""
    living = [lot for lot in reached if lot.status in LIVING and lot.order_id in open_orders]
    held = holds_of(living)
    rows = [lot for lot in living if not held[lot.pk].on_the_way]
    asking.release(sorted(rows, key=lambda lot: lot.pk), by=by, at=at, note=RECALLED_NOTE)
    return {lot.order_id for lot in rows}


def _close(open_orders: dict[int, PurchaseOrder], released: set[int], *, by: User, at: dt.datetime) -> None:
    """Let each order go on with what is left of it, or end it."""
    for pk, order in open_orders.items():
        if pk in released and order.status != OrderStatus.AWAITING:
            asking.move_on(order, by=by, at=at)
        elif pk in released and not order.allocations.filter(status__in=LIVING).exists():
            order.move_to(OrderStatus.CANCELLED, by=by, at=at, note=RECALLED_NOTE)
            carting.free(order, at=at)
            tell_buyer(order, "nobody", asking.NOBODY_LEFT, at=at)


def _strike_out(listing: Listing, open_orders: dict[int, PurchaseOrder], *, by: User, at: dt.datetime) -> None:
    """Void weighings of one signature that took some of the lot in: the goods go on the scale again."""
    waiting = GoodsReceipt.objects.filter(
        lines__allocation__order__in=open_orders,
        status=ReceiptStatus.WEIGHED,
        lines__allocation__listing=listing,
        lines__accepted_g__gte=1,
    )
    for receipt in waiting.order_by("pk").distinct():
        receipt.move_to(ReceiptStatus.VOID, by=by, at=at, note=RECALLED_NOTE)


def _sentence(open_order: PurchaseOrder | None, released: set[int]) -> StrOrPromise:
    if open_order is not None and open_order.pk in released:
        return RELEASED
    return ON_THE_WAY if open_order is not None else ARRIVED


def _tell_seller(listing: Listing, numbers: list[str], *, at: dt.datetime, **values: object) -> None:
    named = "、".join(numbers[:MOST_NAMED]) + ("……" if len(numbers) > MOST_NAMED else "")
    sentence = YOURS_RECALLED_AND_ORDERED if numbers else YOURS_RECALLED
    tell_owner(listing, "recalled", sentence, values | {"orders": named}, document=listing.reference, at=at)
