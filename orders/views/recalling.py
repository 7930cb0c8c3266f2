"""Recall a lot: for whoever may stop its sale, with the orders it reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.selectors import spoken_time
from catalog.pages.lots import place_of
from kernel.present import name_of
from orders import permissions
from orders.forms import WhyForm
from orders.models import AllocationStatus, OrderStatus
from orders.selectors.orders import TONES
from orders.selectors.pages import LOT_TONES, counted, day_words
from orders.selectors.recalls import orders_named
from orders.services.recalling import recall_lot
from records.doors import act_once
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def listing_recall(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Show which orders a lot reached and how each stands; POST recalls it and tells their buyers and the seller."""
    lot = permissions.access_recall(request.user, listing_id)
    if request.method == "POST":
        form = WhyForm(request.POST)
        return act_once(
            request,
            form,
            lambda at: recall_lot(lot, reason=form.cleaned_data["why"], by=request.user, at=at),
            to=request.path,
            done=_("Recalled. The seller and everybody who ordered it have been told."),
            again=lambda sentence, status: _page(request, lot, form, sentence, status),
        )
    return _page(request, lot, WhyForm(initial={"idem": new_key()}), "", 200)


def _status(row) -> dict:
    """Say where a lot's order stands, or that the lot is off it."""
    if row.status == AllocationStatus.RELEASED:
        return {"tone": LOT_TONES[AllocationStatus.RELEASED], "text": str(AllocationStatus.RELEASED.label)}
    status = OrderStatus(row.order.status)
    return {"tone": TONES[status], "text": str(status.label)}


def _page(request, lot, form, refusal, status) -> HttpResponse:
    reached = orders_named(lot)
    orders = len({row.order_id for row in reached})
    context = {
        "back": {"url": reverse("listing-detail", args=[lot.pk]), "label": name_of(lot.produce)},
        "facts": [
            {"label": _("Goods"), "value": name_of(lot.produce)},
            {"label": _("Number"), "value": lot.number},
            {"label": _("Where it lies"), "value": place_of(lot)},
        ],
        "recalled": spoken_time(lot.recalled_at) if lot.recalled_at else "",
        "reached": ngettext("%(n)s order holds or received it", "%(n)s orders hold or received it", orders)
        % {"n": orders},
        "rows": [
            {
                "number": row.order.number,
                "buyer": row.order.buyer.name,
                "day": day_words(row.order.deliver_on),
                "quantity": counted(row.quantity, piece_g=lot.piece_g, grams=row.weight_g),
                "status": _status(row),
            }
            for row in reached
        ],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "orders/listing_recall.html", context, status=status)
