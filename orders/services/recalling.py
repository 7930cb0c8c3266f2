"""Recall a lot: its sale ends for good, and whoever ordered it is told, whether it has arrived or not."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing
from catalog.services.recalls import mark_recalled
from orders.models import PurchaseOrder
from orders.selectors.recalls import orders_reached
from orders.services.telling import tell_buyer, write_to
from records.services import events

RECALLED = _(
    "Recall: %(produce)s, lot %(lot)s of order %(number)s. %(reason)s. Do not use it; what has not arrived yet will "
    "not come or is sent back. Questions? Call the agriculture bureau."
)
YOURS_RECALLED = _(
    "Your %(produce)s, number %(lot)s, is recalled: %(reason)s. Do not sell, send or eat it. Questions? Call us."
)


@transaction.atomic
def recall_lot(listing: Listing, *, reason: str, by, at: dt.datetime) -> list[PurchaseOrder]:
    """Recall a lot and return the orders it reached: each of their buyers and the seller have a message.

    The lot is locked first: an order placed at the same moment is among those reached, or is refused.
    """
    listing = mark_recalled(listing, reason=reason, by=by, at=at)
    reason = reason.strip().rstrip("。.")[:200]
    said = {"produce": listing.produce.name, "lot": listing.number, "reason": reason}
    orders = list({lot.order_id: lot.order for lot in orders_reached(listing)}.values())
    for order in orders:
        tell_buyer(order, "recalled", RECALLED, at=at, **said)
    with translation.override("zh-hans"):
        body = str(YOURS_RECALLED) % said
    write_to(listing, kind="recalled", body=body, document=listing.reference, at=at)
    ids = sorted(order.pk for order in orders)
    events.record("listing_recalled", listing.reference, by=by, at=at, reason=reason, orders=ids)
    return orders
