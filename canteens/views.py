"""Doors of the purses and of purchase plans."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.forms import RefusalForm
from canteens import permissions, selectors, services
from canteens.filters import PurchasePlanFilter
from canteens.forms import BudgetForm, PurchasePlanForm
from canteens.models import Fund
from canteens.pages import funds as pages
from canteens.pages import purchase_plans as plan_pages
from canteens.selectors.purchase_plans import plans_seen_by
from canteens.services import purchase_plans
from kernel import keyset, money
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key, sent_or_new

MOST_CHANGES = 50


@require_GET
def fund_list(request: SignedIn) -> HttpResponse:
    """List the purses this person may look into, each with what is left."""
    order = ("-fiscal_year", "pk")
    page = keyset.cut(selectors.funds_seen_by(request.user), order, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [pages.fund_row(fund) for fund in page.rows],
        "pages": page_links(page),
        "open_url": pages.address_to_open(request.user),
    }
    return render(request, "canteens/fund_list.html", context)


@require_GET
def fund_detail(request: SignedIn, fund_id: int) -> HttpResponse:
    """Show how a purse divides and what was put into it or taken out, on which document."""
    fund = permissions.access_fund(request.user, fund_id)
    stand, proposed = selectors.figures(fund), selectors.proposed_budgets(fund)[:MOST_CHANGES]
    context = {
        "fund": fund,
        "total": money.yuan(stand.budget_fen),
        "budget": pages.budget_bar(stand),
        "changes": [pages.change_row(change) for change in selectors.budget_changes(fund)[:MOST_CHANGES]],
        "waiting": [pages.waiting_row(change, stand, request.user, key=new_key()) for change in proposed],
        "may_decide": permissions.can_decide_budget(request.user, fund),
        "may_add": permissions.can_add_budget(request.user, fund),
        "back": Link(reverse("fund-list"), _("Funds")),
    }
    return render(request, "canteens/fund_detail.html", context)


@require_http_methods(["GET", "POST"])
def fund_budget(request: SignedIn, fund_id: int) -> HttpResponse:
    """Propose to put money into a purse, or to take it out, on the strength of a document."""
    fund = permissions.access_fund_to_fill(request.user, fund_id)
    form = sent_or_new(request, BudgetForm)
    again = partial(_budget_page, request, fund, form)
    if request.method == "GET":
        return again("", 200)
    to = reverse("fund-detail", args=[fund.pk])
    done = _("Written down. The budget changes once a second person confirmed it.")

    def act(at: dt.datetime) -> None:
        services.propose_budget(fund, form.amount_fen(), form.cleaned_data["document_number"], by=request.user, at=at)

    return act_once(request, form, act, to=to, done=done, again=again)


@require_POST
def budget_confirm(request: SignedIn, budget_id: int) -> HttpResponse:
    """Confirm a proposed budget: the money is in the fund, or out of it."""
    change = permissions.access_budget_to_decide(request.user, budget_id)
    done = _("The money is in the fund.") if change.amount_fen > 0 else _("The budget is less by this sum.")
    to = reverse("fund-detail", args=[change.fund_id])
    return act_on(request, ActForm(request.POST), services.confirm_budget, change, to=to, done=done)


@require_POST
def budget_refuse(request: SignedIn, budget_id: int) -> HttpResponse:
    """Refuse a proposed budget, saying what does not match."""
    change = permissions.access_budget_to_decide(request.user, budget_id)
    to, done = reverse("fund-detail", args=[change.fund_id]), _("Refused. The budget stays as it is.")
    return act_on(request, RefusalForm(request.POST), services.refuse_budget, change, to=to, done=done)


@require_GET
def purchase_plan_list(request: SignedIn) -> HttpResponse:
    """List the purchase plans of the own buyer, the newest first."""
    permissions.access_plans(request.user)
    found = narrowed(request, PurchasePlanFilter, plans_seen_by(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "found": found,
        "rows": plan_pages.plan_rows(page.rows),
        "pages": page_links(page, found.kept),
        "new_url": reverse("purchase-plan-new") if permissions.sends_plans(request.user) else "",
        "back": Link(reverse("fund-list"), _("Funds")),
    }
    return render(request, "canteens/purchase_plan_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def purchase_plan_new(request: SignedIn) -> HttpResponse:
    """Send a purchase plan to the second person."""
    funds = permissions.access_plan_new(request.user)
    form = sent_or_new(request, PurchasePlanForm, funds=funds)

    def page(status: int) -> HttpResponse:
        back = Link(reverse("purchase-plan-list"), _("Purchase plans"))
        return render(request, "canteens/purchase_plan_new.html", {"form": form, "back": back}, status=status)

    def act(at: dt.datetime) -> dict[str, int]:
        fund = permissions.access_fund_to_plan(request.user, int(form.cleaned_data["fund"]))
        return {"plan": purchase_plans.send_plan(fund, form.planned(), by=request.user, at=at).pk}

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


@require_GET
def purchase_plan_detail(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Show what a plan says, how far it is and what happened to it."""
    plan = permissions.access_plan(request.user, purchase_plan_id)
    context = {
        "plan": plan,
        "status": plan_pages.tag(plan),
        "facts": plan_pages.facts(plan),
        "story": plan_pages.story(plan),
        "doors": plan_pages.doors_of(plan, request.user),
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
    """Close an approved plan for good."""
    plan = permissions.access_plan_to_end(request.user, purchase_plan_id)
    to, done = reverse("purchase-plan-detail", args=[plan.pk]), _("Closed.")
    return act_on(request, ActForm(request.POST), purchase_plans.close_plan, plan, to=to, done=done)


def _budget_page(request: SignedIn, fund: Fund, form: BudgetForm, refusal: str, status: int) -> HttpResponse:
    stand = selectors.figures(fund)
    context = {
        "fund": fund,
        "total": money.yuan(stand.budget_fen),
        "free": money.yuan(stand.left_fen),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("fund-detail", args=[fund.pk]), str(fund.get_kind_display())),
    }
    return render(request, "canteens/fund_budget.html", context, status=status)
