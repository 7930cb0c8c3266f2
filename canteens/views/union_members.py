"""Doors of the members of unions: who they are, and the lists by which they come in and leave."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.forms import RefusalForm
from canteens import permissions
from canteens.filters import UnionMemberFilter
from canteens.forms.union_members import UnionListForm
from canteens.models import UnionListStatus
from canteens.pages import union_members as pages
from canteens.selectors.union_members import lists_seen_by, members_seen_by
from canteens.services import union_members
from canteens.services.union_files import read_list
from kernel import brought, clock, keyset
from kernel.errors import DomainError
from kernel.narrowing import narrowed
from kernel.shown import Link, page_links
from records.doors import act_on, act_once, error_status
from records.forms import ActForm, new_key

MOST_FAULTS, NEWEST = 200, 10


@require_GET
def union_member_list(request: SignedIn) -> HttpResponse:
    """List the members of the own union, masked, and the newest lists of them."""
    permissions.access_members(request.user)
    found = narrowed(request, UnionMemberFilter, members_seen_by(request.user))
    order = ("organisation_id", "from_on", "pk")
    page = keyset.cut(found.rows, order, cursor=request.GET.get("cursor", ""))
    rows = pages.member_rows(page.rows)
    pages.read_members(rows, by=request.user, at=clock.now())
    context = {
        "found": found,
        "rows": rows,
        "pages": page_links(page, found.kept),
        "lists": pages.list_rows(lists_seen_by(request.user)[:NEWEST]),
        "new_url": reverse("union-list-new") if permissions.brings_members(request.user) else "",
        "back": Link(reverse("fund-list"), _("Funds")),
    }
    return render(request, "canteens/union_member_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def union_list_new(request: SignedIn) -> HttpResponse:
    """Bring the list of the own union's members: what it would change is shown first, then it is sent."""
    union = permissions.access_union_to_list(request.user)
    context: dict[str, object] = {"back": Link(reverse("union-member-list"), _("The union's members")), "union": union}

    def page(form: UnionListForm, status: int, refusal: str = "", **more: object) -> HttpResponse:
        shown = {**context, "form": form, "refusal": refusal, **more}
        return render(request, "canteens/union_list_new.html", shown, status=status)

    if request.method == "GET":
        return page(UnionListForm(initial={"idem": new_key(), "on": clock.county_day(clock.now())}), 200)
    form = UnionListForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(form, 400)
    said = form.cleaned_data
    try:
        read = read_list(said["raw"])
        found = union_members.compare(union, read.rows, said["on"])
    except DomainError as refusal:
        return page(form, error_status(refusal), str(refusal))
    faults = read.faults + found.faults
    preview: dict[str, Any] = {
        "left_out": read.left_out,
        "faults": faults[:MOST_FAULTS],
        "more_faults": len(faults) - MOST_FAULTS,
    }
    kept_file = brought.pack(said["raw"])
    if faults:
        return page(form, 400, **preview)
    if not said["sure"]:
        return page(form, 200, **preview, changes=pages.changes(found), size=len(read.rows), kept=kept_file)

    def act(at: dt.datetime) -> dict[str, str]:
        days = {"on": said["on"], "document_number": said["document_number"]}
        return {"list": str(union_members.propose_list(union, read.rows, **days, by=request.user, at=at).pk)}

    return act_once(
        request,
        form,
        act,
        to=lambda answer: reverse("union-list-detail", args=[answer["list"]]),
        done=_("Sent. The chair of the union compares it."),
        again=lambda refusal, status: page(form, status, refusal, **preview),
    )


@require_GET
def union_list_detail(request: SignedIn, union_list_id: UUID) -> HttpResponse:
    """Show what a list says, how far it is, and while it waits what it would change."""
    row = permissions.access_list(request.user, union_list_id)
    listed = union_members.rows_of(row)
    waits = row.status == UnionListStatus.PROPOSED
    changes = pages.changes(union_members.compare(row.organisation, listed, row.on)) if waits else []
    context = {
        "status": pages.tag(row),
        "title": _("List of the union's members"),
        "facts": pages.facts(row),
        "changes": changes,
        "doors": pages.doors_of(row, request.user),
        "key": new_key(),
        "back": Link(reverse("union-member-list"), _("The union's members")),
    }
    return render(request, "canteens/union_list_detail.html", context)


@require_POST
def union_list_enter(request: SignedIn, union_list_id: UUID) -> HttpResponse:
    """Enter a list as the second person."""
    row = permissions.access_list_to_decide(request.user, union_list_id)
    to = reverse("union-list-detail", args=[row.pk])
    return act_on(request, ActForm(request.POST), union_members.enter_list, row, to=to, done=_("Entered."))


@require_POST
def union_list_refuse(request: SignedIn, union_list_id: UUID) -> HttpResponse:
    """Refuse a list as the second person, saying what does not match."""
    row = permissions.access_list_to_decide(request.user, union_list_id)
    to, done = reverse("union-list-detail", args=[row.pk]), _("Refused. Whoever sent it reads why.")
    return act_on(request, RefusalForm(request.POST), union_members.refuse_list, row, to=to, done=done)


@require_POST
def union_list_withdraw(request: SignedIn, union_list_id: UUID) -> HttpResponse:
    """Take a list back that nobody has decided yet."""
    row = permissions.access_list_to_end(request.user, union_list_id)
    to, done = reverse("union-list-detail", args=[row.pk]), _("Taken back.")
    return act_on(request, ActForm(request.POST), union_members.withdraw_list, row, to=to, done=done)
