"""The officers' doors: the work queue, village and township check, send back and refuse."""

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock
from kernel.errors import DomainError
from kernel.shown import Link, page_links
from losses import permissions
from losses.forms import ClearForm, ReasonForm, StockField
from losses.forms.checking import CheckForm
from losses.models import ClaimStatus, LossClaim
from losses.pages import desks, field
from losses.pages.words import title
from losses.selectors import queues
from losses.selectors.queues import View
from losses.services import answering, checking, findings
from losses.services.holding import Seen
from losses.views.arriving import evidence_context, photos_of
from records.doors import act_once, on_form, once, typed
from records.forms import new_key
from records.models import Finding, StoredFile

MOST_IN_QUEUE = 30
WAITS_AT = {"village": ClaimStatus.FILED, "township": ClaimStatus.VILLAGE_CHECKED}


@require_GET
def check_list(request: SignedIn) -> HttpResponse:
    """Show what waits for this person, by saved view, what is due first in front."""
    permissions.access_checks(request.user)
    at = clock.now()
    views = queues.views_of(request.user, at)
    if not views:
        return redirect("visit-list")
    key, when = request.GET.get("view", ""), request.GET.get("when", "")
    if when not in ("", "now", "later"):
        raise Http404
    chosen, later = permissions.view_of(request.user, key) if key else _first(views), when == "later"
    not_now = queues.not_to_do(request.user, chosen, at)
    claims = not_now if later else queues.mine_to_do(request.user, chosen, at)
    page = queues.queue_page(claims, cursor=request.GET.get("cursor", ""))
    places = queues.places_waiting(request.user, chosen) if chosen.of_places else []
    context = {
        "later": later,
        "later_url": f"?view={chosen.key}&when=later",
        "later_count": not_now.count(),
        "tabs": desks.view_tabs(views, chosen),
        "rows": [desks.waiting_row(claim, chosen, at=at) for claim in page.rows],
        "places": [desks.place_row(place) for place in places],
        "running_url": reverse("notice-running") if permissions.publishes(request.user) else "",
        "work_url": reverse("relief-workload") if permissions.reads_workload(request.user) else "",
        "pages": page_links(page, f"&view={chosen.key}{'&when=later' if later else ''}"),
    }
    return render(request, "losses/check_list.html", context)


def _first(views: list[tuple[View, int]]) -> View:
    """Return the first view in which something waits, else the first."""
    return [*(view for view, count in views if count), views[0][0]][0]


@require_http_methods(["GET", "POST"])
def claim_village_check(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write what the village found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_village_check)
    return _check(request, claim, checking.village_check, queues.BY_KEY["village"], _("Village check"))


