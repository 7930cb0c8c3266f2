"""Statements, and the two hands that pay them."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset, money, weight
from kernel.errors import DomainError
from kernel.narrowing import narrowed, tabs_of
from kernel.shown import Fact, Link, page_links
from ledger.services.showing import card_shown
from orders import permissions
from orders.filters import STATEMENTS, StatementFilter
from orders.forms import CardWhyForm, PaidForm, PaymentForm, WhyForm
from orders.models import ReceiptLine, SettlementStatement
from orders.pages import statements as pages
from orders.pages.complaints import complainable, complaint_row
from orders.pages.dossier import fund_words
from orders.selectors.complaints import complaints_of_lots, lines_to_complain
from orders.selectors.dossier import funds_of_files
from orders.selectors.invoices import statements_without
from orders.selectors.statements import MONEY_ROLES, live_payment, statement_rows, to_pay_fen
from orders.services import paying
from records.doors import act_on, error_status, once_by_form
from records.forms import new_key, sent_or_new


@require_GET
def statement_list(request: SignedIn) -> HttpResponse:
    """List statements: one's own, or those one's buyer owes, with how long they have been due."""
    found = narrowed(request, StatementFilter, statement_rows(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    views = [("", pgettext("statements", "All")), *[(key, str(label)) for key, label in STATEMENTS]]
    today = clock.county_day(clock.now())
    context = {
        "tabs": tabs_of(found, "view", views),
        "found": found,
        "rows": [pages.statement_row(statement, today, request.user) for statement in page.rows],
        "pages": page_links(page, found.kept),
        "pays": standing(request.user).has(*MONEY_ROLES),
        "files": [
            Link(reverse("fund-dossier", args=[fund.pk]), f"{fund.organisation.name} {fund_words(fund)}")
            for fund in funds_of_files(request.user)
        ],
    }
    return render(request, "orders/statement_list.html", context, status=found.status)


@require_GET
def statement_detail(request: SignedIn, statement_id: int) -> HttpResponse:
    """Show one statement line by line, how it is paid, and what this person may do about it."""
    statement = permissions.access_statement(request.user, statement_id)
    lines = ReceiptLine.objects.filter(statement_lines__statement=statement).distinct()
    at, complaints = clock.now(), complaints_of_lots(lines.values("allocation"))
    context = _facts(request, statement) | {
        "complaints": [complaint_row(row, request.user, at) for row in complaints],
        "complainable": complainable(lines_to_complain(request.user, lines, at), request.user),
    }
    return render(request, "orders/statement_detail.html", context)


@require_http_methods(["GET", "POST"])
def payment_record(request: SignedIn, statement_id: int) -> HttpResponse:
    """Write down the bank transfer that pays a statement."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_record_payment)
    page = reverse("statement-detail", args=[statement.pk])
    form = sent_or_new(request, PaymentForm)
    again = partial(_record_page, request, statement, form)
    if request.method == "POST":
        done = _("Written down. A second person now compares it with the bank's account.")
        return act_on(request, form, paying.record_payment, statement, to=page, done=done, again=again)
    if live_payment(statement) is not None:
        return redirect(page)
    return again("", 200)


@require_http_methods(["GET", "POST"])
def payment_card(request: SignedIn, statement_id: int) -> HttpResponse:
    """Show the whole card number once, on the record, to whoever types the transfer at the bank."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_record_payment)
    if request.method == "GET":
        return redirect("payment-record", statement.pk)  # a number shown by POST is not shown again by its address
    asked, form = CardWhyForm(request.POST), PaymentForm(initial={"idem": new_key()})
    if not asked.is_valid():
        return _record_page(request, statement, form, "", 400, asked=asked)

    def show(at: dt.datetime) -> dict[str, int]:
        return {"shown": paying.show_card(statement, why=asked.cleaned_data["why"], by=request.user, at=at)}

    try:
        card = card_shown(once_by_form(request, asked, show)["shown"], at=clock.now())
    except DomainError as refusal:
        return _record_page(request, statement, form, str(refusal), error_status(refusal))
    answer = _record_page(request, statement, form, "", 200, card=pages.whole_card(card))
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
def payment_confirm(request: SignedIn, statement_id: int) -> HttpResponse:
    """Show the second person what was recorded, and take the confirmation."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
    page = reverse("statement-detail", args=[statement.pk])
    if request.method == "POST":
        act = PaidForm(request.POST)
        done, again = _("Paid. The seller has been told."), partial(_confirm_again, request, statement, act)
        return act_on(request, act, paying.confirm_payment, statement, to=page, done=done, again=again)
    payment = live_payment(statement)
    if payment is None or payment.status != "prepared":
        return redirect(page)
    return _confirm_page(request, statement, WhyForm(initial={"idem": new_key()}), "", 200)


