"""Each role's first page: what is waiting for this person now."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.selectors import standing
from kernel import clock
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
    return render(request, "marketplace/staff_home.html", staff_home(who, at=clock.now()))
