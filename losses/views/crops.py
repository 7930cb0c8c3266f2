"""The doors of crops that were never harvested: choose one, report it; what is typed is shown before it is filed."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from catalog.models import PlotSeason
from kernel import clock, keyset
from kernel.shown import Link, page_links
from losses import permissions
from losses.forms import ClaimForm
from losses.pages import claims as pages
from losses.pages import kept
from losses.selectors import schemes
from losses.selectors.lots import crops_to_report, own_goods
from losses.services import unusual
from losses.views.arriving import MOST_LETTERS, lost_goods
from losses.views.reporting import form_context, new_page, taken


@require_GET
def crop_choose(request: SignedIn) -> HttpResponse:
    """Ask which crop was never harvested: of the own land, or of a household found by its number."""
    asked = request.GET.get("q", "")[:MOST_LETTERS]
    page = keyset.cut(crops_to_report(request.user, asked), ("-pk",), cursor=request.GET.get("cursor", ""))
    links = page_links(page, f"&{urlencode({'q': asked})}" if asked else "")
    context = chosen_crop_page(request, page.rows, asked) | kept.bar(request.user, own_goods(request.user))
    return render(request, "losses/crop_choose.html", context | {"pages": links})


def chosen_crop_page(request: SignedIn, seasons: Iterable[PlotSeason], asked: str = "") -> dict[str, Any]:
    """Return what the page shows on which a crop is chosen, also one that a phone keeps."""
    own = standing(request.user).household_id
    return {
        "rows": [pages.crop_row(season, own) for season in seasons],
        "asked": asked,
        "for_others": permissions.reports_for_others(request.user),
        "land_url": reverse("plot-list") if own is not None else "",
        "back": Link(reverse("claim-choose"), _("Report a loss")),
    }


@require_http_methods(["GET", "POST"])
def claim_new_crop(request: SignedIn, season_id: int) -> HttpResponse:
    """Report a crop that was never harvested, for the own household or as its proxy with its consent."""
    season = permissions.access_crop_to_report(request.user, season_id)
    at = clock.now()
    today = clock.county_day(at)
    scheme = schemes.fitting(season, on=today)
    if scheme is None:
        return render(request, "losses/claim_none.html", lost_goods(season))
    if request.method == "GET":
        page = new_page(request, season, scheme, unusual.usual_of(season))
        return render(request, "losses/claim_new.html", page | kept.bar(request.user, own_goods(request.user)))
    proxy = permissions.reports_as_proxy(request.user, season)
    form = ClaimForm(request.POST, request.FILES, goods=season, proxy=proxy, today=today)
    if answer := taken(request, form, scheme, season, at=at):
        return answer
    return render(request, "losses/claim_new.html", lost_goods(season) | form_context(form, scheme, season))
