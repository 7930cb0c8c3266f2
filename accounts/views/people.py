"""Doors of one's own account and of the register."""

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import permissions, selectors
from accounts.doors import SignedIn
from accounts.forms import DisputeAnswerForm, HouseholdFile, PointForm, RefusalForm
from accounts.models import (
    DisputeStatus,
    Place,
    RegisterFile,
    RegisterFileStatus,
    Role,
)
from accounts.pages import acts as pages_of_acts
from accounts.pages import me as pages_of_me
from accounts.pages import register as pages_of_register
from accounts.pages.register import household_row, village_groups
from accounts.services import acts, register, register_files
from accounts.services.places import FarAway, set_point
from accounts.services.readings import note_reading
from accounts.services.sessions import end_session, end_sessions
from kernel import brought, clock, keyset
from kernel.errors import DomainError
from kernel.letters import COOKIE as LETTERS
from kernel.letters import Letters, letters_of
from kernel.places import places
from kernel.shown import Link, page_links
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key

YEAR_SECONDS = 365 * 24 * 3600
MOST_SHOWN = 200  # of known households that a file changes
MOST_LETTERS, NEWEST_LETTERS = 20, 3


@require_POST
@login_not_required
def elder_toggle(request: SignedIn) -> HttpResponse:
    """Set how large the letters are on this phone: normal, large or largest."""
    answer = redirect(_way_back(request))
    letters = letters_of(request.POST)
    if letters > Letters.NORMAL:
        answer.set_cookie(LETTERS, str(letters.value), max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SECURE)
    else:
        answer.delete_cookie(LETTERS, samesite="Lax")
    return answer


@require_POST
@login_not_required
def language_switch(request: SignedIn) -> HttpResponse:
    """Speak Chinese or English on this phone from now on."""
    answer = redirect(_way_back(request))
    language = request.POST.get("language", "")
    if translation.check_for_language(language) and language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SECURE
        )
    return answer


class SetUpAuthenticator(ActivateTOTPView):
    """Set up the authenticator app; the session in which its code was shown has taken the second step with it."""

    def get_success_url(self) -> str:
        """Lead on to the own work."""
        return places(self.request).home()

    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        """Keep the authenticator, and write down in the session that its code was shown here."""
        answer = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type=Authenticator.Type.TOTP.value)
        return answer


set_up_authenticator = SetUpAuthenticator.as_view()


@require_GET
def me(request: SignedIn) -> HttpResponse:
    """Show who one is here, what one may do, where one is paid, and what was sent."""
    who = selectors.standing(request.user)
    received = selectors.messages_to(who.household)[:MOST_LETTERS] if who.household is not None else []
    letters = [pages_of_me.letter(message) for message in received]
    context = {
        "facts": pages_of_me.facts_of(who, request.user),
        "card_url": places(request).own_card() if who.household_id or who.has(*selectors.PAID_BY) else "",
        "coops_url": places(request).own_coops() if who.household is not None else "",
        "acts_url": reverse("done-for-me") if who.household_id is not None else "",
        "said_url": reverse("grievance-list") if permissions.may_see_grievances(who) else "",
        "sessions_url": reverse("session-list", args=[request.user.person_id]) if request.user.person_id else "",
        "letters": letters[:NEWEST_LETTERS],
        "earlier": letters[NEWEST_LETTERS:],
    }
    return render(request, "accounts/me.html", context)


