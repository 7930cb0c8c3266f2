"""The doors of notices of loss: say that goods are lost, see what was said, take it back."""

import datetime as dt
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.errors import DomainError
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import LossNoticeFilter
from losses.forms import ClaimForm, EarlyForm
from losses.models import Goods
from losses.pages import loss_notices as pages
from losses.selectors.loss_notices import notices_seen_by
from losses.services import loss_notices
from losses.views.arriving import lost_goods, photos_of
from records.doors import act_on, once
from records.forms import ActForm, new_key
from records.models import StoredFile
from records.pages.photos import SMALL_PX, private_photo


@require_http_methods(["GET", "POST"])
def loss_notice_lot(request: SignedIn, listing_id: int) -> HttpResponse:
    """Say that goods of a lot are lost, for the own household or as its proxy with its consent."""
    return _new(request, permissions.access_listing_to_report(request.user, listing_id))


@require_http_methods(["GET", "POST"])
def loss_notice_crop(request: SignedIn, season_id: int) -> HttpResponse:
    """Say that a crop is lost that was never harvested, for the own household or as its proxy with its consent."""
    return _new(request, permissions.access_crop_to_report(request.user, season_id))


def _new(request: SignedIn, goods: Goods) -> HttpResponse:
    at = clock.now()
    form = EarlyForm(
        request.POST or None,
        request.FILES or None,
        initial={"day": "today", "idem": new_key(), "quantity": ["", "jin"]},
        goods=goods,
        proxy=permissions.reports_as_proxy(request.user, goods),
        today=clock.county_day(at),
    )
    if request.method == "POST":
        photos = photos_of(request, form, ("photos",), at=at)
        if form.is_valid() and (page := _give(request, form, goods, list(photos.values()))):
            return redirect(page)
    return render(request, "losses/claim_new.html", lost_goods(goods) | {"form": form, "early": True})


def _give(request: SignedIn, form: ClaimForm, goods: Goods, photos: list[StoredFile]) -> str:
    """Give notice once; return its page, or nothing when it is refused on the form with everything still in it."""
    typed = form.cleaned_data

    def act(at: dt.datetime) -> dict[str, str]:
        notice = loss_notices.give_notice(
            goods=goods,
            cause=typed["cause"],
            about=form.stock(),
            seen_on=typed["happened_on"],
            words=typed["words"],
            photos=photos,
            by=request.user,
            at=at,
            consent=typed.get("consent", ""),
        )
        return {"url": reverse("loss-notice", args=[notice.pk])}

    said = {name: typed[name] for name in ("cause", "happened_on", "words")} | {"stock": form.stock()}
    try:
        return str(once(request, typed["idem"], said, act)["url"])
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return ""


@require_GET
def loss_notice_list(request: SignedIn) -> HttpResponse:
    """List the notices this person sees, the newest first."""
    found = narrowed(request, LossNoticeFilter, notices_seen_by(request.user))
    page = keyset.cut(found.rows, ("-at", "-pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "found": found,
        "rows": [pages.notice_row(notice, request.user) for notice in page.rows],
        "pages": page_links(page, found.kept),
        "back": Link(places(request).home(), _("Notices of loss")),
    }
    return render(request, "losses/loss_notice_list.html", context, status=found.status)


@require_GET
def loss_notice(request: SignedIn, notice_id: int) -> HttpResponse:
    """Show what was said of a loss, and what can be done about it now."""
    notice = permissions.access_notice_of_loss(request.user, notice_id)
    may_act = permissions.can_act_on_notice(request.user, notice)
    context = {
        "notice": pages.notice_page(notice, request.user),
        "claim_url": pages.claim_url(notice) if may_act else "",
        "withdraw": pages.withdraw_of(notice, key=new_key()) if may_act else None,
        "back": Link(reverse("loss-notice-list"), _("Notices of loss")),
    }
    return render(request, "losses/loss_notice.html", context)


@require_POST
def loss_notice_withdraw(request: SignedIn, notice_id: int) -> HttpResponse:
    """Take a notice back."""
    notice = permissions.access_notice_of_loss(request.user, notice_id, to_act=True)
    to = reverse("loss-notice", args=[notice.pk])
    return act_on(
        request, ActForm(request.POST), loss_notices.take_back, notice, to=to, done=_("The notice is taken back.")
    )


@require_GET
def loss_notice_photo(request: SignedIn, notice_id: int, file_id: UUID) -> FileResponse:
    """Show one photo of a notice, made smaller and stripped, to those who see the notice."""
    file = permissions.access_notice_photo(request.user, notice_id, file_id)
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))
