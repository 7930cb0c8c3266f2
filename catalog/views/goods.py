"""One's own goods: the list, where every kilo of a lot went, and what its owner may do with it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Role
from accounts.selectors import standing
from catalog import permissions
from catalog.forms.goods import HarvestForm, PriceForm, WithdrawForm
from catalog.models import Listing, ListingStatus, Track
from catalog.pages.lots import (
    amount_both,
    day_of,
    fates,
    harvest_of,
    jin_with_comma,
    keeps,
    my_row,
    price_line,
    thousands,
    title_of,
)
from catalog.pages.steps import step
from catalog.selectors.goods import steps_of
from catalog.selectors.pauses import pause_of
from catalog.services import listings
from kernel import clock, keyset, money
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.present import name_of
from produce.models import StockUnit
from produce.services import pricing
from records.doors import Act, once_by_form
from records.forms import ActForm, new_key
from records.services.photos import photo_url

MOST_PRICES = 12
MOST_ACTIONS = 4  # beside each other; the rest is folded away
CHEAPER_FEN = 10  # one tap takes this much off the price of a jin
ANSWERABLE = (ListingStatus.ON_SALE, ListingStatus.EXPIRED)


@require_GET
def my_listings(request: SignedIn) -> HttpResponse:
    """List one's own goods, the newest first."""
    permissions.access_goods(request.user)
    today = clock.county_day(clock.now())
    only_open = request.GET.get("view") == "open"
    lots = permissions.own_goods(request.user).select_related("produce", "cover")
    if only_open:
        lots = lots.filter(status__in=ANSWERABLE)
    page = keyset.cut(lots, ("-listed_at", "-id"), cursor=request.GET.get("cursor", ""))
    here = reverse("my-listings")
    view = "&view=open" if only_open else ""
    own = standing(request.user).household_id is not None
    context = {
        "views": [
            {"url": here, "label": pgettext("my goods", "All"), "current": not only_open},
            {"url": f"{here}?view=open", "label": pgettext("my goods", "Still for sale"), "current": only_open},
        ],
        "listings": [my_row(lot, today) | {"quick": _quick(lot, today)} for lot in page.rows],
        "sell_url": reverse("sell") if own else reverse("sell-for"),
        "pause": _pause(request, today),
        "pages": {
            "previous_url": f"?cursor={page.previous}{view}" if page.previous else "",
            "next_url": f"?cursor={page.next}{view}" if page.next else "",
        },
    }
    return render(request, "catalog/my_listings.html", context)


@require_GET
def my_listing(request: SignedIn, listing_id: int) -> HttpResponse:
    """Show where every kilo of a lot went, step by step."""
    lot = permissions.access_own(request.user, listing_id)
    today = clock.county_day(clock.now())
    parts = fates(lot, today)
    actions = _actions(lot, today)
    whole = sum(lot.grams(getattr(lot, side)) for side in ("reserved", "sold", "claimed", "written_off", "withdrawn"))
    context = {
        "back": {"url": reverse("my-listings"), "label": _("My goods")},
        "goods": _goods(lot) | {"name": name_of(lot.produce), "number": lot.number},
        "fates": parts,
        "total": jin_with_comma(lot.grams(lot.listed)),
        "total_kg": thousands(lot.grams(lot.listed)),
        "balanced": whole + lot.grams(lot.free()) == lot.grams(lot.listed),
        "steps": [step(lot, happened, reader=request.user) for happened in steps_of(lot)],
        "prices": _prices(lot),
        "actions": actions[:MOST_ACTIONS],
        "more_actions": actions[MOST_ACTIONS:],
        "dispute": {"url": reverse("listing-dispute", args=[lot.pk])}
        if permissions.can_dispute(request.user, lot) and lot.free()
        else None,
        "panel": _panel(lot, today),
    }
    return render(request, "catalog/my_listing.html", context)


@require_http_methods(["GET", "POST"])
def price(request: SignedIn, listing_id: int) -> HttpResponse:
    """Ask another price from now on."""
    lot = permissions.access_own(request.user, listing_id)
    now = money.price_per_jin(lot.price_fen, lot.price_unit_g).replace(",", "")
    form = PriceForm(request.POST or None, initial={"idem": new_key(), "price": now, "price_reason": lot.price_reason})
    asked = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.change_price(
                lot,
                price_fen=said["price"],
                price_unit_g=500,
                price_reason=said["price_reason"],
                sure=said["sure"],
                by=request.user,
                at=at,
            )

        try:
            return _acted(request, lot, form, act, done=_("The new price is on the market."))
        except pricing.UnusualPrice as question:
            asked = str(question)
        except pricing.PriceReasonNeeded as refusal:
            form.add_error("price_reason", str(refusal))
        except DomainError as refusal:
            form.add_error("price", str(refusal))
    return _step(
        request, lot, form, _("Another price"), unusual=asked, submit={"label": _("Ask this price"), "danger": False}
    )


