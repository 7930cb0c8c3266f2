"""Doors of proposals: what a second person confirms or refuses, and what its first person takes back."""

import datetime as dt
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from records.doors import act_once
from records.forms import ActForm, new_key
from records.models import Attachment
from records.pages.photos import SMALL_PX, private_photo
from records.services.photos import receive_photo
from registers import permissions, selectors
from registers.filters import ChangeFilter
from registers.forms import HouseholdRefusalForm, PaperForm, RefusalForm
from registers.models import ChangeStatus, RegisterChange
from registers.pages import changes as pages
from registers.pages.desks import Desk, desk_of
from registers.services import changes
from registers.services.changes import PAPER
from registers.services.rules import has_rules, rules_of


@require_GET
def register_changes(request: SignedIn) -> HttpResponse:
    """List the proposals this person may look into, newest first."""
    permissions.access_registers(request.user)
    found = narrowed(request, ChangeFilter, selectors.changes_seen_by(request.user))
    page = keyset.cut(found.rows, ("-at", "pk"), cursor=request.GET.get("cursor", ""))
    register = found.asked.get("register", "")
    context = {
        "found": found,
        "rows": pages.listed(page.rows),
        "pages": page_links(page, found.kept),
        "name": str(desk_of(register).name) if has_rules(register) else "",
        "back": Link(reverse("register-index"), _("Registers")),
    }
    return render(request, "registers/changes.html", context, status=found.status)


@require_GET
def register_change(request: SignedIn, register_change_id: UUID) -> HttpResponse:
    """Show a proposal: old and new beside each other, who decides, and what this person may do."""
    change = permissions.access_change(request.user, register_change_id)
    desk = desk_of(change.register)
    page = keyset.cut(change.rows.all(), ("position",), cursor=request.GET.get("cursor", ""))
    waits, decides = change.status == ChangeStatus.PROPOSED, permissions.decides_now(request.user, change)
    own_household = permissions.is_asked_as_household(request.user, change)
    context = {
        "change": pages.change_shown(change, decides=decides),
        "rows": [pages.row_shown(row, desk) for row in page.rows],
        "pages": page_links(page),
        "notes": changes.notes_of(change, page.rows, at=clock.now()) if waits else [],
        "decide": decides and page.next is None,
        "read_on": decides and page.next is not None,
        "size": change.size,
        "own_household": own_household,
        "paper_form": PaperForm() if changes.needs_paper(change, request.user) else None,
        "paper_url": pages.paper_url(change),
        "writing": pages.progress_of(change),
        "take_back": waits and change.by.person_id == request.user.person_id,
        "key": new_key(),
        "back": Link(reverse("own-coops"), _("Co-operatives")) if own_household else _desk_link(request, desk),
    }
    return render(request, "registers/change.html", context)


@require_POST
def register_change_confirm(request: SignedIn, register_change_id: UUID) -> HttpResponse:
    """Confirm a proposal: it is in force."""
    change = permissions.access_change_to_decide(request.user, register_change_id)
    on_paper = changes.needs_paper(change, request.user)
    form = PaperForm(request.POST, request.FILES) if on_paper else ActForm(request.POST)

    def act(at: dt.datetime) -> RegisterChange:
        sent = form.cleaned_data.get("paper")
        paper = receive_photo(sent, by=request.user, at=at, public=False) if sent else None
        return changes.confirm(change, paper=paper, by=request.user, at=at)

    return act_once(request, form, act, to=_decided(request, change), done=pages.confirmed(change))


@require_POST
def register_change_refuse(request: SignedIn, register_change_id: UUID) -> HttpResponse:
    """Refuse a proposal, saying what does not match; a household that is asked gives no reason."""
    change = permissions.access_change_to_decide(request.user, register_change_id)
    asked = permissions.is_asked_as_household(request.user, change)
    form = HouseholdRefusalForm(request.POST) if asked else RefusalForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: changes.refuse(change, why=form.cleaned_data["why"], by=request.user, at=at),
        to=_decided(request, change),
        done=_("Refused. Nothing changed."),
    )


def _decided(request: SignedIn, change: RegisterChange) -> str:
    """Return where whoever decided goes on: a household among what it was asked."""
    if permissions.is_asked_as_household(request.user, change):
        return reverse("own-coops")
    return reverse("register-change", args=[change.pk])


@require_GET
def register_change_paper(request: SignedIn, register_change_id: UUID) -> FileResponse:
    """Show the paper that a household signed, made smaller and stripped, to those who may look into the proposal."""
    change = permissions.access_change(request.user, register_change_id)
    file = get_object_or_404(Attachment.objects.select_related("file"), document=change.reference, role=PAPER).file
    return private_photo(file, small=request.GET.get("px") == str(SMALL_PX))


@require_POST
def register_change_withdraw(request: SignedIn, register_change_id: UUID) -> HttpResponse:
    """Take back an own proposal."""
    change = permissions.access_own_change(request.user, register_change_id)
    return act_once(
        request,
        ActForm(request.POST),
        lambda at: changes.withdraw(change, by=request.user, at=at),
        to=_desk_link(request, desk_of(change.register)).url,
        done=_("Taken back. Nothing changed."),
    )


def _desk_link(request: SignedIn, desk: Desk) -> Link:
    """Return the way back from a proposal: to its register, or to one's own page for whoever does not look into it."""
    if permissions.may_see(standing(request.user), rules_of(desk.key)):
        return Link(reverse("register", args=[desk.key]), str(desk.name))
    return Link(reverse("me"), _("Me"))
