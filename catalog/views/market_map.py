"""The market as a map: the same question as the board's, answered by villages; a table says the same in words."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog.filters import MarketFilter
from catalog.map_drawing import draw
from catalog.pages import map as pages
from catalog.pages.cards import ready_facets
from catalog.pages.facets import chips, facets, unread_words
from catalog.pages.market import tons
from catalog.selectors import market, market_map
from catalog.selectors.buyers import buyer_of
from catalog.selectors.serving import hidden_from
from kernel import clock
from kernel.clock import COUNTY_ZONE
from kernel.numbers import looks_like_number
from kernel.shown import Search


@require_GET
@login_not_required
def map_view(request: HttpRequest) -> HttpResponse:
    """Show in which villages what was asked for lies: circles on a picture of the county, and a table of them."""
    if looks_like_number(request.GET.get("q", "")[:40]):  # one lot: the list knows it, or says why not
        return redirect(pages.address(request.GET, reverse("market")))
    at = clock.now()
    today = clock.county_day(at)
    board = market.board(at)
    buyer = buyer_of(request.user)
    hidden = hidden_from(buyer.channel if buyer is not None else None, today)
    filters = MarketFilter(request.GET, board=board, day=today, hidden=hidden)
    fine = filters.is_valid()
    counted = market_map.counts(filters.question(), board=board, at=at, day=today)
    villages, by_village = market_map.villages(), counted.by_village
    here = reverse("market-map")
    lots = sum(lying.lots for lying in by_village.values())
    weight_g = sum(lying.weight_g for lying in by_village.values())
    search_box = Search(here, request.GET.get("q", "")[:40])
    opened = f"{pages.address(request.GET, here, filters='1')}#filters"
    context = {
        "totals": _("%(lots)s lots on sale, %(tons)s t in all") % {"lots": lots, "tons": tons(weight_g)},
        "as_of": _("as of %(time)s") % {"time": f"{counted.at.astimezone(COUNTY_ZONE):%H:%M}"},
        "first_only": counted.first_only,
        "list_url": pages.address(request.GET, reverse("market")),
        "search": search_box,
        "categories": chips(request.GET, board, here),
        "facets": ready_facets(f"map?{request.GET.urlencode()}", board, lambda: facets(request.GET, board), search_box),
        "filters": {"url": opened, "open": "filters" in request.GET},
        "picture": draw(pages.spots(villages, by_village)),
        "groups": pages.groups(request.GET, villages, by_village),
        "unread": unread_words(filters.form),
    }
    return render(request, "catalog/market_map.html", context, status=200 if fine else 400)