@require_GET
def session_list(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Show where a person is signed in: one's own sessions, or for the security administrator anybody's of staff."""
    person = permissions.access_sessions(request.user, person_id)
    own = person.pk == request.user.person_id
    here = request.session.session_key
    context = {
        "name": "" if own else person.name,
        "rows": [pages_of_me.session_row(one, here=here) for one in selectors.sessions_of(person.pk)],
        "end_all_url": reverse("sessions-end", args=[person.pk]),
        "key": new_key(),
        "back": Link(reverse("me"), _("Me")) if own else None,
    }
    return render(request, "accounts/sessions.html", context)


@require_POST
def session_end(request: SignedIn, session_id: UUID) -> HttpResponse:
    """End one session; the device asks to sign in at its next page."""
    session = permissions.access_session(request.user, session_id)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: end_session(session, by=request.user, at=at),
        to=reverse("session-list", args=[session.user.person_id]),
        done=_("This session is ended."),
    )


@require_POST
def sessions_end(request: SignedIn, person_id: UUID) -> HttpResponse:
    """End whatever somebody is signed in with."""
    person = permissions.access_sessions(request.user, person_id)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: {"accounts": end_sessions(person, by=request.user, at=at)},
        to=reverse("session-list", args=[person.pk]),
        done=_("Signed out everywhere."),
    )


@require_GET
def household_list(request: SignedIn) -> HttpResponse:
    """List the households this person looks after, masked, by village."""
    permissions.access_register(request.user)
    page = keyset.cut(
        selectors.households_seen_by(request.user), ("village_id", "number"), cursor=request.GET.get("cursor", "")
    )
    note_reading(by=request.user, door="household-list", people=len(page.rows), at=clock.now())
    writes = selectors.standing(request.user).has(Role.CADRE)
    land_of = places(request).land_of
    context = {
        "rows": [
            household_row(household, household.tier_now, plots_url=land_of(household.pk) if writes else "")
            for household in page.rows
        ],
        "may_import": permissions.can_import_households(request.user),
        "waiting": [
            pages_of_register.waiting_file(file)
            for file in selectors.register_files_seen_by(request.user).filter(status=RegisterFileStatus.PROPOSED)
        ],
        "pages": page_links(page),
    }
    return render(request, "accounts/household_list.html", context)


def household_import(request: SignedIn) -> HttpResponse:
    """Read a file of households: first what it would do and what it leaves open, then hand it to a colleague."""
    office = permissions.office_of(request.user)
    form = HouseholdFile(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        raw, answers = form.cleaned_data["raw"], form.answers()
        try:
            report = register.check_file(raw, answers=answers, at=clock.now())
            if request.POST.get("act") == "propose":
                file = register_files.propose_file(raw, answers=answers, office=office, by=request.user, at=clock.now())
                messages.success(
                    request, _("Handed on. A colleague confirms it, then the households are in the register.")
                )
                return redirect("register-file", file.pk)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    context = {
        "form": form,
        "report": report,
        "asked": form.asked(report) if report is not None else [],
        "changed": [
            pages_of_register.moved_row(ready.place, ready.number, ready.name, ready.facts)
            for ready in (report.changed[:MOST_SHOWN] if report is not None else [])
        ],
        "kept": brought.pack(form.cleaned_data["raw"]) if report is not None else "",
        "file_url": places(request).household_file(),
    }
    return render(request, "accounts/household_import.html", context, status=400 if form.errors else 200)


@require_GET
def register_file(request: SignedIn, register_file_id: UUID) -> HttpResponse:
    """Show a file of households: who brought it, its counts and faults, its rows masked, and what may be done."""
    return _register_file(request, permissions.access_register_file(request.user, register_file_id))


@require_POST
def register_file_confirm(request: SignedIn, register_file_id: UUID) -> HttpResponse:
    """Confirm a colleague's file: its households are in the register."""
    file = permissions.access_register_file_to_decide(request.user, register_file_id)
    to, done = reverse("register-file", args=[file.pk]), _("The households are in the register.")
    return act_on(request, ActForm(request.POST), register_files.confirm_file, file, to=to, done=done)


@require_POST
def register_file_refuse(request: SignedIn, register_file_id: UUID) -> HttpResponse:
    """Refuse a colleague's file, saying what does not match."""
    file = permissions.access_register_file_to_decide(request.user, register_file_id)
    to, done = reverse("register-file", args=[file.pk]), _("Refused. No household was entered.")
    return act_on(request, RefusalForm(request.POST), register_files.refuse_file, file, to=to, done=done)


def _register_file(request: SignedIn, file: RegisterFile) -> HttpResponse:
    rows = file.lines.select_related("village").order_by("position")
    page = keyset.cut(rows, ("position",), cursor=request.GET.get("cursor", ""))
    note_reading(by=request.user, door="register-file", people=len(page.rows), at=clock.now())
    context = {
        "file": pages_of_register.file_shown(file),
        "rows": [pages_of_register.file_row(row) for row in page.rows if row.household_id is None],
        "changed": [pages_of_register.moved_row_of(row) for row in page.rows if row.household_id is not None],
        "pages": page_links(page),
        "decide": permissions.can_decide_register_file(request.user, file)
        and file.status == RegisterFileStatus.PROPOSED
        and file.by.person_id != request.user.person_id,
        "key": new_key(),
        "back": Link(reverse("household-list"), _("Households")),
    }
    return render(request, "accounts/register_file.html", context)


@require_GET
def place_list(request: SignedIn) -> HttpResponse:
    """Show where the villages lie, as far as anybody said, by township."""
    permissions.access_places(request.user)
    return _places(request, {})


@require_POST
def place_point(request: SignedIn, place_code: str) -> HttpResponse:
    """Set where one village lies."""
    permissions.access_places(request.user)
    place = get_object_or_404(Place, pk=place_code, level=Place.Level.VILLAGE)
    form = PointForm(request.POST)
    if form.is_valid():
        try:
            set_point(place, **form.point(), by=request.user, at=clock.now())
            messages.success(request, _("The point is set."))
            return redirect("place-list")
        except FarAway as question:
            form.ask()
            form.add_error(None, str(question))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _places(request, {place.code: form}, status=400)


def _places(request: SignedIn, forms: dict[str, PointForm], status: int = 200) -> HttpResponse:
    groups = village_groups(selectors.villages(), forms)
    failed = next(iter(forms.values()), None)
    return render(request, "accounts/places.html", {"groups": groups, "failed": failed}, status=status)


def _way_back(request: SignedIn) -> str:
    there = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return there if safe else "/"


@require_GET
def done_for_me(request: SignedIn) -> HttpResponse:
    """Show a household what others did in its name, newest first, each with 「不是我」."""
    who = permissions.access_done_for(request.user)
    page = keyset.cut(selectors.done_for(who), ("-at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "rows": pages_of_acts.act_rows(page.rows),
        "pages": page_links(page),
        "back": Link(reverse("me"), _("Me")),
    }
    return render(request, "accounts/done_for_me.html", context)


@require_http_methods(["GET", "POST"])
def act_not_me(request: SignedIn, consent_id: UUID) -> HttpResponse:
    """Say 「不是我」 to one act; what can be held is held at once, and the officers are told."""
    consent = permissions.access_act(request.user, consent_id)
    form = ActForm(request.POST or None, initial={"idem": new_key()})

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "act": pages_of_acts.act_rows([consent])[0],
            "back": Link(reverse("done-for-me"), _("Done for me by others")),
        }
        return render(request, "accounts/act_not_me.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return act_once(
        request,
        form,
        lambda at: acts.dispute(consent, by=request.user, at=at),
        to=reverse("done-for-me"),
        done=_("Written down. Township and bureau are told; you read their answer here."),
        again=on_form(form, page),
    )


@require_GET
def dispute_list(request: SignedIn) -> HttpResponse:
    """List what households dispute in one's area, the oldest first."""
    who = permissions.access_disputes(request.user)
    state = request.GET.get("state", DisputeStatus.OPEN)
    if state not in DisputeStatus.values:
        state = DisputeStatus.OPEN
    rows = selectors.disputes_seen_by(who).filter(status=state)
    page = keyset.cut(rows, ("at", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "tabs": pages_of_acts.dispute_tabs(state),
        "rows": pages_of_acts.dispute_rows(page.rows, clock.now()),
        "pages": page_links(page, f"&state={state}"),
    }
    return render(request, "accounts/dispute_list.html", context)


@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, dispute_id: UUID) -> HttpResponse:
    """Read what a household disputes, and answer it in words."""
    reads = request.method == "GET"
    access = permissions.access_dispute if reads else permissions.access_dispute_to_answer
    row = access(request.user, dispute_id)
    form = DisputeAnswerForm(request.POST or None, initial={"idem": new_key()})

    def page(status: int) -> HttpResponse:
        covers = selectors.standing(request.user).covers(row.household.village_id, *selectors.ANSWERERS)  # type: ignore[attr-defined]
        context = {
            "facts": pages_of_acts.dispute_facts(row),
            "status": pages_of_acts.status_of(row),
            "form": form if row.status == DisputeStatus.OPEN and covers else None,
            "back": Link(reverse("dispute-list"), _("“This was not me”")),
        }
        return render(request, "accounts/dispute.html", context, status=status)

    if reads:
        return page(200)
    return act_once(
        request,
        form,
        lambda at: acts.answer(
            row,
            upheld=form.cleaned_data["verdict"] == DisputeStatus.UPHELD,
            words=form.cleaned_data["answer"],
            by=request.user,
            at=at,
        ),
        to=reverse("dispute-list"),
        done=_("Answered. The household reads it."),
        again=on_form(form, page),
    )
