"""Papers that go along with the goods: route sheet, delivery note and its code, labels of the sacks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from accounts.selectors import spoken_time, standing
from kernel import clock
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.qr import square_code
from kernel.shown import Link
from orders import permissions
from orders.forms import NoteForm
from orders.models import Delivery
from orders.pages.deliveries import carried_rows, next_page, trip_facts
from orders.pages.driving import day_shown
from orders.pages.labels import labels_of
from orders.pages.transit import rule_words
from orders.selectors import orders as reading
from orders.services.notes import OtherNote, trip_of_note
from orders.views.driving import read_day
from records.doors import error_status
from records.selectors.policy import policy


@require_GET
def route_sheet(request: SignedIn) -> HttpResponse:
    """Draw a driver's day on paper: a pick list for each village, the doors, room for weights and signatures."""
    permissions.access_driving(request.user)
    at = clock.now()
    today, day = clock.county_day(at), read_day(request, at)
    context = {
        "day": day_words(day.day),
        "driver": standing(request.user).name,
        "printed": spoken_time(at),
        "shown": day_shown(day, request.user, policy("sack_g", today)),
        "rule": rule_words(today),
        "qr": _code(request, reverse("driver-day")),
        "back": Link(reverse("driver-day"), _("My day")),
    }
    return render(request, "orders/route_sheet.html", context)


@require_GET
def delivery_note(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Draw the delivery note of a trip; its code leads the receiver to it."""
    trip = permissions.access_delivery(request.user, delivery_id)
    at = clock.now()
    context = {
        "trip": trip,
        "facts": trip_facts(trip, at),
        "rows": carried_rows(trip, request.user),
        "rule": rule_words(clock.county_day(trip.shipped_at)),
        "qr": _code(request, f"{reverse('delivery-scan')}?code={trip.number}"),
        "back": Link(reverse("delivery-detail", args=[trip.pk]), _("Deliveries")),
    }
    return render(request, "orders/delivery_note.html", context)


@require_GET
def delivery_scan(request: SignedIn) -> HttpResponse:
    """Lead whoever reads the code of a delivery note to its trip, or say why it is not for them."""
    form = NoteForm(request.GET if "code" in request.GET else None, initial={"at": request.GET.get("at", "")})
    context: dict[str, Any] = {"form": form, "refusal": "", "open": None}
    if not form.is_valid():
        return render(request, "orders/delivery_scan.html", context, status=400 if form.errors else 200)
    key = form.cleaned_data["at"]
    expected = permissions.access_delivery(request.user, key) if key else None
    try:
        return redirect(_next(request, trip_of_note(request.user, form.cleaned_data["code"], expected=expected)))
    except OtherNote as other:
        context |= {
            "refusal": str(other),
            "open": Link(_next(request, other.trip), _("Open the delivery on the paper")),
        }
        return render(request, "orders/delivery_scan.html", context, status=409)
    except DomainError as refusal:
        context["refusal"] = str(refusal)
        return render(request, "orders/delivery_scan.html", context, status=error_status(refusal))


@require_GET
def sack_labels(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Draw a label for each sack of one lot of an order."""
    lot = permissions.access_lot_to_label(request.user, allocation_id)
    context = {
        "labels": labels_of(lot, policy("sack_g", clock.county_day(clock.now()))),
        "qr": _code(request, reverse("listing-detail", args=[lot.listing_id])),
        "back": Link(reverse("driver-day"), _("My day"))
        if permissions.drives(request.user)
        else Link(reverse("sale-detail", args=[lot.pk]), _("Who buys")),
    }
    return render(request, "orders/sack_labels.html", context)


def _next(request: SignedIn, trip: Delivery) -> str:
    """Return where this person goes on with a trip: whoever weighs for the buyer, to the scale."""
    receives = permissions.can_weigh(request.user, trip)
    return next_page(trip, reading.receipt_of(trip), receives=receives)


def _code(request: HttpRequest, address: str) -> str:
    return mark_safe(square_code(request.build_absolute_uri(address)))  # noqa: S308  (made here, from our own address)
