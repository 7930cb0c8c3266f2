"""The pick-up: what a haulier takes, and what the seller's side says of it."""

import datetime as dt
import uuid
from functools import partial

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock
from kernel.present import known, name_of
from kernel.shown import Link
from orders import permissions
from orders.forms import ContestHandOverForm, HandOverForm
from orders.models import MOVING, Allocation, AllocationStatus, HandOver
from orders.pages import handing as pages
from orders.pages.transit import rule_words
from orders.selectors.handing import carried_of
from orders.services import handing
from records.doors import act_on, act_once
from records.forms import ActForm, new_key
from records.models import StoredFile
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo


@require_http_methods(["GET", "POST"])
def hand_over(request: SignedIn, allocation_id: int) -> HttpResponse:
    """Write down what was taken of a lot at the pick-up."""
    lot = permissions.access_lot_to_fetch(request.user, allocation_id)
    form = HandOverForm(
        request.POST or None,
        request.FILES or None,
        counted=lot.listing.piece_g is not None,
        carriers=pages.carriers_of(request.user),
        by_coop=lot.listing.cooperative_id is not None,
        initial={"idem": new_key()},
    )

    def act(at: dt.datetime) -> dict[str, int]:
        carrier, photo = form.cleaned_data["carrier"], _photo(request, form, at)
        row = handing.hand_over(lot, form.given(), carrier=carrier, photo=photo, by=request.user, at=at)
        return {"hand_over": row.pk}

    again = partial(_lot_page, request, lot, form)
    if request.method != "POST":
        return again("", 200)
    return act_once(
        request,
        form,
        act,
        to=lambda led_to: reverse("hand-over-detail", args=[led_to["hand_over"]]),
        done=_("Written down and signed by you. The seller has been told."),
        again=again,
    )


@require_GET
def hand_over_detail(request: SignedIn, hand_over_id: int) -> HttpResponse:
    """Show a hand-over, and let the seller's side answer it."""
    return _page(request, permissions.access_hand_over(request.user, hand_over_id), ContestHandOverForm(), "", 200)


@require_POST
def hand_over_confirm(request: SignedIn, hand_over_id: int) -> HttpResponse:
    """Say for the seller that the weight is right."""
    row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_answer_hand_over)
    form = ActForm(request.POST)
    return _answer(request, row, form, agrees=True)


@require_POST
def hand_over_contest(request: SignedIn, hand_over_id: int) -> HttpResponse:
    """Say for the seller that the weight is not right, and why."""
    row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_answer_hand_over)
    return _answer(request, row, ContestHandOverForm(request.POST, request.FILES), agrees=False)


@require_POST
def hand_over_back(request: SignedIn, hand_over_id: int) -> HttpResponse:
    """Give a hand-over back: it was written wrong, or the goods stay."""
    row = permissions.access_hand_over(request.user, hand_over_id, to=permissions.can_give_back)
    page = reverse("hand-over-detail", args=[row.pk])
    again = partial(_page, request, row, ContestHandOverForm())
    done = _("Given back. The seller has been told.")
    return act_on(request, ActForm(request.POST), handing.give_back, row, to=page, done=done, again=again)


@require_GET
def hand_over_photo(request: SignedIn, hand_over_id: int, file_id: uuid.UUID) -> FileResponse:
    """Show a photo of the scale at the pick-up to both sides and to whoever drives."""
    file = permissions.access_hand_over_photo(request.user, hand_over_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


def _photo(request: SignedIn, form: ActForm, at: dt.datetime) -> StoredFile | None:
    """Take in the photo of a valid form, if there is one."""
    upload = form.cleaned_data.get("photo")
    return receive_photo(upload, by=request.user, at=at, public=False) if upload else None


def _answer(request: SignedIn, row: HandOver, form: ActForm, *, agrees: bool) -> HttpResponse:
    def act(at: dt.datetime) -> None:
        note = form.cleaned_data.get("note", "")
        handing.answer(row, agrees=agrees, note=note, photo=_photo(request, form, at), by=request.user, at=at)

    contest = form if isinstance(form, ContestHandOverForm) else ContestHandOverForm()
    return act_once(
        request,
        form,
        act,
        to=reverse("hand-over-detail", args=[row.pk]),
        done=_("Said. The haulier has been told."),
        again=partial(_page, request, row, contest),
    )


def _lot_page(request: SignedIn, lot: Allocation, form: HandOverForm, refusal: str, status: int) -> HttpResponse:
    at = clock.now()
    open_now = lot.status == AllocationStatus.CONFIRMED and lot.order.status in MOVING
    context = {
        "title": _("Take over: %(produce)s") % {"produce": name_of(lot.listing.produce)},
        "facts": pages.lot_facts(lot, carried_of([lot])[lot.pk], request.user),
        "form": form,
        "rule": rule_words(clock.county_day(at)),
        "recalled": lot.listing.recalled_at is not None,
        "open": open_now and at < known(lot.order.dispatch_by_at),
        "refusal": refusal,
        "back": Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/hand_over.html", context, status=status)


def _page(request: SignedIn, row: HandOver, contest: ContestHandOverForm, refusal: str, status: int) -> HttpResponse:
    ended = hasattr(row, "end")
    own = row.taken_by.person_id == request.user.person_id
    may_answer = not ended and not hasattr(row, "answer") and not own
    seller = permissions.can_answer_hand_over(request.user, row)
    context = {
        "row": row,
        "title": _("Handed over: %(produce)s") % {"produce": name_of(row.allocation.listing.produce)},
        "status": pages.hand_over_tag(row),
        "facts": pages.hand_over_facts(row, request.user),
        "photos": pages.photos_of(row),
        "form": contest,
        "act": ActForm(initial={"idem": new_key()}),
        "contest": contest if contest.is_bound else ContestHandOverForm(initial={"idem": new_key()}),
        "may_answer": may_answer and seller,
        "may_give_back": not ended and permissions.can_give_back(request.user, row),
        "refusal": refusal,
        "back": Link(reverse("sale-detail", args=[row.allocation_id]), _("Who buys"))
        if seller
        else Link(reverse("delivery-list"), _("Deliveries")),
    }
    return render(request, "orders/hand_over_detail.html", context, status=status)
