"""From the cart to the signature: deliveries, loading, the scale line by line, the receipt."""

import datetime as dt
import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset, weight
from kernel.errors import DomainError
from kernel.shown import Link, page_links
from orders import permissions
from orders.forms import LoadForm, ScaleForm, WhyForm
from orders.models import Allocation, GoodsReceipt, OrderStatus, PurchaseOrder, ReceiptLine, ReceiptStatus
from orders.pages import scale as scale_pages
from orders.pages.deliveries import delivery_row, load_rows
from orders.pages.orders import goods_title
from orders.pages.words import timeline
from orders.selectors import orders as reading
from orders.selectors.scale import lots_to_weigh
from orders.services import delivering, receiving
from orders.services.delivering import Loaded, tolerance_at
from orders.views.scale import Draft
from records.doors import act_on, act_once, error_status, once
from records.forms import ActForm, new_key
from records.pages.photos import SMALL_PX, private_photo


@require_GET
def delivery_list(request: SignedIn) -> HttpResponse:
    """List what is to be sent, weighed or signed, the next day first."""
    seen = reading.deliveries_seen_by(request.user)
    page = keyset.cut(seen, ("-deliver_on", "-pk"), cursor=request.GET.get("cursor", ""))
    place = standing(request.user)
    receiver_of, sends = place.organisations("receiver"), permissions.may_ship(place)
    at = clock.now()
    rows = [delivery_row(order, receiver_of, sends=sends, at=at) for order in page.rows]
    return render(request, "orders/delivery_list.html", {"rows": rows, "pages": page_links(page)})


@require_http_methods(["GET", "POST"])
def delivery_ship(request: SignedIn, order_id: int) -> HttpResponse:
    """Write down what goes on the cart, and send it off."""
    order = permissions.access_delivery(request.user, order_id, to=permissions.can_ship)
    lots = reading.lots_to_ship(order)
    if not lots or order.status != OrderStatus.CONFIRMED:
        messages.info(request, _("Nothing waits to be sent here."))
        return redirect("delivery-list")
    form = LoadForm(request.POST or None, lots=lots, initial={"idem": new_key()})
    if request.method == "POST":
        return act_once(
            request,
            form,
            lambda at: delivering.ship(
                order, _loaded(form, lots), driver=form.cleaned_data["driver"], by=request.user, at=at
            ),
            to=reverse("delivery-list"),
            done=_("On the way. The buyer has been told."),
            again=lambda sentence, status: _ship_page(request, order, lots, form, sentence, status),
        )
    return _ship_page(request, order, lots, form, "", 200)