@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, listing_id: int) -> HttpResponse:
    """Say that the goods are still there."""
    lot = permissions.access_own(request.user, listing_id)
    form = ActForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():

        def act(at: dt.datetime) -> None:
            listings.confirm_still_there(lot, by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Good. It stays on the market."))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _step(request, lot, form, _("Is it still there?"), submit={"label": _("Still there"), "danger": False})


@require_http_methods(["GET", "POST"])
def harvest(request: SignedIn, listing_id: int) -> HttpResponse:
    """Say that a forecast lot is harvested, today unless another day is written."""
    lot = permissions.access_own(request.user, listing_id)
    today = clock.county_day(clock.now())
    form = HarvestForm(request.POST or None, initial={"idem": new_key(), "on": today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.harvest(lot, on=said["on"], by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Good. It is written down as harvested."))
        except DomainError as refusal:
            form.add_error(
                "on" if isinstance(refusal, listings.BadHarvestDay | listings.PastKeeping) else None, str(refusal)
            )
    return _step(request, lot, form, _("Is it harvested?"), submit={"label": _("Harvested"), "danger": False})


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, listing_id: int) -> HttpResponse:
    """Take back what is free, with the reason."""
    lot = permissions.access_own(request.user, listing_id)
    counted = lot.stock_unit == StockUnit.PIECE
    form = WithdrawForm(request.POST or None, counted=counted, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.withdraw(lot, reason=said["reason"], quantity=said.get("quantity"), by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Written down. What is ordered stays ordered."))
        except DomainError as refusal:
            form.add_error("quantity" if said.get("quantity") else None, str(refusal))
    left = _("%(amount)s left") % {"amount": amount_both(lot, lot.free())}
    return _step(
        request, lot, form, _("Take goods back"), lead=left, submit={"label": _("Take them back"), "danger": True}
    )


@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, listing_id: int) -> HttpResponse:
    """Answer 「不是我」 to what somebody listed in the household's name."""
    lot = permissions.access_own(request.user, listing_id)
    if not permissions.can_dispute(request.user, lot):
        raise PermissionDenied
    form = ActForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():

        def act(at: dt.datetime) -> None:
            listings.dispute(lot, by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Taken down. The agriculture bureau looks into it."))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _step(
        request,
        lot,
        form,
        _("I did not do this"),
        lead=_("What is not ordered yet is taken down, and the agriculture bureau asks who listed it."),
        submit={"label": _("I did not do this"), "danger": True},
    )


@require_POST
def stop(request: SignedIn, listing_id: int) -> HttpResponse:
    """Stop the sale of a lot, with the reason its household reads."""
    return _overseen(request, listing_id, listings.stop_sale, reason=request.POST.get("reason", "")[:200])


@require_POST
def resume(request: SignedIn, listing_id: int) -> HttpResponse:
    """Let a stopped lot be sold again."""
    return _overseen(request, listing_id, listings.resume_sale)


def _pause(request: SignedIn, today: dt.date) -> dict | None:
    """Say until when one is away, to whoever sells goods of its own."""
    who = standing(request.user)
    if not who.household_id and not who.has(Role.COOP_MANAGER):
        return None
    managed = min(who.organisations(Role.COOP_MANAGER), default=None)
    until = pause_of(today, household=who.household_id, cooperative=None if who.household_id else managed)
    return {"away": day_words(until) if until else "", "idem": new_key()}


def _overseen(request: SignedIn, listing_id: int, verb: Callable, **said) -> HttpResponse:
    lot = get_object_or_404(permissions.seen_by(request.user), pk=listing_id)
    if not permissions.can_stop_sale(request.user, lot):
        raise PermissionDenied
    try:
        verb(lot, by=request.user, at=clock.now(), **said)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("listing-detail", listing_id)


def _acted(request: SignedIn, lot: Listing, form: ActForm, act: Act, *, done: str) -> HttpResponse:
    """Act once under the form's key; the same form again leads to the same page."""
    from_list = request.POST.get("from") == "list"

    def acting(at: dt.datetime) -> dict[str, Any]:
        act(at)
        return {"to": reverse("my-listings") if from_list else reverse("my-listing", args=[lot.pk])}

    answer = once_by_form(request, form, acting)
    messages.success(request, done)
    return redirect(answer["to"])


def _step(
    request, lot: Listing, form, heading: str, *, submit: dict, lead: str = "", unusual: str = ""
) -> HttpResponse:
    context = {
        "back": {"url": reverse("my-listing", args=[lot.pk]), "label": _("My goods")},
        "goods": _goods(lot),
        "heading": heading,
        "lead": lead,
        "form": form,
        "counted": lot.stock_unit == StockUnit.PIECE,
        "unusual": unusual,
        "submit": submit,
    }
    return render(request, "catalog/goods_step.html", context, status=400 if form.errors or unusual else 200)


def _goods(lot: Listing) -> dict:
    kilos = _("%(kg)s kg") % {"kg": thousands(lot.grams(lot.listed))}
    certified = [lot.get_track_display()] if lot.track == Track.CERTIFIED else []
    return {
        "title": title_of(lot),
        "picture": lot.produce.picture,
        "photo_url": photo_url(lot.cover),
        "meta": [*certified, kilos, _("listed on %(day)s") % {"day": day_of(lot.listed_at)}, price_line(lot)],
    }


def _actions(lot: Listing, today: dt.date) -> list[dict]:
    """Return what the owner may do with a lot, what is most wanted first."""
    pk, free = lot.pk, lot.free()
    on_sale = lot.status == ListingStatus.ON_SALE and free
    found = []
    if free and lot.harvested_on is None and lot.status in ANSWERABLE:
        found.append(_one_tap("listing-harvest", lot, _("Harvested"), on=today.isoformat()))
    elif free and lot.status in ANSWERABLE:
        asked = lot.status == ListingStatus.EXPIRED or lot.asked_at is not None
        found.append(_one_tap("listing-confirm", lot, _("Still there"), main=asked))
    if on_sale and (cheaper := _cheaper(lot)):
        found.append(cheaper)
    if free and lot.household_id and lot.harvested_on is not None and (spoiled := _claim_url(pk)):
        found.append({"url": spoiled, "label": _("Something has spoiled"), "main": False})
    if free:
        found.append({"url": reverse("listing-withdraw", args=[pk]), "label": _("Take goods back"), "main": False})
    if on_sale:
        found.append({"url": reverse("listing-price", args=[pk]), "label": _("Another price"), "main": False})
    if lot.harvested_on is not None:
        found.append({"url": reverse("lot-papers", args=[pk]), "label": _("Papers"), "main": False})
    found.append({"url": f"{reverse('sell')}?again={pk}", "label": _("The same again"), "main": not free})
    return found


def _quick(lot: Listing, today: dt.date) -> list[dict]:
    """Return what one tap in the list does to a lot on sale: still there or harvested today, ten cents less."""
    if lot.status != ListingStatus.ON_SALE or not lot.free():
        return []
    if lot.harvested_on is None:
        first = _one_tap("listing-harvest", lot, _("Harvested"), on=today.isoformat())
    else:
        first = _one_tap("listing-confirm", lot, _("Still there"), main=lot.asked_at is not None)
    found = [first, _cheaper(lot)]
    return [act for act in found if act]


def _cheaper(lot: Listing) -> dict | None:
    """Return the button that takes ten cents off, where more than ten cents are asked in whole fen a jin."""
    if lot.price_unit_g != 500 or lot.price_fen <= CHEAPER_FEN:
        return None
    lower = money.yuan_plain(lot.price_fen - CHEAPER_FEN)
    words = _("10 cents less: %(price)s") % {"price": lower}
    return _one_tap("listing-price", lot, words, price=lower, price_reason=lot.price_reason)


def _one_tap(name: str, lot: Listing, label: str, *, main: bool = True, **fields: str) -> dict:
    return {
        "url": reverse(name, args=[lot.pk]),
        "label": label,
        "main": main,
        "post": True,
        "fields": {"idem": new_key(), **fields},
    }


def _prices(lot: Listing) -> list[dict]:
    """Return what a lot asked from which day on, the latest first; one price all along is no history."""
    changes = list(lot.prices.order_by("-pk")[:MOST_PRICES])
    if len(changes) < 2:
        return []
    return [
        {
            "label": _("from %(day)s on") % {"day": day_of(change.at)},
            "value": _("%(price)s yuan a jin") % {"price": money.price_per_jin(change.price_fen, change.price_unit_g)},
        }
        for change in changes
    ]


def _claim_url(pk: int) -> str:
    try:
        return reverse("claim-new", args=[pk])
    except NoReverseMatch:
        return ""


def _panel(lot: Listing, today) -> dict | None:
    if lot.recalled_at is not None:
        return {
            "tone": "danger",
            "text": _("This lot is recalled: nobody may eat or sell it. Call us if you do not know why."),
        }
    if lot.status == ListingStatus.STOPPED:
        return {"tone": "danger", "text": _("The sale of this lot is stopped for now. Call us if you do not know why.")}
    if not lot.free():
        return None
    if lot.harvested_on is None:
        words = _("Announced: %(when)s. When it is harvested, press “Harvested”.")
        return {"tone": "info", "text": words % {"when": harvest_of(lot)["value"]}}
    if lot.sell_by < today:
        return {"tone": "warn", "text": _("It is past its keeping time. If it has spoiled, report it.")}
    if lot.status == ListingStatus.EXPIRED:
        return {"tone": "warn", "text": _("It is off the market because nobody answered. Press “Still there”.")}
    if lot.asked_at is not None:
        return {"tone": "warn", "text": _("Is it still there? Press “Still there”, or take it back.")}
    if (lot.sell_by - today).days <= 3:
        return {"tone": "warn", "text": keeps(lot, today)}
    return None