@require_http_methods(["GET", "POST"])
def claim_township_check(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write what the township found."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_township_check)
    return _check(request, claim, checking.township_check, queues.BY_KEY["township"], _("Township check"))


def _check(
    request: SignedIn, claim: LossClaim, check: Callable[..., LossClaim], view: View, heading: str
) -> HttpResponse:
    if request.method == "GET" and claim.status != WAITS_AT[view.key]:
        return redirect("claim-detail", claim.pk)
    if request.method == "GET":
        # whoever checks writes what they count, never what they were told
        form = CheckForm(initial={"idem": new_key()}, goods=claim.goods)
        return _check_page(request, claim, form, view, heading)
    form = CheckForm(request.POST, request.FILES, goods=claim.goods)
    photos = photos_of(request, form, ("photo",), at=clock.now())
    if form.is_valid() and _checked(request, form, claim, check, photos):
        done = _("%(number)s is checked and goes on.") % {"number": claim.number}
        return _to_the_next(request, view, done)
    return _check_page(request, claim, form, view, heading)


def _checked(
    request: SignedIn,
    form: CheckForm,
    claim: LossClaim,
    check: Callable[..., LossClaim],
    photos: dict[str, StoredFile],
) -> bool:
    """Write a check once, or put the refusal on the form with everything still in it; return whether it is written.

    The photo has arrived whatever becomes of the form, so it is no part of what the key stands for.
    """
    facts = form.facts()
    seen = Seen(next(reversed(photos.values()), None), facts.pop("spot"), facts["looked_at"])

    def act(at: dt.datetime) -> None:
        check(claim, quantity=facts["quantity"], why=facts["why"], seen=seen, by=request.user, at=at)

    try:
        once(request, form.cleaned_data["idem"], facts, act)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _to_the_next(request: SignedIn, view: View, done: str) -> HttpResponse:
    """Say what was done, and go on to the next claim of the view that this person may do; or say that none is left."""
    messages.success(request, done)
    return redirect(next_url(request, view))


def next_url(request: SignedIn, view: View) -> str:
    """Return where the next claim of a view is done by this person; say where none is left, and go to the list."""
    following = queues.next_to_do(request.user, view, clock.now())
    if following is None:
        messages.info(request, _("That was the last one; nothing more waits for you here."))
        return f"{reverse('check-list')}?view={view.key}"
    return reverse(desks.STEPS[view.key], args=[following.pk])


def _check_page(request: SignedIn, claim: LossClaim, form: CheckForm, view: View, heading: str) -> HttpResponse:
    at = clock.now()
    waiting = queues.mine_to_do(request.user, view, at)
    context = evidence_context(claim, at=at) | {
        "title": heading,
        "form": form,
        "queue": desks.queue_to_check(waiting[:MOST_IN_QUEUE], waiting.count(), claim, view, at=at),
        "photo_needed": checking.asks_for_photo(claim),
        "sold": claim.sale_id is not None,
        "place_words": field.check_place_words(),
        "unit": cast(StockField, form.fields["quantity"]).unit_word,
        "answer": ReasonForm(initial={"idem": new_key()}, prefix=""),
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back_url": reverse("claim-send-back", args=[claim.pk]),
        "back": Link(reverse("check-list"), heading),
    }
    return render(request, "losses/claim_check.html", context)


@require_POST
def claim_send_back(request: SignedIn, claim_id: int) -> HttpResponse:
    """Send a claim back to be completed."""
    return _answer(request, claim_id, answering.send_back, pgettext("claim", "Sent back; the household is told."))


@require_POST
def claim_refuse(request: SignedIn, claim_id: int) -> HttpResponse:
    """Refuse a claim with a reason the household reads."""
    return _answer(request, claim_id, answering.refuse, pgettext("claim", "Refused; the household is told why."))


def _answer(request: SignedIn, claim_id: int, answer: Callable[..., LossClaim], done: str) -> HttpResponse:
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_answer)
    form = ReasonForm(request.POST)
    again = on_form(form, lambda _status: _shown_again(request, claim, form))
    key = next((key for key, status in WAITS_AT.items() if claim.status == status), "")
    to = (lambda _led: next_url(request, queues.BY_KEY[key])) if key else reverse("check-list")

    def act(at: dt.datetime) -> None:
        answer(claim, **typed(form), by=request.user, at=at)

    return act_once(request, form, act, to=to, done=done, again=again)


def _shown_again(request: SignedIn, claim: LossClaim, form: ReasonForm) -> HttpResponse:
    """Show the reason form again with what was typed."""
    context = {
        "form": form,
        "claim": {"title": title(claim), "meta": [claim.number, claim.household.village.short_name]},
        "send_back_url": reverse("claim-send-back", args=[claim.pk]) if claim.can_move(ClaimStatus.SENT_BACK) else "",
        "refuse_url": reverse("claim-refuse", args=[claim.pk]),
        "back": Link(reverse("claim-detail", args=[claim.pk]), claim.number),
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

    view = queues.BY_KEY["decide" if claim.status == ClaimStatus.COUNTY_NOTICE else "compute"]
    page = reverse(desks.STEPS[view.key], args=[claim.pk])

    def to(_led: dict[str, Any]) -> str:
        at = clock.now()
        mine = queues.mine_to_do(request.user, view, at).filter(pk=claim.pk)
        return page if findings.is_doubted(claim, at=at) or mine.exists() else next_url(request, view)

    return act_once(request, form, act, to=to, done=_("Cleared, with your reason."), back=page)