@require_http_methods(["GET", "POST"])
def payment_reject(request: SignedIn, statement_id: int) -> HttpResponse:
    """Strike out a recorded transfer that the bank's account does not show."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
    if request.method == "GET":
        return redirect("payment-confirm", statement.pk)  # a page shown again with its error, loaded anew
    why = WhyForm(request.POST)
    to, done = reverse("statement-detail", args=[statement.pk]), _("Struck out. It can be paid anew.")
    again = partial(_reject_again, request, statement, why)
    return act_on(request, why, paying.reject_payment, statement, to=to, done=done, again=again)


def _confirm_again(
    request: SignedIn, statement: SettlementStatement, act: PaidForm, refusal: str, status: int
) -> HttpResponse:
    """Ask about a voucher on the same page; any other refusal is told on the statement's."""
    payment = live_payment(statement)
    if status == 400 and payment is not None and payment.status == "prepared":
        why = WhyForm(initial={"idem": new_key()})
        return _confirm_page(request, statement, why, refusal, status, act=act, ask=True)
    messages.error(request, refusal or _("Open the page again."))
    return redirect("statement-detail", statement.pk)


def _reject_again(
    request: SignedIn, statement: SettlementStatement, why: WhyForm, refusal: str, status: int
) -> HttpResponse:
    """Show the reason as it was typed, while there is still something to strike out."""
    payment = live_payment(statement)
    if payment is not None and payment.status == "prepared":
        return _confirm_page(request, statement, why, refusal, status)
    messages.error(request, refusal or _("There is nothing to strike out any more."))
    return redirect("statement-detail", statement.pk)


def _confirm_page(
    request: SignedIn,
    statement: SettlementStatement,
    why: WhyForm,
    refusal: str,
    status: int,
    *,
    act: PaidForm | None = None,
    ask: bool = False,
) -> HttpResponse:
    context = _facts(request, statement) | {
        "act": act or PaidForm(initial={"idem": new_key()}),
        "ask": ask,
        "why": why,
        "refusal": refusal,
        "back": Link(reverse("statement-detail", args=[statement.pk]), statement.number),
    }
    return render(request, "orders/payment_confirm.html", context, status=status)


def _record_page(
    request: SignedIn,
    statement: SettlementStatement,
    form: PaymentForm,
    refusal: str,
    status: int,
    *,
    asked: CardWhyForm | None = None,
    card: Sequence[Fact] = (),
) -> HttpResponse:
    context = _facts(request, statement) | {
        "form": form,
        "asked": asked or CardWhyForm(initial={"idem": new_key()}, auto_id="card_%s"),
        "card": card,
        "refusal": refusal,
        "ask": bool(refusal) and form.is_bound,
        "back": Link(reverse("statement-detail", args=[statement.pk]), statement.number),
    }
    return render(request, "orders/payment_record.html", context, status=status)


def _facts(request: SignedIn, statement: SettlementStatement) -> dict[str, Any]:
    payment = live_payment(statement)
    waits = payment is not None and payment.status == "prepared"
    may_record = (
        to_pay_fen(statement) > 0 and payment is None and permissions.can_record_payment(request.user, statement)
    )
    may_invoice = statements_without(request.user).filter(pk=statement.pk).exists()
    may_confirm = waits and permissions.can_check_payment(request.user, statement)
    return {
        "statement": statement,
        "title": _("Statement %(number)s") % {"number": statement.number},
        "facts": pages.statement_facts(statement, request.user),
        "amount": money.yuan(statement.total_fen),
        "kg": weight.signed_kg(statement.weight_g),
        "status": pages.payment_tag(statement),
        "lines": pages.weighed_lines(statement),
        "record_url": reverse("payment-record", args=[statement.pk]) if may_record else "",
        "confirm_url": reverse("payment-confirm", args=[statement.pk]) if may_confirm else "",
        "invoice_url": reverse("invoice-new", args=[statement.pk]) if may_invoice else "",
        "back": Link(reverse("statement-list"), _("Statements")),
    }
