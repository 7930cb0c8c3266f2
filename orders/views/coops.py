"""A co-operative's one page: its members' lots, answers, deliveries and amounts; its own production apart."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import page_links
from orders import permissions
from orders.filters import CoopLotFilter
from orders.pages import coops as pages
from orders.pages.sales import sale_row
from orders.selectors import coops

MOST_NAMED = 10  # asks and goods to send that the page names; their own lists have all


@require_GET
def coop(request: SignedIn) -> HttpResponse:
    """Show what a co-operative sells for its members, or what it grows itself, narrowed as asked."""
    who = permissions.access_coop(request.user)
    own, at = request.GET.get("own") == "1", clock.now()
    found = narrowed(request, CoopLotFilter, coops.lots_of_coop(who, own=own), beside=["own"])
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "sell_url": places(request).sell_for(),
        "title": who.organisation_name or _("Co-operative"),
        "tabs": pages.tabs(own=own),
        "own": own,
        "figures": pages.figures(coops.figures_of_coop(who, own=own)),
        "asks": [sale_row(part, None, at) for part in coops.asks_of_coop(who, own=own)[:MOST_NAMED]],
        "to_send": [pages.to_send_row(part) for part in coops.to_send_of_coop(who, own=own)[:MOST_NAMED]],
        "found": found,
        "rows": [pages.lot_row(lot) for lot in page.rows],
        "pages": page_links(page, found.kept),
    }
    return render(request, "orders/coop.html", context, status=found.status)
