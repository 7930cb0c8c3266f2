"""Finance's doors: what waits, a batch made by one and sent by another, its file, the bank's answer."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.selectors import spoken_time, standing
from kernel import clock, keyset, masking, money
from kernel.errors import DomainError
from kernel.versions import fingerprint
from ledger import permissions, selectors
from ledger.forms import CancelForm, ReturnForm
from ledger.models import BankReturnLine, BatchStatus, PaymentStatus
from ledger.services import payouts, returns
from records.services.files import read_original
from records.services.idempotency import once

TONES = {
    BatchStatus.PREPARED: "warn",
    BatchStatus.SENT: "info",
    BatchStatus.SETTLED: "ok",
    BatchStatus.CANCELLED: "plain",
    PaymentStatus.PAID: "ok",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.RETURNED: "danger",
}
MOST_LINES = 500


@require_GET
def batch_list(request: HttpRequest) -> HttpResponse:
    """List payout batches, the newest first, with what waits for the next."""
    permissions.access_batches(request.user)
    page = keyset.cut(selectors.batches_seen_by(request.user), ("-prepared_at", "-pk"), cursor=_cursor(request))
    rows = [
        {
            "url": reverse("batch-detail", args=[batch.pk]),
            "number": batch.number,
            "when": spoken_time(batch.prepared_at),
            "lines": batch.lines,
            "amount": money.yuan(batch.total_fen),
            "status": _tag(batch, BatchStatus),
        }
        for batch in page.rows
    ]
    may_make = standing(request.user).has(Role.FINANCE_MAKER)
    waiting = payouts.waiting_payables(permissions.access_payer(request.user)).count() if may_make else 0
    pages = {
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "next_url": f"?cursor={page.next}" if page.next else "",
    }
    context = {"batches": rows, "pages": pages, "new_url": reverse("batch-new") if may_make else "", "waiting": waiting}
    return render(request, "ledger/batch_list.html", context)


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    """Show what the next batch would pay and what it leaves out and why; then make it."""
    payer = permissions.access_payer(request.user)
    if request.method == "POST":

        def act() -> dict:
            return {"batch": payouts.build_batch(payer, by=request.user, at=clock.now(), seen_fen=seen_fen).pk}

        seen = request.POST.get("sum", "")
        seen_fen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 15 else 0
        try:
            asked = fingerprint("batch", payer.pk, seen_fen)
            answer = once(request.user, request.POST.get("idem", ""), asked, act)
            messages.success(request, _("The batch is made. Another person checks and sends it."))
            return redirect("batch-detail", answer["batch"])
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("batch-new")
    rows = selectors.unpaid(payer, request.user)
    ready = [row for row in rows if not row.blocked]
    total = sum(row.payable.amount_fen for row in ready)
    context = {
        "payer": payer.name,
        "ready": [_waiting(row) for row in ready[:MOST_LINES]],
        "blocked": [_waiting(row) for row in rows if row.blocked][:MOST_LINES],
        "count": len(ready),
        "total": money.yuan(total),
        "capital": money.uppercase_amount(total) if total else "",
        "sum": total,
        "idem": _new_key(),
        "back": {"url": reverse("batch-list"), "label": _("Payouts")},
    }
    return render(request, "ledger/batch_new.html", context)


@require_GET
def batch_detail(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch, masked, with what this person may do with it now."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_see)
    return render(
        request, "ledger/batch_detail.html", _detail(request, batch, CancelForm(initial={"idem": _new_key()}))
    )


def _detail(request, batch, cancel_form) -> dict:
    user, lines = request.user, list(selectors.lines_of(batch)[:MOST_LINES])
    prepared = batch.status == BatchStatus.PREPARED
    may_send = prepared and permissions.can_send(user, batch)
    same = batch.maker.person_id == user.person_id
    facts = [
        {"label": _("Payer"), "value": batch.payer.name},
        {"label": pgettext("count", "Households"), "value": batch.lines},
        {"label": _("In capital numerals"), "value": money.uppercase_amount(batch.total_fen)},
        {"label": _("Made by"), "value": batch.maker.person.name, "note": spoken_time(batch.prepared_at)},
    ]
    if batch.checker is not None and batch.sent_at is not None:
        sent = spoken_time(batch.sent_at)
        facts.append({"label": _("Checked and sent by"), "value": batch.checker.person.name, "note": sent})
    if batch.file is not None:
        facts.append({"label": _("SHA-256 of the file"), "value": f"{batch.file.sha256[:12]}…{batch.file.sha256[-8:]}"})
    return {
        "batch": {
            "number": batch.number,
            "amount": money.yuan(batch.total_fen),
            "status": _tag(batch, BatchStatus),
        },
        "facts": facts,
        "lines": [_line(payment) for payment in lines],
        "more": max(0, batch.lines - len(lines)),
        "send": {"url": reverse("batch-send", args=[batch.pk]), "idem": _new_key()} if may_send and not same else None,
        "own": may_send and same,
        "cancel": {"url": reverse("batch-cancel", args=[batch.pk]), "form": cancel_form}
        if prepared and permissions.can_cancel(user, batch)
        else None,
        "file_url": reverse("batch-file", args=[batch.pk])
        if batch.file_id and permissions.can_download(user, batch)
        else "",
        "return_url": reverse("batch-return", args=[batch.pk])
        if batch.status in (BatchStatus.SENT, BatchStatus.SETTLED) and permissions.can_load_return(user, batch)
        else "",
        "reconcile_url": reverse("batch-reconcile", args=[batch.pk]),
        "back": {"url": reverse("batch-list"), "label": _("Payouts")},
    }


@require_POST
def batch_send(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Check and send a batch as the second person; its file is written now and never again."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_send)

    def act() -> dict:
        payouts.send_batch(batch, by=request.user, at=clock.now())
        return {}

    try:
        once(request.user, request.POST.get("idem", ""), fingerprint("send", batch.pk), act)
        messages.success(request, _("Sent. Take the file to the bank; it stays the same for ever."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("batch-detail", batch.pk)


@require_POST
def batch_cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Dissolve a batch that was not sent."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_cancel)
    form = CancelForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data

        def act() -> dict:
            payouts.cancel_batch(batch, why=data["why"], by=request.user, at=clock.now())
            return {}

        try:
            once(request.user, data["idem"], fingerprint("cancel", batch.pk, data["why"]), act)
            messages.success(request, _("Dissolved. What it held waits again."))
            return redirect("batch-detail", batch.pk)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "ledger/batch_detail.html", _detail(request, batch, form), status=400)


@require_GET
def batch_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Hand out the bank's file as a download; its content is never part of a page."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_download)
    if batch.file is None:
        raise Http404
    answer = HttpResponse(read_original(batch.file), content_type="text/plain; charset=gb18030")
    answer.headers["Content-Disposition"] = f'attachment; filename="{batch.number}.txt"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@require_http_methods(["GET", "POST"])
def batch_return(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Load the bank's answer: its totals first, all or nothing, then line by line."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_load_return)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = returns.load_return(
                file.read(returns.MOST_BYTES + 1),
                display_name=file.name or "",
                batch=batch,
                by=request.user,
                at=clock.now(),
            )
            messages.success(
                request,
                _("%(applied)s lines applied, %(exceptions)s to be looked into.")
                % {"applied": done.applied, "exceptions": done.exceptions},
            )
            return redirect("batch-return", batch.pk)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    context = {
        "batch": {"number": batch.number, "amount": money.yuan(batch.total_fen), "lines": batch.lines},
        "form": form,
        "returns": [
            {
                "when": spoken_time(one.at),
                "name": one.file.display_name,
                "sha": f"{one.sha256[:8]}…{one.sha256[-4:]}",
                "applied": one.applied,
                "exceptions": one.exceptions,
            }
            for one in batch.returns.select_related("file").order_by("-pk")
        ],
        "exceptions": [_exception(answer) for answer in selectors.answers_to_look_into(batch)[:MOST_LINES]],
        "reconcile_url": reverse("batch-reconcile", args=[batch.pk]),
        "back": {"url": reverse("batch-detail", args=[batch.pk]), "label": batch.number},
    }
    return render(request, "ledger/batch_return.html", context, status=400 if form.errors else 200)


def _exception(answer) -> dict:
    payable = answer.payment.payable if answer.payment else None
    return {
        "reference": answer.line_reference or "—",
        "name": masking.mask_name(payable.payee_name) if payable else "—",
        "village": payable.household.village.short_name if payable and payable.household else "—",
        "amount": money.yuan(answer.amount_fen) if answer.amount_fen is not None else "—",
        "status": {
            "tone": "danger" if answer.outcome == BankReturnLine.Outcome.CONFLICT else "warn",
            "text": str(BankReturnLine.Outcome(answer.outcome).label),
        },
        "why": answer.reason,
    }


def _line(payment) -> dict:
    payable = payment.payable
    return {
        "no": payment.line_no,
        "name": masking.mask_name(payable.payee_name),
        "village": payable.household.village.short_name if payable.household else "",
        "card": masking.mask_card(payable.card),
        "bank": payable.bank,
        "amount": money.yuan(payment.amount_fen),
        "status": _tag(payment, PaymentStatus),
        "why": payment.failure,
    }


def _waiting(row) -> dict:
    return {
        "name": row.name,
        "village": row.village,
        "card": row.card,
        "amount": money.yuan(row.payable.amount_fen),
        "since": spoken_time(row.payable.at),
        "blocked": row.blocked,
    }


def _tag(document, statuses) -> dict:
    return {"tone": TONES.get(document.status, "info"), "text": str(statuses(document.status).label)}


def _cursor(request) -> str:
    return request.GET.get("cursor", "")


def _new_key() -> str:
    return uuid.uuid4().hex
