"""The officers' doors: the work queue, village and township check, send back and refuse."""

import datetime as dt
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock
from kernel.present import name_of
from losses import permissions
from losses.forms import CheckForm, ClearForm, ReasonForm, StockField
from losses.models import ClaimStatus, LossClaim
from losses.selectors import claims, queues, review, story
from losses.services import checking, claiming, findings
from records.doors import act_once
from records.forms import new_key
from records.models import Finding


@require_GET
def check_list(request: SignedIn) -> HttpResponse:
    """Show what waits for this person, by saved view, what is due first in front."""
    permissions.access_checks(request.user)
    at = clock.now()
    views = queues.views_of(request.user)
    if not views:
        return redirect("visit-list")
    asked = request.GET.get("view", "")
    chosen = next((v for v, _n in views if v.key == asked), None) or next((v for v, n in views if n), views[0][0])
    page = queues.queue_page(request.user, chosen, cursor=request.GET.get("cursor", ""))
    context = {
        "tabs": [
            {"url": f"?view={view.key}", "label": str(view.label), "count": count, "current": view == chosen}
            for view, count in views
        ],
        "rows": [_row(request.user, claim, chosen, at) for claim in page.rows],
        "places": [_place(row, chosen) for row in queues.places_waiting(request.user, chosen)]
        if not chosen.step
        else [],
        "pages": {
            "previous_url": f"?view={chosen.key}&cursor={page.previous}" if page.previous else "",
            "next_url": f"?view={chosen.key}&cursor={page.next}" if page.next else "",
        },
    }
    return render(request, "losses/check_list.html", context)


def _row(user, claim, view, at) -> dict:
    left, pressing = queues.time_left(claim.due_at, at=at)
    return {
        "url": reverse(view.step or "claim-detail", args=[claim.pk]),
        "name": claim.household.head_name,
        "line": [
            claim.household.village.short_name,
            f"{name_of(claim.listing.produce)} {claims.quantity_words(claim)}",
            claim.number,
        ],
        "amount": story.amount_words(claim),
        "left": {"tone": "warn" if pressing else "plain", "text": left},
    }


def _place(row, view) -> dict:
    place = "household__village" if view.key == "publish" else "household__village__parent"
    name = "notice-publish-village" if view.key == "publish" else "notice-publish-county"
    return {
        "url": reverse(name, args=[row["scheme_id"], row[f"{place}__code"]]),
        "name": row[f"{place}__name"].removesuffix("委会"),
        "scheme": row["scheme__name"],
        "count": row["n"],
    }


@require_http_methods(["GET", "POST"])
def claim_village_check(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write what the village found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_village_check)
    return _check(request, claim, checking.village_check, ClaimStatus.FILED, _("Village check"))


@require_http_methods(["GET", "POST"])
def claim_township_check(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write what the township found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_township_check)
    return _check(request, claim, checking.township_check, ClaimStatus.VILLAGE_CHECKED, _("Township check"))


def _check(request, claim, check, waits_at, title) -> HttpResponse:
    if request.method == "GET" and claim.status != waits_at:
        return redirect("claim-detail", claim.pk)
    start = {"quantity": claims.latest_figure(claim).quantity, "idem": new_key()}
    form = CheckForm(request.POST or None, initial=start, listing=claim.listing)
    if request.method == "GET":
        return _check_page(request, claim, form, title)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        check(claim, quantity=typed["quantity"], why=typed["why"], by=request.user, at=at)

    def again(sentence: str, _status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _check_page(request, claim, form, title)

    done = _("%(number)s is checked and goes on.") % {"number": claim.number}
    return act_once(request, form, act, to=reverse("check-list"), done=done, again=again)


def _check_page(request: SignedIn, claim: LossClaim, form: CheckForm, title: str) -> HttpResponse:
    at = clock.now()
    context = review.evidence(claim, at=at) | {
        "title": title,
        "form": form,
        "unit": cast(StockField, form.fields["quantity"]).unit_word,
        "answer": ReasonForm(initial={"idem": new_key()}, prefix=""),
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back_url": reverse("claim-send-back", args=[claim.pk]),
        "back": {"url": reverse("check-list"), "label": title},
    }
    return render(request, "losses/claim_check.html", context)


@require_POST
def claim_send_back(request: SignedIn, claim_id: int) -> HttpResponse:
    """Send a claim back to be completed."""
    return _answer(request, claim_id, claiming.send_back, pgettext("claim", "Sent back; the household is told."))


@require_POST
def claim_refuse(request: SignedIn, claim_id: int) -> HttpResponse:
    """Refuse a claim with a reason the household reads."""
    return _answer(request, claim_id, claiming.refuse, pgettext("claim", "Refused; the household is told why."))


def _answer(request, claim_id, answer, done) -> HttpResponse:
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_answer)
    form = ReasonForm(request.POST)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        answer(claim, code=typed["code"], reason=typed["reason"], by=request.user, at=at)

    def again(sentence: str, _status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _shown_again(request, claim, form)

    return act_once(request, form, act, to=reverse("check-list"), done=done, again=again)


def _shown_again(request, claim, form) -> HttpResponse:
    """Show the reason form again with what was typed."""
    context = {
        "form": form,
        "claim": {"title": story.title(claim), "meta": [claim.number, claim.household.village.short_name]},
        "send_back_url": reverse("claim-send-back", args=[claim.pk]) if claim.can_move(ClaimStatus.SENT_BACK) else "",
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back": {"url": reverse("claim-detail", args=[claim.pk]), "label": claim.number},
    }
    return render(request, "losses/claim_answer.html", context, status=400)


@require_POST
def claim_clear(request: SignedIn, claim_id: int) -> HttpResponse:
    """Clear an amber finding with a reason."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    form = ClearForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why it is fine."))
        return redirect("claim-detail", claim.pk)

    def act(at: dt.datetime) -> None:
        typed = form.cleaned_data
        finding = Finding.objects.filter(pk=typed["finding"], document=claim.reference).first()
        if finding is None:
            raise findings.NothingToClear
        findings.clear_finding(finding, claim, reason=typed["reason"], by=request.user, at=at)

    page = "claim-review" if claim.status == ClaimStatus.COUNTY_NOTICE else "claim-compute"
    return act_once(request, form, act, to=reverse(page, args=[claim.pk]), done=_("Cleared, with your reason."))
