"""The verifiers' doors: today's visits, the draw, write down what is there, sign the same."""

import datetime as dt
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.errors import DomainError
from kernel.present import known
from losses import permissions
from losses.forms import StockField, VisitForm
from losses.models import ClaimStatus, Visit
from losses.selectors import claims, queues, review, story
from losses.services import visiting
from losses.views.arriving import photos_of
from records.doors import act_once, once
from records.forms import ActForm, new_key


@require_GET
def visit_list(request: SignedIn) -> HttpResponse:
    """List the visits this person was drawn for, what is still to do in front."""
    permissions.access_visits(request.user)
    at = clock.now()
    tasks = [_task(request.user, visit, at) for visit in queues.visits_of(request.user)[:100]]
    return render(request, "losses/visit_list.html", {"tasks": tasks})


def _task(user, visit, at) -> dict:
    claim, first = visit.claim, permissions.is_first(user, visit)
    over = claim.status != ClaimStatus.TO_VISIT or visit.round != claim.round
    if over:
        name, status = "claim-detail", {"tone": "ok", "text": _("Done")}
    elif first:
        name, status = "visit-record", {"tone": "info", "text": _("Go and look")}
        if visit.first_signed_at:
            status = {"tone": "plain", "text": _("Waits for the second signature")}
    else:
        name, status = "visit-sign", {"tone": "plain", "text": _("The first has not written yet")}
        if visit.first_signed_at:
            status = {"tone": "info", "text": _("Sign it")}
    left, _pressing = queues.time_left(claim.due_at, at=at)
    return {
        "url": reverse(name, args=[claim.pk]),
        "label": f"{claim.household.head_name} {story.title(claim)}",
        "hint": claim.household.village.parent.name + claim.household.village.short_name,
        "left": "" if over else left,
        "done": over,
        "status": status,
    }


@require_http_methods(["GET", "POST"])
def visit_draw(request: SignedIn, claim_id: int) -> HttpResponse:
    """Draw the two verifiers, and show who could have been drawn and by which seed."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: visiting.draw(claim, by=request.user, at=at),
            to=reverse("visit-draw", args=[claim.pk]),
            done=_("Two verifiers are drawn."),
        )
    visit = claims.present_visit(claim)
    may = visiting.candidates(claim, on=clock.county_day(at))
    context = {
        "claim": review.evidence(claim, at=at)["claim"],
        "candidates": sorted(known(user.person).name for user in may.values()),
        "visit": visit and _drawn(visit),
        "drawn_at": story.day_time(visit.drawn_at) if visit else "",
        "can_draw": visit is None and claim.status == ClaimStatus.TO_VISIT,
        "idem": new_key(),
        "back": {"url": reverse("check-list"), "label": _("Draw the verifiers")},
    }
    return render(request, "losses/visit_draw.html", context)


@require_http_methods(["GET", "POST"])
def visit_record(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write down, as the first verifier, what is there, with three photos."""
    visit = permissions.access_visit(request.user, claim_id, to=permissions.is_first)
    claim, at = visit.claim, clock.now()
    if request.method == "GET" and claim.status != ClaimStatus.TO_VISIT:
        return redirect("claim-detail", claim.pk)
    start = {"found": visit.found, "why": visit.why, "signed": visit.household_signed, "idem": new_key()}
    form = VisitForm(request.POST or None, request.FILES or None, initial=start, listing=claim.listing)
    photos = {}
    if request.method == "POST":
        photos = photos_of(request, form, claims.VISIT_PHOTOS, at=at)
        if form.is_valid() and (answer := _record(request, form, visit, photos, at=at)):
            return redirect(answer["url"])
    there = visiting.photos_there(claim) | set(photos)
    context = review.evidence(claim, at=at) | {
        "form": form,
        "unit": cast(StockField, form.fields["found"]).unit_word,
        "claimed_short": claims.short_words(claim.listing, claims.declared(claim).quantity),
        "slots": [
            {"name": which, "label": str(form.fields[which].label), "id": f"id_{which}", "here": which in there}
            for which in claims.VISIT_PHOTOS
        ],
        "missing": len(claims.VISIT_PHOTOS) - len(there & set(claims.VISIT_PHOTOS)),
        "second": known(visit.second.person).name,
        "back": {"url": reverse("visit-list"), "label": _("Visit")},
    }
    return render(request, "losses/visit_record.html", context)


def _drawn(visit: Visit) -> dict:
    return {"first": known(visit.first.person).name, "second": known(visit.second.person).name, "seed": visit.seed}


def _record(request, form, visit, photos, *, at) -> dict | None:
    data = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        visiting.record_visit(
            visit,
            found=data["found"],
            why=data["why"],
            household_signed=data["signed"],
            photos=photos,
            by=request.user,
            at=at,
        )
        return {"url": reverse("visit-list")}

    try:
        seen = {name: data[name] for name in ("found", "why", "signed")}
        answer = once(request, data["idem"], seen, act)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Written down. The second verifier signs next."))
    return answer


@require_http_methods(["GET", "POST"])
def visit_sign(request: SignedIn, claim_id: int) -> HttpResponse:
    """Sign, as the second verifier, what the first wrote."""
    visit = permissions.access_visit(request.user, claim_id, to=permissions.is_second)
    claim, at = visit.claim, clock.now()
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: visiting.sign_visit(visit, by=request.user, at=at),
            to=reverse("visit-list"),
            done=_("Signed. The visit is closed and stays as it is."),
            back=reverse("visit-sign", args=[claim.pk]),
        )
    context = review.evidence(claim, at=at) | {
        "written": visit.first_signed_at is not None,
        "found": claim.listing.in_words(visit.found) if visit.found is not None else "",
        "claimed": claims.quantity_words(claim),
        "first": known(visit.first.person).name,
        "can_sign": visit.first_signed_at is not None and visit.second_signed_at is None,
        "idem": new_key(),
        "back": {"url": reverse("visit-list"), "label": _("Sign the visit")},
    }
    return render(request, "losses/visit_sign.html", context)
