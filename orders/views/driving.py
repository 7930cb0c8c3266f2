"""The driver's day: its stops, and several orders of one buyer on one trip."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.services.readings import note_reading
from kernel import clock
from kernel.dates import day_words
from kernel.shown import Link
from orders import permissions
from orders.forms import LoadForm
from orders.models import MOVING, Allocation, PurchaseOrder
from orders.pages.deliveries import load_rows
from orders.pages.driving import day_shown
from orders.pages.transport import price_hint
from orders.selectors.driving import DriverDay, driver_day
from orders.selectors.handing import hauls_for
from orders.selectors.orders import lots_to_ship_of
from orders.services import delivering
from orders.services.delivering import loaded_of, to_load
from records.doors import act_once
from records.forms import new_key
from records.selectors.policy import policy

MOST_TOGETHER = 20


@require_GET
def driver_day_page(request: SignedIn) -> HttpResponse:
    """Show a driver's stops of today, or of tomorrow."""
    permissions.access_driving(request.user)
    at, tomorrow = clock.now(), request.GET.get("day") == "tomorrow"
    day = read_day(request, at)
    context = {
        "day": day_words(day.day),
        "shown": day_shown(day, request.user, policy("sack_g", clock.county_day(at))),
        "other": Link(reverse("driver-day"), pgettext("day", "Today"))
        if tomorrow
        else Link(reverse("driver-day") + "?day=tomorrow", _("Tomorrow too")),
        "sheet_url": reverse("route-sheet") + ("?day=tomorrow" if tomorrow else ""),
    }
    return render(request, "orders/driver_day.html", context)


def read_day(request: SignedIn, at: dt.datetime) -> DriverDay:
    """Return the day that is asked for, and note whose telephones it shows."""
    on = clock.county_day(at) + dt.timedelta(days=request.GET.get("day") == "tomorrow")
    day = driver_day(request.user, on, at=at)
    phones = {pick.phone for stop in day.stops for pick in stop.picks if pick.phone and pick.lot.household_id}
    note_reading(by=request.user, door="driver-day", people=len(phones), at=at)
    return day


@require_http_methods(["GET", "POST"])
def trip_new(request: SignedIn) -> HttpResponse:
    """Send goods of several orders of one buyer off on one trip."""
    orders = permissions.access_orders_to_ship(request.user, _keys(request))
    lots = lots_to_ship_of([order for order in orders if order.status in MOVING], request.user)
    if not lots:
        messages.info(request, _("Nothing waits to be sent here."))
        return redirect("delivery-list")
    cart = price_hint(orders) if hauls_for(request.user) else ""
    start = {"idem": new_key()}
    form = LoadForm(request.POST or None, lots=lots, to_ship=to_load(lots, request.user), cart=cart, initial=start)
    again = partial(_trip_page, request, orders, lots, form)
    if request.method != "POST":
        return again("", 200)
    return act_once(
        request,
        form,
        lambda at: delivering.ship(
            orders,
            loaded_of(form.cleaned_data, lots),
            driver=form.cleaned_data["driver"],
            price_fen=form.cleaned_data.get("price"),
            by=request.user,
            at=at,
        ),
        to=reverse("delivery-list"),
        done=_("On the way. The buyer has been told."),
        again=again,
    )


def _keys(request: HttpRequest) -> list[int]:
    """Return the orders that are named in the address; none, too many or no numbers are nowhere."""
    named = list(dict.fromkeys(request.GET.getlist("order")))
    if not 0 < len(named) <= MOST_TOGETHER or not all(
        key.isascii() and key.isdigit() and len(key) < 19 for key in named
    ):
        raise Http404
    return sorted(map(int, named))


def _trip_page(
    request: SignedIn,
    orders: Sequence[PurchaseOrder],
    lots: list[Allocation],
    form: LoadForm,
    refusal: str,
    status: int,
) -> HttpResponse:
    context = {
        "buyers": "、".join(dict.fromkeys(order.buyer.name for order in orders)),
        "numbers": "、".join(order.number for order in orders),
        "title": _("Send off together"),
        "rows": load_rows(lots, form, request.user),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("driver-day"), _("My day"))
        if permissions.drives(request.user)
        else Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/delivery_ship.html", context, status=status)
