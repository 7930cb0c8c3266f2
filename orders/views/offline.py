"""Weighing without a net: the trips that a phone keeps, and what it sends once the net is back."""

import datetime as dt
import uuid
from collections import defaultdict

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn, from_own_page
from accounts.selectors import standing
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.present import name_of
from orders import permissions
from orders.forms import ScaleForm
from orders.models import Delivery, DeliveryLine
from orders.pages import offline as pages
from orders.pages.deliveries import trip_row
from orders.selectors.orders import receipt_of
from orders.selectors.scale import ROLES, lines_of_trips, lines_to_weigh, to_weigh_by, trip_photos
from orders.services import receiving
from orders.services.weighing import AtScale, Weighed
from orders.views.scale import Draft, scale_context, scale_form
from records.doors import error_status, once, photo_in_pieces
from records.models import StoredFile
from records.services import ahead


@require_GET
def pack(request: SignedIn) -> HttpResponse:
    """Return the list of trips this person weighs and each trip's scale, as pages that name nobody who is signed in."""
    at, buyers = clock.now(), standing(request.user).organisations("receiver")
    trips = list(to_weigh_by(request.user, at))
    lines = lines_of_trips(trips)

    def page(template: str, context: dict) -> str:
        nameless: dict = {"who": None, "org_name": "", "messages": [], "shell": True}
        return render_to_string(template, context | nameless | pages.bar(request.user, trips), request)

    kept = {"list": page("orders/delivery_list.html", {"waiting": [trip_row(trip, buyers, at=at) for trip in trips]})}
    for trip, rules in _at_scale([trip for trip in trips if lines[trip.pk]], lines, at):
        draft = Draft({}, trip, lines[trip.pk])
        first = lines[trip.pk][0]
        form = scale_form(rules, first.allocation)
        kept[str(trip.pk)] = page(
            "orders/delivery_accept.html", scale_context(trip, lines[trip.pk], first, draft, rules, form)
        )
    return JsonResponse(kept, json_dumps_params={"ensure_ascii": False})


def _at_scale(
    trips: list[Delivery], lines: dict[int, list[DeliveryLine]], at: dt.datetime
) -> list[tuple[Delivery, AtScale]]:
    """Return what is asked at the scale of each trip, read once for all trips of a buyer."""
    of_buyer: dict[int, list[Delivery]] = defaultdict(list)
    for trip in trips:
        of_buyer[trip.buyer_id].append(trip)
    asked = []
    for some in of_buyer.values():
        rules = AtScale(some[0], [line for trip in some for line in lines[trip.pk]], at)
        asked += [(trip, rules) for trip in some]
    return asked


@require_POST
@from_own_page
def delivery_weighed(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Take all that a phone weighed of a trip, once under the key it made; a refusal says which lot it is about."""
    trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
    typed = {name: text for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "key")}

    def act(at: dt.datetime) -> dict[str, int]:
        weights = _weights(trip, request.POST, at)
        return {"receipt": receiving.weigh(trip, weights, by=request.user, at=at).pk}

    try:
        key = uuid.UUID(request.POST.get("key", ""))
        answer = once(request, f"weigh-{trip.pk}-{key}", typed, act)
    except ValueError:
        return _refused(BadValue(_("The form has lost its number. Open the page again.")))
    except DomainError as refusal:
        receipt = receipt_of(trip)
        if receipt is None:
            return _refused(refusal)
        told = {"code": "weighed_meanwhile", "message": pages.weighed_meanwhile(receipt, request.user)}
        return JsonResponse(told | {"receipt": reverse("receipt-detail", args=[receipt.pk])}, status=409)
    receipt = permissions.access_receipt(request.user, answer["receipt"])
    return JsonResponse({"to": reverse("receipt-sign", args=[receipt.pk]), "number": receipt.number})


@require_http_methods(["GET", "POST"])
@from_own_page
def door_photo(request: SignedIn, delivery_id: int, lot_id: int, shows: str, digest: str) -> HttpResponse:
    """Return how much of a photo has arrived, or take the piece that follows; whole, it waits for the receipt."""
    trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
    get_object_or_404(trip.lines, allocation=lot_id)
    if shows not in ROLES:
        raise Http404
    role = ROLES[shows](lot_id)

    def hang(photo: StoredFile, at: dt.datetime) -> None:
        receiving.show(trip, role, photo, by=request.user, at=at)

    to = reverse("delivery-accept", args=[trip.pk])
    return photo_in_pieces(request, trip.reference, role, digest, hang, to=to)


def _weights(trip: Delivery, typed: QueryDict, at: dt.datetime) -> dict[int, Weighed]:
    """Return what was typed of each lot of a trip, checked; a refusal is about the lot it names."""
    lines = lines_to_weigh(trip)
    rules, lots = AtScale(trip, lines, at), {line.allocation_id for line in lines}
    ahead.require_come(trip.reference, ahead.shown_of(typed.get("shown", "")))
    shown = trip_photos(trip, lots)
    weights = {}
    for line in lines:
        form = scale_form(rules, line.allocation, typed, prefix=str(line.allocation_id))
        try:
            if not form.is_valid():
                raise BadValue(_about(line, form))
            weights[line.allocation_id] = Draft.read(form)
            rules.check(line, weights[line.allocation_id], shown)
        except DomainError as refusal:
            refusal.about = line.allocation_id
            raise
    return weights


def _about(line: DeliveryLine, form: ScaleForm) -> str:
    return f"{name_of(line.allocation.line.produce)}：{next(iter(form.errors.values()))[0]}"


def _refused(refusal: DomainError) -> HttpResponse:
    told = {"code": refusal.code, "message": str(refusal), "lot": refusal.about}
    return JsonResponse(told, status=error_status(refusal))
