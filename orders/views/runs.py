"""Pay runs: tick statements, a second person's one look, the bank's file, the bank's answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset, money
from kernel.errors import DomainError
from kernel.shown import Link, page_links
from ledger.forms import ReturnForm
from ledger.pages import batches
from ledger.selectors import answers_to_look_into, frozen_now, returns_of
from ledger.services import applying, payouts, returns
from orders import permissions
from orders.forms import DissolveForm, RunForm
from orders.pages import runs as pages
from orders.selectors.invoices import statements_matched
from orders.selectors.runs import fund_of, funds_to_pay_from, lines_of_run, ready_statements, runs_seen_by, sums_of
from orders.selectors.statements import to_pay_fen
from orders.services.runs import make_run
from records.doors import act_on, act_once, mark_refused
from records.forms import ActForm, new_key
from records.services.files import read_original

MOST_LINES = 500


@require_GET
def run_list(request: SignedIn) -> HttpResponse:
    """List pay runs, the newest first, above them the funds from which this person pays."""
    permissions.access_runs(request.user)
    page = keyset.cut(runs_seen_by(request.user), ("-prepared_at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "funds": [pages.fund_link(fund) for fund in funds_to_pay_from(request.user)],
        "rows": [pages.run_row(run) for run in page.rows],
        "pages": page_links(page),
        "back": Link(reverse("statement-list"), _("Statements")),
    }
    return render(request, "orders/run_list.html", context)


@require_http_methods(["GET", "POST"])
def run_new(request: SignedIn, fund_id: int) -> HttpResponse:
    """Show the unpaid statements of a fund, those due soon ticked; put the ticked ones into a run."""
    fund = permissions.access_fund_to_pay(request.user, fund_id)
    if request.method == "POST":
        return act_once(
            request,
            form := RunForm(request.POST),
            lambda at: {"run": make_run(fund, statements=form.cleaned_data["statements"], by=request.user, at=at).pk},
            to=lambda answer: reverse("run-detail", args=[answer["run"]]),
            done=_("The run is made. A second person looks at it and confirms it."),
            back=reverse("run-new", args=[fund.pk]),
        )
    today, ready = clock.county_day(clock.now()), ready_statements(fund, request.user)
    shown = ready.statements[:MOST_LINES]
    matched = statements_matched([statement.pk for statement in shown])
    rows = [pages.waiting_row(statement, today, request.user, invoiced=statement.pk in matched) for statement in shown]
    ticked = [to_pay_fen(statement) for statement, row in zip(shown, rows, strict=True) if row.ticked]
    context = {
        "fund": pages.fund_name(fund),
        "rows": rows,
        "ticked": len(ticked),
        "ticked_sum": money.yuan(sum(ticked)),
        "capital": money.uppercase_amount(sum(ticked)) if ticked else "",
        "count": len(ready.statements),
        "total": money.yuan(ready.total_fen),
        "late": sum(row.late for row in rows),
        "more": len(ready.statements) - len(shown),
        "barred": [pages.left_row(statement) for statement in ready.barred[:MOST_LINES]],
        "no_invoice": [pages.left_row(statement) for statement in ready.no_invoice[:MOST_LINES]],
        "idem": new_key(),
        "back": Link(reverse("run-list"), _("Pay runs")),
    }
    return render(request, "orders/run_new.html", context)


@require_GET
def run_detail(request: SignedIn, run_id: int) -> HttpResponse:
    """Show one run with its sums in one look, and what this person may do with it now."""
    run = permissions.access_run(request.user, run_id)
    return _show(request, run, DissolveForm(initial={"idem": new_key()}))


@require_POST
def run_confirm(request: SignedIn, run_id: int) -> HttpResponse:
    """Confirm a run as the second person; its file is written now and never again."""
    run = permissions.access_run(request.user, run_id, to=permissions.can_confirm_run)
    to = reverse("run-detail", args=[run.pk])
    done = _("Confirmed. Take the file to the bank; it stays the same for ever.")
    return act_on(request, ActForm(request.POST), payouts.send_batch, run, to=to, done=done)


@require_POST
def run_cancel(request: SignedIn, run_id: int) -> HttpResponse:
    """Dissolve a run that did not leave; its statements wait again."""
    run = permissions.access_run(request.user, run_id, to=permissions.can_dissolve_run)
    form, to = DissolveForm(request.POST), reverse("run-detail", args=[run.pk])
    return act_on(request, form, payouts.cancel_batch, run, to=to, done=_("Dissolved. The statements wait again."))


@require_GET
def run_file(request: SignedIn, run_id: int) -> HttpResponse:
    """Hand out the bank's file of a confirmed run, the same bytes every time."""
    run = permissions.access_run(request.user, run_id, to=permissions.can_confirm_run)
    if run.file is None or frozen_now(run) is not None:
        messages.error(request, _("There is no file yet: the second person confirms the run first."))
        return redirect("run-detail", run.pk)
    answer = HttpResponse(read_original(run.file), content_type="text/plain; charset=gb18030")
    answer.headers["Content-Disposition"] = f'attachment; filename="{run.number}.txt"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@require_http_methods(["GET", "POST"])
