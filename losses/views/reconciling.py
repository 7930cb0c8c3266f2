"""One payout batch, from report to card, for finance, the bureau and the auditor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from kernel import keyset
from kernel.narrowing import narrowed
from kernel.shown import Action, Link, page_links
from ledger.filters import VerdictFilter
from ledger.pages.verdicts import verdict_boxes
from ledger.selectors.verdicts import judged, to_follow, verdict_sums
from losses import permissions
from losses.pages import reconciling as pages
from losses.selectors.reconciling import followed, reconciliation

FOLLOWED_A_PAGE = 50


@require_GET
def batch_reconcile(request: SignedIn, batch_id: int) -> HttpResponse:
    """Show where the money of one batch is, by township, and whom to follow."""
    batch = permissions.access_batch_story(request.user, batch_id)
    money_of = reconciliation(batch)
    found = narrowed(request, VerdictFilter, judged(batch))
    verdict = found.asked.get("verdict", "") if found.readable else ""
    sums = verdict_sums(batch)
    listed = found.rows if verdict else to_follow(found.rows)
    page = keyset.cut(listed, ("line_no", "pk"), cursor=request.GET.get("cursor", ""), size=FOLLOWED_A_PAGE)
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
        "verdicts": verdict_boxes(sums, verdict),
        "follow": pages.verdict_list(followed(page.rows), sums, verdict),
        "pages": page_links(page, found.kept),
        "made": pages.made_words(batch),
        "close": None,
        "back": Link(here, batch.number),
    }
    return render(request, "ledger/batch_reconcile.html", context, status=found.status)
