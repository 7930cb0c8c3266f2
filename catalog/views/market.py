"""The market for everybody: the board, one lot, the dictionary. No household is named here, whoever looks."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from catalog import permissions
from catalog.forms.market import KEEPS, SELLERS, MarketFilter
from catalog.models import Listing, ListingStatus
from catalog.pages.cards import ready_card, ready_facets
from catalog.pages.lots import (
    compared,
    day_of,
    distance_words,
    grade_of,
    harvest_of,
    jin_with_comma,
    keeps,
    left_of,
    paper_word,
    place_of,
    price_tags,
    seller_of,
    status_tag,
    take_url,
    urgent,
)
from catalog.selectors import market, search
from catalog.selectors.buyers import Buyer, buyer_of
from catalog.selectors.goods import photos_of
from catalog.selectors.papers import missing_papers, valid_papers
from kernel import clock, money
from kernel.clock import COUNTY_ZONE
from kernel.dates import day_words
from kernel.identity import LARGEST_ID
from kernel.present import in_english, name_of
from produce.models import Produce
from produce.selectors import dictionary
from records.services.photos import photo_url

SHOWN_TOWNSHIPS = 12
MOST_OTHERS = 8
NOT_ASKED = {"cursor", "filters"}  # where one stands in the list, not what is looked for


@require_GET
@login_not_required
def board(request: HttpRequest) -> HttpResponse:
    """Show what is on sale, the soonest to spoil first, narrowed as asked."""
    at = clock.now()
    today = clock.county_day(at)
    counted = market.board(at)
    asked = MarketFilter(request.GET, board=counted, day=today)
    fine = asked.is_valid()
    question = asked.question()
    cursor = request.GET.get("cursor", "")
    page = search.page_of(
        question, board=counted, day=today, cursor=cursor, papers=True, tier=market.sees_tier(request.user)
    )
    usual = market.usual(today)
    buyer = buyer_of(request.user)
    narrowed = any(key not in NOT_ASKED and value for key, value in request.GET.items())
    search_box = {"url": reverse("market"), "value": request.GET.get("q", "")[:40]}
    context = {
        "heading": _("What there is today"),
        "totals": _("%(lots)s lots on sale, %(tons)s t in all")
        % {"lots": counted.lots, "tons": tons(counted.weight_g)},
        "short_totals": _("What you looked for") if narrowed else _("%(lots)s lots on sale") % {"lots": counted.lots},
        "as_of": _("as of %(time)s") % {"time": f"{counted.at.astimezone(COUNTY_ZONE):%H:%M}"},
        "search": search_box,
        "categories": chips(request, counted),
        "meant": others(asked.meant),
        "map_url": f"{reverse('market-map')}{address(request).removeprefix(reverse('market')).removesuffix('?')}",
        "within": _within(request, page.rows),
        "filters": {"url": f"{address(request, filters='1')}#filters", "open": "filters" in request.GET},
        "facets": ready_facets(request.GET.urlencode(), counted, lambda: facets(request, counted), search_box),
        "rows": [
            ready_card(
                lot,
                today=today,
                usual=usual,
                buyer=buyer is not None,
                first=not place,
                papers=tuple(getattr(lot, "has_papers", ())),
                distance=distance_words(buyer.metres_to(lot.village)) if buyer is not None else "",
            )
            for place, lot in enumerate(page.rows)
        ],
        "pages": {
            "previous_url": address(request, cursor=page.previous) if page.previous else "",
            "next_url": address(request, cursor=page.next) if page.next else "",
            "text": _("Soonest to spoil first") if page.rows else "",
            "further": page.next is not None and not page.rows,
        },
        "unread": not fine,
    }
    return render(request, "catalog/market.html", context, status=200 if fine else 400)


@require_GET
@login_not_required
def listing_detail(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Show one lot: what it is, where it lies, what it costs beside the county's price, how the price changed."""
    if listing_id > LARGEST_ID:
        raise Http404
    at = clock.now()
    today = clock.county_day(at)
    lots = market.with_faces(permissions.seen_by(request.user)).select_related("recognition")
    if market.sees_tier(request.user):
        lots = market.with_tier(lots)
    lot = get_object_or_404(lots, pk=listing_id)
    price = compared(lot, market.usual(today))
    buyer = buyer_of(request.user)
    takeable = lot.status == ListingStatus.ON_SALE and lot.free() and lot.sell_by >= today and not lot.away_on(today)
    facts = [
        {
            "label": _("Left"),
            "value": left_of(lot),
            "note": _("%(jin)s jin") % {"jin": jin_with_comma(lot.grams(lot.free()))},
        },
        {
            "label": _("Keeps"),
            "value": keeps(lot, today),
            "note": _("until %(day)s") % {"day": day_words(lot.sell_by)},
        },
        harvest_of(lot),
        {"label": _("Where it lies"), "value": place_of(lot)},
        {"label": _("Who sells"), "value": seller_of(lot), "note": "" if lot.recognition else lot.get_track_display()},
        *_recognised(lot),
        {"label": _("Number"), "value": lot.number},
    ]
    if buyer is not None:
        far = distance_words(buyer.metres_to(lot.village))
        note = _("as the crow flies, to the village") if far else ""
        facts.insert(4, {"label": _("How far"), "value": far or pgettext("distance", "not known"), "note": note})
    if getattr(lot, "poor", False):
        facts.insert(-1, {"label": _("Counts for the reserved share"), "value": pgettext("market", "Lifted household")})
    if lot.price_reason:
        facts.append({"label": _("Why it is worth more"), "value": lot.price_reason})
    history = [
        {
            "when": day_of(change.at),
            "what": _("%(price)s yuan/kg") % {"price": _per_kg(change)},
            "who": "",
            "tone": "plain",
        }
        for change in lot.prices.order_by("-pk")[:10]
    ]
    context = {
        "back": {"url": reverse("market"), "label": pgettext("navigation", "Market")},
        "goods": {
            "name": name_of(lot.produce),
            "grade": grade_of(lot.grade),
            "grade_measure": lot.grade.measure if lot.grade is not None else "",
            "picture": lot.produce.picture,
            "photos": [photo_url(file, 720) for file in photos_of(lot)],
            "price": money.price_per_kg(lot.price_fen, lot.price_unit_g),
            "price_jin": money.price_per_jin(lot.price_fen, lot.price_unit_g),
            "urgent": urgent(lot, today),
            "keeps": keeps(lot, today),
            "price_tags": price_tags(lot, price),
            "about_url": reverse("produce-page", args=[lot.produce.code]),
            **price,
        },
        "status": None if takeable else status_tag(lot, today),
        "facts": facts,
        "papers": _papers(lot, buyer, today),
        "history": history if len(history) > 1 else [],
        "take_url": take_url(lot) if buyer is not None and takeable else "",
        "oversee": _oversee(request, lot),
    }
    return render(request, "catalog/listing_detail.html", context)


