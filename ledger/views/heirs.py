"""The doors of money whose payee died: name the heir, look at it, confirm it as the second person or send it back."""

import datetime as dt
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel.errors import DomainError
from kernel.shown import Link
from ledger import permissions
from ledger.forms import HeirForm, WhyForm
from ledger.models import Payable
from ledger.pages import heirs as pages
from ledger.services import heirs
from records.doors import Verb, act_on, once, typed
from records.forms import ActForm, sent_or_new
from records.pages.photos import private_photo
from records.services.photos import receive_photo


@require_http_methods(["GET", "POST"])
def heir_new(request: SignedIn, payable_id: UUID) -> HttpResponse:
    """Name the heir of a payee who died."""
    payable = permissions.access_payable(request.user, payable_id)
    form = HeirForm(request.POST, request.FILES) if request.method == "POST" else sent_or_new(request, HeirForm)
    if request.method == "POST" and form.is_valid() and (page := _named(request, form, payable)):
        return redirect(page)
    context = {
        "form": form,
        "facts": pages.payable_facts(payable),
        "back": Link(reverse("problem-list"), _("Money that came back")),
    }
    return render(request, "ledger/heir_new.html", context, status=400 if form.errors else 200)


def _named(request: SignedIn, form: HeirForm, payable: Payable) -> str:
    """Name the heir once; return its page, or nothing when it is refused on the form."""
    said = typed(form)

    def act(at: dt.datetime) -> dict[str, str]:
        paper = receive_photo(said["paper"], by=request.user, at=at, public=False)
        heir = heirs.name_heir(payable, **said | {"paper": paper}, by=request.user, at=at)
        return {"url": reverse("heir", args=[heir.pk])}

    try:
        return str(once(request, form.cleaned_data["idem"], said, act)["url"])
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return ""


@require_GET
def heir(request: SignedIn, heir_id: UUID) -> HttpResponse:
    """Show one heir with its paper and its story."""
    row = permissions.access_heir(request.user, heir_id, to_act=False)
    shown = pages.heir_shown(row, permissions.can_pay(request.user, row.payable), request.user)
    return render(request, "ledger/problem.html", shown)


@require_GET
def heir_paper(request: SignedIn, heir_id: UUID) -> FileResponse:
    """Show the photo of the paper to the two hands."""
    row = permissions.access_heir(request.user, heir_id, to_act=True)
    return private_photo(row.paper, small=False)


@require_POST
def heir_confirm(request: SignedIn, heir_id: UUID) -> HttpResponse:
    """Confirm an heir as the second person."""
    return _on_heir(request, heir_id, ActForm, heirs.confirm_heir, _("Confirmed. The next batch pays the heir."))


@require_POST
def heir_reject(request: SignedIn, heir_id: UUID) -> HttpResponse:
    """Send a named heir back with words."""
    return _on_heir(request, heir_id, WhyForm, heirs.reject_heir, _("Sent back with your words."))


def _on_heir(request: SignedIn, heir_id: UUID, kind: type[ActForm], verb: Verb, done: str) -> HttpResponse:
    row = permissions.access_heir(request.user, heir_id, to_act=True)
    return act_on(request, kind(request.POST), verb, row, to=reverse("heir", args=[row.pk]), done=done)
