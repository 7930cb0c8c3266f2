"""Money that came back and answers that contradict: proposed by one person of finance, confirmed by another."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import keyset
from kernel.places import places
from kernel.shown import Link, page_links
from ledger import permissions, selectors
from ledger.forms import LetterForm, PayeeForm, WhyForm
from ledger.models import HeirStatus
from ledger.pages import mending as pages
from ledger.pages.heirs import heir_row
from ledger.services import contradictions, mending
from records.doors import Verb, act_on, on_form
from records.forms import ActForm, sent_or_new


@require_GET
def problem_list(request: SignedIn) -> HttpResponse:
    """List what came back and is not mended, the oldest first, above it the contradictions of the bank."""
    permissions.access_problems(request.user)
    cases = selectors.cases_seen_by(request.user).filter(status__in=selectors.UNMENDED)
    page = keyset.cut(cases, ("opened_at", "pk"), cursor=request.GET.get("cursor", ""))
    open_ones = selectors.open_contradictions(request.user).order_by("opened_at", "pk")
    heirs = selectors.heirs_seen_by(request.user).filter(status=HeirStatus.PROPOSED)
    reads_all = permissions.reads_restores(request.user)
    context = {
        "heirs": [heir_row(row) for row in heirs[: selectors.MOST_CONTRADICTIONS]],
        "restores": [pages.restore_link(row) for row in selectors.open_restores() if reads_all],
        "contradictions": [pages.contradiction_row(row) for row in open_ones[: selectors.MOST_CONTRADICTIONS]],
        "cases": [pages.case_row(case) for case in page.rows],
        "pages": page_links(page),
        "back": Link(reverse("batch-list") if reads_all else places(request).home(), _("Payouts")),
    }
    return render(request, "ledger/problem_list.html", context)


def problem_page(
    request: SignedIn,
    row: Model,
    form: ActForm,
    propose: Verb,
    *,
    page: Callable[[], dict[str, Any]],
    done: str = "",
) -> HttpResponse:
    """Show what two people of finance mend; the form of its page, once sent, is what the first of them proposes."""

    def show(status: int) -> HttpResponse:
        return render(request, "ledger/problem.html", page(), status=status)

    if request.method == "GET":
        return show(200)
    done = done or _("Entered. Another person of your office confirms it.")
    return act_on(request, form, propose, row, to=request.path, done=done, again=on_form(form, show))


@require_http_methods(["GET", "POST"])
def return_case(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Show one case with its story, and propose the card on which it is paid anew."""
    seen = permissions.can_see_case if request.method == "GET" else permissions.can_mend
    case = permissions.access_case(request.user, case_id, to=seen)
    form = sent_or_new(request, PayeeForm)
    done = _("Proposed. Another person of your office confirms it.")

    def page() -> dict[str, Any]:
        return pages.case_shown(case, form, permissions.can_mend(request.user, case), request.user)

    return problem_page(request, case, form, mending.propose_payee, page=page, done=done)


@require_POST
def return_case_confirm(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Confirm a proposed card as the second person."""
    return _on_case(request, case_id, ActForm, mending.confirm_payee, _("Mended. The next batch pays it on this card."))


@require_POST
def return_case_reject(request: SignedIn, case_id: UUID) -> HttpResponse:
    """Send a proposed card back with words."""
    return _on_case(request, case_id, WhyForm, mending.reject_payee, _("Sent back with your words."))


def _on_case(request: SignedIn, case_id: UUID, kind: type[ActForm], verb: Verb, done: str) -> HttpResponse:
    case = permissions.access_case(request.user, case_id, to=permissions.can_mend)
    return act_on(request, kind(request.POST), verb, case, to=reverse("return-case", args=[case.pk]), done=done)


@require_http_methods(["GET", "POST"])
def contradiction(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Show one contradiction with its story, and enter the bank's letter."""
    seen = permissions.can_see_case if request.method == "GET" else permissions.can_mend
    row = permissions.access_contradiction(request.user, contradiction_id, to=seen)
    form = sent_or_new(request, LetterForm)

    def page() -> dict[str, Any]:
        return pages.contradiction_shown(row, form, permissions.can_mend(request.user, row), request.user)

    return problem_page(request, row, form, contradictions.propose_letter, page=page)


@require_POST
def contradiction_confirm(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Confirm the bank's letter as the second person."""
    done = _("Settled by the bank's letter.")
    return _on_contradiction(request, contradiction_id, ActForm, contradictions.confirm_letter, done)


@require_POST
def contradiction_reject(request: SignedIn, contradiction_id: int) -> HttpResponse:
    """Send an entered letter back with words."""
    done = _("Sent back with your words.")
    return _on_contradiction(request, contradiction_id, WhyForm, contradictions.reject_letter, done)


def _on_contradiction(request: SignedIn, row_id: int, kind: type[ActForm], verb: Verb, done: str) -> HttpResponse:
    row = permissions.access_contradiction(request.user, row_id, to=permissions.can_mend)
    return act_on(request, kind(request.POST), verb, row, to=reverse("contradiction", args=[row.pk]), done=done)
