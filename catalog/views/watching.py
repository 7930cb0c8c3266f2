"""Goods worth a look: what stands out among what was put on sale these days, for whoever may stop a sale."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from catalog import permissions
from catalog.pages.lots import compared, grade_of, place_of, seller_of
from catalog.selectors import market, watch
from catalog.selectors.watch import Odd, Watched
from catalog.services import listings
from kernel import clock, money
from kernel.present import name_of
from records.doors import once_by_form
from records.forms import ActForm, new_key

WORDS = {
    Odd.HIGH: pgettext_lazy("market", "High price"),
    Odd.LOW: pgettext_lazy("market", "Far below the usual price"),
    Odd.SAME_PHOTO: gettext_lazy("Same photo as another seller"),
    Odd.MORE_THAN_LAND: gettext_lazy("More than its land gives"),
}


@require_GET
def watch_list(request: SignedIn) -> HttpResponse:
    """Show what stands out, the newest first, with what is usual beside it."""
    at = clock.now()
    found = watch.worth_a_look(permissions.access_watch(request.user), at)
    usual = market.usual(clock.county_day(at))
    context = {"rows": [_row(one, usual) for one in found], "full": len(found) == watch.SHOWN}
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


def _row(one: Watched, usual: market.Usual) -> dict:
    lot = one.listing
    price = compared(lot, usual)
    beside = pgettext("watch", "usually %(price)s, %(note)s")
    return {
        "url": reverse("listing-detail", args=[lot.pk]),
        "name": f"{name_of(lot.produce)} {grade_of(lot.grade)}".strip(),
        "meta": [lot.in_words(lot.listed), place_of(lot), seller_of(lot), lot.number],
        "price": _("%(price)s yuan/kg") % {"price": money.price_per_kg(lot.price_fen, lot.price_unit_g)},
        "beside": beside % {"price": price["reference"], "note": price["reference_note"]} if price["reference"] else "",
        "reason": lot.price_reason,
        "why": [WORDS[odd] for odd in one.why],
        "looked_url": reverse("listing-looked-at", args=[lot.pk]),
        "idem": new_key(),
    }
