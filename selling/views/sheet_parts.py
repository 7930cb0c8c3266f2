"""Parts of a batch on pages of their own: its heading, as long as nothing is on sale, and a photo for each row."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from catalog import permissions as goods
from catalog.selectors import market
from kernel import clock, money
from kernel.errors import DomainError
from kernel.shown import Link
from produce.models import Produce
from produce.services.pricing import UnusualPrice
from records.doors import once_by_form
from records.forms import new_key
from records.services.photos import photo_url, receive_photo
from selling import permissions
from selling.forms.sheets import RowPhotoForm, SheetForm
from selling.models import EntryRow, EntrySheet
from selling.pages.sheets import heading_of
from selling.services import sheets
from selling.views.sheets import heading_page, produce_page, put_beside


@require_http_methods(["GET", "POST"])
def sheet_heading(request: SignedIn, sheet_id: uuid.UUID) -> HttpResponse:
    """Change what all rows of a batch share, its goods among them, as long as none of them is on sale."""
    batch = permissions.access_sheet(request.user, sheet_id)
    here, at = reverse("sheet-heading", args=[batch.pk]), clock.now()
    today = clock.county_day(at)
    if EntryRow.objects.filter(sheet=batch).exclude(listing=None).exists():
        messages.error(request, str(sheets.SheetIsOnSale()))
        return redirect("sheet", batch.pk)
    if "goods" in request.GET:
        back = Link(here, _("What they share"))
        return render(request, "selling/sheet_produce.html", produce_page(request, today, goods="1") | {"back": back})
    other = Produce.objects.filter(code=request.GET.get("produce", "")[:32], forbidden=False).first()
    produce = other or batch.produce
    villages = goods.villages_served(request.user)
    reference = market.references(today).get(produce.pk)
    usual = money.price_per_jin(reference, 500).replace(",", "") if reference else ""
    form = SheetForm(
        request.POST or None,
        produce=produce,
        villages=villages,
        by_mandate=permissions.lists_by_mandates(request.user),
        initial=_as_it_is(batch, produce, usual),
    )
    unusual = ""
    if request.method == "POST" and form.is_valid():
        try:
            sheets.change_heading(batch, produce=produce, **form.heading(), at=at)
            messages.success(request, _("Changed. It counts for every household of the batch."))
            return redirect("sheet", batch.pk)
        except UnusualPrice as question:
            unusual = str(question)
        except DomainError as refusal:
            put_beside(form, refusal)
    context = heading_page(produce, form, unusual, usual) | {
        "back": Link(reverse("sheet", args=[batch.pk]), _("The sheet")),
        "button": _("Keep these"),
        "other_goods_url": f"{here}?goods=1",
    }
    return render(request, "selling/sheet_new.html", context, status=400 if form.errors or unusual else 200)


@require_http_methods(["GET", "POST"])
def sheet_photo(request: SignedIn, sheet_id: uuid.UUID, row_id: int) -> HttpResponse:
    """Show the photo of one household's goods and take another one."""
    batch = permissions.access_sheet(request.user, sheet_id)
    row = permissions.access_row(request.user, batch, row_id)
    household = row.household
    form = RowPhotoForm(request.POST or None, request.FILES or None, initial={"idem": new_key()})
    page = f"{reverse('sheet', args=[batch.pk])}?village={household.village_id}"
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["photo"]

        def act(at: dt.datetime) -> dict[str, Any]:
            photo = receive_photo(upload, by=request.user, at=at)
            sheets.keep_photo(row, photo, by=request.user, at=at)
            return {}

        try:
            once_by_form(request, form, act)
            messages.success(request, _("The photo is kept."))
            return redirect(f"{page}#r-{row.pk}")
        except DomainError as refusal:
            form.add_error("photo", str(refusal))
    context = {
        "back": Link(page, _("The sheet")),
        "sheet": heading_of(batch),
        "name": household.head_name,
        "photo": photo_url(row.photo, 720) if row.photo is not None else "",
        "form": form,
    }
    return render(request, "selling/sheet_photo.html", context, status=400 if form.errors else 200)


def _as_it_is(batch: EntrySheet, produce: Produce, usual: str) -> dict:
    """Return what the form begins with: what the batch says, or for other goods their usual price."""
    same = produce.pk == batch.produce_id
    price = money.price_per_jin(batch.price_fen, batch.price_unit_g).replace(",", "")
    return {
        "idem": new_key(),
        "harvested_on": batch.harvested_on,
        "village": batch.village_id,
        "price": price if same else usual,
        "grade": batch.grade.code if batch.grade is not None and same else "",
        "consent": batch.consent,
        "price_reason": batch.price_reason if same else "",
        "smallest": batch.smallest if same and batch.smallest else None,
    }