def run_return(request: SignedIn, run_id: int) -> HttpResponse:
    """Take in the bank's answer: its totals first, all or nothing, then line by line."""
    run = permissions.access_run(request.user, run_id, to=permissions.can_answer_run)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        raw = form.cleaned_data["file"].read(returns.MOST_BYTES + 1)
        try:
            loaded = applying.load_return(raw, batch=run, by=request.user, at=clock.now())
            messages.success(request, batches.told_of(loaded))
            return redirect("run-return", run.pk)
        except DomainError as refusal:
            mark_refused(request, refusal)
            form.add_error("file", str(refusal))
    context = {
        "batch": {"number": run.number, "amount": money.yuan(run.total_fen), "lines": run.lines},
        "form": form,
        "returns": [batches.loaded_file(bank_return) for bank_return in returns_of(run)],
        "exceptions": [batches.open_answer(answer) for answer in answers_to_look_into(run)[:MOST_LINES]],
        "reconcile_url": "",
        "back": Link(reverse("run-detail", args=[run.pk]), run.number),
    }
    return render(request, "ledger/batch_return.html", context, status=400 if form.errors else 200)


def _show(request: SignedIn, run: Any, form: DissolveForm) -> HttpResponse:
    return render(request, "orders/run_detail.html", _facts(request, run, form))


def _facts(request: SignedIn, run: Any, form: DissolveForm) -> dict[str, Any]:
    user, fund = request.user, fund_of(run)
    frozen = frozen_now(run)
    prepared = run.status == "prepared" and frozen is None
    confirms = permissions.can_confirm_run(user, run)
    own = run.maker.person_id == user.person_id
    answered = run.status in ("sent", "settled") and frozen is None
    return {
        "run": batches.batch_head(run),
        "facts": pages.run_facts(run, fund, sums_of(run, fund, clock.county_day(clock.now()))),
        "rows": [pages.line_row(payment, user) for payment in lines_of_run(run)[:MOST_LINES]],
        "more": max(0, run.lines - MOST_LINES),
        "confirm": {"url": reverse("run-confirm", args=[run.pk]), "idem": new_key()}
        if prepared and confirms and not own
        else None,
        "waits": prepared and not (confirms and not own),
        "frozen_url": reverse("frozen-batch", args=[frozen.pk]) if frozen is not None else "",
        "cancel": {"url": reverse("run-cancel", args=[run.pk]), "form": form}
        if prepared and permissions.can_dissolve_run(user, run)
        else None,
        "file_url": reverse("run-file", args=[run.pk]) if run.file_id and frozen is None and confirms else "",
        "return_url": reverse("run-return", args=[run.pk])
        if answered and permissions.can_answer_run(user, run)
        else "",
        "back": Link(reverse("run-list"), _("Pay runs")),
    }
