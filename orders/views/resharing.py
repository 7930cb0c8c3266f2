"""Change what each lot of a kept plan gives."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedIn
from kernel import clock
from kernel.errors import DomainError
from kernel.shown import Link
from orders import permissions
from orders.forms.resharing import ReshareForm
from orders.models import KeptPlan
from orders.pages.plans import kept_facts, kept_url, want_title
from orders.pages.resharing import share_rows
from orders.selectors.plans import want_of
from orders.selectors.resharing import parts_of
from orders.services import resharing
from records.doors import error_status, once_by_form
from records.forms import new_key


@require_http_methods(["GET", "POST"])
def kept_plan_shares(request: SignedIn, kept_id: int) -> HttpResponse:
    """Show what each lot gives, and take other quantities with a reason."""
    kept = permissions.access_kept(request.user, kept_id)
    parts = parts_of(kept)
    form = ReshareForm(request.POST or None, parts=parts, initial={"idem": new_key()})
    refusal = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def act(at: dt.datetime) -> dict[str, Any]:
            again = resharing.reshare(
                kept, form.wanted(), reason=typed["reason"], words=typed["words"], by=request.user, at=at
            )
            return {"kept": again.pk}

        try:
            done = once_by_form(request, form, act)
            return redirect(kept_url(permissions.access_kept(request.user, done["kept"])))
        except DomainError as error:
            refusal = error
    context = {
        "title": _("Change the shares"),
        "goods": want_title(want_of(kept)),
        "kept": kept_facts(kept, clock.now()),
        "rows": share_rows(parts, form),
        "form": form,
        "refusal": str(refusal) if refusal else "",
        "back": _back(kept),
    }
    status = error_status(refusal) if refusal else 400 if form.errors else 200
    return render(request, "orders/kept_plan_shares.html", context, status=status)


def _back(kept: KeptPlan) -> Link:
    return Link(kept_url(kept), _("Look once more"))
