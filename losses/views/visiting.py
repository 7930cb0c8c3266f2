"""The verifiers' doors: today's visits, the draw, write down what is there, sign the same."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.selectors import signed_in_until
from kernel import clock
from kernel.errors import DomainError
from kernel.present import known
from kernel.shown import Link
from losses import permissions
from losses.forms.visits import VisitForm, VisitRedrawForm, VisitSignForm
from losses.models import ClaimStatus, Visit
from losses.pages.evidence import evidence_head
from losses.pages.field import bar, both, ready_context, record_context, signing_context
from losses.pages.visits import NUMBERS, day_of, drawn, fallen_words, paper_sheets, together_words
from losses.pages.words import day_time
from losses.selectors import claims, queues
from losses.selectors.cards import cards_asked
from losses.selectors.photos import photos_come
from losses.selectors.reports import count_lines
from losses.services import visiting
from losses.views.arriving import evidence_context, photos_of
from losses.views.field import DIFFERENT, empty_form, empty_signing, say_as_second
from records.doors import act_on, act_once, on_form, once
from records.forms import ActForm, new_key
from records.models import StoredFile


@require_GET
def visit_list(request: SignedIn) -> HttpResponse:
    """List the visits this person was drawn for, what is still to do in front."""
    permissions.access_visits(request.user)
    at = clock.now()
    visits = list(queues.visits_of(request.user).select_related("claim__report")[:100])
    count_lines(visit.claim for visit in visits)
    day = day_of(visits, request.user, at=at)
    context = {"tasks": day.tasks, "way": day.said} | bar(request.user, queues.to_keep_by(request.user))
    return render(request, "losses/visit_list.html", context)


@require_GET
def visit_ready(request: SignedIn) -> HttpResponse:
    """Say, before somebody leaves for the visits, whether the phone is ready, as far as it tells."""
    permissions.access_visits(request.user)
    visits = queues.to_keep_by(request.user)
    until = signed_in_until(request.user, request.session.get_expiry_date(), at=clock.now())
    context = ready_context(request.user, visits, until=until)
    context["back"] = Link(reverse("visit-list"), _("Visit"))
    return render(request, "losses/visit_ready.html", bar(request.user, visits) | context)


@require_GET
def visit_paper(request: SignedIn) -> HttpResponse:
    """Print the visits of the day as forms, for a day on which no phone will do."""
    permissions.access_visits(request.user)
    visits = queues.to_keep_by(request.user)
    context = {"sheets": paper_sheets(visits), "no": NUMBERS, "printed": day_time(clock.now())}
    return render(request, "losses/visit_paper.html", context | {"back": Link(reverse("visit-list"), _("Visit"))})


@require_http_methods(["GET", "POST"])
def visit_draw(request: SignedIn, claim_id: int) -> HttpResponse:
    """Draw the two verifiers, and show who could have been drawn and by which seed."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    at = clock.now()
    if request.method == "POST":
        to, done = reverse("visit-draw", args=[claim.pk]), _("Two verifiers are drawn.")
        return act_on(request, ActForm(request.POST), visiting.draw, claim, to=to, done=done)
    visit = claims.present_visit(claim)
    can_redraw = visit is not None and claim.status == ClaimStatus.TO_VISIT
    candidates = visiting.candidates(claim, on=clock.county_day(at))
    context = {
        "claim": evidence_head(claim, at=at),
        "form": VisitRedrawForm(initial={"idem": new_key()}) if can_redraw else None,
        "redraw_url": reverse("visit-redraw", args=[claim.pk]),
        "fallen": fallen_words(claim),
        "together": together_words(claim, visit),
        "candidates": sorted(known(user.person).name for user in candidates.values()),
        "visit": visit and drawn(visit),
        "drawn_at": day_time(visit.drawn_at) if visit else "",
        "can_draw": visit is None and claim.status == ClaimStatus.TO_VISIT,
        "idem": new_key(),
        "back": Link(reverse("check-list"), _("Draw the verifiers")),
    }
    return render(request, "losses/visit_draw.html", context)


