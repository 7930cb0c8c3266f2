"""The whole file of a delivery, or of a fund over some days: on the screen, and as one archive."""

import datetime as dt

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from accounts.models import User
from canteens.models import Fund
from kernel import clock
from kernel.downloads import as_zip
from kernel.shown import Link
from orders import permissions
from orders.forms.papers import DossierForm, LinkForm
from orders.models import Delivery
from orders.pages import dossier as pages
from orders.pages.dossier_files import archive_of
from orders.pages.fund_files import archive_in_pieces, archive_name, fund_file_rows
from orders.selectors.dossier import MOST_AT_ONCE, gathered, links_of, trips_of_period
from orders.selectors.fund_files import MOST_SHOWN, fund_files_of, photos_of
from orders.services.filing import ask_for_file
from records.doors import act_once
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
def delivery_dossier_zip(request: SignedIn, delivery_id: int) -> StreamingHttpResponse:
    """Hand out the file of a trip as one archive."""
    trip = permissions.access_dossier(request.user, delivery_id)
    whole = pages.of_trip(trip, gathered([trip.pk]), user=request.user, at=clock.now())
    return as_zip([archive_of(whole)], trip.number)


@require_GET
def fund_dossier(request: SignedIn, fund_id: int) -> HttpResponse:
    """Ask for which days of a fund the file is wanted, and show it."""
    fund = permissions.access_dossier_fund(request.user, fund_id)
    form = DossierForm(request.GET if "first" in request.GET else None)
    trips = _trips(fund, form)
    context = _fund_context(request, fund) | {"form": form}
    if permissions.gives_links(request.user, fund):
        context |= {
            "links": [pages.link_row(request.build_absolute_uri, link) for link in links_of(fund)],
            "link_form": ActForm(initial={"idem": new_key()}),
        }
    if len(trips) > MOST_AT_ONCE:
        context |= {"many": pages.too_many(), "ask_form": ActForm(initial={"idem": new_key()})}
    elif form.is_bound and form.is_valid():
        days = form.days()
        found = gathered(trips, fund)
        asked = urlencode({"first": days[0].isoformat(), "last": days[1].isoformat()})
        context |= {
            "dossier": pages.of_fund(fund, found, days=days, user=request.user, at=clock.now()),
            "file_url": f"{reverse('fund-dossier-zip', args=[fund.pk])}?{asked}",
        }
    return render(request, "orders/fund_dossier.html", context, status=400 if form.errors else 200)


@require_GET
def fund_dossier_zip(request: SignedIn, fund_id: int) -> HttpResponse | StreamingHttpResponse:
    """Hand out the file of a fund over some days as one archive."""
    fund = permissions.access_dossier_fund(request.user, fund_id)
    form = DossierForm(request.GET)
    trips = _trips(fund, form)
    if not form.is_valid():
        return render(request, "orders/fund_dossier.html", _fund_context(request, fund) | {"form": form}, status=400)
    if len(trips) > MOST_AT_ONCE:
        return redirect(f"{reverse('fund-dossier', args=[fund.pk])}?{request.GET.urlencode()}")
    days = form.days()
    whole = pages.of_fund(fund, gathered(trips, fund), days=days, user=request.user, at=clock.now())
    return as_zip([archive_of(whole)], f"{fund.pk}-{days[0]:%Y%m%d}-{days[1]:%Y%m%d}")


@require_POST
def fund_file_new(request: SignedIn, fund_id: int) -> HttpResponse:
    """Have the file of many deliveries made in the background."""
    fund = permissions.access_dossier_fund(request.user, fund_id)
    form = LinkForm(request.POST)

    def act(at: dt.datetime) -> dict[str, int]:
        first, last = form.days()
        return {"file": ask_for_file(fund, first=first, last=last, by=request.user, at=at).pk}

    asked = urlencode({name: request.POST.get(name, "")[:10] for name in ("first", "last")})
    back = f"{reverse('fund-dossier', args=[fund.pk])}?{asked}"
    done = _("It is being made. You get a message when it is ready; this page says how far it is.")
    return act_once(request, form, act, to=reverse("fund-dossier", args=[fund.pk]), done=done, back=back)


@require_GET
def fund_file_zip(request: SignedIn, made_id: int) -> StreamingHttpResponse:
    """Hand out a file that was made in the background, piece by piece."""
    row = permissions.access_fund_file(request.user, made_id)
    return as_zip(archive_in_pieces(row, photos_of(row)), archive_name(row))


def _fund_context(request: SignedIn, fund: Fund) -> dict[str, object]:
    """Return what every page of a fund's file shows: whose it is, and the files that were asked for."""
    asked = fund_files_of(request.user).filter(fund=fund)[:MOST_SHOWN]
    return {
        "fund": pages.fund_words(fund),
        "fund_id": fund.pk,
        "files": fund_file_rows(asked),
        "back": Link(reverse("statement-list"), _("Statements")),
    }


def _trips(fund: Fund, form: DossierForm) -> list[int]:
    """Return the trips of the days asked for, one more than are shown at once if there are more; none unasked."""
    if not form.is_bound or not form.is_valid():
        return []
    return list(trips_of_period(fund, *form.days()).values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
