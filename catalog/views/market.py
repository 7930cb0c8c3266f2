"""The market for everybody: the board, one lot, the dictionary. No household is named here, whoever looks."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from catalog import permissions
from catalog.filters import MarketFilter
from catalog.models import ListingStatus
from catalog.pages import facets, produce
from catalog.pages import market as pages
from catalog.pages.cards import ready_card, ready_facets
from catalog.pages.lots import distance_words, status_tag
from catalog.selectors import market, search
from catalog.selectors.buyers import buyer_of
from catalog.selectors.goods import photos_of
from catalog.selectors.serving import hidden_from
from kernel import clock
from kernel.clock import COUNTY_ZONE
from kernel.identity import LARGEST_ID
from kernel.numbers import BadNumber, looks_like_number, read_number
from kernel.places import places
from kernel.shown import Link, Search
from produce.filters import ProduceFilter
from produce.models import Produce
from records.forms import new_key

MOST_CHANGES = 10


@require_GET
@login_not_required
def board(request: HttpRequest) -> HttpResponse:
    """Show what is on sale, the soonest to spoil first, narrowed as asked."""
    lot, misread = _numbered(request)
    if lot is not None:
        return redirect("listing-detail", lot)
    at = clock.now()
    today = clock.county_day(at)
    counted = market.board(at)
    buyer = buyer_of(request.user)
    hidden = hidden_from(buyer.channel if buyer is not None else None, today)
    filters = MarketFilter(request.GET, board=counted, day=today, hidden=hidden)
    fine = filters.is_valid()
    question = filters.question()
    cursor = request.GET.get("cursor", "")
    page = search.page_of(
        question, board=counted, day=today, cursor=cursor, papers=True, tier=market.sees_tier(request.user)
    )
    usual = market.usual(today)
    take = places(request).order_lot if buyer is not None else None
    narrowed = any(key not in facets.NOT_ASKED and value for key, value in request.GET.items())
    here = reverse("market")
    search_box = Search(here, request.GET.get("q", "")[:40])
    address = pages.address(request.GET)
    context = {
        "heading": _("What there is today"),
        "totals": _("%(lots)s lots on sale, %(tons)s t in all")
        % {"lots": counted.lots, "tons": pages.tons(counted.weight_g)},
        "short_totals": _("What you looked for") if narrowed else _("%(lots)s lots on sale") % {"lots": counted.lots},
        "as_of": _("as of %(time)s") % {"time": f"{counted.at.astimezone(COUNTY_ZONE):%H:%M}"},
        "search": search_box,
        "categories": facets.chips(request.GET, counted, here),
        "meant": facets.others(filters.meant),
        "map_url": f"{reverse('market-map')}{address.removeprefix(here).removesuffix('?')}",
        "within": pages.within(request.GET, page.rows),
        "filters": {"url": f"{pages.address(request.GET, filters='1')}#filters", "open": "filters" in request.GET},
        "facets": ready_facets(
            request.GET.urlencode(), counted, lambda: facets.facets(request.GET, counted), search_box
        ),
        "rows": [
            ready_card(
                lot,
                today=today,
                usual=usual,
                take=take,
                first=not place,
                papers=tuple(getattr(lot, "has_papers", ())),
                distance=distance_words(buyer.metres_to(lot.village)) if buyer is not None else "",
            )
            for place, lot in enumerate(page.rows)
        ],
        "pages": pages.page_ends(request.GET, page),
        "unread": facets.unread_words(filters.form),
        "misread": misread or pages.unserved_words(request.GET.get("q", ""), filters.meant, hidden),
    }
    return render(request, "catalog/market.html", context, status=200 if fine else 400)


def _numbered(request: HttpRequest) -> tuple[int | None, str]:
    """Return the lot whose number was typed as what is looked for, or why there is none; neither where none was."""
    text = request.GET.get("q", "")[:40]
    if not looks_like_number(text):
        return None, ""
    try:
        number = read_number(text)
    except BadNumber as refusal:
        return None, str(refusal)
    lot = permissions.seen_by(request.user).filter(number=number).values_list("pk", flat=True).first()
    return lot, "" if lot else _("No lot on the market has this number. Look whether it begins with PC.")


@require_GET
@login_not_required
def listing_detail(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Show one lot: what it is, where it lies, what it costs beside the county's price, how the price changed."""
    if listing_id > LARGEST_ID:
        raise Http404
    today = clock.county_day(clock.now())
    lots = market.with_faces(permissions.seen_by(request.user)).select_related("recognition")
    if market.sees_tier(request.user):
        lots = market.with_tier(lots)
    lot = get_object_or_404(lots, pk=listing_id)
    goods = pages.goods(lot, market.usual(today), photos_of(lot), today)
    buyer = buyer_of(request.user)
    takeable = lot.status == ListingStatus.ON_SALE and lot.free() and lot.sell_by >= today and not lot.away_on(today)
    hidden = hidden_from(buyer.channel if buyer is not None else None, today)
    oversees = request.user.is_authenticated and permissions.can_stop_sale(request.user, lot)
    context = {
        "back": Link(reverse("market"), pgettext("navigation", "Market")),
        "goods": goods,
        "status": None if takeable else status_tag(lot, today),
        "unserved": pages.unserved_sentence(*hidden[lot.produce_id]) if lot.produce_id in hidden else "",
        "facts": pages.facts_of(lot, buyer, today),
        "papers": pages.papers_of(lot, buyer, today),
        "history": pages.price_history(lot.prices.order_by("-pk")[:MOST_CHANGES]),
        "take_url": places(request).order_lot(lot.produce.code, lot.pk)
        if buyer is not None and takeable and lot.produce_id not in hidden
        else "",
        "oversee": pages.overseeing(lot, places(request), key=new_key()) if oversees else None,
    }
    return render(request, "catalog/listing_detail.html", context)


@require_GET
@login_not_required
def produce_list(request: HttpRequest) -> HttpResponse:
    """Show the county's dictionary by kind: when it is harvested, how long it keeps, what the county pays."""
    text = request.GET.get("q", "")[:40]
    prices = market.references(clock.county_day(clock.now()))
    rows = Produce.objects.select_related("category").order_by("category__position", "position")
    filters = ProduceFilter(request.GET, rows)
    context = {"search": Search(reverse("produce-list"), text), "groups": produce.by_kind(filters.qs, prices)}
    return render(request, "catalog/produce_list.html", context)
