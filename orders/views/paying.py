"""Statements, and the two hands that pay them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors import spoken_time, standing
from kernel import clock, keyset, masking, money, weight
from orders import permissions
from orders.forms import PaymentForm, WhyForm
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.pages import day_words, payment_tag
from orders.selectors.statements import live_payment, payee_name, statement_rows
from orders.services import paying
from orders.views.buying import pages
from records.doors import act_once
from records.forms import ActForm, new_key

VIEWS = ("", "due", "to_confirm")


@require_GET
def statement_list(request: HttpRequest) -> HttpResponse:
    """List statements: one's own, or those one's buyer owes, with how long they have been due."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    page = keyset.cut(statement_rows(request.user, view), ("-pk",), cursor=request.GET.get("cursor", ""))
    labels = [pgettext("statements", "All"), pgettext("statements", "To be paid"), _("To be confirmed")]
    today = clock.county_day(clock.now())
    context = {
        "tabs": [
            {"url": f"?view={key}" if key else "?", "label": label, "current": key == view}
            for key, label in zip(VIEWS, labels, strict=True)
        ],
        "rows": [_row(statement, today) for statement in page.rows],
        "pages": pages(page, f"&view={view}" if view else ""),
        "pays": standing(request.user).has(*BUYER_ROLES),
    }
    return render(request, "orders/statement_list.html", context)


@require_GET
def statement_detail(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Show one statement line by line, how it is paid, and what this person may do about it."""
    statement = permissions.access_statement(request.user, statement_id)
    return render(request, "orders/statement_detail.html", _facts(request, statement))


@require_http_methods(["GET", "POST"])
def payment_record(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Write down the bank transfer that pays a statement."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_record_payment)
    page = reverse("statement-detail", args=[statement.pk])
    if request.method == "POST":
        form = PaymentForm(request.POST)
        return act_once(
            request,
            form,
            lambda at: paying.record_payment(
                statement, voucher_number=form.cleaned_data["voucher_number"], by=request.user, at=at
            ),
            to=page,
            done=_("Written down. A second person now compares it with the bank's account."),
            again=lambda sentence, status: _record_page(request, statement, form, sentence, status),
        )
    if live_payment(statement) is not None:
        return redirect(page)
    return _record_page(request, statement, PaymentForm(initial={"idem": new_key()}), "", 200)


@require_http_methods(["GET", "POST"])
def payment_confirm(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Show the second person what was recorded, and take the confirmation."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
    page = reverse("statement-detail", args=[statement.pk])
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: paying.confirm_payment(statement, by=request.user, at=at),
            to=page,
            done=_("Paid. The seller has been told."),
        )
    payment = live_payment(statement)
    if payment is None or payment.status != "prepared":
        return redirect(page)
    return _confirm_page(request, statement, WhyForm(initial={"idem": new_key()}), "", 200)


@require_http_methods(["GET", "POST"])
def payment_reject(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Strike out a recorded transfer that the bank's account does not show."""
    statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
    if request.method == "GET":
        return redirect("payment-confirm", statement.pk)  # a page shown again with its error, loaded anew
    form = WhyForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: paying.reject_payment(statement, why=form.cleaned_data["why"], by=request.user, at=at),
        to=reverse("statement-detail", args=[statement.pk]),
        done=_("Struck out. It can be paid anew."),
        again=lambda sentence, status: _reject_again(request, statement, form, sentence, status),
    )


def _reject_again(request, statement, why, refusal, status):
    """Show the reason as it was typed, while there is still something to strike out."""
    payment = live_payment(statement)
    if payment is not None and payment.status == "prepared":
        return _confirm_page(request, statement, why, refusal, status)
    messages.error(request, refusal or _("There is nothing to strike out any more."))
    return redirect("statement-detail", statement.pk)


def _confirm_page(request, statement, why, refusal, status):
    context = _facts(request, statement) | {
        "act": ActForm(initial={"idem": new_key()}),
        "why": why,
        "refusal": refusal,
        "back": {"url": reverse("statement-detail", args=[statement.pk]), "label": statement.number},
    }
    return render(request, "orders/payment_confirm.html", context, status=status)


def _record_page(request, statement, form, refusal, status):
    context = _facts(request, statement) | {
        "form": form,
        "refusal": refusal,
        "back": {"url": reverse("statement-detail", args=[statement.pk]), "label": statement.number},
    }
    return render(request, "orders/payment_record.html", context, status=status)


def _row(statement, today) -> dict:
    payment, tag = live_payment(statement), payment_tag(statement)
    late = (today - statement.payable.due_on).days if payment is None or payment.status != "paid" else 0
    return {
        "url": reverse("statement-detail", args=[statement.pk]),
        "number": statement.number,
        "payee": payee_name(statement),
        "buyer": statement.order.buyer.name,
        "amount": money.yuan(statement.total_fen),
        "kg": weight.kg(statement.weight_g),
        "due_on": day_words(statement.payable.due_on),
        "late": _("%(n)s days late") % {"n": late} if late > 0 else "",
        "status": tag,
    }


def _facts(request, statement) -> dict:
    payable, payment = statement.payable, live_payment(statement)
    facts = [
        {"label": _("Seller"), "value": payee_name(statement)},
        {"label": _("Who buys"), "value": statement.order.buyer.name},
        {"label": _("Card"), "value": masking.mask_card(payable.card), "note": payable.bank},
        {"label": _("To be paid by"), "value": date_format(payable.due_on)},
        {"label": _("In capital numerals"), "value": money.uppercase_amount(statement.total_fen)},
    ]
    if payment is not None:
        maker = payment.maker.person.name if payment.maker.person_id else ""
        facts.append(
            {
                "label": _("Bank voucher"),
                "value": payment.voucher_number,
                "note": f"{maker} {spoken_time(payment.prepared_at)}",
            }
        )
    lines = statement.lines.select_related("receipt_line__allocation__listing__produce").order_by("pk")
    waits = payment is not None and payment.status == "prepared"
    return {
        "statement": statement,
        "title": _("Statement %(number)s") % {"number": statement.number},
        "facts": facts,
        "amount": money.yuan(statement.total_fen),
        "kg": weight.kg(statement.weight_g),
        "status": payment_tag(statement),
        "lines": [
            {
                "produce": line.receipt_line.allocation.listing.produce.name,
                "number": line.receipt_line.allocation.listing.number,
                "weight": weight.both(line.weight_g),
                "price": money.price_per_jin(
                    line.receipt_line.allocation.price_fen, line.receipt_line.allocation.price_unit_g
                ),
                "amount": money.yuan(line.amount_fen),
            }
            for line in lines
        ],
        "record_url": reverse("payment-record", args=[statement.pk])
        if payment is None and permissions.can_record_payment(request.user, statement) else "",
        "confirm_url": reverse("payment-confirm", args=[statement.pk])
        if waits and permissions.can_check_payment(request.user, statement) else "",
        "back": {"url": reverse("statement-list"), "label": _("Statements")},
    }  # fmt: skip
