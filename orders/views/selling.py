"""The seller's pages: who asks for one's goods, and the answer."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from accounts.selectors import spoken_time, standing
from kernel import keyset, money, weight
from kernel.present import name_of
from orders import permissions
from orders.forms import AnswerForm
from orders.models import Allocation, AllocationStatus, OrderStatus
from orders.selectors.orders import seller_name
from orders.selectors.pages import day_words, is_counted
from orders.selectors.reasons import reason_for
from orders.selectors.recalls import is_recalled
from orders.selectors.sales import sales_seen_by, step_of
from orders.services import asking
from orders.views.buying import pages
from records.doors import act_once
from records.forms import new_key

TONES = {"asked": "warn", "confirmed": "info", "shipped": "info", "owed": "info", "paid": "ok", "back": "plain"}


@require_GET
def sale_list(request: HttpRequest) -> HttpResponse:
    """List who wants one's goods: what waits for an answer first, then all the rest."""
    sales = sales_seen_by(request.user).prefetch_related("receipt_lines__statement_line__statement__payable__payments")
    waiting = sales.filter(status=AllocationStatus.HELD, order__status=OrderStatus.APPROVED)
    page = keyset.cut(sales.exclude(pk__in=waiting.values("pk")), ("-pk",), cursor=request.GET.get("cursor", ""))
    own = standing(request.user).household_id
    context = {
        "asks": [_row(lot, own) for lot in waiting.order_by("order__answer_by_at", "pk")[:50]],
        "rows": [_row(lot, own) for lot in page.rows],
        "pages": pages(page),
    }
    return render(request, "orders/sale_list.html", context)


@require_GET
def sale_detail(request: HttpRequest, allocation_id: int) -> HttpResponse:
    """Show one ask: who, how much, for how much money, by when, why this share; and the two answers."""
    return _show(request, permissions.access_sale(request.user, allocation_id))


@require_POST
def sale_confirm(request: HttpRequest, allocation_id: int) -> HttpResponse:
    """Say that the goods will be there."""
    lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
    return _answer(request, lot, asking.confirm, done=_("Good. They count on you."))


@require_POST
def sale_decline(request: HttpRequest, allocation_id: int) -> HttpResponse:
    """Say that the goods will not be there this time."""
    lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
    return _answer(request, lot, asking.decline, done=_("All right. These goods are on sale again."))


def _answer(request: HttpRequest, lot: Allocation, verb: Callable[..., object], *, done: str) -> HttpResponse:
    name = standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""
    form = AnswerForm(request.POST)

    def act(at: dt.datetime) -> None:
        more = {"why": form.cleaned_data["why"]} if verb is asking.decline else {}
        verb(lot, by=request.user, at=at, consent=form.cleaned_data["consent"], proxy_name=name, **more)

    return act_once(
        request,
        form,
        act,
        to=reverse("sale-detail", args=[lot.pk]),
        done=done,
        again=lambda sentence, status: _show(request, lot, form=form, refusal=sentence, status=status),
    )


def _show(request, lot, *, form=None, refusal="", status=200):
    order, step = lot.order, step_of(lot)
    price = money.price_per_jin(lot.price_fen, lot.price_unit_g)
    facts = [
        {"label": _("Who buys"), "value": order.buyer.name},
        {"label": pgettext("order", "How much"), "value": _quantity(lot)},
        {"label": _("Price"), "value": _("%(yuan)s yuan a jin") % {"yuan": price}},
        {"label": _("To be brought on"), "value": day_words(order.deliver_on)},
        {"label": _("Order"), "value": order.number},
    ]  # fmt: skip
    others = permissions.answers_for_others(request.user, lot)
    if others or lot.listing.cooperative_id:
        facts.insert(0, {"label": _("Whose goods"), "value": seller_name(lot.listing)})
    open_now = step.key == "asked" and order.status == OrderStatus.APPROVED
    status_tag = {"tone": TONES[step.key], "text": step.text}
    if is_recalled(lot):
        status_tag = {"tone": "danger", "text": pgettext("goods", "Recalled")}
    context = {
        "lot": lot,
        "title": f"{name_of(lot.listing.produce)} {_jin(lot)}",
        "other_weight": ""
        if is_counted(lot.listing)
        else _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(lot.weight_g))},
        "picture": lot.listing.produce.picture,
        "facts": facts,
        "amount": money.yuan(step.amount_fen),
        "status": status_tag,
        "due_on": day_words(step.due_on) if step.due_on else "",
        "why": reason_for(lot),
        "until": spoken_time(order.answer_by_at) if open_now else "",
        "may_answer": open_now and permissions.can_answer(request.user, lot),
        "for_others": others,
        "form": form or AnswerForm(initial={"idem": new_key()}),
        "refusal": refusal,
        "back": {"url": reverse("sale-list"), "label": _("Who buys")},
    }
    return render(request, "orders/sale_detail.html", context, status=status)


def _row(lot, own_household) -> dict:
    step = step_of(lot)
    return {
        "url": reverse("sale-detail", args=[lot.pk]),
        "title": f"{name_of(lot.listing.produce)} {_quantity(lot)}",
        "picture": lot.listing.produce.picture,
        "buyer": lot.order.buyer.name,
        "seller": "" if lot.listing.household_id == own_household and own_household else seller_name(lot.listing),
        "amount": money.yuan(step.amount_fen),
        "until": spoken_time(lot.order.answer_by_at) if step.key == "asked" else "",
        "status": {"tone": TONES[step.key], "text": step.text},
    }


def _jin(lot) -> str:
    return (
        _quantity(lot)
        if is_counted(lot.listing)
        else _("%(jin)s jin") % {"jin": weight.with_commas(weight.jin(lot.weight_g))}
    )


def _quantity(lot) -> str:
    if is_counted(lot.listing):
        return f"{lot.quantity} {weight.UNIT_NAMES['piece']}"
    return weight.both(lot.weight_g)
