"""Doors of a household's own: the card it is paid on, and what a co-operative may do for it."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import CoopMember, Mandate
from accounts.selectors import standing
from accounts.services.coops import end_mandate, end_membership
from kernel import clock
from kernel.masking import mask_phone
from kernel.shown import Link
from records.doors import Verb, act_on, act_once, on_form
from records.forms import ActForm, new_key
from registers import permissions
from registers.forms import OwnCardForm
from registers.pages import coops, own_cards
from registers.services.cards import ask_for_card, send_card_code


@require_GET
def my_card(request: SignedIn) -> HttpResponse:
    """Show on which card one is paid; another one is asked for with a fresh code."""
    permissions.access_own_cards(request.user)
    context = {
        "cards": own_cards.own_cards(request.user, clock.now()),
        "key": new_key(),
        "back": Link(reverse("me"), _("Me")),
    }
    return render(request, "registers/my_card.html", context)


@require_POST
def my_card_code(request: SignedIn) -> HttpResponse:
    """Send the code for another card to the own phone."""
    permissions.access_own_cards(request.user)

    def send(at: dt.datetime) -> None:
        send_card_code(request.user)

    to, back = reverse("my-card-new"), reverse("my-card")
    return act_once(request, ActForm(request.POST), send, to=to, back=back, done=_("The code is on its way."))


@require_http_methods(["GET", "POST"])
def my_card_new(request: SignedIn) -> HttpResponse:
    """Ask for another card with the code; a clerk of the relief office compares and confirms it."""
    owners = permissions.access_own_cards(request.user)
    asked = request.GET.get("owner", "")
    begins = own_cards.known_of(standing(request.user), asked if asked in owners else next(iter(owners)))
    form = OwnCardForm(request.POST or None, initial={**begins, "idem": new_key()}, owners=owners)

    def page(status: int) -> HttpResponse:
        context = {
            "form": form,
            "demo": {"code": settings.DEMO_CODE} if settings.DEMO else None,
            "phone": mask_phone(request.user.phone),
            "key": new_key(),
            "back": Link(reverse("my-card"), _("Bank card")),
        }
        return render(request, "registers/my_card_new.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return act_once(
        request,
        form,
        lambda at: _asked_card(request, form, at=at),
        to=reverse("my-card"),
        done=_("Sent. A clerk compares it; until it is used you are paid on the card you have."),
        again=on_form(form, page),
    )


def _asked_card(request: SignedIn, form: OwnCardForm, *, at: dt.datetime) -> dict[str, str]:
    change = ask_for_card(form.content(), code=form.cleaned_data["code"], by=request.user, at=at)
    return {"change": str(change.pk)}


@require_GET
def own_coops(request: SignedIn) -> HttpResponse:
    """Show a household who asks to sell for it, who may, and let it agree, refuse and end."""
    household = permissions.access_own_household(request.user)
    at = clock.now()
    context = {
        "asked": coops.asked_of(household, at),
        "held": coops.held_by(household, clock.county_day(at)),
        "back": Link(reverse("me"), _("Me")),
    }
    return render(request, "registers/own_coops.html", context)


@require_POST
def mandate_end(request: SignedIn, mandate_id: UUID) -> HttpResponse:
    """End what a co-operative may do for a household."""
    mandate = permissions.access_mandate_to_end(request.user, mandate_id)
    return _end(request, mandate, end_mandate)


@require_POST
def coop_member_end(request: SignedIn, coop_member_id: UUID) -> HttpResponse:
    """End a membership, and with it what the co-operative may do for its member."""
    return _end(request, permissions.access_membership_to_end(request.user, coop_member_id), end_membership)


def _end(request: SignedIn, row: CoopMember | Mandate, verb: Verb) -> HttpResponse:
    key = "mandates" if isinstance(row, Mandate) else "coop-members"
    own = standing(request.user).household_id == row.household_id
    to = reverse("own-coops") if own else reverse("register", args=[key])
    return act_on(request, ActForm(request.POST), verb, row, to=to, done=_("Ended. Both sides are told."))
