"""Each role's first page: what is waiting for this person now."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock
from kernel.dates import time_words
from marketplace.ended_sessions import forget_unsent, unsent_of
from marketplace.homes import farmer_home, staff_home


@require_GET
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Show a farmer the farmer's page, staff what waits for them, a stranger what this is."""
    who = standing(request.user)
    if not request.user.is_authenticated:
        return render(request, "marketplace/welcome.html")
    if who.household_id and not who.posts:
        return render(request, "marketplace/farmer_home.html", farmer_home(who, at=clock.now()))
    return render(request, "marketplace/staff_home.html", staff_home(who))


@require_http_methods(["GET", "POST"])
def unsent(request: SignedIn) -> HttpResponse:
    """Offer the form that arrived after its session had ended: to be sent now, or to be forgotten."""
    kept = unsent_of(request)
    if kept is None or request.method == "POST":
        forget_unsent(request)
        return redirect(kept.page if kept is not None else "home")
    return render(request, "marketplace/unsent.html", {"unsent": kept, "when": time_words(kept.at)})
