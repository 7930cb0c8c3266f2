"""Doors of grievances: said, read, answered, taken back, opened again."""

import datetime as dt
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import permissions, selectors
from accounts.doors import SignedIn
from accounts.filters import VIEWS, GrievanceFilter
from accounts.forms import GrievanceAnswerForm, GrievanceForm, ReopenForm
from accounts.models import WAITING_GRIEVANCES, Grievance, GrievanceStatus
from accounts.pages import grievances as pages
from accounts.selectors.grievances import grievances_seen_by, is_own
from accounts.services import grievances
from kernel import clock, keyset
from kernel.narrowing import narrowed, tabs_of
from kernel.shown import Link, page_links
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key


@require_GET
def grievance_list(request: SignedIn) -> HttpResponse:
    """List one's own grievances, and for officers those of their desk."""
    who = permissions.access_grievances(request.user)
    found = narrowed(request, GrievanceFilter, grievances_seen_by(who))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    views = [("", pgettext("grievances", "All")), *[(key, str(label)) for key, label in VIEWS]]
    context = {
        "tabs": tabs_of(found, "view", views),
        "found": found,
        "rows": pages.grievance_rows(page.rows, request.user, clock.now()),
        "pages": page_links(page, found.kept),
        "doors": pages.doors_of(who),
    }
    return render(request, "accounts/grievance_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def grievance_new(request: SignedIn, about: str) -> HttpResponse:
    """Say what went wrong: about what the county did to one's own side, or about anything else."""
    permissions.access_grievance_new(request.user, about)
    form = GrievanceForm(request.POST or None, initial={"idem": new_key()})

    def act(at: dt.datetime) -> dict[str, int]:
        row = grievances.say_about(about, words=form.cleaned_data["words"], by=request.user, at=at)
        return {"grievance": row.pk}

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "subject": pages.subject_of(about),
            "back": Link(reverse("grievance-list"), _("Grievances")),
        }
        return render(request, "accounts/grievance_new.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("grievance-detail", args=[answer["grievance"]]),
        done=_("Said. Here you see whose turn it is and until when."),
        again=on_form(form, page),
    )


@require_GET
def grievance_detail(request: SignedIn, grievance_id: int) -> HttpResponse:
    """Show one grievance: what is said, whose turn it is until when, the answer, and what one may do."""
    return _grievance(request, permissions.access_grievance(request.user, grievance_id))


@require_POST
def grievance_answer(request: SignedIn, grievance_id: int) -> HttpResponse:
    """Answer a grievance in words."""
    row = permissions.access_grievance_to_answer(request.user, grievance_id)
    form = GrievanceAnswerForm(request.POST)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        upheld = said["verdict"] == GrievanceStatus.UPHELD
        grievances.answer(row, upheld=upheld, words=said["words"], by=request.user, at=at)

    to, done = reverse("grievance-detail", args=[row.pk]), _("Answered. Whoever asked reads it.")
    again = partial(_grievance, request, row, answer=form)
    return act_once(request, form, act, to=to, done=done, again=again)


@require_POST
def grievance_withdraw(request: SignedIn, grievance_id: int) -> HttpResponse:
    """Take back what one said: it has settled itself."""
    row = permissions.access_own_grievance(request.user, grievance_id)
    to, done = reverse("grievance-detail", args=[row.pk]), _("Taken back. Thank you for saying so.")
    return act_on(request, ActForm(request.POST), grievances.withdraw, row, to=to, done=done)


@require_POST
def grievance_reopen(request: SignedIn, grievance_id: int) -> HttpResponse:
    """Open an ended grievance again, once."""
    row = permissions.access_own_grievance(request.user, grievance_id)
    form = ReopenForm(request.POST)

    def act(at: dt.datetime) -> dict[str, int]:
        return {"grievance": grievances.reopen(row, words=form.cleaned_data["words"], by=request.user, at=at).pk}

    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("grievance-detail", args=[answer["grievance"]]),
        done=_("Opened again. The head of the bureau is told too."),
        again=partial(_grievance, request, row, reopen=form),
    )


def _grievance(
    request: SignedIn,
    row: Grievance,
    refusal: str = "",
    status: int = 200,
    *,
    answer: GrievanceAnswerForm | None = None,
    reopen: ReopenForm | None = None,
) -> HttpResponse:
    own, at, fresh = is_own(selectors.standing(request.user), row), clock.now(), {"idem": new_key()}
    may_reopen = own and pages.may_be_reopened(row, at)
    context = {
        "row": row,
        "title": pages.title_of(row),
        "status": pages.status_of(row),
        "facts": pages.grievance_facts(row, request.user, at),
        "answer": (answer or GrievanceAnswerForm(initial=fresh))
        if permissions.answers_now(request.user, row)
        else None,
        "withdraw": ActForm(initial=fresh) if own and row.status in WAITING_GRIEVANCES else None,
        "reopen": (reopen or ReopenForm(initial=fresh)) if may_reopen else None,
        "refusal": refusal,
        "back": Link(reverse("grievance-list"), _("Grievances")),
    }
    return render(request, "accounts/grievance_detail.html", context, status=status)
