"""Doors of the purses."""

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
from canteens.forms import BudgetForm
from canteens.models import Fund
from canteens.pages import entries as statements
from canteens.pages import funds as pages
from canteens.pages import union_year as union_years
from kernel import clock, keyset, money
from kernel.shown import Link, page_links
from ledger.selectors.entries import all_entries, entry_of
from records.doors import act_on, act_once
from records.forms import ActForm, new_key, sent_or_new

MOST_CHANGES = 50
LATEST, ENTRIES = 8, 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    stand, (decided, proposed) = selectors.figures(fund), selectors.budgets_of(fund, MOST_CHANGES)
    today = clock.county_day(clock.now())
    year = union_years.year_of(fund, today, by=request.user)
    latest = map(entry_of, selectors.purse_entries(fund).order_by("-pk")[:LATEST])
    context = {
        "fund": fund,
        "year": year,
        "classes_url": pages.classes_url(fund, request.user, today),
        "total": money.yuan(stand.budget_fen),
        "budget": pages.budget_bar(stand),
        "changes": [pages.change_row(change) for change in decided],
        "entries": statements.entry_lines(latest, fund),
        "waiting": [pages.waiting_row(change, stand, request.user, key=new_key()) for change in proposed],
        "may_decide": permissions.can_decide_budget(request.user, fund),
        "may_add": permissions.can_add_budget(request.user, fund),
        "back": Link(reverse("fund-list"), _("Funds")),
    }
    return render(request, "canteens/fund_detail.html", context)


@require_GET
def fund_entries(request: SignedIn, fund_id: int) -> HttpResponse:
    """List every movement of a purse, the newest first, with what was used, held and left after it."""
    fund = permissions.access_fund(request.user, fund_id)
    page = keyset.cut(selectors.purse_entries(fund), ("-pk",), cursor=request.GET.get("cursor", ""), size=ENTRIES)
    context = {
        "fund": fund,
        "entries": statements.entry_lines(map(entry_of, page.rows), fund),
        "classes_url": pages.classes_url(fund, request.user, clock.county_day(clock.now())),
        "pages": page_links(page),
        "back": Link(reverse("fund-detail", args=[fund.pk]), fund.label),
    }
    return render(request, "canteens/fund_entries.html", context)


@require_GET
def fund_entries_file(request: SignedIn, fund_id: int) -> HttpResponse:
    """Hand out the statement of a purse as a spreadsheet, the oldest first."""
    fund = permissions.access_fund(request.user, fund_id)
    answer = HttpResponse(
        statements.statement_workbook(all_entries(fund.account_id, fund.source_account_id), fund), content_type=XLSX
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="fund-{fund.pk}-{fund.fiscal_year}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
def fund_budget(request: SignedIn, fund_id: int) -> HttpResponse:
    """Propose to put money into a purse, or to take it out, on the strength of a document."""
    fund = permissions.access_fund_to_fill(request.user, fund_id)
    form = sent_or_new(request, BudgetForm, on_credit=fund.on_credit)
    again = partial(_budget_page, request, fund, form)
    if request.method == "GET":
        return again("", 200)
    to = reverse("fund-detail", args=[fund.pk])
    done = _("Written down. The budget changes once a second person confirmed it.")

    def act(at: dt.datetime) -> None:
        number = form.cleaned_data["document_number"]
        services.propose_budget(fund, form.amount_fen(), number, gives_back=form.gives_back(), by=request.user, at=at)

    return act_once(request, form, act, to=to, done=done, again=again)


@require_POST
def budget_confirm(request: SignedIn, budget_id: int) -> HttpResponse:
    """Confirm a proposed budget: the money is in the fund, or out of it."""
    change = permissions.access_budget_to_decide(request.user, budget_id)
    done = _("The money is in the fund.") if change.amount_fen > 0 else _("The budget is less by this sum.")
    done = _("The credit is free again by this sum.") if change.gives_back else done
    to = reverse("fund-detail", args=[change.fund_id])
    return act_on(request, ActForm(request.POST), services.confirm_budget, change, to=to, done=done)


@require_POST
def budget_refuse(request: SignedIn, budget_id: int) -> HttpResponse:
    """Refuse a proposed budget, saying what does not match."""
    change = permissions.access_budget_to_decide(request.user, budget_id)
    to, done = reverse("fund-detail", args=[change.fund_id]), _("Refused. The budget stays as it is.")
    return act_on(request, RefusalForm(request.POST), services.refuse_budget, change, to=to, done=done)


def _budget_page(request: SignedIn, fund: Fund, form: BudgetForm, refusal: str, status: int) -> HttpResponse:
    stand = selectors.figures(fund)
    context = {
        "fund": fund,
        "total": money.yuan(stand.budget_fen),
        "free": money.yuan(stand.left_fen),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("fund-detail", args=[fund.pk]), fund.label),
    }
    return render(request, "canteens/fund_budget.html", context, status=status)
