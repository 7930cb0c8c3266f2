"""What others do about the orders of a household, in words."""

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.services import acts
from orders.models import Allocation, Complaint, Delivery, GoodsReturn, HandOver, HandOverAnswer
from orders.selectors.complaints import OF_COMPLAINTS
from orders.selectors.handing import with_lots
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


class HandOvers(acts.Kind):
    """Goods taken at the pick-up."""

    prefix = "handover"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each hand-over by its goods and its order."""
        keys = [document.partition(":")[2] for document in documents]
        rows = HandOver.objects.filter(pk__in=keys).prefetch_related(with_lots())
        return {row.reference: _("Goods taken at the pick-up: %(produce)s, order %(number)s") % of(row) for row in rows}


class HandOverAnswers(acts.Kind):
    """Answers to hand-overs."""

    prefix = "handover-answer"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each answer by its goods and its order."""
        keys = [document.partition(":")[2] for document in documents]
        handed = Prefetch("hand_over", HandOver.objects.prefetch_related(with_lots()))
        rows = HandOverAnswer.objects.filter(pk__in=keys).prefetch_related(handed)
        sentence = _("Answer about what was taken at the pick-up: %(produce)s, order %(number)s")
        return {f"handover-answer:{row.pk}": sentence % of(row.hand_over) for row in rows}


def of(row: HandOver) -> dict[str, str]:
    """Return the goods and the order of a hand-over."""
    lot = row.allocation
    return {"produce": lot.listing.produce.name, "number": lot.order.number}


class Complaints(acts.Kind):
    """Complaints about deliveries, and answers to them."""

    prefix = "complaint"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each complaint by its number and its goods."""
        keys = [document.partition(":")[2] for document in documents]
        rows = Complaint.objects.filter(pk__in=keys).select_related(*OF_COMPLAINTS)
        return {
            row.reference: _("Words about %(produce)s, complaint %(number)s")
            % {"number": row.number, "produce": row.receipt_line.allocation.listing.produce.name}
            for row in rows
        }


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
