"""The doors to awards that are looked at once more."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import ReinspectionFilter
from losses.forms.looks import ReinspectionForm
from losses.models import Reinspection
from losses.pages import reinspecting as pages
from losses.services import reinspecting
from records.doors import act_on, on_form
from records.forms import new_key


@require_GET
def reinspection_list(request: SignedIn) -> HttpResponse:
    """List the awards that were drawn for a re-inspection, those drawn last in front."""
    found = narrowed(request, ReinspectionFilter, permissions.access_reinspections(request.user))
    page, at = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", "")), clock.now()
    context = {
        "found": found,
        "rows": [pages.look_task(row, request.user, at=at) for row in page.rows],
        "pages": page_links(page, found.kept),
        "back": Link(places(request).home(), _("Re-inspections")),
    }
    return render(request, "losses/reinspection_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def reinspection(request: SignedIn, reinspection_id: int) -> HttpResponse:
    """Show what is looked at once more, and write down what was found."""
    row = permissions.access_reinspection(request.user, reinspection_id)
    form = ReinspectionForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "GET":
        return _page(request, row, form, 200)
    again = on_form(form, lambda status: _page(request, row, form, status))
    to, done = reverse("reinspection-list"), _("Written down.")
    return act_on(request, form, reinspecting.record, row, to=to, done=done, again=again)


def _page(request: SignedIn, row: Reinspection, form: ReinspectionForm, status: int) -> HttpResponse:
    context = {
        "look": pages.look_page(row, request.user),
        "form": form,
        "back": Link(reverse("reinspection-list"), _("Re-inspections")),
    }
    return render(request, "losses/reinspection.html", context, status=status)
