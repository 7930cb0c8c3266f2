"""Visiting without a net: the visits that a phone keeps, and what it sends once the net is back."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn, from_own_page
from accounts.models import User
from accounts.selectors import signed_in_until
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.shown import Link
from losses import permissions
from losses.forms.visits import VisitForm, VisitSignForm
from losses.models import Visit
from losses.pages import field as pages
from losses.pages.visits import day_of
from losses.selectors.cards import cards_asked
from losses.selectors.claims import SECOND_SIGNATURE, SENT_BY_FIRST, visit_role
from losses.selectors.photos import photos_come
from losses.selectors.queues import to_keep_by
from losses.services import visiting
from records.doors import error_status, once, photo_in_pieces
from records.forms import new_key
from records.models import StoredFile
from records.services import ahead

DIFFERENT = (visiting.WrittenMeanwhile.code, visiting.ReadOtherwise.code)  # there are two versions to look at
Versions = Sequence[tuple[str, str, str]]


@require_GET
def pack(request: SignedIn) -> HttpResponse:
    """Return the visits this person writes down or signs and the page of each; they name nobody who is signed in."""
    permissions.access_visits(request.user)
    at, visits = clock.now(), to_keep_by(request.user)
    come, cards = photos_come(visits), cards_asked(visits)
    bar = pages.bar(request.user, visits)

    def page(template: str, context: dict) -> str:
        nameless: dict = {"who": None, "org_name": "", "messages": [], "shell": True}
        return render_to_string(template, bar | context | nameless, request)

    day = day_of(visits, request.user, at=at)
    kept = {"list": page("losses/visit_list.html", {"tasks": day.tasks, "way": day.said})}
    if bar:
        until = signed_in_until(request.user, request.session.get_expiry_date(), at=at)
        ready = pages.ready_context(request.user, visits, until=until)
        back = Link(reverse("visit-list"), _("Visit"))
        kept["ready"] = page("losses/visit_ready.html", ready | {"back": back})
    for visit in visits:
        if not permissions.is_first(request.user, visit):
            asked = pages.signing_context(visit, empty_signing(visit), come[visit.pk], at=at) | {"for_phone": True}
            asked["back"] = Link(reverse("visit-list"), _("Sign the visit"))
            kept[f"{visit.claim.pk}/sign"] = page("losses/visit_sign.html", asked)
            continue
        card = visit.pk in cards
        asked = pages.record_context(visit, empty_form(visit), come[visit.pk], card=card, at=at, for_phone=True)
        asked["back"] = Link(reverse("visit-list"), _("Visit"))
        kept[str(visit.claim.pk)] = page("losses/visit_record.html", asked)
    return JsonResponse(kept, json_dumps_params={"ensure_ascii": False})


def empty_form(visit: Visit) -> VisitForm:
    """Return the form of a visit as it was last written; what was found is never filled in before."""
    start = {
        "found": visit.found,
        "why": visit.why,
        "conclusion": visit.conclusion,
        "signed": visit.signed,
        "card_read": visit.card_read,
        "witness": visit.witness,
        "witness_tie": visit.witness_tie,
        "idem": new_key(),
    }
    return VisitForm(initial=start | {"seen": visiting.last_written(visit)}, goods=visit.claim.goods)


def empty_signing(visit: Visit) -> VisitSignForm:
    """Return the form of the second verifier, who has read the visit as it is written now."""
    start = {"seen": visiting.last_written(visit), "idem": new_key()}
    return VisitSignForm(initial=start, goods=visit.claim.goods)


def say_as_second(visit: Visit, form: VisitSignForm, *, by: User, at: dt.datetime) -> None:
    """Sign the visit as it was read, or say what is different."""
    verb = visiting.contest_visit if form.contests else visiting.sign_visit
    verb(visit, **form.facts(), by=by, at=at)


@require_POST
@from_own_page
def visit_signed(request: SignedIn, visit_id: int) -> HttpResponse:
    """Take the second signature that a phone has kept, once under its key, or what the second says is different."""
    visit = permissions.access_visit_told(request.user, visit_id, hand="second")
    claim, typed = visit.claim, _typed(request)

    def act(at: dt.datetime) -> None:
        form = VisitSignForm(request.POST.dict() | {"idem": "phone"}, goods=visit.claim.goods)
        if not form.is_valid():
            raise BadValue(str(next(iter(form.errors.values()))[0]))
        ahead.require_come(claim.reference, _roles(claim.round, ahead.shown_of(request.POST.get("shown", ""))))
        say_as_second(visit, form, by=request.user, at=at)

    try:
        once(request, f"signed-{visit.pk}-{uuid.UUID(request.POST.get('key', ''))}", typed, act)
    except ValueError:
        return _refused(BadValue(_("The form has lost its number. Open the page again.")))
    except DomainError as refusal:
        return _told(permissions.access_visit_told(request.user, visit_id, hand="second"), refusal, typed)
    return JsonResponse({"to": reverse("visit-list"), "number": visit.claim.number})


def _typed(request: SignedIn) -> dict[str, str]:
    """Return what a phone has sent, without what is of this try alone."""
    return {name: str(text) for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "key")}


def _told(visit: Visit, refusal: DomainError, typed: dict[str, str]) -> HttpResponse:
    """Answer a phone what happened meanwhile, or why not; of two versions with both."""
    over = pages.over_meanwhile(visit)
    versions = pages.both(visit, typed) if over or refusal.code in DIFFERENT else []
    if not over:
        return _refused(refusal, versions)
    told = {"code": "visit_over", "message": over, "both": versions}
    return JsonResponse(told | {"receipt": reverse("claim-detail", args=[visit.claim.pk])}, status=409)


@require_POST
@from_own_page
def visit_written(request: SignedIn, visit_id: int) -> HttpResponse:
    """Take what a phone has written of a visit, once under the key it made; what happened meanwhile is said."""
    visit = permissions.access_visit_told(request.user, visit_id)
    claim = visit.claim
    typed = _typed(request)

    def act(at: dt.datetime) -> None:
        ahead.require_come(claim.reference, _roles(claim.round, ahead.shown_of(request.POST.get("shown", ""))))
        form = VisitForm(request.POST.dict() | {"idem": "phone"}, goods=claim.goods)
        if not form.is_valid():
            raise BadValue(str(next(iter(form.errors.values()))[0]))
        visiting.record_visit(visit, **form.facts(), photos={}, by=request.user, at=at)

    try:
        once(request, f"visit-{visit.pk}-{uuid.UUID(request.POST.get('key', ''))}", typed, act)
    except ValueError:
        return _refused(BadValue(_("The form has lost its number. Open the page again.")))
    except DomainError as refusal:
        return _told(permissions.access_visit_told(request.user, visit_id), refusal, typed)
    return JsonResponse({"to": reverse("visit-list"), "number": claim.number})


@require_http_methods(["GET", "POST"])
@from_own_page
def visit_photo(request: SignedIn, visit_id: int, which: str, digest: str) -> HttpResponse:
    """Return how much of a photo has arrived, or take the piece that follows; whole, it hangs on the claim."""
    if which not in (*SENT_BY_FIRST, SECOND_SIGNATURE):
        raise Http404
    hand = "second" if which == SECOND_SIGNATURE else "first"
    visit = permissions.access_visit_kept(request.user, visit_id, hand=hand)
    claim = visit.claim

    def hang(photo: StoredFile, at: dt.datetime) -> None:
        visiting.show(visit, which, photo, by=request.user, at=at)

    to = reverse("visit-sign" if hand == "second" else "visit-record", args=[claim.pk])
    return photo_in_pieces(request, claim.reference, visit_role(visit.round, which), digest, hang, to=to)


def _roles(round: int, shown: dict[str, str]) -> dict[str, str]:
    return {visit_role(round, which): digest for which, digest in shown.items()}


def _refused(refusal: DomainError, versions: Versions = ()) -> HttpResponse:
    told = {"code": refusal.code, "message": str(refusal)} | ({"both": versions} if versions else {})
    return JsonResponse(told, status=error_status(refusal))
