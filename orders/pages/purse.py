"""Which documents of orders moved the money of a purse."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import pgettext

from canteens.pages.entries import Document, Documents
from canteens.pages.union_year import Goods
from kernel.present import name_of
from kernel.shown import Link
from orders.models import Allocation, GoodsReturn, OrderLine, OrderStatus, PurchaseOrder, ReceiptLine, RecoveryEnd


def documents_of(references: Collection[str]) -> Documents:
    """Return the orders and claims behind these references, each kind of document in one statement."""
    keys: dict[str, list[int]] = {}
    for kind, _colon, key in (reference.partition(":") for reference in references):
        if key.isdecimal():
            keys.setdefault(kind, []).append(int(key))
    found: dict[str, Document] = {}
    for order in _asked(PurchaseOrder.objects.all(), keys.get("order")):
        found[order.reference] = _of_order(order, pgettext("purse", "Transport"))
    for lot in _asked(Allocation.objects.select_related("order", "line__produce"), keys.get("allocation")):
        found[lot.reference] = _of_order(lot.order, name_of(lot.line.produce))
    weighed = ReceiptLine.objects.select_related("allocation__order", "allocation__line__produce")
    for line in _asked(weighed, keys.get("receipt-line")):
        found[line.reference] = _of_order(line.allocation.order, name_of(line.allocation.line.produce))
    back = GoodsReturn.objects.select_related(
        "receipt_line__allocation__order", "receipt_line__allocation__line__produce"
    )
    for row in _asked(back, keys.get("return")):
        words = pgettext("purse", "Goods sent back %(number)s")
        if row.is_correction:
            words = pgettext("purse", "Correction %(number)s")
        link = Link(reverse("return-detail", args=[row.pk]), words % {"number": row.number})
        found[row.reference] = Document(link, name_of(row.receipt_line.allocation.line.produce))
    for end in _asked(RecoveryEnd.objects.all(), keys.get("recovery-end")):
        page = reverse("recovery-detail", args=[end.recovery_id])
        found[end.reference] = Document(Link(page, pgettext("purse", "Claim from a seller")), end.why)
    return found


def goods_of_plans(plans: Collection[int]) -> dict[int, list[Goods]]:
    """Return what the orders on these plans ask for, each produce once, the first ordered first; one statement."""
    lines = OrderLine.objects.filter(order__purchase_plan__in=plans, instead_of=None)
    lines = lines.exclude(order__status=OrderStatus.CANCELLED).annotate(of_plan=F("order__purchase_plan"))
    each = lines.select_related("produce").order_by("of_plan", "produce", "pk").distinct("of_plan", "produce")
    found: dict[int, list[Goods]] = {}
    for line in sorted(each, key=lambda line: line.pk):
        found.setdefault(line.of_plan, []).append(Goods(name_of(line.produce), line.produce.picture))
    return found


def _asked(rows: QuerySet[Any, Any], keys: Collection[int] | None) -> Iterable[Any]:
    return rows.filter(pk__in=keys) if keys else ()


def _of_order(order: PurchaseOrder, about: str) -> Document:
    page = reverse("order-detail", args=[order.pk])
    return Document(Link(page, pgettext("purse", "Order %(number)s") % {"number": order.number}), about)
