"""One payout batch, from report to card, for finance, the bureau and the auditor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel.shown import Action, Link
from losses import permissions
from losses.pages import reconciling as pages
from losses.selectors.reconciling import reconciliation


@require_GET
def batch_reconcile(request: SignedIn, batch_id: int) -> HttpResponse:
    """Show where the money of one batch is, by township, and whom to follow."""
    batch = permissions.access_batch_story(request.user, batch_id)
    money_of = reconciliation(batch)
    here = reverse("batch-detail", args=[batch.pk])
    context = {
        "crumb": Link(reverse("batch-list"), _("Payouts")),
        "batch": pages.batch_head(batch),
        "exports": [Action(here, _("Open the batch"))],
        "stages": pages.stage_boxes(money_of.total),
        "identity": pages.identity(money_of.total),
        "columns": pages.stage_labels(),
        "rows": [pages.town_row(sums) for sums in (money_of.total, *money_of.towns)],
        "note": _("Off = sent − arrived − came back − unknown, always 0. Claims are those of the same notices."),
        "follow": pages.follow_list(money_of.follow),
        "made": pages.made_words(batch),
        "close": None,
        "back": Link(here, batch.number),
    }
    return render(request, "ledger/batch_reconcile.html", context)
