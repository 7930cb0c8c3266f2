"""Money that came back and answers that contradict: proposed by one person of finance, confirmed by another."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import keyset
from kernel.shown import Link, page_links
from ledger import permissions, selectors
from ledger.forms import LetterForm, PayeeForm, WhyForm
from ledger.models import Contradiction, ReturnCase
from ledger.pages import mending as pages
from ledger.services import contradictions, mending
from records.doors import act_once
from records.forms import ActForm, new_key


@require_GET
def problem_list(request: SignedIn) -> HttpResponse:
    """List what came back and is not mended, the oldest first, above it the contradictions of the bank."""
    permissions.access_batches(request.user)
    cases = selectors.cases_seen_by(request.user).filter(status__in=selectors.UNMENDED)
    page = keyset.cut(cases, ("opened_at", "pk"), cursor=request.GET.get("cursor", ""))
    open_ones = selectors.open_contradictions(request.user).order_by("opened_at", "pk")
    context = {
        "restores": [pages.restore_link(row) for row in selectors.open_restores()],
        "contradictions": [pages.contradiction_row(row) for row in open_ones[: selectors.MOST_CONTRADICTIONS]],
        "cases": [pages.case_row(case) for case in page.rows],
        "pages": page_links(page),
        "back": Link(reverse("batch-list"), _("Payouts")),
    }
    return render(request, "ledger/problem_list.html", context)


@require_http_methods(["GET", "POST"])
def return_case(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Show one case with its story, and propose the card on which it is paid anew."""
    seen = permissions.can_see_case if request.method == "GET" else permissions.can_mend
    case = permissions.access_case(request.user, case_id, to=seen)
    if request.method == "GET":
        return _show_case(request, case, PayeeForm(initial={"idem": new_key()}))
    form = PayeeForm(request.POST)

    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _show_case(request, case, form, status=status)

    return act_once(
        request,
        form,
        lambda at: mending.propose_payee(case, **form.card(), by=request.user, at=at),
        to=reverse("return-case", args=[case.pk]),
        done=_("Proposed. Another person of your office confirms it."),
        again=again,
    )


def _show_case(request: SignedIn, case: ReturnCase, form: forms.Form, *, status: int = 200) -> HttpResponse:
    may = permissions.can_mend(request.user, case)
    names = "return-case-confirm", "return-case-reject"
    steps = pages.steps_of(case, form, may=may, user=request.user, names=names)
    return render(request, "ledger/problem.html", pages.case_shown(case) | steps, status=status)


@require_POST
def return_case_confirm(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Confirm a proposed card as the second person."""
    case = permissions.access_case(request.user, case_id, to=permissions.can_mend)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: mending.confirm_payee(case, by=request.user, at=at),
        to=reverse("return-case", args=[case.pk]),
        done=_("Mended. The next batch pays it on this card."),
    )


@require_POST
def return_case_reject(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Send a proposed card back with words."""
    case = permissions.access_case(request.user, case_id, to=permissions.can_mend)
    form = WhyForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: mending.reject_payee(case, why=form.cleaned_data["why"], by=request.user, at=at),
        to=reverse("return-case", args=[case.pk]),
        done=_("Sent back with your words."),
    )


@require_http_methods(["GET", "POST"])
def contradiction(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Show one contradiction with its story, and enter the bank's letter."""
    seen = permissions.can_see_case if request.method == "GET" else permissions.can_mend
    row = permissions.access_contradiction(request.user, contradiction_id, to=seen)
    if request.method == "GET":
        return _show_contradiction(request, row, LetterForm(initial={"idem": new_key()}))
    form = LetterForm(request.POST)

    def again(sentence: str, status: int) -> HttpResponse:
        if sentence:
            form.add_error(None, sentence)
        return _show_contradiction(request, row, form, status=status)

    return act_once(
        request,
        form,
        lambda at: contradictions.propose_letter(row, **form.letter(), by=request.user, at=at),
        to=reverse("contradiction", args=[row.pk]),
        done=_("Entered. Another person of your office confirms it."),
        again=again,
    )


def _show_contradiction(request: SignedIn, row: Contradiction, form: forms.Form, *, status: int = 200) -> HttpResponse:
    may = permissions.can_mend(request.user, row)
    names = "contradiction-confirm", "contradiction-reject"
    steps = pages.steps_of(row, form, may=may, user=request.user, names=names)
    return render(request, "ledger/problem.html", pages.contradiction_shown(row) | steps, status=status)


@require_POST
def contradiction_confirm(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Confirm the bank's letter as the second person."""
    row = permissions.access_contradiction(request.user, contradiction_id, to=permissions.can_mend)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: contradictions.confirm_letter(row, by=request.user, at=at),
        to=reverse("contradiction", args=[row.pk]),
        done=_("Settled by the bank's letter."),
    )


@require_POST
def contradiction_reject(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Send an entered letter back with words."""
    row = permissions.access_contradiction(request.user, contradiction_id, to=permissions.can_mend)
    form = WhyForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: contradictions.reject_letter(row, why=form.cleaned_data["why"], by=request.user, at=at),
        to=reverse("contradiction", args=[row.pk]),
        done=_("Sent back with your words."),
    )
