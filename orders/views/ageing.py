"""What buyers owe by its age, and how fast they pay."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link
from orders import permissions
from orders.filters import OwedFilter
from orders.pages.ageing import owed_table, speed_rows
from orders.selectors.ageing import ageing, owed_seen_by, pay_speed
from orders.selectors.ratings import said_of_buyers
from records.selectors.policy import policy


@require_GET
def pay_ageing(request: SignedIn) -> HttpResponse:
    """Show what the funds of one's buyer owe, or those of all buyers, and how long already."""
    permissions.access_ageing(request.user)
    today = clock.county_day(clock.now())
    found = narrowed(request, OwedFilter, owed_seen_by(request.user))
    context = {
        "found": found,
        "table": owed_table(ageing(found.rows, today), today),
        "back": Link(reverse("statement-list"), _("Statements")),
    }
    return render(request, "orders/pay_ageing.html", context, status=found.status)


@require_GET
@login_not_required
def pay_speeds(request: HttpRequest) -> HttpResponse:
    """Show everybody how fast each buyer pays its farmers."""
    at = clock.now()
    context = {
        "rows": speed_rows(pay_speed(at), said_of_buyers(at)),
        "days": policy("pay_speed_days", clock.county_day(at)),
        "back": Link(places(request).home(), _("How fast buyers pay")),
    }
    return render(request, "orders/pay_speeds.html", context)
