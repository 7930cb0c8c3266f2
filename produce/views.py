"""The desk of the dictionary: what it says of each produce, what is proposed, and the second person's word."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from kernel import keyset
from kernel.errors import DomainError
from kernel.places import places
from kernel.present import in_english, name_of
from kernel.shown import Link, Search, Tab, page_links
from produce import permissions
from produce.filters import ProduceFilter
from produce.forms import DecideForm, ProduceForm, RefuseForm
from produce.models import Produce, ProduceChange
from produce.pages.changes import columns_of, history_of, proposal_row, proposed_by, status_of, title_of
from produce.pages.dictionary import entry_row, facts_of
from produce.selectors import dictionary
from produce.selectors import dictionary_changes as changes
from produce.services import dictionary_changes as services
from records.doors import act_on, once, once_by_form
from records.forms import new_key

MOST_SHOWN = 40


@require_GET
def entries(request: SignedIn) -> HttpResponse:
    """List the dictionary as whoever keeps it sees it, with what waits."""
    permissions.access_dictionary(request.user)
    text = request.GET.get("q", "")[: dictionary.MOST_LETTERS]
    rows = Produce.objects.select_related("category").order_by("category__position", "position", "pk")
    filters = ProduceFilter(request.GET, rows)
    waiting = list(changes.waiting().values_list("produce_id", flat=True))
    context = {
        "search": Search(reverse("dictionary"), text),
        "waiting": len(waiting),
        "may_propose": permissions.can_keep_dictionary(request.user),
        "rows": [entry_row(row, waiting) for row in filters.qs],
    }
    return render(request, "produce/dictionary.html", context)


@require_GET
def entry(request: SignedIn, produce_code: str) -> HttpResponse:
    """Show everything the dictionary says of one produce, and who changed it."""
    permissions.access_dictionary(request.user)
    produce = permissions.produce_or_404(produce_code)
    values = changes.values_of(produce)
    made = list(changes.changes_of(produce)[:MOST_SHOWN])
    waiting = next((change for change in made if change.status == "proposed"), None)
    context = {
        "back": Link(reverse("dictionary"), _("Dictionary of goods")),
        "produce": {"name": name_of(produce), "picture": produce.picture, "code": produce.code},
        "facts": facts_of(values, _kinds()),
        "history": [proposal_row(change) for change in made],
        "change_url": reverse("dictionary-change", args=[produce_code])
        if permissions.can_keep_dictionary(request.user) and waiting is None
        else "",
        "open_url": reverse("proposal", args=[waiting.pk]) if waiting else "",
        "public_url": places(request).about_produce(produce_code),
    }
    return render(request, "produce/dictionary_entry.html", context)


@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Propose an entry that is not there yet."""
    permissions.access_keep_dictionary(request.user)
    return _proposed(request, None)


@require_http_methods(["GET", "POST"])
def change(request: SignedIn, produce_code: str) -> HttpResponse:
    """Propose what an entry becomes."""
    permissions.access_keep_dictionary(request.user)
    return _proposed(request, permissions.produce_or_404(produce_code))


@require_GET
def proposals(request: SignedIn) -> HttpResponse:
    """List what waits for a second person, and what was decided."""
    permissions.access_dictionary(request.user)
    old = request.GET.get("show") == "decided"
    rows, order = (changes.decided(), ("-pk",)) if old else (changes.waiting(), ("pk",))
    page = keyset.cut(rows.order_by(), order, cursor=request.GET.get("cursor", ""))
    here = reverse("proposal-list")
    context = {
        "back": Link(reverse("dictionary"), _("Dictionary of goods")),
        "tabs": [
            Tab(here, _("Waiting"), not old, changes.waiting().count()),
            Tab(f"{here}?show=decided", _("Decided"), old),
        ],
        "rows": [proposal_row(proposal) for proposal in page.rows],
        "pages": page_links(page, "&show=decided" if old else ""),
    }
    return render(request, "produce/proposal_list.html", context)


