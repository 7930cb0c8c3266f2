"""Papers of a lot: make out the certificate, hang a slip, print, cancel; and the page its square code leads to."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from catalog import permissions
from catalog.forms.papers import CertificateForm, SlipForm
from catalog.models import Listing, Paper, PaperStatus
from catalog.pages import papers as pages
from catalog.pages.lots import title_of
from catalog.selectors.papers import missing_papers, paper_of, papers_of
from catalog.services import papers
from catalog.services.paper_pdf import certificate_pdf
from kernel import clock
from kernel.errors import DomainError
from kernel.shown import Link
from records.doors import Act, once_by_form
from records.forms import ActForm, new_key
from records.services.photos import receive_photo


@require_http_methods(["GET", "POST"])
def lot_papers(request: SignedIn, listing_id: int) -> HttpResponse:
    """Show the papers of a lot and what is missing for whom; POST makes out the certificate of conformity."""
    lot = permissions.access_own(request.user, listing_id)
    form = CertificateForm(request.POST or None, listing=lot, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():
        typed = form.values()

        def act(at: dt.datetime) -> dict[str, Any]:
            paper = papers.issue_commitment(lot, **typed, by=request.user, at=at)
            return {"to": reverse("lot-papers", args=[lot.pk]), "paper": paper.pk}

        try:
            return _acted(request, form, act, done=_("The certificate is made out. Print it and put it to the goods."))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, lot, form)


@require_http_methods(["GET", "POST"])
def paper_slip(request: SignedIn, listing_id: int) -> HttpResponse:
    """Hang a photographed test slip or quarantine certificate on a lot."""
    lot = permissions.access_own(request.user, listing_id)
    form = SlipForm(request.POST or None, request.FILES or None, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():
        typed = form.values()

        def act(at: dt.datetime) -> dict[str, Any]:
            photo = receive_photo(form.cleaned_data["photo"], by=request.user, at=at, public=False)
            papers.add_slip(lot, photo=photo, **typed, by=request.user, at=at)
            return {"to": reverse("lot-papers", args=[lot.pk])}

        try:
            return _acted(request, form, act, done=_("The paper hangs on the lot now."))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "back": Link(reverse("lot-papers", args=[lot.pk]), _("Papers")),
        "goods": {"title": title_of(lot)},
        "form": form,
    }
    return render(request, "catalog/paper_slip.html", context, status=400 if form.errors else 200)


@require_POST
def paper_cancel(request: SignedIn, listing_id: int, paper_id: int) -> HttpResponse:
    """Declare one paper void."""
    lot = permissions.access_own(request.user, listing_id)
    paper = get_object_or_404(lot.papers, pk=paper_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Press the button once more."))
        return redirect("lot-papers", lot.pk)

    def act(at: dt.datetime) -> dict[str, Any]:
        papers.cancel_paper(paper, by=request.user, at=at)
        return {"to": reverse("lot-papers", args=[lot.pk])}

    try:
        return _acted(request, form, act, done=_("The paper is void now."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("lot-papers", lot.pk)


@require_GET
def paper_print(request: SignedIn, listing_id: int, paper_id: int) -> HttpResponse:
    """Return the certificate as PDF to whoever sells the goods."""
    lot = permissions.access_own(request.user, listing_id)
    paper = get_object_or_404(_with_seller(), listing=lot, pk=paper_id, kind=Paper.Kind.CONFORMITY)
    if lot.recalled_at is not None:
        messages.error(request, _("This lot is recalled: none of its papers counts any more."))
        return redirect("lot-papers", lot.pk)
    address = request.build_absolute_uri(reverse("paper-check", args=[paper.code]))
    answer = HttpResponse(certificate_pdf(paper, address=address), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_not_required
@require_GET
def paper_check(request: HttpRequest, code: str) -> HttpResponse:
    """Tell anybody who reads the square code whether the paper is genuine and still valid; names are masked."""
    paper = paper_of(code)
    if paper is None:
        return render(request, "catalog/paper_check.html", {"unknown": True}, status=404)
    context = {
        "vouched": pages.vouched_words(paper),
        "valid": paper.status == PaperStatus.VALID,
        "withdrawn": paper.listing.recalled_at is not None,
        "stopped": paper.listing.status == "stopped",
        "facts": pages.facts_of(paper),
    }
    return render(request, "catalog/paper_check.html", context)


def _page(request: SignedIn, lot: Listing, form: CertificateForm) -> HttpResponse:
    there = papers_of(lot)
    lacking = missing_papers(lot, there, clock.county_day(clock.now()))
    context = {
        "back": Link(reverse("my-listing", args=[lot.pk]), title_of(lot)),
        "goods": {"title": title_of(lot)},
        "papers": [pages.row(paper) for paper in there],
        "missing": pages.words_of(lacking.everybody),
        "missing_for_some": pages.words_of(lacking.tested_kitchens),
        "form": form,
        "slip_url": reverse("paper-slip", args=[lot.pk]),
    }
    return render(request, "catalog/papers.html", context, status=400 if form.errors else 200)


def _with_seller() -> QuerySet[Paper]:
    return Paper.objects.select_related(
        "listing__produce", "listing__village__parent", "listing__household", "listing__cooperative"
    )


def _acted(request: SignedIn, form: ActForm, act: Act, *, done: str) -> HttpResponse:
    answer = once_by_form(request, form, act)
    messages.success(request, done)
    return redirect(answer["to"])
