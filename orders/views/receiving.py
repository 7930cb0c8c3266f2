"""From the cart to the signature: deliveries, loading, the scale line by line, the receipt."""

import datetime as dt

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.selectors import spoken_time, standing
from kernel import clock, keyset, weight
from kernel.errors import DomainError
from kernel.present import name_of
from orders import permissions
from orders.forms import LoadForm, ScaleForm, WhyForm
from orders.models import OrderStatus, ReceiptStatus
from orders.selectors import orders as reading
from orders.selectors.pages import counted, day_words, goods_title, timeline
from orders.selectors.scale import lots_to_weigh, receipt_rows, scale_lines
from orders.services import delivering, receiving
from orders.services.delivering import Loaded
from orders.views.buying import pages
from orders.views.scale import Draft
from records.doors import act_once, error_status, once
from records.forms import ActForm, new_key
from records.pages.photos import SMALL_PX, private_photo


@require_GET
def delivery_list(request: HttpRequest) -> HttpResponse:
    """List what is to be sent, weighed or signed, the next day first."""
    seen = reading.deliveries_seen_by(request.user)
    page = keyset.cut(seen, ("-deliver_on", "-pk"), cursor=request.GET.get("cursor", ""))
    place = standing(request.user)
    rows = [_row(order, place.organisations("receiver"), permissions.may_ship(place)) for order in page.rows]
    return render(request, "orders/delivery_list.html", {"rows": rows, "pages": pages(page)})


@require_http_methods(["GET", "POST"])
def delivery_ship(request: HttpRequest, order_id: int) -> HttpResponse:
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
def delivery_accept(request: HttpRequest, order_id: int) -> HttpResponse:
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
                receiving.check_weighing(lot, draft.read(form), at=clock.now())
                draft.keep(lot, form)
                if draft.missing():
                    return redirect(f"{request.path}?line={draft.missing()[0].pk}")
                return redirect("receipt-sign", _finish(request, order, draft))
            except DomainError as error:
                refusal = error
    context = scale_lines(order, lots, draft.weights(), lot) | {
        "form": form,
        "refusal": str(refusal) if refusal else "",
        "photo_here": str(lot.pk) in draft.photos,
        "back": {"url": reverse("delivery-list"), "label": _("Weigh in")},
    }
    status = 400 if form.errors else error_status(refusal)
    return render(request, "orders/delivery_accept.html", context, status=status)


