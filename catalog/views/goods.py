"""One's own goods: the list, where every kilo of a lot went, and what its owner may do with it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import Role
from accounts.selectors import standing
from catalog import permissions
from catalog.filters import GoodsFilter
from catalog.forms.goods import HarvestForm, PriceForm, SmallestForm, StopForm, WithdrawForm
from catalog.models import Listing
from catalog.pages import goods as pages
from catalog.pages.facets import unread_words
from catalog.pages.lots import URGENT_DAYS, amount_both, jin_with_comma, thousands
from catalog.pages.steps import step
from catalog.selectors.goods import soon_spoiled, steps_of
from catalog.selectors.pauses import pause_of
from catalog.services import listings
from catalog.services.acts import say_not_me
from catalog.services.smallest import say_smallest
from kernel import clock, keyset, money
from kernel.errors import DomainError
from kernel.places import places
from kernel.shown import Link, Tab, page_links
from produce.models import StockUnit
from produce.services import pricing
from records.doors import Act, act_once, once_by_form
from records.forms import ActForm, new_key

MOST_PRICES = 12
MOST_URGENT = 10
URGENT = dt.timedelta(days=URGENT_DAYS)
MOST_ACTIONS = 4  # beside each other; the rest is folded away
SIDES = ("reserved", "sold", "claimed", "written_off", "withdrawn")


@require_GET
def my_listings(request: SignedIn) -> HttpResponse:
    """List one's own goods, the newest first."""
    permissions.access_goods(request.user)
    today = clock.county_day(clock.now())
    filters = GoodsFilter(request.GET, permissions.own_goods(request.user).select_related("produce", "cover"))
    view, cursor = filters.chosen, request.GET.get("cursor", "")
    urgent = [] if view == "down" else list(soon_spoiled(filters.qs, today + URGENT)[:MOST_URGENT])
    lots = filters.qs.exclude(pk__in=[lot.pk for lot in urgent])
    page = keyset.cut(lots, ("-listed_at", "-id"), cursor=cursor)
    here = reverse("my-listings")
    own = standing(request.user).household_id is not None
    context = {
        "views": [
            Tab(here, pgettext("my goods", "All"), not view),
            Tab(f"{here}?view=open", pgettext("my goods", "Still for sale"), view == "open"),
            Tab(f"{here}?view=down", pgettext("my goods", "Taken down"), view == "down"),
        ],
        "listings": [pages.row(lot, today) for lot in [*([] if cursor else urgent), *page.rows]],
        "sell_url": places(request).sell() if own else places(request).sell_for(),
        "pause": _pause(request, today),
        "unread": unread_words(filters.form),
        "pages": page_links(page, f"&view={view}" if view else ""),
    }
    return render(request, "catalog/my_listings.html", context, status=200 if filters.is_valid() else 400)


@require_GET
def my_listing(request: SignedIn, listing_id: int) -> HttpResponse:
    """Show where every kilo of a lot went, step by step."""
    lot = permissions.access_own(request.user, listing_id)
    today = clock.county_day(clock.now())
    actions = pages.actions(lot, today, places(request))
    whole = lot.grams(lot.listed)
    disputable = permissions.can_dispute(request.user, lot) and lot.free()
    context = {
        "back": Link(reverse("my-listings"), _("My goods")),
        "goods": pages.head(lot),
        "fates": pages.fates(lot, today),
        "total": jin_with_comma(whole),
        "total_kg": thousands(whole),
        "balanced": sum(lot.grams(getattr(lot, side)) for side in SIDES) + lot.grams(lot.free()) == whole,
        "steps": [step(lot, happened, reader=request.user) for happened in steps_of(lot)],
        "prices": pages.prices(list(lot.prices.order_by("-pk")[:MOST_PRICES])),
        "actions": actions[:MOST_ACTIONS],
        "more_actions": actions[MOST_ACTIONS:],
        "dispute": Link(reverse("listing-dispute", args=[lot.pk]), _("I did not do this")) if disputable else None,
        "panel": pages.panel(lot, today),
    }
    return render(request, "catalog/my_listing.html", context)


@require_http_methods(["GET", "POST"])
def price(request: SignedIn, listing_id: int) -> HttpResponse:
    """Ask another price from now on."""
    lot = permissions.access_own(request.user, listing_id)
    now = money.price_per_jin(lot.price_fen, lot.price_unit_g).replace(",", "")
    form = PriceForm(request.POST or None, initial={"idem": new_key(), "price": now, "price_reason": lot.price_reason})
    unusual = ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.change_price(
                lot,
                price_fen=typed["price"],
                price_unit_g=500,
                price_reason=typed["price_reason"],
                sure=typed["sure"],
                by=request.user,
                at=at,
            )

        try:
            return _acted(request, lot, form, act, done=_("The new price is on the market."))
        except pricing.UnusualPrice as question:
            unusual = str(question)
        except pricing.PriceReasonNeeded as refusal:
            form.add_error("price_reason", str(refusal))
        except DomainError as refusal:
            form.add_error("price", str(refusal))
    return _step(request, lot, form, _("Another price"), unusual=unusual, submit=_("Ask this price"))


