"""How evenly the season's sales fell, for everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kernel import clock
from kernel.places import places
from kernel.shown import Link
from orders.pages.fair import fair_rows
from orders.selectors.served import FEWEST_SHOWN, public_spread
from records.selectors.policy import policy


@require_GET
@login_not_required
def fair_shares(request: HttpRequest) -> HttpResponse:
    """Show everybody how evenly what was sold this season fell on those who offered it."""
    at = clock.now()
    context = {
        "rows": fair_rows(public_spread(at)),
        "days": policy("season_days", clock.county_day(at)),
        "fewest": FEWEST_SHOWN,
        "back": Link(places(request).home(), _("How evenly sales fall")),
    }
    return render(request, "orders/fair_shares.html", context)
