"""「我要出门几天」: until which day nothing is offered, and the one tap that brings everything back."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from catalog import permissions
from catalog.forms.sellers import BackForm, PauseForm
from catalog.pages.sellers import day_chips
from catalog.selectors.pauses import pause_of
from catalog.services import pauses
from kernel import clock
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.places import places
from kernel.shown import Link
from records.doors import once_by_form
from records.forms import ActForm, new_key


@require_http_methods(["GET", "POST"])
def pause(request: SignedIn) -> HttpResponse:
    """Ask until which day one is away."""
    seller = permissions.access_pause(request.user)
    today = clock.county_day(clock.now())
    away = pause_of(today, **seller)
    initial = {"idem": new_key(), "until": away or today + dt.timedelta(days=3)}
    form = PauseForm(request.POST or None, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]

        def act(at: dt.datetime) -> dict[str, Any]:
            pauses.go_away(**seller, until=until, by=request.user, at=at)
            return {"to": reverse("my-listings")}

        try:
            answer = once_by_form(request, form, act)
            messages.success(
                request, _("Good. Until %(day)s nobody is offered your goods.") % {"day": day_words(until)}
            )
            return redirect(answer["to"])
        except DomainError as refusal:
            form.add_error("until", str(refusal))
    context = {
        "back": Link(reverse("my-listings"), _("My goods")),
        "form": form,
        "away": day_words(away) if away else "",
        "idem": new_key(),
        "chips": day_chips(today),
    }
    return render(request, "catalog/pause.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def pause_for(request: SignedIn, household_id: uuid.UUID) -> HttpResponse:
    """Set for a household one lists for until which day it is away, or that it is back; the household is told."""
    household = permissions.access_household_served(request.user, household_id)
    today = clock.county_day(clock.now())
    away = pause_of(today, household=household)
    back = request.method == "POST" and request.POST.get("act") == "back"
    initial = {"idem": new_key(), "until": away or today + dt.timedelta(days=3)}
    form = PauseForm(
        request.POST if request.method == "POST" and not back else None, today=today, for_others=True, initial=initial
    )
    back_form = BackForm(request.POST if back else None, auto_id="back_%s", initial={"idem": new_key()})
    typed = back_form if back else form
    if request.method == "POST" and typed.is_valid():
        data = typed.cleaned_data

        def act(at: dt.datetime) -> dict[str, Any]:
            common = {"household": household, "consent": data["consent"], "by": request.user, "at": at}
            if back:
                pauses.come_back(**common)
            else:
                pauses.go_away(**common, until=data["until"])
            return {"to": reverse("pause-for", args=[household.pk])}

        try:
            answer = once_by_form(request, typed, act)
            messages.success(request, _("Written down. The household gets a text message."))
            return redirect(answer["to"])
        except DomainError as refusal:
            typed.add_error(None if back else "until", str(refusal))
    context = {
        "back": Link(places(request).sell_for(), _("List goods")),
        "name": household.head_name,
        "form": form,
        "back_form": back_form,
        "typed": typed,
        "away": day_words(away) if away else "",
    }
    return render(request, "catalog/pause_for.html", context, status=400 if typed.errors else 200)


@require_POST
def pause_end(request: SignedIn) -> HttpResponse:
    """End the pause: everything still there is on the market again."""
    seller = permissions.access_pause(request.user)
    form = ActForm(request.POST)
    if not form.is_valid():
        return redirect("pause")

    def act(at: dt.datetime) -> dict[str, Any]:
        pauses.come_back(**seller, by=request.user, at=at)
        return {"to": reverse("my-listings")}

    answer = once_by_form(request, form, act)
    messages.success(request, _("Welcome back. Your goods are on the market again."))
    return redirect(answer["to"])
