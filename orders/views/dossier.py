"""The whole file of a delivery, or of a fund over some days: on the screen, and as one archive."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from accounts.models import User
from canteens.models import Fund
from kernel import clock
from kernel.shown import Link
from orders import permissions
from orders.forms.papers import DossierForm
from orders.models import Delivery
from orders.pages import dossier as pages
from orders.pages.dossier_files import archive_of
from orders.selectors.dossier import MOST_AT_ONCE, Gathered, gathered, links_of, trips_of_period
from records.forms import ActForm, new_key


def dossier_url(user: User, trip: Delivery) -> str:
    """Return where this person reads the whole file of a trip, if they may."""
    return reverse("delivery-dossier", args=[trip.pk]) if permissions.can_read_dossier(user, trip) else ""


@require_GET
def delivery_dossier(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Show every document of a trip, what is missing, and whether its sums agree with the books."""
    trip = permissions.access_dossier(request.user, delivery_id)
    context = {
        "dossier": pages.of_trip(trip, gathered([trip.pk]), user=request.user, at=clock.now()),
        "file_url": reverse("delivery-dossier-zip", args=[trip.pk]),
        "back": Link(reverse("delivery-detail", args=[trip.pk]), trip.number),
    }
    return render(request, "orders/dossier.html", context)


@require_GET
def delivery_dossier_zip(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Hand out the file of a trip as one archive."""
    trip = permissions.access_dossier(request.user, delivery_id)
    found = gathered([trip.pk])
    whole = pages.of_trip(trip, found, user=request.user, at=clock.now())
    return as_archive(archive_of(whole, found.photos), trip.number)


@require_GET
def fund_dossier(request: SignedIn, fund_id: int) -> HttpResponse:
    """Ask for which days of a fund the file is wanted, and show it."""
    fund = permissions.access_dossier_fund(request.user, fund_id)
    form = DossierForm(request.GET if "first" in request.GET else None)
    context = {
        "fund": pages.fund_words(fund),
        "form": form,
        "back": Link(reverse("statement-list"), _("Statements")),
    }
    if permissions.gives_links(request.user, fund):
        context |= {
            "links": [pages.link_row(request.build_absolute_uri, link) for link in links_of(fund)],
            "link_form": ActForm(initial={"idem": new_key()}),
            "fund_id": fund.pk,
        }
    found = _found(fund, form)
    if found is not None:
        days = form.days()
        asked = urlencode({"first": days[0].isoformat(), "last": days[1].isoformat()})
        context |= {
            "dossier": pages.of_fund(fund, found, days=days, user=request.user, at=clock.now()),
            "file_url": f"{reverse('fund-dossier-zip', args=[fund.pk])}?{asked}",
        }
    return render(request, "orders/fund_dossier.html", context, status=400 if form.errors else 200)


@require_GET
def fund_dossier_zip(request: SignedIn, fund_id: int) -> HttpResponse:
    """Hand out the file of a fund over some days as one archive."""
    fund = permissions.access_dossier_fund(request.user, fund_id)
    form = DossierForm(request.GET)
    found = _found(fund, form)
    if found is None:
        context = {"fund": pages.fund_words(fund), "form": form, "back": Link(reverse("statement-list"), "")}
        return render(request, "orders/fund_dossier.html", context, status=400)
    days = form.days()
    whole = pages.of_fund(fund, found, days=days, user=request.user, at=clock.now())
    return as_archive(archive_of(whole, found.photos), f"{fund.pk}-{days[0]:%Y%m%d}-{days[1]:%Y%m%d}")


def as_archive(raw: bytes, name: str) -> HttpResponse:
    """Answer with an archive that nobody keeps on the way."""
    answer = HttpResponse(raw, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _found(fund: Fund, form: DossierForm) -> Gathered | None:
    """Return the documents of the days asked for, unless none were, or there are too many to show at once."""
    if not form.is_bound or not form.is_valid():
        return None
    trips = list(trips_of_period(fund, *form.days()).values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(trips) > MOST_AT_ONCE:
        form.add_error(None, pages.too_many())
        return None
    return gathered(trips, fund)
