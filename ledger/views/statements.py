"""The bank's statements: loaded by finance, split among the batches they speak of."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import keyset
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from ledger import permissions
from ledger.filters import EntryFilter
from ledger.forms import StatementForm
from ledger.pages import statements as pages
from ledger.selectors import payers_of
from ledger.selectors.statements import entries_of, statements_seen_by
from ledger.services import camt, statements
from records.doors import act_once, on_form
from records.forms import new_key


@require_GET
def bank_statement_list(request: SignedIn) -> HttpResponse:
    """List the bank's statements, the newest first."""
    permissions.access_batches(request.user)
    page = keyset.cut(statements_seen_by(request.user), ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "statements": [pages.statement_row(row) for row in page.rows],
        "pages": page_links(page),
        "load_url": reverse("bank-statement-load") if payers_of(request.user).exists() else "",
        "back": Link(reverse("batch-list"), _("Payouts")),
    }
    return render(request, "ledger/bank_statement_list.html", context)


@require_http_methods(["GET", "POST"])
def bank_statement_load(request: SignedIn) -> HttpResponse:
    """Take in a statement of the office's account, and split it among the batches it speaks of."""
    payer = permissions.access_statement_payer(request.user)
    sent = request.method == "POST"
    form = StatementForm(request.POST, request.FILES) if sent else StatementForm(initial={"idem": new_key()})

    def act(at: dt.datetime) -> dict[str, int]:
        raw = form.cleaned_data["file"].read(camt.MOST_BYTES + 1)
        loaded = statements.load_statement(raw, payer=payer, by=request.user, at=at)
        return {"statement": loaded[0].pk}

    def show(status: int) -> HttpResponse:
        context = {"form": form, "back": Link(reverse("bank-statement-list"), _("The bank's statements"))}
        return render(request, "ledger/bank_statement_load.html", context, status=status)

    if not sent:
        return show(200)
    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("bank-statement", args=[answer["statement"]]),
        done=_("Loaded and split among its batches."),
        again=on_form(form, show, "file"),
    )


@require_GET
def bank_statement(request: SignedIn, bank_statement_id: int) -> HttpResponse:
    """Show one statement: what became of each entry."""
    row = permissions.access_statement(request.user, bank_statement_id)
    found = narrowed(request, EntryFilter, entries_of(row))
    page = keyset.cut(found.rows, ("entry_no", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "statement": pages.statement_row(row),
        "entries": [pages.entry_row(entry) for entry in page.rows],
        "found": found,
        "pages": page_links(page, found.kept),
        "back": Link(reverse("bank-statement-list"), _("The bank's statements")),
    }
    return render(request, "ledger/bank_statement.html", context, status=found.status)