@require_http_methods(["GET", "POST"])
def delivery_accept(request: SignedIn, order_id: int) -> HttpResponse:
    """Weigh one lot after the other; what was typed waits on the server until the last one, then the receipt stands."""
    order = permissions.access_delivery(request.user, order_id, to=permissions.can_weigh)
    if order.status != OrderStatus.SHIPPED:
        messages.info(request, _("Nothing waits to be weighed here."))
        return redirect("delivery-list")
    receipt = reading.receipt_of(order.delivery)
    if receipt is not None:
        return redirect("receipt-sign", receipt.pk)
    lots = lots_to_weigh(order)
    draft = Draft(request.session, order.delivery, lots)
    lot = draft.open_lot(request.POST.get("line") or request.GET.get("line", ""))
    kind = {"counted": lot.listing.piece_g is not None, "recalled": lot.listing.recalled_at is not None}
    form = ScaleForm(request.POST or None, **kind, initial=draft.typed(lot))
    refusal = None
    if request.method == "POST":
        exact = request.POST.get("exact") == str(lot.pk) and not kind["recalled"]
        typed = draft.exactly(lot) if exact else request.POST
        form = ScaleForm(typed, request.FILES, **kind)
        draft.take_photo(lot, form, request.FILES.get("photo"), by=request.user, at=clock.now())
        if form.is_valid():
            try:
                receiving.check_weighing(lot, draft.read(form), tolerance_at(clock.now()))
                draft.keep(lot, form)
                if draft.missing():
                    return redirect(f"{request.path}?line={draft.missing()[0].pk}")
                return redirect("receipt-sign", _finish(request, order, draft))
            except DomainError as error:
                refusal = error
    weights = draft.weights()
    context = {
        "delivery": {
            "title": _("Delivery %(number)s") % {"number": order.delivery.number},
            "meta": scale_pages.delivery_meta(order.delivery, lots),
        },
        "lines": scale_pages.scale_lines(order, lots, weights, lot),
        "line": scale_pages.open_line(lot, weights.get(lot.pk)),
        "totals": {
            "text": _("%(done)s weighed, %(left)s to go") % {"done": len(weights), "left": len(lots) - len(weights)},
            "net": weight.kg(sum(weighed.net_g for weighed in weights.values())),
        },
        "submit": scale_pages.next_step(lots, weights, lot),
        "form": form,
        "refusal": str(refusal) if refusal else "",
        "photo_here": str(lot.pk) in draft.photos,
        "back": Link(reverse("delivery-list"), _("Weigh in")),
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
        to, done = reverse("delivery-accept", args=[receipt.delivery.order_id]), _("Struck out. Weigh it again.")
        again = partial(_sign_page, request, receipt, why)
        return act_on(request, why, receiving.weigh_again, receipt, to=to, done=done, again=again)
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
        "sign_url": reverse("receipt-sign", args=[receipt.pk])
        if receipt.status == ReceiptStatus.WEIGHED and permissions.can_weigh(request.user, receipt.delivery.order)
        else "",
    }
    return render(request, "orders/receipt_detail.html", context)


def _finish(request: SignedIn, order: PurchaseOrder, draft: Draft) -> int:
    """Write the receipt once, however often the last line is sent."""
    weights, photos = draft.weights(), draft.photo_files()

    def act(at: dt.datetime) -> dict[str, int]:
        return {"receipt": receiving.weigh(order.delivery, weights, photos=photos, by=request.user, at=at).pk}

    weighed = {str(allocation): weight for allocation, weight in weights.items()}
    answer = once(request, f"weigh-{order.delivery.pk}-{draft.key}", weighed, act)
    draft.forget()
    messages.success(request, _("Weighed. Now a second person signs, on their own phone."))
    return answer["receipt"]


def _loaded(form: LoadForm, lots: list[Allocation]) -> dict[int, Loaded]:
    typed = form.cleaned_data
    return {
        lot.pk: Loaded(typed[f"kg_{lot.pk}"], typed.get(f"pieces_{lot.pk}"))
        for lot in lots
        if typed.get(f"kg_{lot.pk}")
    }


def _receipt(request: SignedIn, receipt: GoodsReceipt, seen: QuerySet[ReceiptLine]) -> dict[str, Any]:
    order, lines = receipt.delivery.order, scale_pages.lines_to_show(seen)
    return {
        "receipt": receipt,
        "title": _("Receipt %(number)s") % {"number": receipt.number},
        "meta": [order.buyer.name, receipt.delivery.number, order.number],
        "rows": scale_pages.receipt_rows(lines, request.user, order.buyer_id),
        "photos": scale_pages.scale_photos(receipt, lines, request.user, order.buyer_id),
        "total": scale_pages.receipt_total(lines),
        "status": scale_pages.receipt_tag(receipt),
        "signers": scale_pages.signers(receipt),
        "order_url": reverse("order-detail", args=[order.pk]),
    }


def _ship_page(
    request: SignedIn, order: PurchaseOrder, lots: list[Allocation], form: LoadForm, refusal: str, status: int
) -> HttpResponse:
    context = {
        "order": order,
        "title": goods_title(order),
        "rows": load_rows(lots, form),
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
