"""Doors of the deputies of approvers."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedIn
from canteens import permissions
from canteens.forms.deputies import DeputyForm
from canteens.pages.deputies import deputy_rows
from canteens.pages.short_tiers import short_rows
from canteens.selectors.deputies import deputies_named
from canteens.selectors.short_tiers import short_tiers
from canteens.services import deputies
from kernel import clock
from records.doors import act_on, act_once, on_form
from records.forms import ActForm, new_key, sent_or_new


@require_http_methods(["GET", "POST"])
def deputy_list(request: SignedIn) -> HttpResponse:
    """Show who answers for this approver and for whom it answers; name somebody from a day to a day."""
    if request.method == "POST":
        permissions.access_deputy_new(request.user)
    today = clock.county_day(clock.now())
    form = sent_or_new(request, DeputyForm, offered=permissions.access_deputies(request.user, today))

    def page(status: int) -> HttpResponse:
        context = {
            "form": form if permissions.names_deputies(request.user) else None,
            "rows": deputy_rows(deputies_named(request.user, today), request.user),
            "short": short_rows(short_tiers(today, permissions.own_buyers(request.user))),
            "key": new_key(),
        }
        return render(request, "canteens/deputy_list.html", context, status=status)

    def act(at: dt.datetime) -> dict[str, int]:
        organisation, person = form.chosen()
        first_on, last_on = form.cleaned_data["from_on"], form.cleaned_data["last_on"]
        return {"deputy": deputies.name_deputy(organisation, person, first_on, last_on, by=request.user, at=at).pk}

    if request.method == "GET":
        return page(200)
    done = _("Named and told. It ends by itself after the last day.")
    return act_once(request, form, act, to=lambda _answer: reverse("deputy-list"), done=done, again=on_form(form, page))


@require_POST
def deputy_end(request: SignedIn, deputy_id: int) -> HttpResponse:
    """End a deputy from today on, as the approver who named it."""
    row = permissions.access_deputy_to_end(request.user, deputy_id)
    to, done = reverse("deputy-list"), _("Ended. The deputy was told.")
    return act_on(request, ActForm(request.POST), deputies.end_deputy, row, to=to, done=done)
