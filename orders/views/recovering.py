"""What is claimed from sellers: the list with its age, and the two hands that end a claim."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.present import known
from kernel.shown import Link, page_links
from orders import permissions
from orders.forms import VoucherForm, WhyForm
from orders.models import EndStatus, Recovery, RecoveryEnd
from orders.pages import recoveries as pages
from orders.selectors.rests import end_of, ended_recoveries, open_recoveries, recoveries_seen_by
from orders.services import recovering
from records.doors import act_on
from records.forms import ActForm, new_key

MOST_OPEN = 100


@require_GET
def recovery_list(request: SignedIn) -> HttpResponse:
    """List what is claimed from sellers: what is open first, the oldest at the top, then what ended."""
    rows, at = recoveries_seen_by(request.user), clock.now()
    page = keyset.cut(ended_recoveries(rows), ("-pk",), cursor=request.GET.get("cursor", ""))
    context = {
        "waiting": [pages.recovery_row(row, request.user, at) for row in open_recoveries(rows)[:MOST_OPEN]],
        "rows": [pages.recovery_row(row, request.user, at) for row in page.rows],
        "pages": page_links(page),
        "back": Link(reverse("statement-list"), _("Statements")),
    }
    return render(request, "orders/recovery_list.html", context)


@require_GET
def recovery_detail(request: SignedIn, recovery_id: int) -> HttpResponse:
    """Show one claim, and what this person may do to end it."""
    return _page(request, permissions.access_recovery(request.user, recovery_id))


@require_POST
def recovery_paid_back(request: SignedIn, recovery_id: int) -> HttpResponse:
    """Write down the transfer by which the seller gave the money back."""
    row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_record_payment)
    form = VoucherForm(request.POST)

    def again(refusal: str, status: int) -> HttpResponse:
        return _page(request, row, voucher=form, refusal=refusal, status=status)

    done = _("Written down. A second person now compares it with the bank's account.")
    to = reverse("recovery-detail", args=[row.pk])
    return act_on(request, form, recovering.propose_paid_back, row, to=to, done=done, again=again)


@require_POST
def recovery_waive(request: SignedIn, recovery_id: int) -> HttpResponse:
    """Propose that the money is not asked for any more."""
    row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_record_payment)
    form = WhyForm(request.POST)

    def again(refusal: str, status: int) -> HttpResponse:
        return _page(request, row, waive=form, refusal=refusal, status=status)

    done, to = _("Written down. A second person now decides."), reverse("recovery-detail", args=[row.pk])
    return act_on(request, form, recovering.propose_waiver, row, to=to, done=done, again=again)


@require_POST
def recovery_confirm(request: SignedIn, recovery_id: int) -> HttpResponse:
    """Confirm how the claim ends."""
    row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_check_payment)
    to, again = reverse("recovery-detail", args=[row.pk]), partial(_again, request, row)
    done = _("The claim has ended. The seller has been told.")
    return act_on(request, ActForm(request.POST), recovering.confirm_end, _end(row), to=to, done=done, again=again)


@require_POST
def recovery_reject(request: SignedIn, recovery_id: int) -> HttpResponse:
    """Strike out how the claim was to end."""
    row = permissions.access_recovery(request.user, recovery_id, to=permissions.can_check_payment)
    form = WhyForm(request.POST)

    def again(refusal: str, status: int) -> HttpResponse:
        return _page(request, row, reject=form, refusal=refusal, status=status)

    to, done = reverse("recovery-detail", args=[row.pk]), _("Struck out. The claim stands as before.")
    return act_on(request, form, recovering.reject_end, _end(row), to=to, done=done, again=again)


def _end(row: Recovery) -> RecoveryEnd:
    end = end_of(row)
    if end is None:
        raise Http404
    return end


def _again(request: SignedIn, row: Recovery, refusal: str, status: int) -> HttpResponse:
    return _page(request, row, refusal=refusal, status=status)


def _page(
    request: SignedIn,
    row: Recovery,
    *,
    voucher: VoucherForm | None = None,
    waive: WhyForm | None = None,
    reject: WhyForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    end, fresh, user = end_of(row), {"idem": new_key()}, request.user
    waits = end is not None and end.status == EndStatus.PROPOSED
    context = {
        "row": row,
        "title": _("Claim of statement %(number)s") % {"number": row.statement.number},
        "status": pages.recovery_tag(row),
        "facts": pages.recovery_facts(row, user, clock.now()),
        "may_end": end is None and permissions.can_record_payment(user, row.statement),
        "may_confirm": waits and permissions.can_check_payment(user, row.statement),
        "mine": waits and known(end).proposed_by_id == user.pk,
        "voucher": voucher or VoucherForm(initial=fresh, auto_id="voucher_%s"),
        "waive": waive or WhyForm(initial={"idem": new_key()}, auto_id="waive_%s"),
        "reject": reject or WhyForm(initial={"idem": new_key()}, auto_id="reject_%s"),
        "confirm": ActForm(initial={"idem": new_key()}),
        "refusal": refusal,
        "back": Link(reverse("recovery-list"), _("Claims from sellers")),
    }
    return render(request, "orders/recovery_detail.html", context, status=status)
