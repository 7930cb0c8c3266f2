"""What others do about the orders of a household, in words."""

from django.utils.translation import gettext as _

from accounts.services import acts
from orders.models import Allocation, Delivery, GoodsReturn
from orders.selectors.returned import OF_RETURNS


class Answers(acts.Kind):
    """Answers to buyers."""

    prefix = "allocation"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each answer by its order and its goods."""
        keys = [document.partition(":")[2] for document in documents]
        rows = Allocation.objects.filter(pk__in=keys).select_related("order", "listing__produce")
        return {
            row.reference: _("Answer to order %(number)s for %(produce)s")
            % {"number": row.order.number, "produce": row.listing.produce.name}
            for row in rows
        }


class Deliveries(acts.Kind):
    """Goods taken to a buyer."""

    prefix = "delivery"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each delivery by its number."""
        keys = [document.partition(":")[2] for document in documents]
        rows = Delivery.objects.filter(pk__in=keys)
        return {f"delivery:{row.pk}": _("Goods sent off, delivery %(number)s") % {"number": row.number} for row in rows}


class Returns(acts.Kind):
    """Answers about goods that a buyer sends back."""

    prefix = "return"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each return by its number and its goods."""
        keys = [document.partition(":")[2] for document in documents]
        rows = GoodsReturn.objects.filter(pk__in=keys).select_related(*OF_RETURNS)
        return {
            row.reference: _("Answer about %(produce)s sent back, return %(number)s")
            % {"number": row.number, "produce": row.receipt_line.allocation.listing.produce.name}
            for row in rows
        }
