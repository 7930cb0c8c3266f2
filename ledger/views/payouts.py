"""Finance's doors: what waits, a batch made by one and sent by another, its file, the bank's answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Role
from accounts.selectors import standing
from kernel import clock, keyset, money
from kernel.errors import DomainError
from kernel.shown import Link, page_links
from ledger import permissions, selectors
from ledger.forms import CancelForm, ReturnForm
from ledger.models import BatchStatus, FrozenStatus, PayoutBatch
from ledger.pages import batches as pages
from ledger.services import applying, payouts, returns
from records.doors import act_on, act_once, mark_refused, on_form
from records.forms import ActForm, new_key
from records.services.files import read_original

MOST_LINES = 500


@require_GET
def batch_list(request: SignedIn) -> HttpResponse:
    """List payout batches, the newest first, with what waits for the next."""
    permissions.access_batches(request.user)
    page = keyset.cut(
        selectors.batches_seen_by(request.user), ("-prepared_at", "-pk"), cursor=request.GET.get("cursor", "")
    )
    may_make = standing(request.user).has(Role.FINANCE_MAKER)
    waiting = selectors.waiting_payables(permissions.access_payer(request.user)).count() if may_make else 0
    context = {
        "batches": [pages.batch_row(batch) for batch in page.rows],
        "pages": page_links(page),
        "new_url": reverse("batch-new") if may_make else "",
        "waiting": waiting,
        "problems_url": reverse("problem-list"),
        "statements_url": reverse("bank-statement-list"),
    }
    return render(request, "ledger/batch_list.html", context)


@require_http_methods(["GET", "POST"])
def batch_new(request: SignedIn) -> HttpResponse:
    """Show what the next batch would pay and what it leaves out and why; then make it."""
    payer = permissions.access_payer(request.user)
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: {"batch": payouts.build_batch(payer, by=request.user, at=at, seen_fen=_seen_fen(request)).pk},
            to=lambda answer: reverse("batch-detail", args=[answer["batch"]]),
            done=_("The batch is made. Another person checks and sends it."),
            back=reverse("batch-new"),
        )
    ready = selectors.ready_of(payer, request.user)
    rows = selectors.ready_rows(payer, ready)[:MOST_LINES]
    blocked = selectors.blocked_rows(payer, ready, most=MOST_LINES)
    context = {
        "payer": payer.name,
        "ready": [pages.waiting_row(selectors.Waiting(payable)) for payable in rows],
        "blocked": [pages.waiting_row(row) for row in blocked],
        "count": ready.count,
        "total": money.yuan(ready.total_fen),
        "capital": money.uppercase_amount(ready.total_fen) if ready.total_fen else "",
        "sum": ready.total_fen,
        "idem": new_key(),
        "back": Link(reverse("batch-list"), _("Payouts")),
    }
    return render(request, "ledger/batch_new.html", context)


@require_GET
def batch_detail(request: SignedIn, batch_id: int) -> HttpResponse:
    """Show one batch, masked, with what this person may do with it now."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_see)
    return render(request, "ledger/batch_detail.html", _detail(request, batch, CancelForm(initial={"idem": new_key()})))


def _detail(request: SignedIn, batch: PayoutBatch, cancel_form: CancelForm) -> dict[str, Any]:
    user, lines = request.user, list(selectors.lines_of(batch)[:MOST_LINES])
    frozen = batch.frozen.exclude(status=FrozenStatus.THAWED).first()
    prepared = batch.status == BatchStatus.PREPARED and frozen is None
    may_send = prepared and permissions.can_send(user, batch)
    same = batch.maker.person_id == user.person_id
    answered = batch.status in (BatchStatus.SENT, BatchStatus.SETTLED) and frozen is None
    may_cancel = prepared and permissions.can_cancel(user, batch)
    may_download = batch.file_id and frozen is None and permissions.can_download(user, batch)
    may_answer = answered and permissions.can_load_return(user, batch)
    return {
        "batch": pages.batch_head(batch),
        "facts": pages.batch_facts(batch),
        "lines": [pages.payment_line(payment) for payment in lines],
        "more": max(0, batch.lines - len(lines)),
        "send": {"url": reverse("batch-send", args=[batch.pk]), "idem": new_key()} if may_send and not same else None,
        "own": may_send and same,
        "frozen_url": reverse("frozen-batch", args=[frozen.pk]) if frozen is not None else "",
        "cancel": {"url": reverse("batch-cancel", args=[batch.pk]), "form": cancel_form} if may_cancel else None,
        "file_url": reverse("batch-file", args=[batch.pk]) if may_download else "",
        "return_url": reverse("batch-return", args=[batch.pk]) if may_answer else "",
        "reconcile_url": reverse("batch-reconcile", args=[batch.pk]),
        "back": Link(reverse("batch-list"), _("Payouts")),
    }


@require_POST
def batch_send(request: SignedIn, batch_id: int) -> HttpResponse:
    """Check and send a batch as the second person; its file is written now and never again."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_send)
    to = reverse("batch-detail", args=[batch.pk])
    done = _("Sent. Take the file to the bank; it stays the same for ever.")
    return act_on(request, ActForm(request.POST), payouts.send_batch, batch, to=to, done=done)


@require_POST
def batch_cancel(request: SignedIn, batch_id: int) -> HttpResponse:
    """Dissolve a batch that was not sent."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_cancel)
    form = CancelForm(request.POST)

    def show(_status: int) -> HttpResponse:
        return render(request, "ledger/batch_detail.html", _detail(request, batch, form), status=400)

    to, done = reverse("batch-detail", args=[batch.pk]), _("Dissolved. What it held waits again.")
    return act_on(request, form, payouts.cancel_batch, batch, to=to, done=done, again=on_form(form, show))


@require_GET
def batch_file(request: SignedIn, batch_id: int) -> HttpResponse:
    """Hand out the bank's file as a download; its content is never part of a page."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_download)
    if batch.file is None:
        raise Http404
    if batch.frozen.exclude(status=FrozenStatus.THAWED).exists():
        raise PermissionDenied
    answer = HttpResponse(read_original(batch.file), content_type="text/plain; charset=gb18030")
    answer.headers["Content-Disposition"] = f'attachment; filename="{batch.number}.txt"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@require_http_methods(["GET", "POST"])
def batch_return(request: SignedIn, batch_id: int) -> HttpResponse:
    """Take in the bank's answer: its totals first, all or nothing, then set by set, a large file in the background."""
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_load_return)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            loaded = applying.load_return(
                file.read(returns.MOST_BYTES + 1),
                batch=batch,
                by=request.user,
                at=clock.now(),
            )
            messages.success(request, pages.told_of(loaded))
            return redirect("batch-return", batch.pk)
        except DomainError as refusal:
            mark_refused(request, refusal)
            form.add_error("file", str(refusal))
    context = {
        "batch": {"number": batch.number, "amount": money.yuan(batch.total_fen), "lines": batch.lines},
        "form": form,
        "returns": [pages.loaded_file(bank_return) for bank_return in selectors.returns_of(batch)],
        "exceptions": [pages.open_answer(answer) for answer in selectors.answers_to_look_into(batch)[:MOST_LINES]],
        "reconcile_url": reverse("batch-reconcile", args=[batch.pk]),
        "back": Link(reverse("batch-detail", args=[batch.pk]), batch.number),
    }
    return render(request, "ledger/batch_return.html", context, status=400 if form.errors else 200)


def _seen_fen(request: SignedIn) -> int:
    """Return the sum that the maker saw, 0 where none can be read."""
    seen = request.POST.get("sum", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 15 else 0
