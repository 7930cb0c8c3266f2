"""Doors of the signed list of a union's plan: opened, named, answered in pieces, printed; the plan's door closes it."""

import datetime as dt
import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from canteens import permissions
from canteens.filters import SignedLineFilter
from canteens.forms.signed_lists import AnswerForm, NamesForm, OpenListForm, SheetPhotoForm, SignOffForm
from canteens.models import PurchasePlan, SignedList
from canteens.pages import signed_lists as pages
from canteens.permissions import can_prepare_list
from canteens.selectors.signed_lists import differences, is_listed, lines_of, list_of
from canteens.services import signed_lists
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from records.doors import Act, act_once, on_form
from records.forms import ActForm, new_key
from records.models import Attachment
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo

ON_A_PAGE = 50


def show(request: SignedIn, plan: PurchasePlan, status: int = 200, **typed: ActForm) -> HttpResponse:
    """Show the signed list of a plan, or what opens it, with whatever form was typed."""
    row = list_of(plan)
    context: dict[str, Any] = {
        "plan": plan,
        "back": Link(reverse("purchase-plan-detail", args=[plan.pk]), plan.occasion),
        "action": reverse("signed-list", args=[plan.pk]),
        "listed": is_listed(plan),
        "refused": bool(typed),
    }
    if row is None:
        if pages.may_open(plan, request.user):
            context["open"] = typed.get("open") or OpenListForm(initial={"idem": new_key()})
        return render(request, "canteens/signed_list.html", context, status=status)
    found = differences(row)
    lines = narrowed(request, SignedLineFilter, lines_of(row))
    page = keyset.cut(lines.rows, ("number",), cursor=request.GET.get("cursor", ""), size=ON_A_PAGE)
    photos = pages.photos(row)
    context |= {
        "status": pages.tag(row),
        "facts": pages.facts(row, found),
        "differing": pages.differing(row, found),
        "found": None if typed else lines,  # what was refused stands under the address of its act
        "rows": pages.line_rows(page.rows, plainly=can_prepare_list(request.user, plan)),
        "pages": page_links(page, lines.kept),
        "photos": pages.shown_photos(row, photos),
        "print_url": reverse("signed-list-print", args=[plan.pk]) if can_prepare_list(request.user, plan) else "",
    }
    pages.note_names(len(page.rows), by=request.user, at=clock.now())
    new: dict[str, Any] = {}
    if pages.may_prepare(row, request.user):
        new["photo"] = SheetPhotoForm(initial={"idem": f"p{new_key()}"})
        new["answer"] = AnswerForm(initial={"idem": f"a{new_key()}"}, photos=pages.photo_choices(photos))
        new["names"] = NamesForm(initial={"idem": f"n{new_key()}"})
    if pages.may_sign_off(row, found, request.user):
        new["sign_off"] = SignOffForm(initial={"idem": f"s{new_key()}"})
    context |= new | typed
    return render(request, "canteens/signed_list.html", context, status=status if status != 200 else lines.status)


@require_GET
def signed_list(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Show the signed list of a plan and how it goes on."""
    return show(request, permissions.access_plan_of_list(request.user, purchase_plan_id))


@require_POST
def signed_list_open(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Open the signed list of a plan."""
    plan = permissions.access_plan_to_list(request.user, purchase_plan_id)
    form = OpenListForm(request.POST)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        signed_lists.open_list(plan, said["goods"], said["names"], by=request.user, at=at)

    return _act(request, plan, form, act, "open", done=_("Opened. Print it, and let everybody sign."))


@require_POST
def signed_list_names(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Put more names on a list."""
    row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
    form = NamesForm(request.POST)

    def act(at: dt.datetime) -> None:
        signed_lists.add_names(row, form.cleaned_data["names"], by=request.user, at=at)

    return _act(request, row.plan, form, act, "names", done=_("Written on the list."))


@require_POST
def signed_list_photo(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Keep a photo of a signed sheet."""
    row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
    form = SheetPhotoForm(request.POST, request.FILES)

    def act(at: dt.datetime) -> None:
        photo = receive_photo(form.cleaned_data["photo"], by=request.user, at=at, public=False)
        signed_lists.add_photo(row, photo, by=request.user, at=at)

    return _act(request, row.plan, form, act, "photo", done=_("Kept. Now say which lines are signed on it."))


@require_POST
def signed_list_answer(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Answer many lines at once."""
    row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
    form = AnswerForm(request.POST, photos=pages.photo_choices(pages.photos(row)))

    def act(at: dt.datetime) -> None:
        signed_lists.answer_lines(row, form.said(), by=request.user, at=at)

    return _act(request, row.plan, form, act, "answer", done=_("Written on the list."))


@require_GET
def signed_list_print(request: SignedIn, purchase_plan_id: int) -> HttpResponse:
    """Show the list as it is printed and signed: number, name, goods, a place for the signature."""
    row: SignedList = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
    rows = pages.line_rows(lines_of(row), plainly=True)
    pages.note_names(len(rows), by=request.user, at=clock.now())
    back = Link(reverse("signed-list", args=[row.plan_id]), _("Signed list"))
    context = {"row": row, "plan": row.plan, "rows": rows, "back": back}
    return render(request, "canteens/signed_list_print.html", context)


@require_GET
def signed_list_sheet(request: SignedIn, purchase_plan_id: int, file_id: uuid.UUID) -> FileResponse:
    """Show one photo of a signed sheet."""
    row = permissions.access_signed_list(request.user, purchase_plan_id)
    sheets = Attachment.objects.filter(document=row.reference, role=signed_lists.SHEET_PHOTO)
    photo = get_object_or_404(sheets.select_related("file"), file=file_id)
    return private_photo(photo.file, small=request.GET.get("px") == str(SMALL_PX))


def _act(request: SignedIn, plan: PurchasePlan, form: ActForm, act: Act, name: str, *, done: str) -> HttpResponse:
    typed = {name: form}
    again = on_form(form, lambda status: show(request, plan, status, **typed))
    return act_once(request, form, act, to=reverse("signed-list", args=[plan.pk]), done=done, again=again)
