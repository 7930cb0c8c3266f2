"""What is known of those who sell: the seasons of their land, and what the township recognised them for."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Household, Organisation, Role
from accounts.selectors import standing
from catalog import permissions
from catalog.forms.sellers import PlotForm, RecognitionForm
from catalog.models import PlotSeason, Recognition
from catalog.services import plots, recognitions
from kernel import clock, dates, keyset, masking, weight
from kernel.errors import DomainError
from kernel.present import name_of
from records.doors import once_by_form
from records.forms import ActForm, new_key


@require_http_methods(["GET", "POST"])
def plot_list(request: SignedIn, household_id: uuid.UUID | None = None) -> HttpResponse:
    """Show what a household grows and when it is harvested; POST writes one season down."""
    household = _grower(request, household_id)
    form = PlotForm(request.POST or None, initial={"idem": new_key()})
    here = request.path
    if request.method == "POST" and form.is_valid():
        said = form.said()

        def act(at: dt.datetime) -> dict[str, Any]:
            season = plots.declare_season(household=household, **said, by=request.user, at=at)
            return {"season": season.pk}

        try:
            once_by_form(request, form, act)
            messages.success(request, _("Written down."))
            return redirect(here)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    seasons = household.plot_seasons.select_related("produce", "village").order_by("-harvest_to", "-pk")[:50]
    own = standing(request.user).household_id == household.pk
    context = {
        "back": {"url": reverse("my-listings") if own else reverse("household-list"), "label": _("Back")},
        "who": "" if own else masking.mask_name(household.head_name),
        "rows": [_season(season) for season in seasons],
        "form": form,
    }
    return render(request, "catalog/plots.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def recognition_list(request: SignedIn) -> HttpResponse:
    """Show whom the township recognised; POST recognises one more."""
    households, cooperatives = _recognisable(request)
    form = RecognitionForm(
        request.POST or None,
        households=households,
        cooperatives=cooperatives,
        initial={"idem": new_key(), "from_on": clock.county_day(clock.now())},
    )
    if request.method == "POST" and form.is_valid():
        said = form.said()

        def act(at: dt.datetime) -> dict[str, Any]:
            return {"recognition": recognitions.recognise(**said, by=request.user, at=at).pk}

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
        "rows": [_recognition(row) for row in page.rows],
        "form": form,
        "pages": {
            "previous_url": f"?cursor={page.previous}" if page.previous else "",
            "next_url": f"?cursor={page.next}" if page.next else "",
        },
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


def _recognisable(request: SignedIn):
    who = standing(request.user)
    if not who.has(Role.TOWNSHIP_OFFICER):
        raise PermissionDenied
    households = Household.objects.filter(who.within("village_id", Role.TOWNSHIP_OFFICER))
    cooperatives = Organisation.objects.filter(
        who.within("place_id", Role.TOWNSHIP_OFFICER), kind=Organisation.Kind.COOPERATIVE
    )
    return households, cooperatives


def _in_area(request: SignedIn):
    who = standing(request.user)
    return who.within("household__village_id", Role.TOWNSHIP_OFFICER) | who.within(
        "cooperative__place_id", Role.TOWNSHIP_OFFICER
    )


def _season(season: PlotSeason) -> dict:
    return {
        "name": name_of(season.produce),
        "picture": season.produce.picture,
        "meta": [
            _("%(mu)s mu") % {"mu": f"{season.area_cmu / 100:g}"},
            dates.period_words(season.harvest_from, season.harvest_to),
            _("about %(jin)s jin") % {"jin": weight.with_commas(weight.jin(season.capacity_g // 500 * 500))},
        ],
    }


def _recognition(row: Recognition) -> dict:
    today = clock.county_day(clock.now())
    if row.household is not None:
        seller, where = masking.mask_name(row.household.head_name), row.household.village.short_name
    else:
        seller, where = str(row.cooperative), ""
    runs = row.to_on is None or row.to_on >= today
    return {
        "seller": seller,
        "where": where,
        "track": row.get_track_display(),
        "goods": name_of(row.produce) if row.produce is not None else _("whatever it grows"),
        "document": row.document,
        "days": dates.period_words(row.from_on, row.to_on) if row.to_on else dates.day_words(row.from_on),
        "runs": runs,
        "end_url": reverse("recognition-end", args=[row.pk]) if runs else "",
        "idem": new_key(),
    }
