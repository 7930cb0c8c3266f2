"""The door to how much work on losses there is, and whose."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock
from kernel.shown import Link
from losses.pages.workload import workload


@require_GET
def relief_workload(request: SignedIn) -> HttpResponse:
    """Show what waits at each step, what each person did of late, and how often each rule was right."""
    context = {
        "work": workload(request.user, clock.now()),
        "back": Link(reverse("check-list"), _("What waits for you")),
    }
    return render(request, "losses/workload.html", context)
