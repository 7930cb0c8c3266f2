"""The door to what people wait to hear: one queue of every kind, for whoever answers."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock
from kernel.places import places
from kernel.shown import Link
from reports.pages.answers import KINDS, answers
from reports.permissions import access_answers


@require_GET
def answer_queue(request: SignedIn) -> HttpResponse:
    """List what waits for this person's answer, the most pressing in front."""
    access_answers(request.user)
    kind = request.GET.get("kind", "")
    if kind and kind not in dict(KINDS):
        raise Http404
    context = {
        "queue": answers(request.user, clock.now(), kind),
        "back": Link(places(request).home(), _("What people wait to hear")),
    }
    return render(request, "reports/answers.html", context)
