"""Links to a fund's file: given and taken back by the buyer's people of money, read by whoever holds one."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.doors import SignedIn
from kernel import clock
from orders import permissions
from orders.forms.papers import LinkForm
from orders.models import ReadLink
from orders.pages import dossier as pages
from orders.selectors.dossier import MOST_AT_ONCE, gathered, trips_of_period
from orders.services import linking
from orders.services.linking import TooManyLooks
from records.doors import act_on, act_once
from records.forms import ActForm


@require_POST
def read_link_new(request: SignedIn, fund_id: int) -> HttpResponse:
    """Give a link to the file of these days."""
    fund = permissions.access_fund_to_link(request.user, fund_id)
    form = LinkForm(request.POST)

    def act(at: dt.datetime) -> dict[str, int]:
        first, last = form.days()
        return {"link": linking.give_link(fund, first=first, last=last, by=request.user, at=at).pk}

    page = reverse("fund-dossier", args=[fund.pk])
    asked = {name: request.POST.get(name, "")[:10] for name in ("first", "last")}
    done = _("The link is made. Copy it from the list below and send it to the committee.")
    return act_once(request, form, act, to=f"{page}?{urlencode(asked)}", done=done)


@require_POST
def read_link_revoke(request: SignedIn, link_id: int) -> HttpResponse:
    """Take a link back."""
    link = permissions.access_link(request.user, link_id)
    to = reverse("fund-dossier", args=[link.fund_id])
    done = _("Taken back. Whoever opens the link sees nothing any more.")
    return act_on(request, ActForm(request.POST), linking.take_back, link, to=to, done=done)


@require_GET
@login_not_required
def read_link(request: HttpRequest, code: str) -> HttpResponse:
    """Show the file to whoever holds its link, without personal data; a link that is over is no page at all."""
    try:
        link = linking.look(code, address=BaseThrottle().get_ident(Request(request)) or "", at=clock.now())
    except TooManyLooks as refusal:
        return render(request, "orders/read_link.html", {"refusal": str(refusal), "dossier": None}, status=429)
    if link is None:
        raise Http404
    answer = render(request, "orders/read_link.html", {"refusal": "", "dossier": read_by_the_public(link)})
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def read_by_the_public(link: ReadLink) -> pages.Dossier:
    """Return the file of a link as the public may read it, of its first deliveries."""
    days = (link.first_on, link.last_on)
    trips = trips_of_period(link.fund, *days).values_list("pk", flat=True)[:MOST_AT_ONCE]
    return pages.of_fund(link.fund, gathered(trips, link.fund), days=days, user=None, at=clock.now())
