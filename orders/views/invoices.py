"""Sellers' invoices: brought with their scan, listed by how they stand, matched or sent back by another person."""

import datetime as dt
from functools import partial
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset, money
from kernel.narrowing import narrowed, tabs_of
from kernel.shown import Link, page_links
from orders import permissions
from orders.filters import INVOICES, InvoiceFilter
from orders.forms import WhyForm
from orders.forms.papers import InvoiceForm, MatchForm
from orders.models import Invoice, SettlementStatement
from orders.pages import invoices as pages
from orders.pages.statements import statement_row
from orders.selectors import invoices as reading
from orders.selectors.orders import seller_name
from orders.selectors.statements import statements_seen_by
from orders.services import invoicing
from records.doors import act_on, act_once
from records.forms import new_key
from records.pages.scans import private_scan
from records.services.scans import receive_scan

MOST_MISSING = 50
MOST_TOGETHER = 31  # statements beside the first: a month of days


@require_GET
def invoice_list(request: SignedIn) -> HttpResponse:
    """List invoices by how they stand, below them the statements that still have none."""
    found = narrowed(request, InvoiceFilter, reading.invoices_seen_by(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    today = clock.county_day(clock.now())
    missing = reading.statements_without(request.user).select_related("payable").order_by("-pk")
    missing = missing.prefetch_related("payable__payments")[:MOST_MISSING]
    views = [("", pgettext("invoices", "All")), *((key, str(label)) for key, label in INVOICES)]
    context = {
        "tabs": tabs_of(found, "view", views),
        "found": found,
        "rows": [pages.invoice_row(invoice, request.user) for invoice in page.rows],
        "pages": page_links(page, found.kept),
        "missing": [
            (reverse("invoice-new", args=[statement.pk]), statement_row(statement, today, request.user))
            for statement in missing
        ],
    }
    return render(request, "orders/invoice_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def invoice_new(request: SignedIn, statement_id: int) -> HttpResponse:
    """Take in the seller's invoice for a statement, and for others of the same seller and fund."""
    statement = permissions.access_statement_to_invoice(request.user, statement_id)
    others = list(reading.together_with(statement, request.user)[:MOST_TOGETHER])
    shape: dict[str, Any] = {
        "goods": [owed.produce for owed in reading.owed_by([statement, *others])[0]],
        "others": others,
    }
    if request.method == "GET":
        first = {"idem": new_key(), "seller_name": seller_name(statement), "buyer_name": statement.buyer.name}
        return _new_page(request, statement, InvoiceForm(initial=first, **shape), "", 200)
    form = InvoiceForm(request.POST, request.FILES, **shape)

    def act(at: dt.datetime) -> dict[str, int]:
        chosen = set(form.cleaned_data.get("others") or [])
        scan = receive_scan(form.cleaned_data["scan"], by=request.user, at=at)
        rows = [statement, *(row for row in others if row.pk in chosen)]
        return {"invoice": invoicing.bring_invoice(rows, form.printed(), scan, by=request.user, at=at).pk}

    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("invoice-detail", args=[answer["invoice"]]),
        done=_("The invoice is here. Somebody else of the buyer looks at it."),
        again=partial(_new_page, request, statement, form),
    )


@require_GET
def invoice_detail(request: SignedIn, invoice_id: int) -> HttpResponse:
    """Show an invoice beside its order and receipt, each difference as a sentence, and what may be done about it."""
    invoice = permissions.access_invoice(request.user, invoice_id)
    return _detail(request, invoice, MatchForm(initial={"idem": new_key()}), WhyForm(initial={"idem": new_key()}))


@require_GET
def invoice_scan(request: SignedIn, invoice_id: int) -> FileResponse:
    """Hand out the scan to whoever may see the invoice."""
    invoice = permissions.access_invoice(request.user, invoice_id)
    return private_scan(invoice.scan, name=f"invoice-{invoice.pk}", small="small" in request.GET)


@require_POST
def invoice_match(request: SignedIn, invoice_id: int) -> HttpResponse:
    """Say that the paper is right, with words where it differs."""
    invoice = permissions.access_invoice(request.user, invoice_id, to=permissions.can_judge_invoice)
    form = MatchForm(request.POST)

    def again(refusal: str, status: int) -> HttpResponse:
        why = WhyForm(initial={"idem": new_key()})
        return _detail(request, _anew(request, invoice), form, why, refusal, status)

    to = reverse("invoice-detail", args=[invoice.pk])
    return act_on(request, form, invoicing.match_invoice, invoice, to=to, done=_("Matched."), again=again)


@require_POST
def invoice_return(request: SignedIn, invoice_id: int) -> HttpResponse:
    """Send an invoice back with words."""
    invoice = permissions.access_invoice(request.user, invoice_id, to=permissions.can_judge_invoice)
    form = WhyForm(request.POST)

    def again(refusal: str, status: int) -> HttpResponse:
        match = MatchForm(initial={"idem": new_key()})
        return _detail(request, _anew(request, invoice), match, form, refusal, status)

    to = reverse("invoice-detail", args=[invoice.pk])
    done = _("Sent back. Whoever brought it sees your words.")
    return act_on(request, form, invoicing.return_invoice, invoice, to=to, done=done, again=again)


def _anew(request: SignedIn, invoice: Invoice) -> Invoice:
    return permissions.access_invoice(request.user, invoice.pk)


def _new_page(
    request: SignedIn, statement: SettlementStatement, form: InvoiceForm, refusal: str, status: int
) -> HttpResponse:
    owed, total = reading.owed_by([statement])
    context = {
        "title": _("Invoice for statement %(number)s") % {"number": statement.number},
        "form": form,
        "goods": form.rows(),
        "expected": [pages.owed_fact(one) for one in owed],
        "total": money.yuan(total),
        "refusal": refusal,
        "back": Link(reverse("invoice-list"), _("Invoices")),
    }
    return render(request, "orders/invoice_new.html", context, status=status)


def _detail(
    request: SignedIn, invoice: Invoice, match: MatchForm, why: WhyForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    statements = [row.statement for row in invoice.covers.select_related("statement").order_by("statement")]
    seen = set(
        statements_seen_by(request.user).filter(pk__in=[row.pk for row in statements]).values_list("pk", flat=True)
    )
    waits = invoice.status == "waiting"
    may_judge = waits and permissions.can_judge_invoice(request.user, invoice)
    own = invoice.by_id == request.user.pk
    context = {
        "invoice": invoice,
        "title": _("Invoice %(number)s") % {"number": invoice.number},
        "status": pages.invoice_tag(invoice),
        "amount": money.yuan(invoice.total_fen),
        "facts": pages.invoice_facts(invoice, request.user),
        "found": [pages.sentence(one) for one in invoice.found.select_related("produce").order_by("pk")],
        "rows": pages.compared(reading.owed_by(statements)[0], invoice),
        "statements": [pages.statement_link(row, seen=row.pk in seen) for row in statements],
        "is_pdf": invoice.scan.media_type == "application/pdf",
        "may_judge": may_judge and not own,
        "waits": waits and not (may_judge and not own),
        "match": match,
        "why": why,
        "refusal": refusal,
        "back": Link(reverse("invoice-list"), _("Invoices")),
    }
    return render(request, "orders/invoice_detail.html", context, status=status)
