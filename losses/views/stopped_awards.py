"""The desk's door to an award that something which came later has stopped."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from kernel.shown import Link
from losses import permissions
from losses.forms.looks import ReleaseForm
from losses.models import Award
from losses.pages.stopped_awards import stopped_award
from losses.services import stopped_awards
from records.doors import act_on, on_form
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def award_stopped(request: SignedIn, claim_id: int) -> HttpResponse:
    """Show what stops the payment of an award, and let it be paid with a reason."""
    claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
    award = getattr(claim, "award", None)
    if award is None:
        raise Http404
    if request.method == "GET":
        return _page(request, award, None, 200)
    form = ReleaseForm(request.POST)
    again = on_form(form, lambda status: _page(request, award, form, status))
    done = _("It is stopped no longer. Finance pays it with the next batch.")
    return act_on(
        request,
        form,
        stopped_awards.release,
        award,
        to=reverse("claim-detail", args=[claim.pk]),
        done=done,
        again=again,
    )


def _page(request: SignedIn, award: Award, form: ReleaseForm | None, status: int) -> HttpResponse:
    shown = stopped_award(award)
    context = {
        "award": shown,
        "form": form or ReleaseForm(initial={"idem": new_key(), "seen_until": shown.seen_until}),
        "back": Link(shown.claim_url, shown.number),
    }
    return render(request, "losses/award_stopped.html", context, status=status)
