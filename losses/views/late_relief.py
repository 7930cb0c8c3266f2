"""Relief that is not paid by its day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import LateFilter
from losses.pages.late_relief import late_row
from losses.selectors.late_relief import late_seen_by


@require_GET
def late_relief(request: SignedIn) -> HttpResponse:
    """List the awards that have not arrived by their day, the longest late first."""
    day = clock.county_day(clock.now())
    found = narrowed(request, LateFilter, late_seen_by(permissions.access_late(request.user), day))
    page = keyset.cut(found.rows, ("payable__due_on", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [late_row(award, day) for award in page.rows],
        "found": found,
        "pages": page_links(page, found.kept),
        "back": Link(reverse("batch-list"), _("Payouts")),
    }
    return render(request, "losses/late_relief.html", context, status=found.status)
