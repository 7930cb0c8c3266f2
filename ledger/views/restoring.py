"""After a restored backup: frozen batches and the restore itself, compared with the bank by two people of finance."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from ledger import permissions
from ledger.forms import BankLetterForm, FoundForm, LostFileForm, WhyForm
from ledger.models import Restore
from ledger.pages import restoring as pages
from ledger.services import lost_batches, payouts, restoring
from ledger.services.returns import MOST_BYTES
from ledger.views.mending import problem_page
from records.doors import Verb, act_on, act_once, on_form
from records.forms import ActForm, new_key, sent_or_new


@require_http_methods(["GET", "POST"])
def frozen_batch(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Show one frozen batch, and say whether the bank has it."""
    frozen = permissions.access_frozen(request.user, frozen_id, to_act=request.method == "POST")

    form = sent_or_new(request, FoundForm)

    def page() -> dict[str, Any]:
        return pages.frozen_shown(frozen, form, permissions.can_compare(request.user, frozen), request.user)

    return problem_page(request, frozen, form, restoring.propose_found, page=page)


@require_POST
def frozen_batch_confirm(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Confirm as the second person what the bank has."""
    done = _("Confirmed. The batch goes on from where the bank has it.")
    return _on_frozen(request, frozen_id, ActForm, payouts.confirm_found, done)


@require_POST
def frozen_batch_reject(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Send what one person found back with words."""
    return _on_frozen(request, frozen_id, WhyForm, restoring.reject_found, _("Sent back with your words."))


def _on_frozen(request: SignedIn, frozen_id: int, kind: type[ActForm], verb: Verb, done: str) -> HttpResponse:
    frozen = permissions.access_frozen(request.user, frozen_id, to_act=True)
    return act_on(request, kind(request.POST), verb, frozen, to=reverse("frozen-batch", args=[frozen.pk]), done=done)


@require_http_methods(["GET", "POST"])
def restore(request: SignedIn, restore_id: int) -> HttpResponse:
    """Show one restore with its frozen batches, and enter the bank's letter about what had left."""
    row = permissions.access_restore(request.user, restore_id, to_act=request.method == "POST")
    letter = sent_or_new(request, BankLetterForm, lost=bool(restoring.lost_batches(row)))
    shown = partial(_restore_shown, request, row, letter, LostFileForm(initial={"idem": new_key()}))
    return problem_page(request, row, letter, restoring.propose_close, page=shown)


@require_POST
def restore_file(request: SignedIn, restore_id: int) -> HttpResponse:
    """Bring a batch that the backup does not have back from the file that was given to the bank."""
    row = permissions.access_restore(request.user, restore_id, to_act=True)
    form = LostFileForm(request.POST, request.FILES)

    def show(status: int) -> HttpResponse:
        letter = BankLetterForm(lost=bool(restoring.lost_batches(row)), initial={"idem": new_key()})
        return render(request, "ledger/problem.html", _restore_shown(request, row, letter, form), status=status)

    return act_once(
        request,
        form,
        lambda at: lost_batches.bring_back(row, form.cleaned_data["file"].read(MOST_BYTES + 1), by=request.user, at=at),
        to=reverse("restore", args=[row.pk]),
        done=_("The batch is back, frozen. A colleague compares it with the bank and confirms it."),
        again=on_form(form, show, "file"),
    )


def _restore_shown(request: SignedIn, row: Restore, letter: ActForm, file: ActForm) -> dict[str, Any]:
    may = permissions.can_close(request.user)
    context = pages.restore_shown(row, letter, may, request.user)
    if may and restoring.lost_batches(row):
        context["upload"] = {"url": reverse("restore-file", args=[row.pk]), "form": file}
    return context


@require_POST
def restore_confirm(request: SignedIn, restore_id: int) -> HttpResponse:
    """Close a restore as the second person."""
    return _on_restore(request, restore_id, ActForm, restoring.confirm_close, _("Closed. Batches are made again."))


@require_POST
def restore_reject(request: SignedIn, restore_id: int) -> HttpResponse:
    """Send the bank's letter about a restore back with words."""
    return _on_restore(request, restore_id, WhyForm, restoring.reject_close, _("Sent back with your words."))


def _on_restore(request: SignedIn, restore_id: int, kind: type[ActForm], verb: Verb, done: str) -> HttpResponse:
    row = permissions.access_restore(request.user, restore_id, to_act=True)
    return act_on(request, kind(request.POST), verb, row, to=reverse("restore", args=[row.pk]), done=done)