@require_GET
@login_not_required
def produce_list(request: HttpRequest) -> HttpResponse:
    """Show the county's dictionary by kind: when it is harvested, how long it keeps, what the county pays."""
    today = clock.county_day(clock.now())
    text = request.GET.get("q", "")[:40]
    prices = market.references(today)
    rows = list(Produce.objects.select_related("category").order_by("category__position", "position"))
    if text.strip():
        found = {word.id: rank for rank, word in enumerate(dictionary.matches(text))}
        rows = sorted((row for row in rows if row.pk in found), key=lambda row: found[row.pk])
    groups: dict[str, list[dict]] = {}
    for produce in rows:
        kind = produce.category.name_en if in_english() else produce.category.name_zh
        groups.setdefault(kind, []).append(_entry(produce, prices.get(produce.pk)))
    context = {
        "search": {"url": reverse("produce-list"), "value": text},
        "groups": [{"title": kind, "rows": entries} for kind, entries in groups.items()],
    }
    return render(request, "catalog/produce_list.html", context)


def chips(request: HttpRequest, counted: market.Board, here: str = "") -> list[dict]:
    """Return the kinds to tap on a phone, those that have something on sale; they lead to this page, else the board."""
    chosen = request.GET.getlist("category")
    here = here or reverse("market")
    kinds = [{"url": here, "label": pgettext("market", "All"), "current": not chosen}]
    for code, zh, en in counted.categories:
        if ("category", code) in counted.counts or code in chosen:
            label = en if in_english() else zh
            kinds.append({"url": f"{here}?category={code}", "label": label, "current": chosen == [code]})
    return kinds


def others(meant: search.Meant) -> list[dict]:
    """Return other goods on sale that typed words may mean, the best first."""
    here = reverse("market")
    return [{"url": f"{here}?produce={word.code}", "label": word.said} for word in meant.others[:MOST_OTHERS]]


