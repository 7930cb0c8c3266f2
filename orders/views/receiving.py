"""From the cart to the signature: deliveries, loading, the scale line by line, the receipt."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.models import User
from accounts.selectors import standing
from kernel import clock, keyset
from kernel.errors import DomainError
from kernel.narrowing import Narrowed, narrowed
from kernel.present import name_of
from kernel.shown import Link, page_links
from orders import permissions
from orders.filters import DeliveryFilter
from orders.forms import ArrivalForm, LoadForm, WhyForm
from orders.models import (
    MOVING,
    Allocation,
    Arrival,
    Delivery,
    GoodsReceipt,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    Side,
)
from orders.pages import scale as scale_pages
from orders.pages.complaints import complainable
from orders.pages.deliveries import carried_rows, load_rows, to_send_row, trip_facts, trip_row
from orders.pages.offline import bar
from orders.pages.orders import goods_title
from orders.pages.rating import to_rate
from orders.pages.transport import price_hint
from orders.pages.words import timeline
from orders.selectors import orders as reading
from orders.selectors.complaints import lines_to_complain
from orders.selectors.handing import hauls_for
from orders.selectors.ratings import lines_to_rate
from orders.selectors.scale import lines_to_weigh, to_weigh_by, today_first
from orders.services import delivering, receiving
from orders.services.correcting import may_still_correct
from orders.services.delivering import loaded_of, to_load
from orders.services.returning import may_still_return
from orders.services.weighing import AtScale
from orders.views.dossier import dossier_url
from orders.views.scale import Draft, scale_context, scale_form
from records.doors import act_on, act_once, error_status, once
from records.forms import ActForm, new_key
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo

MOST_TO_SEND = 50


@require_GET
def delivery_list(request: SignedIn) -> HttpResponse:
    """List what is to be sent, then trips to be weighed or signed, those for today first, then those signed."""
    at, receiver_of = clock.now(), standing(request.user).organisations("receiver")
    found = narrowed(request, DeliveryFilter, reading.deliveries_seen_by(request.user))
    if found.asked:
        return _narrowed_list(request, found, receiver_of, at)
    trips = found.rows
    signed = Exists(GoodsReceipt.objects.filter(delivery=OuterRef("pk"), status=ReceiptStatus.SIGNED))
    page = keyset.cut(trips.filter(signed), ("-pk",), cursor=request.GET.get("cursor", ""))
    waiting = today_first(trips.filter(~signed), at)[:MOST_TO_SEND]
    to_send: list[PurchaseOrder] = []
    if permissions.may_ship(standing(request.user)):
        to_send = list(reading.orders_to_send_by(request.user).order_by("deliver_on", "pk")[:MOST_TO_SEND])
    context = {
        "found": found,
        "to_send": [to_send_row(order) for order in to_send],
        "waiting": [trip_row(trip, receiver_of, at=at) for trip in waiting],
        "rows": [trip_row(trip, receiver_of, at=at) for trip in page.rows],
        "pages": page_links(page),
        **bar(request.user, to_weigh_by(request.user, at).prefetch_related(None)),
    }
    return render(request, "orders/delivery_list.html", context)


def _narrowed_list(request: SignedIn, found: Narrowed, receiver_of: Collection[int], at: dt.datetime) -> HttpResponse:
    """Show the trips that were looked for, the newest first, however far they are."""
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "found": found,
        "rows": [trip_row(trip, receiver_of, at=at) for trip in page.rows],
        "pages": page_links(page, found.kept),
    }
    return render(request, "orders/delivery_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def delivery_ship(request: SignedIn, order_id: int) -> HttpResponse:
    """Write down what goes on the cart, and send it off; what stays behind may follow on another trip."""
    order = permissions.access_order_to_ship(request.user, order_id)
    lots = reading.lots_to_ship(order, request.user)
    if not lots or order.status not in MOVING:
        messages.info(request, _("Nothing waits to be sent here."))
        return redirect("delivery-list")
    cart = price_hint([order]) if hauls_for(request.user) else ""
    start = {"idem": new_key()}
    form = LoadForm(request.POST or None, lots=lots, to_ship=to_load(lots, request.user), cart=cart, initial=start)
    if request.method == "POST":
        return act_once(
            request,
            form,
            lambda at: delivering.ship(
                [order],
                loaded_of(form.cleaned_data, lots),
                driver=form.cleaned_data["driver"],
                price_fen=form.cleaned_data.get("price"),
                by=request.user,
                at=at,
            ),
            to=reverse("delivery-list"),
            done=_("On the way. The buyer has been told."),
            again=lambda sentence, status: _ship_page(request, order, lots, form, sentence, status),
        )
    return _ship_page(request, order, lots, form, "", 200)


@require_GET
def delivery_detail(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Show a trip: its lots, who drives, whether it is at the door and what that means."""
    trip = permissions.access_delivery(request.user, delivery_id)
    return _trip_page(request, trip, ArrivalForm(initial={"idem": new_key()}), "", 200)


