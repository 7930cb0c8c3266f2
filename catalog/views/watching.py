"""Goods worth a look: what stands out among what was put on sale these days, for whoever may stop a sale."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from catalog import permissions
from catalog.pages.watching import row
from catalog.selectors import market, watch
from catalog.services import listings
from kernel import clock
from records.doors import once_by_form
from records.forms import ActForm


@require_GET
def watch_list(request: SignedIn) -> HttpResponse:
    """Show what stands out, the newest first, with what is usual beside it."""
    at = clock.now()
    lots = watch.worth_a_look(permissions.access_watch(request.user), at)
    usual = market.usual(clock.county_day(at))
    context = {"rows": [row(watched, usual) for watched in lots], "full": len(lots) == watch.SHOWN}
    return render(request, "catalog/watch_list.html", context)


@require_POST
def looked_at(request: SignedIn, listing_id: int) -> HttpResponse:
    """Write down that somebody looked at a lot and left it on sale."""
    lot = get_object_or_404(permissions.seen_by(request.user), pk=listing_id)
    if not permissions.can_stop_sale(request.user, lot):
        raise PermissionDenied
    form = ActForm(request.POST)
    if form.is_valid():
        once_by_form(request, form, lambda at: listings.look_at(lot, by=request.user, at=at))
        messages.success(request, _("Written down: it stays on sale."))
    return redirect("watch-list")
