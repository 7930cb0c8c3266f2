"""Recall a lot: for whoever may stop its sale, with the orders it reached."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import spoken_time
from catalog.models import Listing
from catalog.pages.lots import place_of
from kernel.present import name_of
from kernel.shown import Fact, Link
from orders import permissions
from orders.forms import WhyForm
from orders.pages.recalls import reached_row
from orders.selectors.recalls import orders_named
from orders.services.recalling import recall_lot
from records.doors import act_once
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def listing_recall(request: SignedIn, listing_id: int) -> HttpResponse:
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


def _page(request: SignedIn, lot: Listing, form: WhyForm, refusal: str, status: int) -> HttpResponse:
    reached = orders_named(lot)
    orders = len({row.order_id for row in reached})
    context = {
        "back": Link(reverse("listing-detail", args=[lot.pk]), name_of(lot.produce)),
        "facts": [
            Fact(_("Goods"), name_of(lot.produce)),
            Fact(_("Number"), lot.number),
            Fact(_("Where it lies"), place_of(lot)),
        ],
        "recalled": spoken_time(lot.recalled_at) if lot.recalled_at else "",
        "reached": ngettext("%(n)s order holds or received it", "%(n)s orders hold or received it", orders)
        % {"n": orders},
        "rows": [reached_row(part, lot) for part in reached],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "orders/listing_recall.html", context, status=status)
