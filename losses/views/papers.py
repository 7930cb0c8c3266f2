"""The door of papers: which a claim needs, and one added."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.errors import DomainError
from kernel.shown import Link
from losses import permissions
from losses.forms import PaperForm
from losses.models import LossClaim, SchemePaper
from losses.pages.papers import paper_rows
from losses.pages.words import title
from losses.selectors.papers import papers_of
from losses.services.papering import bring_paper
from losses.views.arriving import photos_of
from records.doors import once
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def claim_papers(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show the papers that the rules ask for, and add one by its photo or its number."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_bring_paper)
    if request.method == "GET":
        return _page(request, claim, None)
    form = PaperForm(request.POST, request.FILES)
    photos = photos_of(request, form, ("photo",), at=clock.now())
    if not form.is_valid():
        return _page(request, claim, form)
    typed = form.cleaned_data
    paper = get_object_or_404(SchemePaper, pk=typed["paper"], scheme=claim.scheme_id)

    def act(at: dt.datetime) -> None:
        photo = next(reversed(photos.values()), None)
        bring_paper(claim, paper, number=typed["number"], photo=photo, by=request.user, at=at)

    try:
        once(request, typed["idem"], {"paper": paper.pk, "number": typed["number"]}, act)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, claim, form)
    messages.success(request, _("Added: %(paper)s.") % {"paper": paper.get_kind_display()})
    return redirect("claim-papers", claim.pk)


def _page(request: SignedIn, claim: LossClaim, sent: PaperForm | None) -> HttpResponse:
    evidence = permissions.can_see_photos(request.user, claim)
    rows = [
        {"paper": row, "form": _form(row.key, sent)} for row in paper_rows(claim, papers_of(claim), evidence=evidence)
    ]
    context = {
        "form": sent,
        "rows": rows,
        "name": title(claim),
        "back": Link(reverse("claim-detail", args=[claim.pk]), claim.number),
    }
    return render(request, "losses/claim_papers.html", context, status=400 if sent is not None else 200)


def _form(key: int, sent: PaperForm | None) -> PaperForm:
    """Return the form of one paper: the one that was sent, if it was about this one."""
    if sent is not None and sent.data.get("paper") == str(key):
        return sent
    return PaperForm(initial={"idem": new_key()}, auto_id=f"id_{key}_%s")