@require_POST
def delivery_arrive(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Take down that a trip is at the buyer's door."""
    trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_see_arrive)
    form = ArrivalForm(request.POST, request.FILES)
    again = partial(_trip_page, request, trip, form)

    def act(at: dt.datetime) -> None:
        upload = form.cleaned_data["photo"]
        photo = receive_photo(upload, by=request.user, at=at, public=False) if upload else None
        delivering.arrive(trip, _how(request.user, trip), photo=photo, spot=form.spot(), by=request.user, at=at)

    done = _("At the door. The buyer has been told.")
    return act_once(request, form, act, to=reverse("delivery-detail", args=[trip.pk]), done=done, again=again)


@require_http_methods(["GET", "POST"])
def delivery_accept(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Weigh one lot after the other; what was typed waits on the server until the last one, then the receipt stands."""
    trip = permissions.access_delivery(request.user, delivery_id, to=permissions.can_weigh)
    receipt = reading.receipt_of(trip)
    if receipt is not None:
        return redirect("receipt-sign", receipt.pk)
    lines = lines_to_weigh(trip)
    draft = Draft(request.session, trip, lines)
    line = draft.open_line(request.POST.get("line") or request.GET.get("line", ""))
    lot = line.allocation
    at = clock.now()
    rules = AtScale(trip, lines, at)
    form = scale_form(rules, lot, request.POST or None, initial=draft.typed(lot))
    refusal = None
    if request.method == "POST":
        exact = request.POST.get("exact") == str(lot.pk) and lot.listing.recalled_at is None
        typed = draft.exactly(line) if exact else request.POST
        form = scale_form(rules, lot, typed, request.FILES)
        draft.take_photos(lot, form, request.FILES, by=request.user, at=at)
        if form.is_valid():
            try:
                rules.check(line, draft.read(form), draft.photos)
                draft.keep(lot, form)
                if draft.missing():
                    return redirect(f"{request.path}?line={draft.missing()[0].allocation_id}")
                return redirect("receipt-sign", _finish(request, trip, draft))
            except DomainError as error:
                refusal = error
    context = scale_context(trip, lines, line, draft, rules, form) | {
        "refusal": str(refusal) if refusal else "",
        **bar(request.user, to_weigh_by(request.user, at).prefetch_related(None)),
    }
    status = 400 if form.errors else error_status(refusal)
    return render(request, "orders/delivery_accept.html", context, status=status)


@require_http_methods(["GET", "POST"])
def receipt_sign(request: SignedIn, receipt_id: int) -> HttpResponse:
    """Show the second person what the scale said, and take the signature; or strike the weighing out."""
    receipt = permissions.access_receipt(request.user, receipt_id, to=permissions.can_weigh)
    page = reverse("receipt-detail", args=[receipt.pk])
    if receipt.status != ReceiptStatus.WEIGHED:
        return redirect(page)
    if request.method == "POST" and request.POST.get("act") == "again":
        why = WhyForm(request.POST)
        to, done = reverse("delivery-accept", args=[receipt.delivery_id]), _("Struck out. Weigh it again.")
        again = partial(_sign_page, request, receipt, why)
        return act_on(request, why, receiving.strike_weighing, receipt, to=to, done=done, again=again)
    if request.method == "POST":
        done = _("Signed. Statements are written; the sellers have been told.")
        again = partial(_sign_page, request, receipt, None)
        return act_on(request, ActForm(request.POST), receiving.sign, receipt, to=page, done=done, again=again)
    return _sign_page(request, receipt, None, "", 200)


@require_GET
def receipt_photo(request: SignedIn, receipt_id: int, file_id: uuid.UUID) -> FileResponse:
    """Show one photo of the scale to those who may see that lot's line."""
    file = permissions.access_receipt_photo(request.user, receipt_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


@require_GET
def receipt_detail(request: SignedIn, receipt_id: int) -> HttpResponse:
    """Show a receipt: each lot's gross, tare, net, what was kept and what went back."""
    receipt = permissions.access_receipt(request.user, receipt_id)
    context = _receipt(request, receipt, reading.receipt_lines_seen_by(request.user, receipt)) | {
        "back": Link(reverse("delivery-list"), _("Deliveries")),
        "timeline": timeline(receipt.reference, ReceiptStatus),
        "returnable": _asked_of_lots(request, receipt, "return-ask", may_still_return),
        "dossier_url": dossier_url(request.user, receipt.delivery),
        "correctable": _asked_of_lots(request, receipt, "correction-ask", may_still_correct),
        "complainable": complainable(
            lines_to_complain(request.user, reading.receipt_lines_seen_by(request.user, receipt), clock.now()),
            request.user,
        ),
        "to_rate": to_rate(
            lines_to_rate(request.user, receipt.lines.all(), Side.BUYER, clock.now()), request.user, new_key
        ),
        "sign_url": reverse("receipt-sign", args=[receipt.pk])
        if receipt.status == ReceiptStatus.WEIGHED and permissions.can_weigh(request.user, receipt.delivery)
        else "",
    }
    return render(request, "orders/receipt_detail.html", context)


def _asked_of_lots(request: SignedIn, receipt: GoodsReceipt, door: str, may_still: Callable[..., bool]) -> list[Link]:
    """Return the doors at which a receiver asks something about a lot of a receipt, while there is time for it."""
    if not permissions.can_weigh(request.user, receipt.delivery) or not may_still(receipt, at=clock.now()):
        return []
    lines = receipt.lines.filter(accepted_g__gte=1).select_related("allocation__line__produce").order_by("pk")
    return [Link(reverse(door, args=[receipt.pk, line.pk]), name_of(line.allocation.line.produce)) for line in lines]


def _finish(request: SignedIn, trip: Delivery, draft: Draft) -> int:
    """Write the receipt once, however often the last line is sent."""
    weights, photos = draft.weights(), draft.photo_files()

    def act(at: dt.datetime) -> dict[str, int]:
        return {"receipt": receiving.weigh(trip, weights, photos=photos, by=request.user, at=at).pk}

    weighed = {str(allocation): weight for allocation, weight in weights.items()}
    answer = once(request, f"weigh-{trip.pk}-{draft.key}", weighed, act)
    draft.forget()
    messages.success(request, _("Weighed. Now a second person signs, on their own phone."))
    return answer["receipt"]


def _receipt(request: SignedIn, receipt: GoodsReceipt, seen: QuerySet[ReceiptLine]) -> dict[str, Any]:
    trip, lines = receipt.delivery, scale_pages.lines_to_show(seen)
    orders = PurchaseOrder.objects.filter(allocations__delivery_lines__delivery=trip).distinct().order_by("pk")
    return {
        "receipt": receipt,
        "title": _("Receipt %(number)s") % {"number": receipt.number},
        "meta": [trip.buyer.name, trip.number, *(order.number for order in orders)],
        "rows": scale_pages.receipt_rows(lines, request.user, trip.buyer_id),
        "wanted": scale_pages.wanted_links(lines) if permissions.can_buy(request.user) else [],
        "losses": scale_pages.losses_on_the_way(receipt, lines, request.user),
        "photos": scale_pages.scale_photos(receipt, lines, request.user, trip.buyer_id),
        "total": scale_pages.receipt_total(lines),
        "status": scale_pages.receipt_tag(receipt),
        "signers": scale_pages.signers(receipt),
        "order_urls": [Link(reverse("order-detail", args=[order.pk]), order.number) for order in orders],
    }


def _how(user: User, trip: Delivery) -> str:
    """Return whose word an arrival is: the buyer's own, or the driver's."""
    return Arrival.How.BUYER if permissions.works_for_buyer(user, trip) else Arrival.How.DRIVER


def _trip_page(request: SignedIn, trip: Delivery, form: ArrivalForm, refusal: str, status: int) -> HttpResponse:
    receipt = reading.receipt_of(trip)
    waits = receipt is None and getattr(trip, "arrival", None) is None
    context = {
        "trip": trip,
        "title": _("Delivery %(number)s") % {"number": trip.number},
        "facts": trip_facts(trip, clock.now()),
        "rows": carried_rows(trip, request.user),
        "form": form,
        "may_arrive": waits and permissions.can_see_arrive(request.user, trip),
        "buyers_word": permissions.works_for_buyer(request.user, trip),
        "receipt_url": reverse("receipt-detail", args=[receipt.pk]) if receipt is not None else "",
        "dossier_url": dossier_url(request.user, trip),
        "refusal": refusal,
        "back": Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/delivery_detail.html", context, status=status)


def _ship_page(
    request: SignedIn, order: PurchaseOrder, lots: list[Allocation], form: LoadForm, refusal: str, status: int
) -> HttpResponse:
    context = {
        "buyers": order.buyer.name,
        "numbers": order.number,
        "title": goods_title(order),
        "rows": load_rows(lots, form, request.user),
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/delivery_ship.html", context, status=status)


def _sign_page(
    request: SignedIn, receipt: GoodsReceipt, why: WhyForm | None, refusal: str, status: int
) -> HttpResponse:
    context = _receipt(request, receipt, receipt.lines.all()) | {
        "refusal": refusal,
        "act": ActForm(initial={"idem": new_key()}),
        "why": why or WhyForm(initial={"idem": new_key()}),
        "mine": receipt.weighed_by_id == request.user.pk,
        "back": Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/receipt_sign.html", context, status=status)
