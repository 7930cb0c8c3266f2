"""The desk of the dictionary: what it says of each produce, what is proposed, and the second person's word."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import SignedIn
from accounts.selectors import spoken_time
from kernel import keyset
from kernel.errors import DomainError
from kernel.present import in_english, name_of
from produce import permissions
from produce.forms import DecideForm, ProduceForm, RefuseForm
from produce.models import Produce, ProduceChange
from produce.pages.changes import COLUMN_NAMES, compared, said_of, status_of
from produce.selectors import dictionary
from produce.selectors import dictionary_changes as changes
from produce.services import dictionary_changes as services
from records.doors import act_once, once, once_by_form
from records.forms import new_key

MOST_SHOWN = 40


@require_GET
def entries(request: SignedIn) -> HttpResponse:
    """List the dictionary as whoever keeps it sees it, with what waits."""
    permissions.access_dictionary(request.user)
    text = request.GET.get("q", "")[: dictionary.MOST_LETTERS]
    rows = list(Produce.objects.select_related("category").order_by("category__position", "position", "pk"))
    if text.strip():
        rank = {word.id: number for number, word in enumerate(dictionary.matches(text))}
        rows = sorted((row for row in rows if row.pk in rank), key=lambda row: rank[row.pk])
    waiting = list(changes.waiting().values_list("produce_id", flat=True))
    context = {
        "search": {"url": reverse("dictionary"), "value": text},
        "waiting": len(waiting),
        "may_propose": permissions.can_keep_dictionary(request.user),
        "rows": [
            {
                "url": reverse("dictionary-entry", args=[row.code]),
                "name": name_of(row),
                "picture": row.picture,
                "kind": row.category.name_en if in_english() else row.category.name_zh,
                "aliases": pgettext("list", ", ").join(row.aliases),
                "keeps": _("%(room)s / %(cold)s days") % {"room": row.shelf_days, "cold": row.shelf_days_cold},
                "forbidden": row.forbidden,
                "waits": row.pk in waiting,
            }
            for row in rows
        ],
    }
    return render(request, "produce/dictionary.html", context)


@require_GET
def entry(request: SignedIn, produce_code: str) -> HttpResponse:
    """Show everything the dictionary says of one produce, and who changed it."""
    permissions.access_dictionary(request.user)
    produce = permissions.produce_or_404(produce_code)
    values, kinds = changes.values_of(produce), _kinds()
    made = list(changes.changes_of(produce)[:MOST_SHOWN])
    open_one = next((change for change in made if change.status == "proposed"), None)
    context = {
        "back": {"url": reverse("dictionary"), "label": _("Dictionary of goods")},
        "produce": {"name": name_of(produce), "picture": produce.picture, "code": produce.code},
        "facts": [
            {"label": label, "value": said_of(column, values[column], kinds).replace("\n", _("; "))}
            for column, label in COLUMN_NAMES.items()
            if column not in ("code", "picture")
        ],
        "history": [_step(change) for change in made],
        "change_url": reverse("dictionary-change", args=[produce_code])
        if permissions.can_keep_dictionary(request.user) and open_one is None
        else "",
        "open_url": reverse("proposal", args=[open_one.pk]) if open_one else "",
        "public_url": reverse("produce-page", args=[produce_code]),
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
    kept = f"{here}?show=decided&" if old else f"{here}?"
    context = {
        "back": {"url": reverse("dictionary"), "label": _("Dictionary of goods")},
        "tabs": [
            {"url": here, "label": _("Waiting"), "count": changes.waiting().count(), "current": not old},
            {"url": f"{here}?show=decided", "label": _("Decided"), "count": None, "current": old},
        ],
        "rows": [_row(proposal) for proposal in page.rows],
        "pages": {
            "previous_url": f"{kept}cursor={page.previous}" if page.previous else "",
            "next_url": f"{kept}cursor={page.next}" if page.next else "",
        },
    }
    return render(request, "produce/proposal_list.html", context)


@require_GET
def proposal(request: SignedIn, change_id: int) -> HttpResponse:
    """Show one proposal, before and after side by side."""
    found = permissions.access_proposal(request.user, change_id)
    return _shown(request, found, RefuseForm(initial={"idem": new_key()}))


@require_POST
def agree(request: SignedIn, change_id: int) -> HttpResponse:
    """Write a proposal into the dictionary, as the second person."""
    found = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return redirect("proposal", found.pk)

    def act(at: dt.datetime) -> dict[str, Any]:
        return {"code": services.agree(found, by=request.user, at=at).code}

    try:
        done = once_by_form(request, form, act)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", found.pk)
    messages.success(request, _("The dictionary says it now."))
    return redirect("dictionary-entry", done["code"])


@require_POST
def refuse(request: SignedIn, change_id: int) -> HttpResponse:
    """Leave the dictionary as it is, and say why."""
    found = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form, status=400)
    return act_once(
        request,
        form,
        lambda at: services.refuse(found, reason=form.cleaned_data["reason"], by=request.user, at=at),
        to=reverse("proposal", args=[found.pk]),
        done=_("Refused. The dictionary stays as it is."),
    )


def _proposed(request: SignedIn, produce: Produce | None) -> HttpResponse:
    values = changes.values_of(produce) if produce is not None else None
    if request.method == "GET":
        typed = ProduceForm.typed(values) if values else {"stock_unit": "g", "picture": "basket"}
        return _form(request, produce, ProduceForm(initial={"idem": new_key(), **typed}, produce=produce))
    form = ProduceForm(request.POST, produce=produce)
    if not form.is_valid():
        return _form(request, produce, form, status=400)
    becomes, said = form.values(), form.cleaned_data

    def act(at: dt.datetime) -> dict[str, Any]:
        made = services.propose(produce=produce, values=becomes, reason=said["reason"], by=request.user, at=at)
        return {"change": made.pk}

    try:
        done = once(request, said["idem"], {"becomes": becomes, "reason": said["reason"]}, act)
    except DomainError as refusal:
        field = {"grades": "grade_0_name"}.get(getattr(refusal, "field", ""), getattr(refusal, "field", ""))
        form.add_error(field if field in form.fields else None, str(refusal))
        return _form(request, produce, form, status=409)
    messages.success(request, _("Proposed. Another person must agree."))
    return redirect("proposal", done["change"])


def _form(request: SignedIn, produce: Produce | None, form: ProduceForm, status: int = 200) -> HttpResponse:
    back = reverse("dictionary-entry", args=[produce.code]) if produce is not None else reverse("dictionary")
    context = {
        "back": {"url": back, "label": name_of(produce) if produce is not None else _("Dictionary of goods")},
        "heading": _("Change %(name)s") % {"name": name_of(produce)} if produce is not None else _("A new entry"),
        "form": form,
        "grades": form.grade_rows(),
    }
    return render(request, "produce/produce_form.html", context, status=status)


def _shown(request: SignedIn, found: ProduceChange, form: RefuseForm, status: int = 200) -> HttpResponse:
    mine, kinds = found.proposed_by_id == request.user.pk, _kinds()
    context = {
        "back": {"url": reverse("proposal-list"), "label": _("Proposals")},
        "change_id": found.pk,
        "title": _title(found),
        "status": status_of(found),
        "reason": found.reason,
        "who": _("%(who)s, %(when)s") % {"who": _person(found.proposed_by), "when": spoken_time(found.at)},
        "new": found.produce_id is None,
        "rows": [
            {"label": label, **compared(column, found.becomes[column], kinds)}
            for column, label in COLUMN_NAMES.items()
            if column in found.becomes
        ],
        "may_decide": permissions.can_decide(request.user, found) and found.status == "proposed" and not mine,
        "mine": mine and found.status == "proposed",
        "form": form,
        "history": [
            {
                "when": spoken_time(step.at),
                "who": _person(step.by),
                "what": status_of(step.after)["text"],
                "tone": status_of(step.after)["tone"],
                "note": step.note,
            }
            for step in changes.steps_of(found)
        ],
        "entry_url": reverse("dictionary-entry", args=[found.produce.code]) if found.produce else "",
    }
    return render(request, "produce/proposal.html", context, status=status)


def _kinds() -> dict[str, str]:
    return changes.kinds(english=in_english())


def _row(found: ProduceChange) -> dict[str, Any]:
    number = len(found.becomes)
    return {
        "url": reverse("proposal", args=[found.pk]),
        "title": _title(found),
        "what": _("everything")
        if found.produce_id is None
        else pgettext("list", ", ").join(
            str(COLUMN_NAMES[column]) for column in list(found.becomes)[:4] if column in COLUMN_NAMES
        ),
        "more": ngettext("%(n)s change", "%(n)s changes", number) % {"n": number},
        "who": _person(found.proposed_by),
        "when": spoken_time(found.at),
        "reason": found.reason,
        "status": status_of(found),
    }


def _step(found: ProduceChange) -> dict[str, Any]:
    return {**_row(found), "tone": status_of(found)["tone"]}


def _title(found: ProduceChange) -> str:
    if found.produce is not None:
        return name_of(found.produce)
    said = found.becomes["name_en" if in_english() else "name"]["to"]
    return _("New: %(name)s") % {"name": said}


def _person(user) -> str:
    return user.person.name if user is not None and user.person_id else ""
