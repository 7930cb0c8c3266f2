"""The doors of relief claimed back: propose it, decide it, write down what came back, waive the rest."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset, money
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import RecoveryFilter
from losses.forms.recovering import (
    RecoveryAnswerForm,
    RecoveryForm,
    RecoveryReceiptForm,
    RecoveryStrikeForm,
    RecoveryWaiverForm,
)
from losses.models import LossClaim, RecoveryReceipt, RecoveryStatus, ReliefRecovery
from losses.pages import recovering as pages
from losses.pages.words import title
from losses.selectors.recovering import claimable_fen, never_left, open_receipt
from losses.services import recovering
from records.doors import act_on, act_once, typed
from records.forms import ActForm, new_key


@require_GET
def relief_recovery_list(request: SignedIn) -> HttpResponse:
    """List relief that is claimed back, newest first."""
    found = narrowed(request, RecoveryFilter, permissions.recoveries_seen_by(request.user))
    page, at = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", "")), clock.now()
    context = {
        "found": found,
        "rows": [pages.recovery_row(row, request.user, at) for row in page.rows],
        "pages": page_links(page, found.kept),
        "back": Link(places(request).home(), _("Relief claimed back")),
    }
    return render(request, "losses/relief_recovery_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def relief_recovery_new(request: SignedIn, claim_id: int) -> HttpResponse:
    """Propose to claim paid relief of a report back."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    if request.method == "GET":
        return _new_page(request, claim, RecoveryForm(initial={"idem": new_key()} | pages.asked_first(claim)), "", 200)
    form = RecoveryForm(request.POST)

    def act(at: dt.datetime) -> dict[str, int]:
        return {"recovery": recovering.propose(claim, **typed(form), by=request.user, at=at).pk}

    def again(refusal: str, status: int) -> HttpResponse:
        return _new_page(request, claim, form, refusal, status)

    def to(led_to: dict[str, Any]) -> str:
        return reverse("relief-recovery", args=[led_to["recovery"]])

    done = _("Proposed. Somebody without a hand in the report now decides.")
    return act_once(request, form, act, to=to, done=done, again=again)


def _new_page(request: SignedIn, claim: LossClaim, form: RecoveryForm, refusal: str, status: int) -> HttpResponse:
    award = getattr(claim, "award", None)
    context = {
        "form": form,
        "refusal": refusal,
        "name": title(claim),
        "most": money.yuan(claimable_fen(award) if award is not None else 0),
        "whole": award is not None and never_left(award),
        "back": Link(reverse("claim-detail", args=[claim.pk]), claim.number),
    }
    return render(request, "losses/relief_recovery_new.html", context, status=status)


@require_GET
def relief_recovery(request: SignedIn, relief_id: int) -> HttpResponse:
    """Show relief claimed back: why, what is due when, what came back, and what this person may do."""
    return _page(request, permissions.access_recovery(request.user, relief_id))


@require_POST
def relief_recovery_decide(request: SignedIn, relief_id: int) -> HttpResponse:
    """Decide whether the money is claimed back."""
    row = permissions.access_recovery(request.user, relief_id, to=permissions.can_decide_recovery)
    return _act(request, row, RecoveryAnswerForm(request.POST), "answer", recovering.decide, _("Decided."))


@require_POST
def relief_recovery_receive(request: SignedIn, relief_id: int) -> HttpResponse:
    """Write down money that came back by bank."""
    row = permissions.access_recovery(request.user, relief_id, to=permissions.can_receive_recovery)
    done = _("Written down. A second person now compares it with the bank's account.")
    return _act(request, row, RecoveryReceiptForm(request.POST), "receipt", recovering.receive, done)


@require_POST
def relief_recovery_waive(request: SignedIn, relief_id: int) -> HttpResponse:
    """Propose that the rest is not asked for any more."""
    row = permissions.access_recovery(request.user, relief_id, to=permissions.can_decide_recovery)
    done = _("Written down. A second person now decides.")
    return _act(request, row, RecoveryWaiverForm(request.POST), "waiver", recovering.waive, done)


@require_POST
def relief_recovery_confirm(request: SignedIn, relief_id: int) -> HttpResponse:
    """Confirm what came back, or that the rest is waived."""
    row = permissions.access_recovery(request.user, relief_id, to=permissions.can_confirm_receipt)
    return _act(request, row, ActForm(request.POST), "", recovering.confirm, _("Confirmed."), _receipt(row))


@require_POST
def relief_recovery_strike(request: SignedIn, relief_id: int) -> HttpResponse:
    """Strike out what was written."""
    row = permissions.access_recovery(request.user, relief_id, to=permissions.can_confirm_receipt)
    form, done = RecoveryStrikeForm(request.POST), _("Struck out. It is owed as before.")
    return _act(request, row, form, "strike", recovering.strike, done, _receipt(row))


def _receipt(row: ReliefRecovery) -> RecoveryReceipt:
    receipt = open_receipt(row)
    if receipt is None:
        raise Http404
    return receipt


def _act(
    request: SignedIn,
    row: ReliefRecovery,
    form: forms.Form,
    name: str,
    verb: Any,
    done: str,
    receipt: RecoveryReceipt | None = None,
) -> HttpResponse:
    """Do `verb` on a recovery, or on its open receipt; a refusal is shown on the page with the form as it was."""

    def again(refusal: str, status: int) -> HttpResponse:
        return _page(request, row, sent={name: form} if name else {}, refusal=refusal, status=status)

    to = reverse("relief-recovery", args=[row.pk])
    return act_on(request, form, verb, receipt or row, to=to, done=done, again=again)


def _page(
    request: SignedIn,
    row: ReliefRecovery,
    *,
    sent: dict[str, forms.Form] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    user, at, waits = request.user, clock.now(), open_receipt(row)
    claimed = row.status == RecoveryStatus.CLAIMED
    kinds: dict[str, type[forms.Form]] = {}
    if row.status == RecoveryStatus.PROPOSED and permissions.can_decide_recovery(user, row):
        kinds["answer"] = RecoveryAnswerForm
    if claimed and waits is None and permissions.can_receive_recovery(user, row):
        kinds["receipt"] = RecoveryReceiptForm
    if claimed and waits is None and permissions.can_decide_recovery(user, row):
        kinds["waiver"] = RecoveryWaiverForm
    if waits is not None and permissions.can_confirm_receipt(user, row):
        kinds |= {"confirm": ActForm, "strike": RecoveryStrikeForm}
    fresh = {name: kind(initial={"idem": new_key()}, auto_id=f"{name}_%s") for name, kind in kinds.items()}
    own = row.award.claim.household_id in permissions.households_of(user)
    context = {
        "row": row,
        "status": pages.status_tag(row),
        "name": title(row.award.claim),
        "facts": pages.facts(row, user, at),
        "plan": pages.plan_facts(row, at),
        "receipts": pages.receipt_facts(row),
        "forms": fresh | (sent or {}),
        "tried": next(iter((sent or {}).values()), None),
        "refusal": refusal,
        "mine": waits is not None and waits.proposed_by_id == user.pk,
        "object_url": reverse("grievance-new", args=[row.reference]) if own and claimed else "",
        "back": Link(reverse("relief-recovery-list"), _("Relief claimed back")),
    }
    return render(request, "losses/relief_recovery.html", context, status=status)