def facets(request: HttpRequest, counted: market.Board) -> list[dict]:
    """Return what a desk may narrow the board to, with how many lots each holds."""
    kinds = [(code, en if in_english() else zh) for code, zh, en in counted.categories]
    grades = [(code, en if in_english() else zh) for code, (zh, en) in dictionary.grade_names().items()]
    whole: list[tuple[str, str, Iterable]] = [
        (pgettext("market", "Kind"), "category", kinds),
        (pgettext("market", "Seller"), "seller", SELLERS),
        (pgettext("market", "Recognised"), "track", market.TRACKS),
        (pgettext("goods", "Grade"), "grade", grades),
        (pgettext("market", "Township"), "township", counted.townships[:SHOWN_TOWNSHIPS]),
    ]
    found: list[dict] = []
    for title, name, options in whole:
        chosen = request.GET.getlist(name)
        shown = [
            {
                "name": name,
                "value": value,
                "label": label,
                "count": counted.counts.get((name, value), 0),
                "checked": value in chosen,
            }
            for value, label in options
            if counted.counts.get((name, value)) or value in chosen
        ]
        if shown:
            found.append({"title": title, "options": shown, "more": None})
    keeping = request.GET.get("keeps", "")
    found.append(
        {
            "title": pgettext("market", "Days left"),
            "one_of": True,
            "options": [
                {"name": "keeps", "value": value, "label": label, "count": "", "checked": value == keeping}
                for value, label in [("", pgettext("market", "Any")), *KEEPS]
            ],
            "more": None,
        }
    )
    wanted = request.GET.getlist("papers")
    found.append(
        {
            "title": pgettext("market", "Papers"),
            "options": [
                {"name": "papers", "value": value, "label": label, "count": "", "checked": value in wanted}
                for value, label in market.PAPERS
            ],
            "more": None,
        }
    )
    typed = {name: request.GET.get(name, "")[:12] for name in ("price_from", "price_to")}
    found.append(
        {
            "title": pgettext("market", "Price, yuan a kilogram"),
            "options": [],
            "inputs": [
                {"name": "price_from", "label": pgettext("market", "From"), "value": typed["price_from"]},
                {"name": "price_to", "label": pgettext("market", "Up to"), "value": typed["price_to"]},
            ],
        }
    )
    return found


def address(request: HttpRequest, **more: str) -> str:
    """Return this page's own address at another place of the list."""
    kept = [(key, value) for key, values in request.GET.lists() if key not in NOT_ASKED for value in values[:20]]
    return f"{reverse('market')}?{urlencode([*kept, *more.items()])}"


def _within(request: HttpRequest, rows) -> dict | None:
    """Name the village to which the map has narrowed the board, and how to have the whole board again."""
    code = request.GET.get("village", "")
    if not code:
        return None
    kept = [
        (key, value)
        for key, values in request.GET.lists()
        if key not in NOT_ASKED | {"village"}
        for value in values[:20]
    ]
    name = next((lot.village.short_name for lot in rows if lot.village_id == code), "")
    return {"label": name or _("This village"), "url": f"{reverse('market')}?{urlencode(kept)}"}


def tons(grams: int) -> str:
    """Print grams as tons with one decimal, rounded half up."""
    tenths = (grams + 50_000) // 100_000
    return f"{tenths // 10:,}.{tenths % 10}"


def _entry(produce: Produce, reference_fen: int | None) -> dict:
    months = pgettext("list", ", ").join(str(month) for month in produce.season)
    return {
        "name": name_of(produce),
        "aliases": pgettext("list", ", ").join(produce.aliases[:4]),
        "picture": produce.picture,
        "season": _("all year") if len(produce.season) == 12 else _("months %(months)s") % {"months": months},
        "keeps": _("keeps %(room)s days, cold %(cold)s days")
        % {"room": produce.shelf_days, "cold": produce.shelf_days_cold},
        "reference": money.price_per_kg(reference_fen, 500) if reference_fen else "",
        "forbidden": produce.forbidden_reason,
        "url": reverse("produce-page", args=[produce.code]),
    }


def _oversee(request: HttpRequest, lot: Listing) -> dict | None:
    """Return where whoever looks after these goods may stop or resume the sale, and recall the lot."""
    if not (request.user.is_authenticated and permissions.can_stop_sale(request.user, lot)):
        return None
    found = {"url": "", "stop": lot.status == ListingStatus.ON_SALE, "recall_url": _recall_url(lot)}
    if lot.status == ListingStatus.ON_SALE:
        found["url"] = reverse("listing-stop", args=[lot.pk])
    elif lot.status == ListingStatus.STOPPED and lot.recalled_at is None:
        found["url"] = reverse("listing-resume", args=[lot.pk])
    return found


def _recognised(lot: Listing) -> list[dict]:
    """Say for what the township recognised the seller, and by which document."""
    if lot.recognition is None:
        return []
    by = _("%(township)s, document %(document)s") % {
        "township": lot.township.name,
        "document": lot.recognition.document,
    }
    return [{"label": pgettext("goods", "Recognised as"), "value": lot.get_track_display(), "note": by}]


def _papers(lot: Listing, buyer: Buyer | None, today: dt.date) -> dict:
    """Return the papers of a lot, and to a buyer which of those it asks for are missing.

    A paper's page shows the seller's masked name: only buyers are led there from the market.
    """
    found = valid_papers(lot, today)
    lacking = missing_papers(lot, found, today).of(buyer.channel) if buyer is not None else ()
    return {
        "rows": [
            {
                "text": paper_word(paper.kind),
                "url": reverse("paper-check", args=[paper.code]) if buyer is not None else "",
            }
            for paper in found
        ],
        "missing": pgettext("list", ", ").join(paper_word(kind) for kind in lacking),
    }


def _recall_url(lot: Listing) -> str:
    try:
        return reverse("listing-recall", args=[lot.pk])
    except NoReverseMatch:
        return ""


def _per_kg(change) -> str:
    return money.price_per_kg(change.price_fen, change.price_unit_g)
