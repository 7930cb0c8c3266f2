"""The buyer's pages: what is needed, three plans, the check page, the order and its steps."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import User
from canteens.selectors import figures
from catalog.models import Listing, ListingStatus
from kernel import clock, keyset, money
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.narrowing import narrowed, tabs_of
from kernel.shown import Link, page_links
from orders import permissions
from orders.filters import OrderFilter
from orders.forms import WhyForm
from orders.forms.wanting import WantForm
from orders.models import KeptPlan, OrderStatus, PurchaseOrder
from orders.pages.approval import decision
from orders.pages.orders import (
    again_link,
    goods_title,
    lot_row,
    lot_sum,
    order_actions,
    order_facts,
    order_row,
    order_statements,
)
from orders.pages.plans import (
    answers,
    budget_items,
    compare_rows,
    kept_facts,
    kept_notice,
    looked_words,
    plan_card,
    plan_cards,
    rule_words,
    want_title,
)
from orders.pages.resharing import reshared_steps
from orders.pages.transport import held_words
from orders.pages.waiting import step_moments, turn_words, wait_words
from orders.pages.words import order_tag, timeline
from orders.selectors import orders as reading
from orders.selectors import plans as planning
from orders.selectors.approvers import turn_of_person
from orders.selectors.keeping import kept_now, last_parcel_g, plan_alone
from orders.selectors.waiting import waits_of
from orders.services import approving, asking, keeping, settling
from orders.services.steps import people_lacking
from records.doors import Verb, act_on, error_status, once
from records.forms import ActForm, new_key
from records.selectors.policy import policy

WANT_FIELDS = (
    *("produce", "quantity_0", "quantity_1", "on", "fund", "purchase", "kitchen"),
    *("ceiling", "parcel", "listing"),
)


@require_GET
def order_list(request: SignedIn) -> HttpResponse:
    """List the orders of one's buyer, newest first, by where they stand."""
    found = narrowed(request, OrderFilter, reading.order_rows(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    waits = waits_of(page.rows, clock.county_day(clock.now()))
    views = [("", pgettext("orders", "All")), *[(s.value, str(s.label)) for s in OrderStatus]]
    context = {
        "tabs": tabs_of(found, "status", views),
        "found": found,
        "rows": [order_row(order, waits.get(order.pk)) for order in page.rows],
        "may_order": permissions.can_buy(request.user),
        "kept": kept_notice(request.user, clock.now()),
        "pages": page_links(page, found.kept),
    }
    return render(request, "orders/order_list.html", context, status=found.status)


@require_GET
def order_new(request: SignedIn) -> HttpResponse:
    """Ask what is needed, how much, by when and from which money."""
    permissions.access_buying(request.user)
    at = clock.now()
    start: dict[str, Any] = {"quantity": ["", "kg"]}
    chosen = None
    listing_id = request.GET.get("listing", "")
    if listing_id.isascii() and listing_id.isdigit():
        on_sale = Listing.objects.filter(status=ListingStatus.ON_SALE).select_related("produce")
        chosen = on_sale.filter(pk=int(listing_id[:18])).first()
    if chosen is not None:
        unit = "piece" if chosen.piece_g else "kg"
        start |= {
            "listing": chosen.pk,
            "produce": chosen.produce.code,
            "quantity": [request.GET.get("quantity_0", ""), unit],
        }
    else:
        names = ("produce", "on", "fund", "purchase", "kitchen", "ceiling", "parcel")
        start |= {name: request.GET[name] for name in names if request.GET.get(name)}
        start["quantity"] = [request.GET.get("quantity_0", ""), request.GET.get("quantity_1", "kg")]
    if not request.GET.get("produce"):
        start.setdefault("parcel", last_parcel_g(request.user) or None)
    form = WantForm(user=request.user, at=at, initial=start)
    return render(request, "orders/order_new.html", _new_context(form, chosen))


@require_http_methods(["GET", "POST"])
def order_plan(request: SignedIn) -> HttpResponse:
    """Show three plans, or the one chosen as a check page; a POST keeps its lots, lets them go or places the order."""
    permissions.access_buying(request.user)
    at = clock.now()
    typed = request.POST if request.method == "POST" else request.GET
    form = WantForm(typed, user=request.user, at=at)
    if not form.is_valid():
        return render(request, "orders/order_new.html", _new_context(form, None), status=400)
    fund, kind, refusal = form.cleaned_data["fund"], typed.get("plan", ""), None
    if request.method == "POST":
        try:
            return redirect(_acted(request, form, kind))
        except DomainError as error:
            refusal = error
    want, own = _want(form), kept_now(request.user, fund.organisation)
    kept = plan_alone(own, want, kind, at)
    if kept:
        plans = [planning.plan_kept(kept, at=at)]
    else:
        plans = planning.plans_for(want, buyer=fund.organisation, at=at, own=own)
    query = _query(typed)
    context: dict[str, Any] = {
        "title": want_title(want),
        "meta": [_("to be brought on %(day)s") % {"day": day_words(form.cleaned_data["on"])}, fund.organisation.name],
        "back": Link(f"{reverse('order-new')}?{query}", _("What to buy")),
        "fund": fund,
        "total": money.yuan(figures(fund).budget_fen),
        "refusal": str(refusal) if refusal else "",
        "looked": looked_words(plans[0]),
        "new_url": reverse("order-new"),
        "hidden": [(name, typed.get(name, "")) for name in WANT_FIELDS],
    }
    chosen = next((plan for plan in plans if plan.kind == kind), None)
    if chosen is not None and chosen.split.picks:
        card = plan_card(chosen, with_rows=True)
        if kept and kept.made_from_id:
            card = replace(card, short="")  # less was chosen
        context |= {
            "lacking": people_lacking(
                fund,
                {want.produce.category_id: chosen.total_fen},
                plan=form.cleaned_data["purchase"],
                by=request.user,
                at=at,
            ),
            "plan": card,
            "shown": chosen.print,
            "idem": new_key(),
            "budget": budget_items(fund, chosen.total_fen + chosen.carts_fen),
            "carting": held_words(chosen.terms, chosen.total_fen),
            "wanted": answers(form, want, card.name, query),
            "kept": kept_facts(kept, at) if kept else None,
            "keys": {name: new_key() for name in ("keep", "longer", "let_go")},
            "minutes": policy("plan_kept_minutes", clock.county_day(at)),
        }
        return render(request, "orders/order_check.html", context, status=error_status(refusal))
    plans = [plan for plan in plans if plan.split.picks]
    if plans:
        cards = plan_cards(plans, fund)
        context |= {"plans": cards, "compare": compare_rows(cards, plans), "rule": rule_words(plans[0])}
    context["budget"] = budget_items(fund, plans[0].total_fen + plans[0].carts_fen if plans else 0)
    return render(request, "orders/order_plan.html", context, status=error_status(refusal))


@require_GET
def order_detail(request: SignedIn, order_id: int) -> HttpResponse:
    """Show an order: its lots and sellers, how far it is, what this person may do now."""
    order = permissions.access_order(request.user, order_id)
    allowed = _allowed(request.user, order)
    page = keyset.cut(reading.allocations_of(order), reading.BY_LINE, cursor=request.GET.get("cursor", ""))
    waits = waits_of([order], clock.county_day(clock.now())).get(order.pk)
    decides = order.status == OrderStatus.AWAITING and order.needs_approval and "approve" in allowed
    context = {
        "order": order,
        "decision": decision(order) if decides else None,
        "waits": wait_words(waits),
        "turns": turn_words(order, waits, clock.now()),
        "steps": step_moments(waits, clock.now()),
        "again": again_link(order) if "again" in allowed else None,
        "title": goods_title(order),
        "facts": order_facts(order, clock.now()),
        "status": order_tag(order.status),
        "lots": [lot_row(lot, request.user) for lot in page.rows],
        "all_lots": lot_sum(reading.lot_sums(order)),
        "pages": page_links(page),
        "statements": order_statements(order, page.rows, request.user),
        "timeline": [
            *timeline(order.reference, OrderStatus, masked=reading.people_masked(order, request.user)),
            *reshared_steps(order, request.user),
        ],
        "back": Link(reverse("order-list"), _("Orders")),
        "actions": [] if decides else order_actions(order, allowed),
        "act": ActForm(initial={"idem": new_key()}),
        "why": WhyForm(initial={"idem": new_key()}),
    }
    return render(request, "orders/order_detail.html", context)


@require_POST
def order_approve(request: SignedIn, order_id: int) -> HttpResponse:
    """Say yes to an order; the last yes asks its sellers."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_approve)
    return _act(request, ActForm, approving.approve, order, _("Approved. Sellers are asked once everybody said yes."))


@require_POST
def order_refuse(request: SignedIn, order_id: int) -> HttpResponse:
    """Send an order that waits for approval back with words."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_approve)
    done = _("Sent back with your words. Its money and goods are free again.")
    return _act(request, WhyForm, approving.refuse, order, done)


@require_POST
def order_cancel(request: SignedIn, order_id: int) -> HttpResponse:
    """Call an order off and give everything back."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_cancel)
    return _act(request, WhyForm, asking.cancel, order, _("The order is called off. Its money is free again."))


@require_POST
def order_settle(request: SignedIn, order_id: int) -> HttpResponse:
    """Write the statements still missing."""
    order = permissions.access_order(request.user, order_id, to=permissions.can_settle)
    return _act(request, ActForm, settling.settle_order, order, _("Every seller with a bank card has a statement now."))


def _act(request: SignedIn, kind: type[ActForm], verb: Verb, order: PurchaseOrder, done: str) -> HttpResponse:
    return act_on(request, kind(request.POST), verb, order, to=reverse("order-detail", args=[order.pk]), done=done)


def _acted(request: SignedIn, form: WantForm, kind: str) -> str:
    """Do what a button of the check page says, once, and return where to go then."""
    fund, want, shown = form.cleaned_data["fund"], _want(form), request.POST.get("shown", "")
    more = {"on_plan": form.cleaned_data["purchase"], "kitchen": form.cleaned_data.get("kitchen") or None}
    buyer, by, do = fund.organisation, request.user, request.POST.get("do", "")
    number = request.POST.get("kept", "")
    choice = {name: request.POST.get(name, "") for name in WANT_FIELDS} | {"plan": kind, "shown": shown, "do": do}

    def kept() -> KeptPlan:
        return permissions.access_kept(by, int(number) if number.isdecimal() and len(number) <= 18 else 0)

    def act(at: dt.datetime) -> dict[str, int]:
        if do == "keep":
            keeping.keep(buyer, want, kind, shown=shown, by=by, at=at)
        elif do == "longer":
            keeping.extend(kept(), by=by, at=at)
        elif do == "let_go":
            keeping.let_go(kept(), by=by, at=at)
        elif number:
            return {"order": keeping.order_kept(kept(), fund, shown=shown, **more, by=by, at=at).pk}
        else:
            return {"order": keeping.order_now(buyer, fund, want, kind, shown=shown, **more, by=by, at=at).pk}
        return {}

    plans = f"{reverse('order-plan')}?{_query(request.POST)}"
    try:
        order_id = once(request, request.POST.get("idem", ""), choice | {"kept": number}, act).get("order")
    except keeping.KeptTooMuch as refusal:
        messages.error(request, str(refusal))
        return f"{plans}&{urlencode({'plan': kind})}"
    if order_id is None:
        return plans if do == "let_go" else f"{plans}&{urlencode({'plan': kind})}"
    messages.success(request, _("Ordered. Money and goods are held for you."))
    return reverse("order-detail", args=[order_id])


def _want(form: WantForm) -> planning.Want:
    data = form.cleaned_data
    return planning.Want(
        produce=data["produce"],
        asked=form.asked,
        deliver_on=data["on"],
        ceiling_fen_per_kg=data["ceiling"],
        listing_id=data["listing"],
        parcel_g=data["parcel"] or 0,
    )


def _query(typed: QueryDict) -> str:
    """Return the want as part of an address."""
    query = QueryDict(mutable=True)
    for name in WANT_FIELDS:
        if typed.get(name):
            query[name] = str(typed[name])
    return query.urlencode()


def _new_context(form: WantForm, chosen: Listing | None) -> dict[str, Any]:
    return {
        "form": form,
        "chosen": chosen,
        "plan_url": reverse("order-plan"),
        "back": Link(reverse("order-list"), _("Orders")),
    }


def _allowed(user: User, order: PurchaseOrder) -> set[str]:
    doors: dict[str, Callable[[User, Any], bool]] = {
        "approve": permissions.can_approve,
        "cancel": permissions.can_cancel,
        "anew": permissions.can_place_anew,
        "settle": permissions.can_settle,
        "weigh": permissions.can_weigh,
    }
    allowed = {name for name, door in doors.items() if door(user, order)}
    own = order.requester.person_id == user.person_id
    if "approve" in allowed and turn_of_person(order, user, clock.county_day(clock.now())) is None:
        allowed.discard("approve")
    return allowed | {"again"} if own and order.status == OrderStatus.CANCELLED else allowed
