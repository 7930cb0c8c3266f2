"""An order that is paid from a wrong fund."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from canteens.selectors.kitchens import kitchens_on
from kernel import clock, money
from kernel.shown import Link
from orders import permissions
from orders.forms.replacing import AnotherFundForm
from orders.models import PurchaseOrder
from orders.pages.dossier import fund_words
from orders.pages.orders import goods_title
from orders.selectors.holds import holds_of
from orders.selectors.replacing import other_funds
from orders.services.replacing import place_anew
from records.doors import act_once
from records.forms import sent_or_new


@require_http_methods(["GET", "POST"])
def order_fund(request: SignedIn, order_id: int) -> HttpResponse:
    """Call an order off and place it anew from another fund, in one act."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_place_anew)
    kitchens = kitchens_on([order.buyer_id], order.deliver_on)
    funds = other_funds(order, clock.county_day(clock.now()))
    form = sent_or_new(request, AnotherFundForm, funds=funds, kitchens=kitchens, order=order)
    again = partial(_page, request, order, form)
    if request.method == "GET":
        return again("", 200)

    def act(at: dt.datetime) -> dict[str, int]:
        fund, why = form.cleaned_data["fund"], form.cleaned_data["why"]
        kitchen = form.cleaned_data.get("kitchen") or None
        return {"order": place_anew(order, fund, kitchen=kitchen, why=why, by=request.user, at=at).pk}

    return act_once(
        request,
        form,
        act,
        to=lambda result: reverse("order-detail", args=[result["order"]]),
        done=_("Placed anew from the other fund. The order before it has ended; its money is free again."),
        again=again,
    )


def _page(request: SignedIn, order: PurchaseOrder, form: AnotherFundForm, refusal: str, status: int) -> HttpResponse:
    context = {
        "order": order,
        "goods": goods_title(order),
        "fund": fund_words(order.fund),
        "amount": money.yuan(sum(held.hold_fen for held in holds_of(order.allocations.all()).values())),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("order-detail", args=[order.pk]), order.number),
    }
    return render(request, "orders/order_fund.html", context, status=status)
