"""One kind of goods for everybody: when it is there, how long it keeps, its grades, and what it fetched this year."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog.pages import produce as pages
from catalog.selectors import market
from kernel import clock
from kernel.letters import Letters
from kernel.shown import Link
from produce import permissions as produce_permissions
from produce.selectors.medians import last_months


@require_GET
@login_not_required
def produce_page(request: HttpRequest, produce_code: str) -> HttpResponse:
    """Show what the dictionary says of one kind of goods, what is on sale of it, and a year of its prices.

    Whoever is not signed in gets "unchanged" as long as it is: nothing on this page is about the reader.
    """
    produce = produce_permissions.produce_or_404(produce_code)
    at = clock.now()
    today = clock.county_day(at)
    prices = pages.prices_of(last_months(produce, today))
    lots = market.board(at).counts["produce", str(produce.pk)]
    goods = pages.goods(produce, market.references(today).get(produce.pk), lots, today)
    tag = None if request.user.is_authenticated else _tag(request, goods, prices)
    answer = get_conditional_response(request, etag=tag) if tag else None
    if answer is None:
        context = {
            "back": Link(reverse("produce-list"), _("What grows here")),
            "goods": goods,
            "chart": prices.chart,
            "period": prices.period,
            "sources": prices.sources,
            "table": prices.table,
            "table_heads": prices.table_heads,
        }
        answer = render(request, "catalog/produce_page.html", context)
    if tag:
        answer.headers["ETag"] = tag
        patch_cache_control(answer, no_cache=True)
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def _tag(request: HttpRequest, goods: pages.Goods, prices: pages.Prices) -> str:
    """Return a tag that changes with anything the page shows; each of them is written out in full by its repr."""
    shown = (get_language(), getattr(request, "letters", Letters.NORMAL), static("css/base.css"), goods, prices)
    return f'"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'