@require_http_methods(["GET", "POST"])
def receipt_sign(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Show the second person what the scale said, and take the signature; or strike the weighing out."""
    receipt = permissions.access_receipt(request.user, receipt_id, to=permissions.can_weigh)
    page = reverse("receipt-detail", args=[receipt.pk])
    if receipt.status != ReceiptStatus.WEIGHED:
        return redirect(page)
    if request.method == "POST" and request.POST.get("act") == "again":
        why = WhyForm(request.POST)
        return act_once(
            request,
            why,
            lambda at: receiving.weigh_again(receipt, why=why.cleaned_data["why"], by=request.user, at=at),
            to=reverse("delivery-accept", args=[receipt.delivery.order_id]),
            done=_("Struck out. Weigh it again."),
            again=lambda sentence, status: _sign_page(request, receipt, why, sentence, status),
        )
    if request.method == "POST":
        return act_once(
            request,
            ActForm(request.POST),
            lambda at: receiving.sign(receipt, by=request.user, at=at),
            to=page,
            done=_("Signed. Statements are written; the sellers have been told."),
            again=lambda sentence, status: _sign_page(request, receipt, None, sentence, status),
        )
    return _sign_page(request, receipt, None, "", 200)


@require_GET
def receipt_photo(request: HttpRequest, receipt_id: int, file_id) -> FileResponse:
    """Show one photo of the scale to those who may see that lot's line."""
    file = permissions.access_receipt_photo(request.user, receipt_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


@require_GET
def receipt_detail(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Show a receipt: each lot's gross, tare, net, what was kept and what went back."""
    receipt = permissions.access_receipt(request.user, receipt_id)
    context = receipt_rows(receipt, reading.receipt_lines_seen_by(request.user, receipt)) | {
        "back": {"url": reverse("delivery-list"), "label": _("Deliveries")},
        "timeline": timeline(receipt.reference, ReceiptStatus),
        "sign_url": reverse("receipt-sign", args=[receipt.pk])
        if receipt.status == ReceiptStatus.WEIGHED and permissions.can_weigh(request.user, receipt.delivery.order)
        else "",
    }
    return render(request, "orders/receipt_detail.html", context)


def _finish(request, order, draft) -> int:
    """Write the receipt once, however often the last line is sent."""
    weights, photos = draft.weights(), draft.photo_files()

    def act(at: dt.datetime) -> dict[str, int]:
        return {"receipt": receiving.weigh(order.delivery, weights, photos=photos, by=request.user, at=at).pk}

    weighed = {str(allocation): weight for allocation, weight in weights.items()}
    answer = once(request, f"weigh-{order.delivery.pk}-{draft.key}", weighed, act)
    draft.forget()
    messages.success(request, _("Weighed. Now a second person signs, on their own phone."))
    return answer["receipt"]


def _loaded(form, lots) -> dict[int, Loaded]:
    said = form.cleaned_data
    return {
        lot.pk: Loaded(said[f"kg_{lot.pk}"], said.get(f"pieces_{lot.pk}")) for lot in lots if said.get(f"kg_{lot.pk}")
    }


def _ship_page(request, order, lots, form, refusal, status):
    rows = [
        {
            "title": name_of(lot.listing.produce),
            "seller": reading.seller_name(lot.listing),
            "place": lot.listing.village.short_name,
            "ordered": counted(lot.quantity, piece_g=lot.listing.piece_g, grams=lot.weight_g),
            "recalled": f"kg_{lot.pk}" not in form.fields,
            "kg": form[f"kg_{lot.pk}"] if f"kg_{lot.pk}" in form.fields else None,
            "pieces": form[f"pieces_{lot.pk}"] if f"pieces_{lot.pk}" in form.fields else None,
        }
        for lot in lots
    ]
    context = {
        "order": order, "title": goods_title(order), "rows": rows, "form": form, "refusal": refusal,
        "back": {"url": reverse("delivery-list"), "label": _("Deliveries")},
    }  # fmt: skip
    return render(request, "orders/delivery_ship.html", context, status=status)


def _sign_page(request, receipt, why, refusal, status):
    context = receipt_rows(receipt, receipt.lines.all()) | {
        "refusal": refusal,
        "act": ActForm(initial={"idem": new_key()}),
        "why": why or WhyForm(initial={"idem": new_key()}),
        "mine": receipt.weighed_by_id == request.user.pk,
        "back": {"url": reverse("delivery-list"), "label": _("Deliveries")},
    }
    return render(request, "orders/receipt_sign.html", context, status=status)


def _row(order, receiver_of, sends: bool) -> dict:
    delivery = getattr(order, "delivery", None)
    receipt = next(iter(delivery.receipts.all()), None) if delivery is not None else None
    number = delivery.number if delivery is not None else order.number
    if order.status == OrderStatus.CONFIRMED:
        url, status = reverse("delivery-ship", args=[order.pk]), {"tone": "warn", "text": _("To be sent")}
    elif receipt is None:
        url, status = reverse("delivery-accept", args=[order.pk]), {"tone": "info", "text": _("To be weighed")}
    elif receipt.status == ReceiptStatus.WEIGHED:
        url = reverse("receipt-sign", args=[receipt.pk])
        status = {"tone": "warn", "text": _("Waits for the second signature")}
    else:
        url, status = reverse("receipt-detail", args=[receipt.pk]), {"tone": "ok", "text": _("Signed")}
    if order.buyer_id not in receiver_of and order.status == OrderStatus.SHIPPED:
        url = reverse("receipt-detail", args=[receipt.pk]) if receipt else ""
    if order.status == OrderStatus.CONFIRMED and (not sends or order.buyer_id in receiver_of):
        url = ""
    lines = len(order.lines.all())
    return {
        "url": url,
        "number": number,
        "title": goods_title(order),
        "buyer": order.buyer.name,
        "day": day_words(order.deliver_on),
        "lines": ngettext("%(n)s kind", "%(n)s kinds", lines) % {"n": lines},
        "until": spoken_time(delivery.accept_by_at) if delivery is not None and receipt is None else "",
        "status": status,
        "recalled": order.recalled,
        "kg": weight.kg(sum(line.asked_g for line in order.lines.all())),
    }
