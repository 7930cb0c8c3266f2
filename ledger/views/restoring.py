"""After a restored backup: frozen batches and the restore itself, compared with the bank by two people of finance."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from ledger import permissions
from ledger.forms import BankLetterForm, FoundForm, LostFileForm, WhyForm
from ledger.models import FrozenBatch, Restore
from ledger.pages import restoring as pages
from ledger.services import lost_batches, payouts, restoring
from ledger.services.returns import MOST_BYTES
from records.doors import Act, act_once
from records.forms import ActForm, new_key

Show = Callable[[forms.Form, int], HttpResponse]


@require_http_methods(["GET", "POST"])
def frozen_batch(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Show one frozen batch, and say whether the bank has it."""
    frozen = permissions.access_frozen(request.user, frozen_id, to_act=request.method == "POST")

    def show(form: forms.Form, status: int) -> HttpResponse:
        may = permissions.can_compare(request.user, frozen)
        return render(
            request, "ledger/problem.html", pages.frozen_shown(frozen, form, may, request.user), status=status
        )

    if request.method == "GET":
        return show(FoundForm(initial={"idem": new_key()}), 200)
    form = FoundForm(request.POST)
    return _propose(
        request,
        form,
        lambda at: restoring.propose_found(frozen, found=form.cleaned_data["found"], by=request.user, at=at),
        to=_frozen_page(frozen),
        show=show,
    )


@require_POST
def frozen_batch_confirm(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Confirm as the second person what the bank has."""
    frozen = permissions.access_frozen(request.user, frozen_id, to_act=True)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: payouts.confirm_found(frozen, by=request.user, at=at),
        to=_frozen_page(frozen),
        done=_("Confirmed. The batch goes on from where the bank has it."),
    )


@require_POST
def frozen_batch_reject(request: SignedIn, frozen_id: int) -> HttpResponse:
    """Send what one person found back with words."""
    frozen = permissions.access_frozen(request.user, frozen_id, to_act=True)
    form = WhyForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: restoring.reject_found(frozen, why=form.cleaned_data["why"], by=request.user, at=at),
        to=_frozen_page(frozen),
        done=_("Sent back with your words."),
    )


@require_http_methods(["GET", "POST"])
def restore(request: SignedIn, restore_id: int) -> HttpResponse:
    """Show one restore with its frozen batches, and enter the bank's letter about what had left."""
    row = permissions.access_restore(request.user, restore_id, to_act=request.method == "POST")

    lost = bool(restoring.lost_batches(row))

    def show(form: forms.Form, status: int) -> HttpResponse:
        return _show_restore(request, row, form, LostFileForm(initial={"idem": new_key()}), status)

    if request.method == "GET":
        return show(BankLetterForm(lost=lost, initial={"idem": new_key()}), 200)
    form = BankLetterForm(request.POST, lost=lost)
    return _propose(
        request,
        form,
        lambda at: restoring.propose_close(
            row,
            letter_number=form.cleaned_data["letter_number"],
            never_got=form.cleaned_data.get("never_got", False),
            by=request.user,
            at=at,
        ),
        to=_restore_page(row),
        show=show,
    )


@require_POST
def restore_file(request: SignedIn, restore_id: int) -> HttpResponse:
    """Bring a batch that the backup does not have back from the file that was given to the bank."""
    row = permissions.access_restore(request.user, restore_id, to_act=True)
    form = LostFileForm(request.POST, request.FILES)

    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error("file", sentence)
        letter = BankLetterForm(lost=bool(restoring.lost_batches(row)), initial={"idem": new_key()})
        return _show_restore(request, row, letter, form, status)

    return act_once(
        request,
        form,
        lambda at: lost_batches.bring_back(row, form.cleaned_data["file"].read(MOST_BYTES + 1), by=request.user, at=at),
        to=_restore_page(row),
        done=_("The batch is back, frozen. A colleague compares it with the bank and confirms it."),
        again=again,
    )


def _show_restore(request: SignedIn, row: Restore, letter: forms.Form, file: forms.Form, status: int) -> HttpResponse:
    may = permissions.can_close(request.user)
    context = pages.restore_shown(row, letter, may, request.user)
    if may and restoring.lost_batches(row):
        context["upload"] = {"url": reverse("restore-file", args=[row.pk]), "form": file}
    return render(request, "ledger/problem.html", context, status=status)


@require_POST
def restore_confirm(request: SignedIn, restore_id: int) -> HttpResponse:
    """Close a restore as the second person."""
    row = permissions.access_restore(request.user, restore_id, to_act=True)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: restoring.confirm_close(row, by=request.user, at=at),
        to=_restore_page(row),
        done=_("Closed. Batches are made again."),
    )


@require_POST
def restore_reject(request: SignedIn, restore_id: int) -> HttpResponse:
    """Send the bank's letter about a restore back with words."""
    row = permissions.access_restore(request.user, restore_id, to_act=True)
    form = WhyForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: restoring.reject_close(row, why=form.cleaned_data["why"], by=request.user, at=at),
        to=_restore_page(row),
        done=_("Sent back with your words."),
    )


def _propose(request: SignedIn, form: forms.Form, act: Act, *, to: str, show: Show) -> HttpResponse:
    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return show(form, status)

    done = _("Entered. Another person of your office confirms it.")
    return act_once(request, form, act, to=to, done=done, again=again)


def _frozen_page(frozen: FrozenBatch) -> str:
    return reverse("frozen-batch", args=[frozen.pk])


def _restore_page(row: Restore) -> str:
    return reverse("restore", args=[row.pk])
