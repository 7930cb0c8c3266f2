"""One payout batch, from report to card, for finance, the bureau and the auditor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import money
from losses import permissions
from losses.selectors import reconciling, story


@require_GET
def batch_reconcile(request: SignedIn, batch_id: int) -> HttpResponse:
    """Show where the money of one batch is, by township, and whom to follow."""
    batch = permissions.access_batch_story(request.user, batch_id)
    last = batch.returns.select_related("file").order_by("-pk").first()
    meta = [_("%(n)s households, %(sum)s yuan") % {"n": batch.lines, "sum": money.yuan(batch.total_fen)}]
    if last is not None:
        meta += [
            _("Bank's answer %(at)s") % {"at": story.day_time(last.at)},
            last.file.display_name,
            _("Checksum %(sum)s") % {"sum": f"{last.sha256[:4]}…{last.sha256[-4:]}"},
        ]
    context = reconciling.reconciliation(batch) | {
        "crumb": {"url": reverse("batch-list"), "label": _("Payouts")},
        "batch": {
            "title": _("Batch %(number)s: relief reconciled") % {"number": batch.number},
            "meta": meta,
            "short": batch.number,
        },
        "exports": [{"url": reverse("batch-detail", args=[batch.pk]), "label": _("Open the batch"), "icon": ""}],
        "made": reconciling.made_words(batch),
        "close": None,
        "back": {"url": reverse("batch-detail", args=[batch.pk]), "label": batch.number},
    }
    return render(request, "ledger/batch_reconcile.html", context)
