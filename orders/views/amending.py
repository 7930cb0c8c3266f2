"""The buyer wants less of an order: one page for all its lots that have not left."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.dates import deadline_words
from kernel.shown import Link
from orders import permissions
from orders.forms import AmendForm
from orders.models import MOVING, Allocation, OrderStatus, PurchaseOrder
from orders.pages.amending import amend_rows
from orders.pages.orders import goods_title
from orders.selectors.amending import lots_named, lots_to_amend
from orders.services import amending
from orders.services.asking import called_off_until
from records.doors import act_once
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def order_amend(request: SignedIn, order_id: int) -> HttpResponse:
    """Show what may be taken back of each lot, and take it back."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_cancel)
    if request.method == "POST":
        lots = lots_named(order, request.POST)
        form = AmendForm(request.POST, lots=lots)
        return act_once(
            request,
            form,
            lambda at: amending.amend(order, form.wanted(), why=form.cleaned_data["why"], by=request.user, at=at),
            to=reverse("order-detail", args=[order.pk]),
            done=_("Changed. The sellers have been told; the rest of the money is free again."),
            again=lambda sentence, status: _page(request, order, lots, form, sentence, status),
        )
    lots = lots_to_amend(order) if order.status in MOVING else []
    if not lots:
        waits = _("This order waits for approval. Before that nothing of it is changed: call it off and order anew.")
        over = _("All goods of this order have left, or it has ended. Nothing of it can be changed.")
        messages.info(request, waits if order.status == OrderStatus.AWAITING else over)
        return redirect("order-detail", order.pk)
    return _page(request, order, lots, AmendForm(lots=lots, initial={"idem": new_key()}), "", 200)


def _page(
    request: SignedIn, order: PurchaseOrder, lots: list[Allocation], form: AmendForm, refusal: str, status: int
) -> HttpResponse:
    at = clock.now()
    until = called_off_until(order, at=at)
    context = {
        "title": _("Want less of it"),
        "order": order,
        "goods": goods_title(order),
        "rows": amend_rows(lots, form, request.user),
        "until": deadline_words(until, at) if at < until else "",
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("order-detail", args=[order.pk]), order.number),
    }
    return render(request, "orders/order_amend.html", context, status=status)