@require_POST
def visit_redraw(request: SignedIn, claim_id: int) -> HttpResponse:
    """Draw another in place of a verifier who falls out."""
    visit = permissions.access_visit(request.user, claim_id, to=permissions.can_redraw)
    to, done = reverse("visit-draw", args=[claim_id]), _("Another verifier is drawn.")
    return act_on(request, VisitRedrawForm(request.POST), visiting.redraw, visit, to=to, done=done)


@require_http_methods(["GET", "POST"])
def visit_record(request: SignedIn, claim_id: int) -> HttpResponse:
    """Write down, as the first verifier, what is there, with three photos."""
    visit = permissions.access_visit(request.user, claim_id, to=permissions.is_first)
    claim, at = visit.claim, clock.now()
    if request.method == "GET" and claim.status != ClaimStatus.TO_VISIT:
        return redirect("claim-detail", claim.pk)
    form = empty_form(visit)
    photos: dict[str, StoredFile] = {}
    if request.method == "POST":
        form = VisitForm(request.POST, request.FILES, goods=claim.goods)
        photos = photos_of(request, form, (*claims.VISIT_PHOTOS, claims.PAPER), at=at)
        if form.is_valid() and _record(request, form, visit, photos):
            return redirect("visit-list")
    there = photos_come([visit])[visit.pk] | set(photos)
    signed = claims.visit_photos(visit, [claims.SIGNATURE, claims.PAPER, claims.FIRST_SIGNATURE])
    card = bool(cards_asked([visit]))
    context = record_context(visit, form, there, card=card, at=at, signed_here=signed) | bar(
        request.user, queues.to_keep_by(request.user)
    )
    context["both"] = both(visit, request.POST) if form.refused_by in DIFFERENT else []
    context["back"] = Link(reverse("visit-list"), _("Visit"))
    return render(request, "losses/visit_record.html", context)


def _record(request: SignedIn, form: VisitForm, visit: Visit, photos: dict[str, StoredFile]) -> bool:
    """Write the visit once, or put the refusal on the form with everything still in it; return whether it is written.

    The photos have arrived whatever becomes of the form, so they are no part of what the key stands for.
    """
    facts = form.facts()

    def act(at: dt.datetime) -> None:
        visiting.record_visit(visit, **facts, photos=photos, by=request.user, at=at)

    try:
        once(request, form.cleaned_data["idem"], facts, act)
    except DomainError as refusal:
        form.refused_by = refusal.code
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down. The second verifier signs next."))
    return True


@require_http_methods(["GET", "POST"])
def visit_sign(request: SignedIn, claim_id: int) -> HttpResponse:
    """Sign, as the second verifier, what the first wrote, or say what is different."""
    visit = permissions.access_visit(request.user, claim_id, to=permissions.is_second)
    claim = visit.claim
    if request.method == "GET":
        return _signing_page(request, visit, empty_signing(visit), 200)
    form = VisitSignForm(request.POST, goods=claim.goods)

    def act(at: dt.datetime) -> None:
        try:
            say_as_second(visit, form, by=request.user, at=at)
        except DomainError as refusal:
            form.refused_by = refusal.code
            raise

    again = on_form(form, lambda status: _signing_page(request, visit, form, status))
    said = _("Said. You can sign once the first verifier has written it down again, changed or not.")
    done = said if form.is_valid() and form.contests else _("Signed. The visit is closed and stays as it is.")
    return act_once(request, form, act, to=reverse("visit-list"), done=done, again=again)


def _signing_page(request: SignedIn, visit: Visit, form: VisitSignForm, status: int) -> HttpResponse:
    there = photos_come([visit])[visit.pk]
    at = clock.now()
    context = evidence_context(visit.claim, at=at) | bar(request.user, queues.to_keep_by(request.user))
    context |= signing_context(visit, form, there, at=at)
    context["both"] = both(visit, request.POST) if form.refused_by in DIFFERENT else []
    context["back"] = Link(reverse("visit-list"), _("Sign the visit"))
    return render(request, "losses/visit_sign.html", context, status=status)
