"""Doors of the purses."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors import spoken_time
from canteens import permissions, selectors, services
from canteens.forms import BudgetForm
from kernel import clock, keyset, money
from kernel.errors import BadValue, DomainError
from kernel.versions import fingerprint
from records.services.idempotency import once


@require_GET
def fund_list(request: HttpRequest) -> HttpResponse:
    """List the purses this person may look into, each with what is left."""
    order = ("-fiscal_year", "pk")
    page = keyset.cut(selectors.funds_seen_by(request.user), order, cursor=request.GET.get("cursor", ""))
    rows = [
        {
            "url": reverse("fund-detail", args=[fund.pk]),
            "name": str(fund.get_kind_display()),
            "year": fund.fiscal_year,
            "buyer": fund.organisation.name,
            "budget": money.yuan(fund.account.credits_posted_fen),
            "left": money.yuan(fund.account.available_fen()),
        }
        for fund in page.rows
    ]
    pages = {
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "next_url": f"?cursor={page.next}" if page.next else "",
    }
    return render(request, "canteens/fund_list.html", {"rows": rows, "pages": pages})


@require_GET
def fund_detail(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Show how a purse divides and what was put into it on which document."""
    fund = permissions.access_fund(request.user, fund_id)
    stand = selectors.figures(fund)
    changes = [
        {
            "when": spoken_time(change.at),
            "who": change.by.person.name if change.by.person_id else "",
            "what": _("%(yuan)s yuan, %(document)s")
            % {"yuan": money.yuan(change.amount_fen), "document": change.document_number},
            "tone": "ok",
        }
        for change in selectors.budget_changes(fund)[:50]
    ]
    context = {
        "fund": fund,
        "total": money.yuan(stand.budget_fen),
        "budget": _bar(stand),
        "changes": changes,
        "may_add": permissions.can_add_budget(request.user, fund),
        "back": {"url": reverse("fund-list"), "label": _("Funds")},
    }
    return render(request, "canteens/fund_detail.html", context)


@require_http_methods(["GET", "POST"])
def fund_budget(request: HttpRequest, fund_id: int) -> HttpResponse:
    """Put money into a purse on the strength of a document."""
    fund = permissions.access_fund_to_fill(request.user, fund_id)
    form = BudgetForm(request.POST or None, initial={"idem": uuid.uuid4().hex})
    refusal, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _add(request, fund, form.cleaned_data)
            except DomainError as error:
                refusal, status = str(error), 400 if isinstance(error, BadValue) else 409
            else:
                messages.success(request, _("The money is in the fund."))
                return redirect("fund-detail", fund.pk)
    context = {
        "fund": fund,
        "form": form,
        "refusal": refusal,
        "back": {"url": reverse("fund-detail", args=[fund.pk]), "label": str(fund.get_kind_display())},
    }
    return render(request, "canteens/fund_budget.html", context, status=status)


def _add(request, fund, said):
    def act() -> dict:
        change = services.add_budget(fund, said["amount"], said["document_number"], by=request.user, at=clock.now())
        return {"change": change.pk}

    asked = fingerprint("budget", fund.pk, said["amount"], said["document_number"])
    once(request.user, said["idem"], asked, act)


def _bar(stand) -> list[dict]:
    parts = [
        ("used", pgettext("budget", "Used"), stand.spent_fen),
        ("held", _("Held by orders"), stand.held_fen),
        ("left", pgettext("budget", "Left"), stand.left_fen),
    ]
    whole = sum(fen for _key, _label, fen in parts)
    shares = money.split_fen(1000, [fen for _key, _label, fen in parts]) if whole else [0, 0, 0]
    start, items = 0, []
    for (key, label, fen), share in zip(parts, shares, strict=True):
        items.append({"key": key, "start": start, "share": share, "label": label, "amount": money.yuan(fen)})
        start += share
    return items
