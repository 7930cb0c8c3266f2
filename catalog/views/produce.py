"""One kind of goods for everybody: when it is there, how long it keeps, its grades, and what it fetched this year."""

import datetime as dt
import hashlib
import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog.price_chart import Line, chart
from catalog.selectors import market
from kernel import clock, money
from kernel.present import in_english, name_of
from produce import permissions as produce_permissions
from produce.models import PriceMedian, Produce
from produce.pages.changes import said_of
from produce.selectors.medians import GRADE_DAYS, SOURCES, Month, by_grade, last_months

SHORT_NAMES = {
    PriceMedian.Source.SOLD: pgettext_lazy("price source", "Paid"),
    PriceMedian.Source.LISTED: pgettext_lazy("price source", "Asked"),
    PriceMedian.Source.REFERENCE: pgettext_lazy("price source", "Markets"),
}


@require_GET
@login_not_required
def produce_page(request: HttpRequest, produce_code: str) -> HttpResponse:
    """Show what the dictionary says of one kind of goods, what is on sale of it, and a year of its prices.

    Whoever is not signed in gets "unchanged" as long as it is: nothing on this page is about the reader.
    """
    produce = produce_permissions.produce_or_404(produce_code)
    at = clock.now()
    today = clock.county_day(at)
    months = last_months(produce, today)
    lots = market.board(at).counts["produce", str(produce.pk)]
    goods = _goods(produce, market.references(today).get(produce.pk), lots) | {"grades": _grades(produce, today)}
    context = {"goods": goods, **_prices(produce, months)}
    tag = None if request.user.is_authenticated else _tag(request, context)
    answer = get_conditional_response(request, etag=tag) if tag else None
    if answer is None:
        context["back"] = {"url": reverse("produce-list"), "label": _("What grows here")}
        answer = render(request, "catalog/produce_page.html", context)
    if tag:
        answer.headers["ETag"] = tag
        patch_cache_control(answer, no_cache=True)
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def _tag(request: HttpRequest, context: dict) -> str:
    shown = [get_language(), bool(getattr(request, "elder", False)), static("css/base.css"), context]
    return f'"{hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:32]}"'


def _goods(produce: Produce, reference_fen: int | None, lots: int) -> dict:
    facts = [
        {"label": _("Months of harvest"), "value": said_of("season", produce.season)},
        {
            "label": _("Keeps"),
            "value": _("%(room)s at room temperature") % {"room": said_of("shelf_days", produce.shelf_days)},
            "note": _("%(cold)s in a cold store") % {"cold": said_of("shelf_days_cold", produce.shelf_days_cold)},
        },
    ]
    if produce.piece_g:
        facts.append({"label": _("Usual weight of one piece"), "value": said_of("piece_g", produce.piece_g)})
    if produce.papers:
        facts.append({"label": _("Papers that must travel with it"), "value": said_of("papers", produce.papers)})
    if reference_fen:
        facts.append(
            {
                "label": _("The county pays now"),
                "value": _("%(price)s yuan/kg") % {"price": money.price_per_kg(reference_fen, 500)},
                "note": _("%(price)s yuan a jin") % {"price": money.price_per_jin(reference_fen, 500)},
            }
        )
    return {
        "name": name_of(produce),
        "aliases": pgettext("list", ", ").join(produce.aliases),
        "kind": produce.category.name_en if in_english() else produce.category.name_zh,
        "picture": produce.picture,
        "forbidden": produce.forbidden_reason,
        "facts": facts,
        "lots": lots,
        "market_url": "" if produce.forbidden else f"{reverse('market')}?produce={produce.code}",
        "api_url": reverse("api-produce-prices", args=[produce.code]),
    }


def _grades(produce: Produce, today: dt.date) -> list[dict]:
    """Say how each grade is told apart, and what it fetched lately."""
    fetched = by_grade(produce, today)
    return [
        {
            "label": grade.name_en if in_english() else grade.name,
            "value": grade.measure or "—",
            "note": _fetched({source: fetched.get((grade.pk, source)) for source in SOURCES}),
        }
        for grade in sorted(produce.grades.all(), key=lambda grade: grade.position)
    ]


def _fetched(by_source: dict[str, int | None]) -> str:
    """Say what a grade fetched in the last days, by source; nothing where no price is known."""
    known = [
        f"{SHORT_NAMES[PriceMedian.Source(source)]} {money.price_per_kg(fen, 500)}"
        for source, fen in by_source.items()
        if fen is not None
    ]
    words = _("last %(days)s days, yuan a kilogram: %(prices)s")
    return words % {"days": GRADE_DAYS, "prices": pgettext("list", ", ").join(known)} if known else ""


def _prices(produce: Produce, months: list[Month]) -> dict:
    lines = [Line(source, str(SHORT_NAMES[source]), [_median(month, source) for month in months]) for source in SOURCES]
    asked = [month.by_source.get(PriceMedian.Source.LISTED) for month in months]
    drawn = chart(lines, [(found.low_fen, found.high_fen) if found else None for found in asked])
    if drawn is None:
        return {"chart": None}
    for step in drawn["grid"]:
        step["text"] = money.price_per_kg(step["fen"], 500).removesuffix(".00") if step["fen"] else "0"
    number = len(months)
    drawn["months"] = [
        {
            "x": f"{(100 * i + 50) // number}%",
            "text": date_format(month.first, "M") if in_english() else f"{month.first.month} 月",
        }
        for i, month in enumerate(months)
        if i % 3 == 2
    ]
    period = _("%(first)s to %(last)s") % {
        "first": _month(months[0].first), "last": _month(months[-1].first)
    }  # fmt: skip
    return {
        "chart": drawn,
        "period": period,
        "sources": [
            {"key": source, "name": str(SHORT_NAMES[source]), "text": str(source.label)}
            for source in SOURCES
            if any(source in month.by_source for month in months)
        ],
        "table": [
            {"month": _month(month.first), "cells": [_cell(month, source) for source in SOURCES]}
            for month in reversed(months)
            if month.by_source
        ],
        "table_heads": [str(SHORT_NAMES[source]) for source in SOURCES],
    }


def _month(first: dt.date) -> str:
    return date_format(first, "F Y") if in_english() else f"{first.year} 年 {first.month} 月"


def _median(month: Month, source: str) -> int | None:
    found = month.by_source.get(source)
    return found.median_fen if found else None


def _cell(month: Month, source: str) -> dict:
    found = month.by_source.get(source)
    if found is None:
        return {"price": "—", "between": "", "head": str(SHORT_NAMES[PriceMedian.Source(source)])}
    low, high = money.price_per_kg(found.low_fen, 500), money.price_per_kg(found.high_fen, 500)
    return {
        "price": money.price_per_kg(found.median_fen, 500),
        "between": _("%(low)s to %(high)s, %(number)s prices") % {"low": low, "high": high, "number": found.prices},
        "head": str(SHORT_NAMES[PriceMedian.Source(source)]),
    }
