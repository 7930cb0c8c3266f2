"""Reporting without a net: the lots and crops whose pages a phone keeps, and what it sends once the net is back."""

import datetime as dt
import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn, from_own_page
from catalog.models import Listing, PlotSeason
from kernel import clock
from kernel.errors import BadValue, DomainError
from losses import permissions
from losses.forms import MOST_PHOTOS, ClaimForm, moment_of
from losses.models import Goods
from losses.pages import kept
from losses.selectors import schemes
from losses.selectors.lots import own_goods
from losses.services import claiming, reporting, unusual
from losses.views.crops import chosen_crop_page
from losses.views.reporting import chosen_page, new_page
from records.doors import error_status, once, photo_in_pieces
from records.models import Attachment, StoredFile
from records.services import ahead
from records.services.files import attach


@require_GET
def pack(request: SignedIn) -> HttpResponse:
    """Return the own lots and crops and the page of each, as pages that name nobody who is signed in."""
    goods = own_goods(request.user)
    lots = [one for one in goods if isinstance(one, Listing)]
    crops = [one for one in goods if isinstance(one, PlotSeason)]
    bar = kept.bar(request.user, goods)

    def page(template: str, context: dict) -> str:
        nameless: dict = {"who": None, "org_name": "", "messages": [], "shell": True}
        return render_to_string(template, context | nameless | bar, request)

    pages = {
        "report": page("losses/claim_choose.html", chosen_page(request, lots)),
        "crops": page("losses/crop_choose.html", chosen_crop_page(request, crops)),
    }
    usual = unusual.usual_of_own(goods)
    for one in goods:
        scheme = schemes.fitting(one, on=clock.county_day(clock.now()))
        if scheme is not None:
            pages[kept.page_of(one)] = page("losses/claim_new.html", new_page(request, one, scheme, usual.get(one)))
    return JsonResponse(pages, json_dumps_params={"ensure_ascii": False})


@require_POST
@from_own_page
def report_written(request: SignedIn, listing_id: int) -> HttpResponse:
    """Take a report of a lot that a phone has kept, once under the key it made."""
    return _written(request, permissions.access_listing_to_report(request.user, listing_id))


@require_POST
@from_own_page
def crop_report_written(request: SignedIn, season_id: int) -> HttpResponse:
    """Take a report of a crop that a phone has kept; where the township has corrected it since, of it as it stands."""
    return _written(request, permissions.access_crop_kept(request.user, season_id))


def _written(request: SignedIn, goods: Goods) -> HttpResponse:
    """File what a phone has kept.

    An amount far above the usual was asked about on the phone: what waited for a net is not held back for it.
    """
    typed = {name: text for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "key")}
    form = ClaimForm(
        request.POST.dict() | {"idem": "phone"},
        goods=goods,
        proxy=permissions.reports_as_proxy(request.user, goods),
        today=_written_on(request.POST.get("phone_at", "")),
    )
    form.fields["elsewhere"].required = False  # a page that a phone kept since before it was asked

    def act(at: dt.datetime) -> dict[str, str]:
        draft = _document(uuid.UUID(request.POST.get("draft", "")))
        ahead.require_come(draft, ahead.shown_of(request.POST.get("shown", "")))
        scheme = schemes.fitting(goods, on=clock.county_day(at))
        if scheme is None:
            raise claiming.NoRate
        if not form.is_valid():
            raise BadValue(str(next(iter(form.errors.values()))[0]))
        said = form.cleaned_data
        claim = reporting.file_claim(
            scheme=schemes.fitting_day(goods, said["happened_on"], scheme),
            goods=goods,
            cause=said["cause"],
            quantity=form.stock(),
            happened_on=said["happened_on"],
            words=said["words"],
            photos=_photos(request, draft),
            by=request.user,
            at=at,
            consent=said.get("consent", ""),
            told=form.told(),
            written_at=form.written_at(),
        )
        return {"number": claim.number, "to": reverse("claim-receipt", args=[claim.pk])}

    try:
        answer = once(request, f"report-{uuid.UUID(request.POST.get('key', ''))}", typed, act)
    except ValueError:
        return _refused(BadValue(_("The form has lost its number. Open the page again.")))
    except DomainError as refusal:
        return _refused(refusal)
    return JsonResponse(answer)


@require_http_methods(["GET", "POST"])
@from_own_page
def report_photo(request: SignedIn, listing_id: int, draft_id: uuid.UUID, which: int, digest: str) -> HttpResponse:
    """Return how much of a photo has arrived, or take the piece that follows; whole, it waits for its report."""
    lot = permissions.access_listing_to_report(request.user, listing_id)
    return _photo(request, reverse("claim-new", args=[lot.pk]), draft_id, which, digest)


@require_http_methods(["GET", "POST"])
@from_own_page
def crop_report_photo(request: SignedIn, season_id: int, draft_id: uuid.UUID, which: int, digest: str) -> HttpResponse:
    """Do the same with a photo of a crop."""
    season = permissions.access_crop_kept(request.user, season_id)
    return _photo(request, reverse("claim-new-crop", args=[season.pk]), draft_id, which, digest)


def _photo(request: SignedIn, to: str, draft_id: uuid.UUID, which: int, digest: str) -> HttpResponse:
    if not 1 <= which <= MOST_PHOTOS:
        raise Http404

    def hang(photo: StoredFile, at: dt.datetime) -> None:
        attach(_document(draft_id), photo, f"p{which}", by=request.user, at=at)

    return photo_in_pieces(request, _document(draft_id), f"p{which}", digest, hang, to=to)


def _written_on(told: str) -> dt.date:
    """Return what a report that waited means by today: the day its phone wrote it, never one that is still to come."""
    today, written = clock.county_day(clock.now()), moment_of(told)
    return today if written is None else min(clock.county_day(written), today)


def _document(draft_id: uuid.UUID) -> str:
    """Return under which name the photos of a report lie until it is written."""
    return f"report:{draft_id}"


def _photos(request: SignedIn, document: str) -> list[StoredFile]:
    """Return the photos of a report that its own writer has sent, the last of each place."""
    rows = Attachment.objects.filter(document=document, by=request.user).select_related("file").order_by("pk")
    last = {row.role: row.file for row in rows}
    return [last[role] for role in sorted(last)]


def _refused(refusal: DomainError) -> HttpResponse:
    return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=error_status(refusal))
