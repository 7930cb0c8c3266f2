"""Saying how a sale went."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.present import name_of
from kernel.shown import Link
from orders.forms.rating import RateForm
from orders.models import ReceiptLine, Side
from orders.pages import rating as pages
from orders.permissions.rating import access_line_to_rate
from orders.selectors.ratings import ratings_of
from orders.services import rating
from records.doors import act_once
from records.forms import new_key
from records.selectors.policy import policy


@require_http_methods(["GET", "POST"])
def receipt_line_rate(request: SignedIn, receipt_id: int, line_id: int) -> HttpResponse:
    """Say for one's side how a lot went, or say it anew."""
    line, side = access_line_to_rate(request.user, receipt_id, line_id)
    if request.method == "GET":
        return _page(request, line, side, RateForm(side=side, initial={"idem": new_key()}), "", 200)
    form = RateForm(request.POST, side=side)

    def act(at: dt.datetime) -> None:
        rating.rate(line, side, form.word(), by=request.user, at=at)

    again = partial(_page, request, line, side, form)
    done = _("Written down. The other side and the county read it.")
    return act_once(request, form, act, to=_back(line, side), done=done, again=again)


def _page(request: SignedIn, line: ReceiptLine, side: Side, form: RateForm, refusal: str, status: int) -> HttpResponse:
    before = ratings_of([line], side).get(line.pk)
    context = {
        "goods": name_of(line.allocation.line.produce),
        "buyer": line.allocation.order.buyer.name,
        "said": pages.said(before) if before is not None else [],
        "days": policy("rating_change_days", clock.county_day(clock.now())),
        "form": form,
        "refusal": refusal,
        "back": Link(_back(line, side), _("How it went")),
    }
    return render(request, "orders/receipt_line_rate.html", context, status=status)


def _back(line: ReceiptLine, side: Side) -> str:
    if side == Side.BUYER:
        return reverse("receipt-detail", args=[line.receipt_id])
    return reverse("sale-detail", args=[line.allocation_id])
