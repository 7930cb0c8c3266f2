"""The market as a map: the same question as the board's, answered by villages; a table says the same in words."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from catalog.forms.market import MarketFilter
from catalog.map_drawing import Spot, draw
from catalog.pages.cards import ready_facets
from catalog.pages.lots import thousands
from catalog.selectors import market, market_map
from catalog.selectors.market_map import Lying, Village
from catalog.views.market import NOT_ASKED, chips, facets, tons
from kernel import clock
from kernel.clock import COUNTY_ZONE

NOTHING = Lying(0, 0)
# A village is one answer of the map, no part of the question it is asked.
NOT_KEPT = {*NOT_ASKED, "village"}


@require_GET
@login_not_required
def map_view(request: HttpRequest) -> HttpResponse:
    """Show in which villages what was asked for lies: circles on a picture of the county, and a table of them."""
    at = clock.now()
    today = clock.county_day(at)
    board = market.board(at)
    asked = MarketFilter(request.GET, board=board, day=today)
    fine = asked.is_valid()
    counted = market_map.counts(asked.question(), board=board, at=at, day=today)
    villages, by_village = market_map.villages(), counted.by_village
    here = reverse("market-map")
    lots = sum(lying.lots for lying in by_village.values())
    weight_g = sum(lying.weight_g for lying in by_village.values())
    search_box = {"url": here, "value": request.GET.get("q", "")[:40]}
    context = {
        "totals": _("%(lots)s lots on sale, %(tons)s t in all") % {"lots": lots, "tons": tons(weight_g)},
        "as_of": _("as of %(time)s") % {"time": f"{counted.at.astimezone(COUNTY_ZONE):%H:%M}"},
        "first_only": counted.first_only,
        "list_url": _address(request, reverse("market")),
        "search": search_box,
        "categories": chips(request, board, here),
        "facets": ready_facets(
            f"map?{request.GET.urlencode()}", board, lambda: facets(request, board), search_box
        ),
        "filters": {"url": f"{_address(request, here, filters='1')}#filters", "open": "filters" in request.GET},
        "picture": draw([_spot(one, by_village.get(one.code, NOTHING)) for one in villages if one.latitude_e6]),
        "groups": _groups(request, villages, by_village),
        "unread": not fine,
    }  # fmt: skip
    return render(request, "catalog/market_map.html", context, status=200 if fine else 400)


def _spot(village: Village, lying: Lying) -> Spot:
    return Spot(
        village.name,
        village.township,
        village.latitude_e6 or 0,
        village.longitude_e6 or 0,
        lying.weight_g,
        f"{village.township}{village.name} {_lots(lying)} {_kg(lying)}",
    )


def _groups(request: HttpRequest, villages: list[Village], by_village: dict[str, Lying]) -> list[dict]:
    """Return the villages in which something lies, by township, in the county's own order."""
    front = _address(request, reverse("market"))
    front += "&" if "?" in front else "?"
    groups: dict[str, list[dict]] = {}
    for one in villages:
        lying = by_village.get(one.code)
        if lying is None:
            continue
        groups.setdefault(one.township, []).append(
            {
                "name": one.name,
                "lots": lying.lots,
                "kg": thousands(lying.weight_g),
                "url": f"{front}village={one.code}",
                "nowhere": one.latitude_e6 is None,
            }
        )
    return [{"township": township, "rows": rows} for township, rows in groups.items()]


def _lots(lying: Lying) -> str:
    return ngettext("%(n)s lot", "%(n)s lots", lying.lots) % {"n": lying.lots}


def _kg(lying: Lying) -> str:
    return _("%(kg)s kg") % {"kg": thousands(lying.weight_g)}


def _address(request: HttpRequest, page: str, **more: str) -> str:
    """Return a page of the market that is asked the same."""
    kept = [(key, value) for key, values in request.GET.lists() if key not in NOT_KEPT for value in values[:20]]
    said = urlencode([*kept, *more.items()])
    return f"{page}?{said}" if said else page
