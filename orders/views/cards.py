"""Scorecards: how sellers, buyers and hauliers kept to what was agreed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from catalog.selectors.sanctions import sanctions_seen_by
from kernel import clock
from kernel.dates import period_words
from kernel.shown import Link
from orders.forms.papers import DossierForm
from orders.pages.cards import card_groups, sanction_facts, ways_to_object
from orders.selectors.cards import MOST_CARDS, cards_seen_by, usual_days


@require_GET
def scorecard_list(request: SignedIn) -> HttpResponse:
    """Show the own cards, or everybody's to the county, over the days that are asked for."""
    first, last = usual_days(clock.now())
    asked = bool(request.GET)
    form = DossierForm(request.GET if asked else None, initial={"first": first, "last": last})
    refused = asked and not form.is_valid()
    if asked and not refused:
        first, last = form.days()
    against = list(sanctions_seen_by(request.user).filter(to_on__gte=first)[:MOST_CARDS])
    context = {
        "form": form,
        "period": period_words(first, last),
        "groups": [] if refused else card_groups(cards_seen_by(request.user, first, last), request.user),
        "against": sanction_facts(against),
        "objecting": ways_to_object(against, request.user),
        "most": MOST_CARDS,
        "back": Link(reverse("complaint-list"), _("Complaints")),
    }
    return render(request, "orders/scorecard_list.html", context, status=400 if refused else 200)
