"""The desk's doors: compute and hold, review, award."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, dates, money
from kernel.present import name_of
from losses import permissions
from losses.forms import ClearForm, ReasonForm
from losses.models import ClaimStatus
from losses.relief import arithmetic, relief
from losses.selectors import claims, queues, review, story
from losses.services import awarding
from losses.views.arriving import new_key
from records.doors import act_once
from records.forms import ActForm
from records.models import ObjectionStatus
from records.services.notices import objections_to
from records.services.participation import took_part

MOST_IN_QUEUE = 30


@require_http_methods(["GET", "POST"])
def claim_compute(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show the arithmetic before anything is held, then hold it."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: awarding.compute(claim, by=request.user, at=at),
            to=reverse("check-list"),
            done=_("Computed and held. It waits for the county notice."),
            back=reverse("claim-compute", args=[claim.pk]),
        )
    preview = relief(
        verified_g=claims.latest_figure(claim).quantity_g,
        rate_fen=claim.rate.rate_fen,
        rate_unit_g=claim.rate.rate_unit_g,
        cap_fen=claim.scheme.household_cap_fen,
        had_fen=claims.held_fen(claim.household, claim.scheme),
        money_left_fen=claim.scheme.account.available_fen(),
    )
    computed = claims.present_computation(claim)
    context = review.evidence(claim, at=at) | {
        "amount": money.yuan(computed.amount_fen if computed else preview.amount_fen),
        "arithmetic": arithmetic(computed or preview),
        "can_compute": claim.status == ClaimStatus.VISITED,
        "idem": new_key(),
        "clear": {"url": reverse("claim-clear", args=[claim.pk]), "idem": new_key()},
        "answer": ReasonForm(initial={"idem": new_key()}) if claim.can_move(ClaimStatus.REFUSED) else None,
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back": {"url": reverse("check-list"), "label": _("Compute the money")},
    }
    return render(request, "losses/claim_compute.html", context)


@require_GET
def review_desk(request: SignedIn) -> HttpResponse:
    """Open the most pressing claim to decide, or say that nothing waits."""
    permissions.access_desk(request.user)
    first = queues.queue(request.user, queues.BY_KEY["decide"]).order_by("due_at", "pk").first()
    if first is not None:
        return redirect("claim-review", first.pk)
    return render(request, "losses/review_desk.html", {})


@require_GET
def claim_review(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show one claim with everything a decision rests on."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    form = ReasonForm(initial={"idem": new_key()})
    context = review.evidence(claim, at=at) | {
        "queue": _queue(request.user, claim, at),
        "form": form,
        "decision": _decision(request.user, claim, at),
        "clear": {"url": reverse("claim-clear", args=[claim.pk]), "form": ClearForm(), "idem": new_key()},
    }
    return render(request, "losses/claim_review.html", context)


def _queue(user, claim, at) -> dict:
    waiting = queues.queue(user, queues.BY_KEY["decide"])
    items = []
    for one in waiting.order_by("due_at", "pk")[:MOST_IN_QUEUE]:
        left, pressing = queues.time_left(one.due_at, at=at)
        found = claims.short_words(one.listing, claims.latest_figure(one).quantity)
        items.append(
            {
                "url": reverse("claim-review", args=[one.pk]),
                "name": one.household.head_name,
                "line": [
                    one.household.village.short_name,
                    f"{name_of(one.listing.produce)} {found}",
                ],
                "amount": story.amount_words(one),
                "left": left,
                "urgent": pressing,
                "current": one.pk == claim.pk,
            }
        )
    return {
        "title": _("%(n)s households to decide") % {"n": waiting.count()},
        "hint": _("What is due first stands in front"),
        "items": items,
    }


def _decision(user, claim, at) -> dict:
    amount = story.amount_words(claim)
    return {
        "amount": amount,
        "arithmetic": "；".join(story.arithmetic_words(claim)),
        "left_this_year": review.left_this_scheme(claim, claims.held_fen(claim.household, claim.scheme)),
        "approve_url": reverse("claim-award", args=[claim.pk]),
        "approve_label": _("Approve, %(amount)s yuan") % {"amount": amount},
        "back_url": reverse("claim-send-back", args=[claim.pk]),
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "idem": new_key(),
        "blocked": _blocked(user, claim),
        "not_yet": _not_yet(claim, at),
    }


def _blocked(user, claim) -> str:
    """Return why this person may not decide at all."""
    if claim.status != ClaimStatus.COUNTY_NOTICE:
        return pgettext("review", "This claim is not waiting for a decision: %(status)s.") % {
            "status": ClaimStatus(claim.status).label
        }
    if user.person is None or took_part(claim.reference, person_key=user.person.key, other_than="award"):
        return _("You took part in an earlier step of this claim. A colleague decides it.")
    return ""


def _not_yet(claim, at) -> str:
    """Return why nobody can approve now, though sending back and refusing are possible."""
    if claim.status != ClaimStatus.COUNTY_NOTICE:
        return ""
    if at < claim.county_notice.ends_at:
        return _("On notice until %(day)s; approving opens the day after.") % {
            "day": dates.day_words(claim.county_notice.ends_on)
        }
    stopped = objections_to(claim.county_notice, claim.reference).exclude(status=ObjectionStatus.REJECTED)
    if stopped.exists():
        return _("An objection stops this line. It must be answered first.")
    return ""


@require_POST
def claim_award(request: SignedIn, claim_id: int) -> HttpResponse:
    """Award the noticed amount."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: awarding.award(claim, by=request.user, at=at),
        to=reverse("review-desk"),
        done=_("%(number)s is awarded; finance pays it out.") % {"number": claim.number},
        back=reverse("claim-review", args=[claim.pk]),
    )
