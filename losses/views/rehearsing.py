"""The doors of rehearsals: ask for one of a draft, see how far it is and what came of it."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.forms import RehearsalForm
from losses.models import Rehearsal, SchemeStatus
from losses.pages import rehearsal_pairs
from losses.pages import rehearsals as pages
from losses.selectors import rehearsing as selectors
from losses.services import rehearsing
from records.doors import act_once, on_form, typed
from records.forms import new_key

MOST_TO_CHOOSE = 50


@require_GET
def rehearsal_list(request: SignedIn) -> HttpResponse:
    """List the drafts with what was rehearsed of them, and the rehearsals, the newest first."""
    permissions.access_rehearsals(request.user)
    page = keyset.cut(selectors.rehearsals(), ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "drafts": [pages.draft_row(scheme, request.user) for scheme in selectors.drafts()[:20]],
        "rows": [pages.rehearsal_row(rehearsal) for rehearsal in page.rows],
        "pages": page_links(page),
        "back": Link(places(request).home(), _("Rehearsals of drafts")),
    }
    return render(request, "losses/rehearsal_list.html", context)


@require_http_methods(["GET", "POST"])
def rehearsal_new(request: SignedIn, scheme_id: int) -> HttpResponse:
    """Ask to run a draft over a past season: the year before unless said."""
    scheme = permissions.access_draft(request.user, scheme_id)
    today = clock.county_day(clock.now())
    start = {"from_on": selectors.years_before(today, 1), "to_on": today - dt.timedelta(days=1), "idem": new_key()}
    form = RehearsalForm(request.POST or None, initial=start)

    def show(status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "name": f"{scheme.name}（{scheme.code}）",
            "back": Link(reverse("rehearsal-list"), _("Rehearsals of drafts")),
        }
        return render(request, "losses/rehearsal_new.html", context, status=status)

    def act(at: dt.datetime) -> dict[str, int]:
        return {"rehearsal": rehearsing.ask(scheme, **typed(form), by=request.user, at=at).pk}

    if request.method == "GET":
        return show()
    return act_once(
        request,
        form,
        act,
        to=lambda led_to: reverse("rehearsal", args=[led_to["rehearsal"]]),
        done=_("The rehearsal is asked for and runs by itself."),
        again=on_form(form, show),
    )


@require_GET
def rehearsal(request: SignedIn, rehearsal_id: int) -> HttpResponse:
    """Show one rehearsal: how far it is, or what came of it."""
    row = permissions.access_rehearsal(request.user, rehearsal_id)
    may = permissions.can_rehearse(request.user) and row.scheme.status == SchemeStatus.DRAFT
    context = {
        "page": pages.rehearsal_page(row),
        "again_url": reverse("rehearsal-new", args=[row.scheme_id]) if may else "",
        "back": Link(reverse("rehearsal-list"), _("Rehearsals of drafts")),
    }
    return render(request, "losses/rehearsal.html", context)


@require_GET
def rehearsal_pair(request: SignedIn) -> HttpResponse:
    """Set two rehearsals side by side, the newest two unless others are chosen."""
    permissions.access_rehearsals(request.user)
    try:
        two = selectors.two_of(request.GET.get("first", ""), request.GET.get("second", ""))
    except Rehearsal.DoesNotExist:
        raise Http404 from None
    context = {
        "choices": rehearsal_pairs.choices_of(selectors.run_rehearsals()[:MOST_TO_CHOOSE]),
        "first": two[0].pk if two else None,
        "second": two[1].pk if two else None,
        "parts": rehearsal_pairs.pair_parts(*two) if two else [],
        "back": Link(reverse("rehearsal-list"), _("Rehearsals of drafts")),
    }
    return render(request, "losses/rehearsal_pair.html", context)
