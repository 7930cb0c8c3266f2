"""Each role's first page: what is waiting for this person now; and the answer where no page could be given."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.defaults import server_error

from accounts.doors import SignedIn
from accounts.selectors import county, standing
from kernel import clock
from kernel.dates import time_words
from marketplace import away
from marketplace.ended_sessions import forget_unsent, unsent_of
from marketplace.homes import farmer_home, staff_home
from marketplace.refusals import refusal_for


@require_GET
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Show a farmer the farmer's page, staff what waits for them, a stranger what this is."""
    who = standing(request.user)
    if not request.user.is_authenticated:
        return render(request, "marketplace/welcome.html", {"county": county().name or _("the county")})
    if who.household_id and not who.posts:
        return render(request, "marketplace/farmer_home.html", farmer_home(who, at=clock.now()))
    return render(request, "marketplace/staff_home.html", staff_home(who, at=clock.now()))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what went wrong outside every view: a database that is away or busy is no bug."""
    error = sys.exc_info()[1]
    refusal = refusal_for(error) if error is not None else None
    if refusal is None or refusal.status != 503:
        return server_error(request)
    seconds = int(refusal.headers()["Retry-After"])
    return away.answer(request, code=refusal.code, message=refusal.message, seconds=seconds)


@require_http_methods(["GET", "POST"])
def unsent(request: SignedIn) -> HttpResponse:
    """Offer the form that arrived after its session had ended: to be sent now, or to be forgotten."""
    kept = unsent_of(request)
    if kept is None or request.method == "POST":
        forget_unsent(request)
        return redirect(kept.page if kept is not None else "home")
    return render(request, "marketplace/unsent.html", {"unsent": kept, "when": time_words(kept.at)})
