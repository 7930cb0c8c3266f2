"""The desk's doors: compute and hold, review, award."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, money
from kernel.shown import Link
from losses import permissions
from losses.forms import ClearForm, ReasonForm
from losses.models import ClaimStatus, Sharing
from losses.pages.decisions import decision
from losses.pages.desks import queue_beside
from losses.pages.notices import objection_row
from losses.pages.words import arithmetic, estimate_words, factors_of
from losses.relief import ENDLESS_FEN
from losses.selectors import claims, queues
from losses.selectors.objections import objections_to, was_right
from losses.services import awarding, sharing
from losses.views.arriving import evidence_context
from losses.views.checking import next_url
from records.doors import act_on
from records.forms import ActForm, new_key

MOST_IN_QUEUE = 30


@require_http_methods(["GET", "POST"])
def claim_compute(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show the arithmetic before anything is held, then hold it."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    if request.method == "POST":
        done = _("Computed and held. It waits for the county notice.")
        page = reverse("claim-compute", args=[claim.pk])
        to = partial(_next_of, request, "compute")
        return act_on(request, ActForm(request.POST), awarding.compute, claim, to=to, done=done, back=page)
    computed = claims.present_computation(claim)
    waits = claim.status in (ClaimStatus.VISITED, ClaimStatus.UNVISITED)
    shared = waits and claim.scheme.sharing == Sharing.PRO_RATA
    left_fen = ENDLESS_FEN if shared else claim.scheme.account.available_fen()
    worked_out = computed or awarding.relief_of(claim, money_left_fen=left_fen)
    context = evidence_context(claim, at=at) | {
        "amount": money.yuan(worked_out.amount_fen),
        "arithmetic": arithmetic(worked_out, factors_of(claim, worked_out.verified_g)),
        "estimate": estimate_words(sharing.estimate_of(claim)) if shared else [],
        "can_compute": waits and not shared,
        "idem": new_key(),
        "clear": {"url": reverse("claim-clear", args=[claim.pk]), "idem": new_key()},
        "answer": ReasonForm(initial={"idem": new_key()}) if claim.can_move(ClaimStatus.REFUSED) else None,
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back": Link(reverse("check-list"), _("Compute the money")),
    }
    return render(request, "losses/claim_compute.html", context)


@require_GET
def review_desk(request: SignedIn) -> HttpResponse:
    """Open the most pressing claim to decide, or say that nothing waits."""
    permissions.access_desk(request.user)
    first = queues.with_reasons(request.user, queues.BY_KEY["decide"], clock.now()).first()
    if first is not None:
        return redirect("claim-review", first.pk)
    return render(request, "losses/review_desk.html", {})


@require_GET
def claim_review(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show one claim with everything a decision rests on."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    view = queues.BY_KEY["objected" if was_right(claim) else "decide"]
    first = queues.with_reasons(request.user, view, at)[:MOST_IN_QUEUE]
    context = evidence_context(claim, at=at) | {
        "queue": queue_beside(first, queues.mine_to_do(request.user, view, at).count(), claim, at=at),
        "form": ReasonForm(initial={"idem": new_key()}),
        "objections": [objection_row(objection, now=at) for objection in objections_to(claim)],
        "decision": decision(claim, request.user, key=new_key(), at=at),
        "clear": {"url": reverse("claim-clear", args=[claim.pk]), "form": ClearForm(), "idem": new_key()},
    }
    return render(request, "losses/claim_review.html", context)


@require_POST
def claim_award(request: SignedIn, claim_id: int) -> HttpResponse:
    """Award the noticed amount."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    done = _("%(number)s is awarded; finance pays it out.") % {"number": claim.number}
    page = reverse("claim-review", args=[claim.pk])
    to = partial(_next_of, request, "decide")
    return act_on(request, ActForm(request.POST), awarding.award, claim, to=to, done=done, back=page)


def _next_of(request: SignedIn, key: str, _led: dict[str, Any]) -> str:
    return next_url(request, queues.BY_KEY[key])