@require_GET
def proposal(request: SignedIn, change_id: int) -> HttpResponse:
    """Show one proposal, before and after side by side."""
    proposed = permissions.access_proposal(request.user, change_id)
    return _shown(request, proposed, RefuseForm(initial={"idem": new_key()}))


@require_POST
def agree(request: SignedIn, change_id: int) -> HttpResponse:
    """Write a proposal into the dictionary, as the second person."""
    proposed = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return redirect("proposal", proposed.pk)

    def act(at: dt.datetime) -> dict[str, Any]:
        return {"code": services.agree(proposed, by=request.user, at=at).code}

    try:
        done = once_by_form(request, form, act)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", proposed.pk)
    messages.success(request, _("The dictionary says it now."))
    return redirect("dictionary-entry", done["code"])


@require_POST
def refuse(request: SignedIn, change_id: int) -> HttpResponse:
    """Leave the dictionary as it is, and say why."""
    proposed = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _shown(request, proposed, form, status=400)
    to, done = reverse("proposal", args=[proposed.pk]), _("Refused. The dictionary stays as it is.")
    return act_on(request, form, services.refuse, proposed, to=to, done=done)


def _proposed(request: SignedIn, produce: Produce | None) -> HttpResponse:
    values = changes.values_of(produce) if produce is not None else None
    if request.method == "GET":
        typed = ProduceForm.typed(values) if values else {"stock_unit": "g", "picture": "basket"}
        return _form(request, produce, ProduceForm(initial={"idem": new_key(), **typed}, produce=produce))
    form = ProduceForm(request.POST, produce=produce)
    if not form.is_valid():
        return _form(request, produce, form, status=400)
    becomes, typed = form.values(), form.cleaned_data

    def act(at: dt.datetime) -> dict[str, Any]:
        made = services.propose(produce=produce, values=becomes, reason=typed["reason"], by=request.user, at=at)
        return {"change": made.pk}

    try:
        done = once(request, typed["idem"], {"becomes": becomes, "reason": typed["reason"]}, act)
    except DomainError as refusal:
        field = {"grades": "grade_0_name"}.get(getattr(refusal, "field", ""), getattr(refusal, "field", ""))
        form.add_error(field if field in form.fields else None, str(refusal))
        return _form(request, produce, form, status=409)
    messages.success(request, _("Proposed. Another person must agree."))
    return redirect("proposal", done["change"])


def _form(request: SignedIn, produce: Produce | None, form: ProduceForm, status: int = 200) -> HttpResponse:
    back = reverse("dictionary-entry", args=[produce.code]) if produce is not None else reverse("dictionary")
    context = {
        "back": Link(back, name_of(produce) if produce is not None else _("Dictionary of goods")),
        "heading": _("Change %(name)s") % {"name": name_of(produce)} if produce is not None else _("A new entry"),
        "form": form,
        "grades": form.grade_rows(),
    }
    return render(request, "produce/produce_form.html", context, status=status)


def _shown(request: SignedIn, change: ProduceChange, form: RefuseForm, status: int = 200) -> HttpResponse:
    mine = change.proposed_by_id == request.user.pk
    context = {
        "back": Link(reverse("proposal-list"), _("Proposals")),
        "change_id": change.pk,
        "title": title_of(change),
        "status": status_of(change.status),
        "reason": change.reason,
        "who": proposed_by(change),
        "new": change.produce_id is None,
        "rows": columns_of(change, _kinds()),
        "may_decide": permissions.can_decide(request.user, change) and change.status == "proposed" and not mine,
        "mine": mine and change.status == "proposed",
        "form": form,
        "history": history_of(changes.steps_of(change)),
        "entry_url": reverse("dictionary-entry", args=[change.produce.code]) if change.produce else "",
    }
    return render(request, "produce/proposal.html", context, status=status)


def _kinds() -> dict[str, str]:
    return changes.kinds(english=in_english())
