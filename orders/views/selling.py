"""The seller's pages: who asks for one's goods, and the answer."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset, money
from kernel.dates import day_words, deadline_words
from kernel.errors import DomainError
from kernel.present import known
from kernel.shown import Link, page_links
from orders import permissions
from orders.forms import AnswerForm, LessForm
from orders.models import MOVING, Allocation, AllocationStatus, OrderStatus, ReceiptLine, Side
from orders.pages import sales as pages
from orders.pages.complaints import complainable, complaint_row
from orders.pages.course import followed
from orders.pages.rating import ToRate, to_rate
from orders.pages.scale import fault_photos
from orders.pages.texting import texted_words
from orders.pages.words import reason_for
from orders.selectors.complaints import complaints_of_lots, lines_to_complain
from orders.selectors.holds import holds_of
from orders.selectors.ratings import lines_to_rate
from orders.selectors.sales import Stage, sales_seen_by, step_of
from orders.services import asking
from orders.views import WAITING, WAITING_A_PAGE
from records.doors import act_once, error_status, once_by_form
from records.forms import new_key


@require_GET
def sale_list(request: SignedIn) -> HttpResponse:
    """List who wants one's goods: what waits for an answer first, then all the rest."""
    sales = sales_seen_by(request.user)
    open_now = Q(status=AllocationStatus.HELD, order__status=OrderStatus.ASKING)
    order, cursor = ("order__answer_by_at", "pk"), request.GET.get(WAITING, "")
    waiting = keyset.cut(sales.filter(open_now), order, cursor=cursor, size=WAITING_A_PAGE)
    page = keyset.cut(sales.filter(~open_now), ("-pk",), cursor=request.GET.get("cursor", ""))
    own, at = standing(request.user).household_id, clock.now()
    context = {
        "asks": [pages.sale_row(lot, own, at) for lot in waiting.rows],
        "waiting_pages": page_links(waiting, name=WAITING),
        "rows": [pages.sale_row(lot, own, at) for lot in page.rows],
        "pages": page_links(page),
        "texts_url": reverse("answer-texts") if permissions.reads_texts(request.user) else "",
    }
    return render(request, "orders/sale_list.html", context)


@require_GET
def sale_detail(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Show one ask: who, how much, for how much money, by when, why this share; and the two answers."""
    return _show(request, permissions.access_sale(request.user, allocation_id))


@require_POST
def sale_confirm(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Confirm that the goods will be there."""
    lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
    return _answer(request, lot, asking.confirm, done=_("Good. They count on you."))


@require_POST
def sale_less(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Promise less than was asked for."""
    lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
    name = standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""
    form = LessForm(request.POST, lot=lot)

    def act(at: dt.datetime) -> dict[str, int]:
        consent = form.cleaned_data["consent"]
        less = asking.give_less(lot, form.units, by=request.user, at=at, consent=consent, proxy_name=name)
        return {"sale": less.pk}

    again = partial(_show, request, lot, less=form)
    if not form.is_valid():
        return again(refusal="", status=400)
    try:
        answer = once_by_form(request, form, act)
    except DomainError as refusal:
        return again(refusal=str(refusal), status=error_status(refusal))
    messages.success(request, _("Good. They count on that much."))
    return redirect("sale-detail", answer["sale"])


@require_POST
def sale_decline(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Decline the goods this time."""
    lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
    return _answer(request, lot, asking.decline, done=_("All right. These goods are on sale again."))


def _answer(request: SignedIn, lot: Allocation, verb: Callable[..., object], *, done: str) -> HttpResponse:
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


def _to_rate(request: SignedIn, lot: Allocation) -> list[ToRate]:
    lines = ReceiptLine.objects.filter(allocation=lot)
    return to_rate(lines_to_rate(request.user, lines, Side.SELLER, clock.now()), request.user, new_key)


def _may_send(request: SignedIn, lot: Allocation) -> bool:
    promised = lot.status == AllocationStatus.CONFIRMED and lot.order.status in MOVING
    return promised and bool(holds_of([lot])[lot.pk].to_ship) and permissions.can_ship(request.user, lot.order)


def _show(
    request: SignedIn,
    lot: Allocation,
    *,
    form: AnswerForm | None = None,
    less: LessForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    order, step, at = lot.order, step_of(lot), clock.now()
    others = permissions.answers_for_others(request.user, lot)
    open_now = step.stage == Stage.ASKED and order.status == OrderStatus.ASKING
    context = {
        "lot": lot,
        "title": pages.sale_title(lot),
        "other_weight": pages.other_weight(lot),
        "picture": lot.listing.produce.picture,
        "facts": pages.sale_facts(lot, names_seller=others or lot.listing.cooperative_id is not None),
        "amount": money.yuan(step.amount_fen),
        "status": pages.sale_tag(lot),
        "due_on": day_words(step.due_on) if step.due_on else "",
        "why": reason_for(lot),
        "until": deadline_words(known(order.answer_by_at), at) if open_now else "",
        "by_text": texted_words(lot),
        "course": followed(lot, at),
        "photos": fault_photos(lot),
        "complaints": [complaint_row(row, request.user, at) for row in complaints_of_lots([lot.pk])],
        "complainable": complainable(
            lines_to_complain(request.user, ReceiptLine.objects.filter(allocation=lot), at), request.user
        ),
        "to_rate": _to_rate(request, lot) if step.stage == Stage.PAID else [],
        "may_answer": open_now and permissions.can_answer(request.user, lot),
        "for_others": others and not permissions.answers_as_agent(request.user, lot),
        "send_url": reverse("delivery-ship", args=[order.pk]) if _may_send(request, lot) else "",
        "form": form or AnswerForm(initial={"idem": new_key()}),
        "less": less or LessForm(lot=lot, initial={"idem": new_key(), "quantity": ["", pages.usual_unit(lot)]}),
        "refusal": refusal,
        "back": Link(reverse("sale-list"), _("Who buys")),
    }
    return render(request, "orders/sale_detail.html", context, status=status)
