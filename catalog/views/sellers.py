"""What is known of those who sell: the seasons of their land, and what the township recognised them for."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Household, Organisation, Role
from accounts.selectors import standing
from catalog import permissions
from catalog.forms.sellers import RecognitionForm
from catalog.models import Recognition
from catalog.pages.registers import PLOTS
from catalog.pages.sellers import plots_waiting, recognition_row, season_row
from catalog.selectors.seasons import seasons_of
from catalog.services import recognitions
from kernel import clock, keyset, masking
from kernel.errors import DomainError
from kernel.shown import Link, page_links
from records.doors import once_by_form
from records.forms import ActForm, new_key
from registers.pages.changes import listed

MOST_SEASONS = 50


@require_GET
def plot_list(request: SignedIn, household_id: uuid.UUID | None = None) -> HttpResponse:
    """Show what a household grows, how much of it is on sale, and what waits for the township."""
    household = _grower(request, household_id)
    own = standing(request.user).household_id == household.pk
    proposes = own or standing(request.user).covers(household.village_id, Role.CADRE)
    context = {
        "back": Link(reverse("my-listings") if own else reverse("household-list"), _("Back")),
        "who": "" if own else masking.mask_name(household.head_name),
        "rows": [season_row(season, may_correct=proposes) for season in seasons_of(household)[:MOST_SEASONS]],
        "waiting": listed(plots_waiting(request.user, household)),
        "new_url": f"{reverse('register-new', args=[PLOTS.key])}?household={household.number}" if proposes else "",
    }
    return render(request, "catalog/plots.html", context)


@require_http_methods(["GET", "POST"])
def recognition_list(request: SignedIn) -> HttpResponse:
    """Show whom the township recognised; POST recognises one more."""
    households, cooperatives = _recognisable(request)
    today = clock.county_day(clock.now())
    form = RecognitionForm(
        request.POST or None,
        households=households,
        cooperatives=cooperatives,
        initial={"idem": new_key(), "from_on": today},
    )
    if request.method == "POST" and form.is_valid():
        typed = form.values()

        def act(at: dt.datetime) -> dict[str, Any]:
            return {"recognition": recognitions.recognise(**typed, by=request.user, at=at).pk}

        try:
            once_by_form(request, form, act)
            messages.success(request, _("Recognised. Lots put on sale from now on say so."))
            return redirect("recognition-list")
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    rows = Recognition.objects.filter(_in_area(request)).select_related(
        "household__village", "cooperative__place", "produce"
    )
    page = keyset.cut(rows, ("-from_on", "-id"), cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [recognition_row(row, today) for row in page.rows],
        "form": form,
        "pages": page_links(page),
    }
    return render(request, "catalog/recognitions.html", context, status=400 if form.errors else 200)


@require_POST
def recognition_end(request: SignedIn, recognition_id: int) -> HttpResponse:
    """Let one recognition end."""
    _recognisable(request)
    recognition = get_object_or_404(Recognition.objects.filter(_in_area(request)), pk=recognition_id)
    form = ActForm(request.POST)
    if form.is_valid():
        try:
            once_by_form(request, form, lambda at: recognitions.end_recognition(recognition, by=request.user, at=at))
            messages.success(request, _("Ended."))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return redirect("recognition-list")


def _grower(request: SignedIn, household_id: uuid.UUID | None) -> Household:
    if household_id is None:
        return permissions.access_sell(request.user)
    permissions.access_sell_for(request.user)
    household = permissions.households_served(request.user).filter(pk=household_id).first()
    if household is None:
        raise Http404
    return household


def _recognisable(request: SignedIn) -> tuple[QuerySet[Household], QuerySet[Organisation]]:
    who = standing(request.user)
    if not who.has(Role.TOWNSHIP_OFFICER):
        raise PermissionDenied
    households = Household.objects.filter(who.within("village_id", Role.TOWNSHIP_OFFICER))
    cooperatives = Organisation.objects.filter(
        who.within("place_id", Role.TOWNSHIP_OFFICER), kind=Organisation.Kind.COOPERATIVE
    )
    return households, cooperatives


def _in_area(request: SignedIn) -> Q:
    who = standing(request.user)
    return who.within("household__village_id", Role.TOWNSHIP_OFFICER) | who.within(
        "cooperative__place_id", Role.TOWNSHIP_OFFICER
    )
