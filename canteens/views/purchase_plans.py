"""Doors of the purchase plans."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.forms import RefusalForm
from accounts.models import User
from canteens import permissions
from canteens.filters import PurchasePlanFilter
from canteens.forms import PurchasePlanForm
from canteens.forms.signed_lists import SignOffForm
from canteens.pages import purchase_plans as plan_pages
from canteens.pages.plan_drafts import draft_rows
from canteens.pages.plan_goods import goods_table
from canteens.pages.plan_requirements import of_its_size
from canteens.pages.waiting import plan_turns, plan_waits
from canteens.selectors.plan_deciders import asked_for
from canteens.selectors.plan_drafts import drafts_of
from canteens.selectors.purchase_plans import plans_seen_by
from canteens.selectors.signed_lists import has_list
from canteens.services import purchase_plans
from canteens.services.plan_drafts import drop_sent
from canteens.views import signed_lists
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key, sent_or_new

LONGEST_KEY = 19  # signs of a row's number


@require_GET
def purchase_plan_list(request: SignedIn) -> HttpResponse:
    """List the purchase plans of the own buyer, the newest first."""
    permissions.access_plans(request.user)
    found = narrowed(request, PurchasePlanFilter, plans_seen_by(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "found": found,
        "rows": plan_pages.plan_rows(page.rows, clock.county_day(clock.now())),
        "pages": page_links(page, found.kept),
        "new_url": reverse("purchase-plan-new") if permissions.sends_plans(request.user) else "",
        "drafts": draft_rows(request.user, clock.now()) if permissions.sends_plans(request.user) else [],
        "back": _above(request.user),
    }
    return render(request, "canteens/purchase_plan_list.html", context, status=found.status)


def _above(user: User) -> Link:
    """Return where the list of plans is left to: a deputy without a purse came from its own page."""
    if permissions.looks_into_purses(user):
        return Link(reverse("fund-list"), _("Funds"))
    return Link(reverse("deputy-list"), _("My deputy"))


@require_http_methods(["GET", "POST"])
def purchase_plan_new(request: SignedIn) -> HttpResponse:
    """Send a purchase plan to the second person."""
    funds = permissions.access_plan_new(request.user)
    form = sent_or_new(request, PurchasePlanForm, funds=funds)

    def page(status: int) -> HttpResponse:
        return show_new(request, form, status)

    def act(at: dt.datetime) -> dict[str, int]:
        fund = permissions.access_fund_to_plan(request.user, int(form.cleaned_data["fund"]))
        plan = purchase_plans.send_plan(fund, form.planned(), by=request.user, at=at)
        drop_sent(form.cleaned_data["draft"], by=request.user)
        return {"plan": plan.pk}

    if request.method == "GET":
        return page(200)
    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("purchase-plan-detail", args=[answer["plan"]]),
        done=_("Sent. A second person of your unit decides."),
        again=on_form(form, page),
    )


def show_new(request: SignedIn, form: PurchasePlanForm, status: int, refusal: str = "") -> HttpResponse:
    """Show the form of a plan: a new one, or the draft that it goes on with, as long as that is there."""
    said = str(form["draft"].value() or "")
    draft = drafts_of(request.user).filter(pk=said).first() if said.isdecimal() and len(said) < LONGEST_KEY else None
    context = {
        "form": form,
        "refusal": refusal,
        "draft": draft,
        "keep_url": reverse("plan-draft", args=[draft.pk]) if draft else reverse("plan-draft-new"),
        "key": new_key(),
        "back": Link(reverse("purchase-plan-list"), _("Purchase plans")),
    }
    return render(request, "canteens/purchase_plan_new.html", context, status=status)


@require_GET
def purchase_plan_detail(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Show what a plan says, how far it is and what happened to it."""
    plan, at = permissions.access_plan(request.user, purchase_plan_id), clock.now()
    asked = asked_for([plan], clock.county_day(at)).get(plan.pk)
    decides = any(one.person_id == request.user.person_id for one in asked or ())
    context = {
        "plan": plan,
        "waits": plan_waits(plan, asked),
        "turns": plan_turns(plan, asked, at),
        "status": plan_pages.tag(plan),
        "facts": plan_pages.facts(plan, clock.county_day(at), request.user),
        "size": of_its_size(plan, request.user, at, decides=decides),
        "goods": goods_table(plan),
        "drawn": plan_pages.drawn_bar(plan),
        "orders": plan_pages.orders_of(plan, request.user),
        "signed_list": plan_pages.signed_list_of(plan, request.user),
        "story": plan_pages.story(plan),
        "doors": plan_pages.doors_of(plan, request.user, decides=decides),
        "key": new_key(),
        "back": Link(reverse("purchase-plan-list"), _("Purchase plans")),
    }
    return render(request, "canteens/purchase_plan_detail.html", context)


@require_POST
def purchase_plan_approve(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Approve a plan as the second person."""
    plan = permissions.access_plan_to_decide(request.user, purchase_plan_id)
    to = reverse("purchase-plan-detail", args=[plan.pk])
    return act_on(request, ActForm(request.POST), purchase_plans.approve_plan, plan, to=to, done=_("Approved."))


@require_POST
def purchase_plan_refuse(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Refuse a plan as the second person, saying what does not match."""
    plan = permissions.access_plan_to_decide(request.user, purchase_plan_id)
    to, done = reverse("purchase-plan-detail", args=[plan.pk]), _("Refused. Whoever sent it reads why.")
    return act_on(request, RefusalForm(request.POST), purchase_plans.refuse_plan, plan, to=to, done=done)


@require_POST
def purchase_plan_withdraw(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Take a plan back that nobody has decided yet."""
    plan = permissions.access_plan_to_end(request.user, purchase_plan_id)
    to, done = reverse("purchase-plan-detail", args=[plan.pk]), _("Taken back.")
    return act_on(request, ActForm(request.POST), purchase_plans.withdraw_plan, plan, to=to, done=done)


@require_POST
def purchase_plan_close(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Close an approved plan for good; with a signed list, sign that off and say what differs."""
    plan = permissions.access_plan_to_close(request.user, purchase_plan_id)
    form = SignOffForm(request.POST)
    to, done = reverse("purchase-plan-detail", args=[plan.pk]), _("Closed.")
    again = on_form(form, lambda status: signed_lists.show(request, plan, status, sign_off=form))
    return act_on(
        request, form, purchase_plans.close_plan, plan, to=to, done=done, again=again if has_list(plan) else None
    )
