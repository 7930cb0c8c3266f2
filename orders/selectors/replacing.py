"""From which other funds an order could be paid."""

import datetime as dt

from django.db.models import QuerySet

from canteens.models import Fund
from orders.models import PurchaseOrder


def other_funds(order: PurchaseOrder, today: dt.date) -> QuerySet[Fund]:
    """Return the buyer's other funds of the year, with their accounts."""
    own = Fund.objects.filter(organisation=order.buyer_id, fiscal_year=today.year).exclude(pk=order.fund_id)
    return own.select_related("organisation", "account", "source_account").order_by("kind", "pk")