@require_http_methods(["GET", "POST"])
def smallest(request: SignedIn, listing_id: int) -> HttpResponse:
    """Say what is handed over at least from now on."""
    lot = permissions.access_own(request.user, listing_id)
    counted = lot.stock_unit == StockUnit.PIECE
    initial = {"idem": new_key(), "quantity": lot.smallest or None}
    form = SmallestForm(request.POST or None, counted=counted, initial=initial)
    if request.method == "POST" and form.is_valid():
        quantity = form.cleaned_data.get("quantity") or 0

        def act(at: dt.datetime) -> None:
            say_smallest(lot, quantity=quantity, by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Written down. Buyers see it from now on."))
        except DomainError as refusal:
            form.add_error("quantity", str(refusal))
    lead = _(
        "Nobody is given less of this lot than you write here. Whoever wants less asks others; what is left of it in "
        "the end goes whole. What is ordered already stays as it is."
    )
    return _step(request, lot, form, _("The least to hand over"), lead=lead, submit=_("Hand over no less"))


@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, listing_id: int) -> HttpResponse:
    """Confirm that the goods are still there."""
    lot = permissions.access_own(request.user, listing_id)
    form = ActForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():

        def act(at: dt.datetime) -> None:
            listings.confirm_still_there(lot, by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Good. It stays on the market."))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _step(request, lot, form, _("Is it still there?"), submit=_("Still there"))


@require_http_methods(["GET", "POST"])
def harvest(request: SignedIn, listing_id: int) -> HttpResponse:
    """Record that a forecast lot is harvested, today unless another day is written."""
    lot = permissions.access_own(request.user, listing_id)
    today = clock.county_day(clock.now())
    form = HarvestForm(request.POST or None, initial={"idem": new_key(), "on": today})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.harvest(lot, on=typed["on"], by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Good. It is written down as harvested."))
        except DomainError as refusal:
            form.add_error(
                "on" if isinstance(refusal, listings.BadHarvestDay | listings.PastKeeping) else None, str(refusal)
            )
    return _step(request, lot, form, _("Is it harvested?"), submit=_("Harvested"))


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedIn, listing_id: int) -> HttpResponse:
    """Take back what is free, with the reason."""
    lot = permissions.access_own(request.user, listing_id)
    counted = lot.stock_unit == StockUnit.PIECE
    form = WithdrawForm(request.POST or None, counted=counted, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def act(at: dt.datetime) -> None:
            listings.withdraw(lot, reason=typed["reason"], quantity=typed.get("quantity"), by=request.user, at=at)

        try:
            return _acted(request, lot, form, act, done=_("Written down. What is ordered stays ordered."))
        except DomainError as refusal:
            form.add_error("quantity" if typed.get("quantity") else None, str(refusal))
    left = _("%(amount)s left") % {"amount": amount_both(lot, lot.free())}
    return _step(request, lot, form, _("Take goods back"), lead=left, submit=_("Take them back"), danger=True)


@require_http_methods(["GET", "POST"])
def dispute(request: SignedIn, listing_id: int) -> HttpResponse:
    """Answer 「不是我」 to what somebody listed in the household's name."""
    lot = permissions.access_own(request.user, listing_id)
    if not permissions.can_dispute(request.user, lot):
        raise PermissionDenied
    form = ActForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "POST" and form.is_valid():

        def act(at: dt.datetime) -> None:
            say_not_me(lot, by=request.user, at=at)

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
        submit=_("I did not do this"),
        danger=True,
    )


@require_POST
def stop(request: SignedIn, listing_id: int) -> HttpResponse:
    """Stop the sale of a lot, with the reason its household reads."""
    return _overseen(request, listing_id, StopForm(request.POST), listings.stop_sale)


@require_POST
def resume(request: SignedIn, listing_id: int) -> HttpResponse:
    """Let a stopped lot be sold again."""
    return _overseen(request, listing_id, ActForm(request.POST), listings.resume_sale)


def _pause(request: SignedIn, today: dt.date) -> pages.Away | None:
    """Return until when one is away, for whoever sells goods of its own."""
    who = standing(request.user)
    if not who.household_id and not who.has(Role.COOP_MANAGER):
        return None
    managed = min(who.organisations(Role.COOP_MANAGER), default=None)
    return pages.away(pause_of(today, household=who.household_id, cooperative=None if who.household_id else managed))


def _overseen(request: SignedIn, listing_id: int, form: ActForm, verb: Callable) -> HttpResponse:
    lot = get_object_or_404(permissions.seen_by(request.user), pk=listing_id)
    if not permissions.can_stop_sale(request.user, lot):
        raise PermissionDenied

    def act(at: dt.datetime) -> None:
        typed = {name: value for name, value in form.cleaned_data.items() if name != "idem"}
        verb(lot, by=request.user, at=at, **typed)

    return act_once(request, form, act, to=reverse("listing-detail", args=[listing_id]))


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
    request: SignedIn,
    lot: Listing,
    form: ActForm,
    heading: str,
    *,
    submit: str,
    danger: bool = False,
    lead: str = "",
    unusual: str = "",
) -> HttpResponse:
    context = {
        "back": Link(reverse("my-listing", args=[lot.pk]), _("My goods")),
        "goods": pages.head(lot),
        "heading": heading,
        "lead": lead,
        "form": form,
        "counted": lot.stock_unit == StockUnit.PIECE,
        "unusual": unusual,
        "submit": {"label": submit, "danger": danger},
    }
    return render(request, "catalog/goods_step.html", context, status=400 if form.errors or unusual else 200)
