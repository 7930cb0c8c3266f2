"""Doors of the registers: each is listed, narrowed, written out, and proposed by row or by file."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import brought, clock, keyset
from kernel.errors import BadValue, DomainError
from kernel.present import known
from kernel.shown import Action, Fact, Link, page_links
from records.doors import act_once, error_status, once_by_form
from records.forms import new_key
from registers import permissions, selectors
from registers.forms import PageForm, RowsFile, page_form
from registers.models import ChangeStatus, RegisterChange
from registers.pages import changes as pages
from registers.pages import files, missing
from registers.pages.desks import Desk, desk_of
from registers.pages.lists import read_register, register_list, registers
from registers.pages.sides import side_of
from registers.pages.units import offer_units
from registers.services import changes
from registers.services.rules import Content, Rules, rules_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FAULTS = 200


@require_GET
def register_index(request: SignedIn) -> HttpResponse:
    """List the registers this person looks into, and what waits in each."""
    permissions.access_registers(request.user)
    oversees = standing(request.user).has(*permissions.OVERSEERS)
    context = {"registers": registers(request.user), "missing_url": reverse("register-missing") if oversees else ""}
    return render(request, "registers/index.html", context)


@require_GET
def register_missing(request: SignedIn) -> HttpResponse:
    """Say what the county cannot do yet, and where that is mended."""
    who = permissions.access_missing(request.user)
    context = {"rows": missing.shown(missing.kept_findings(clock.now()), who)}
    return render(request, "registers/missing.html", context)


@require_GET
def register(request: SignedIn, key: str) -> HttpResponse:
    """List the rows of one register, narrowed as asked."""
    rules = permissions.access_register(request.user, key)
    desk = desk_of(key)
    shown = register_list(desk, standing(request.user), request.GET)
    changes_url = permissions.can_propose(request.user, rules) and (desk.change_form or desk.acts)
    document = request.GET.get("q", "").strip()[:80]
    wanted = Q(document_number__icontains=document) if document else Q(status=ChangeStatus.PROPOSED)
    known = selectors.changes_seen_by(request.user).filter(wanted, register=key)
    side = side_of(desk, shown, desk.rows(standing(request.user)), request.GET, request.user)
    page = keyset.cut(shown.rows, desk.order, cursor=request.GET.get("cursor", ""))
    read_register(desk, len(page.rows), by=request.user, at=clock.now())
    context = {
        "desk": desk,
        "side": side,
        "overview": desk.overview(clock.county_day(clock.now())) if desk.overview is not None else None,
        "narrowed": shown.narrowed,
        "rows": [
            {
                "cells": [(column.label, column.value(row)) for column in desk.columns],
                "url": reverse("register-edit", args=[key, row.pk]) if changes_url else "",
            }
            for row in page.rows
        ],
        "pages": page_links(page, shown.kept),
        "may_propose": permissions.can_propose(request.user, rules),
        "document": document,
        "waiting": pages.listed(known[:20]) if document or side.waiting else [],
        "export_url": f"{reverse('register-export', args=[key])}?{request.GET.urlencode()}",
        "back": Link(reverse("register-index"), _("Registers")),
    }
    return render(request, "registers/register.html", context, status=400 if shown.form_errors else 200)


@require_GET
def register_export(request: SignedIn, key: str) -> HttpResponse:
    """Write out the rows of one register, narrowed as asked."""
    permissions.access_register(request.user, key)
    desk = desk_of(key)
    shown = register_list(desk, standing(request.user), request.GET)
    if shown.form_errors:
        raise BadValue(next(str(error) for errors in known(shown.form).errors.values() for error in errors))
    read_register(desk, min(shown.rows.count(), files.MOST_WRITTEN), by=request.user, at=clock.now())
    return _file(files.written_out(desk, shown.rows), f"{key}.xlsx")


@require_http_methods(["GET", "POST"])
def register_new(request: SignedIn, key: str) -> HttpResponse:
    """Propose a row for a register."""
    rules = permissions.access_proposing(request.user, key)
    desk = desk_of(key)
    begins = desk.begins(standing(request.user), request.GET) if desk.begins is not None else {}
    return _ask(request, rules, page_form(desk.form), str(desk.add), {**begins, **request.GET.dict()})


@require_http_methods(["GET", "POST"])
def register_edit(request: SignedIn, key: str, row_key: str) -> HttpResponse:
    """Propose a change of a row of a register."""
    rules = permissions.access_proposing(request.user, key)
    desk = desk_of(key)
    if desk.change_form is None and desk.acts is None:
        raise Http404
    try:
        row = get_object_or_404(desk.rows(standing(request.user)), pk=row_key)
    except (ValueError, TypeError, ValidationError):
        raise Http404 from None
    acts = desk.acts(standing(request.user), row) if desk.acts is not None else []
    title = str(desk.columns[0].value(row))
    if desk.change_form is None:
        return _only_acts(request, desk, row, title, acts)
    facts = desk.facts(row) if desk.facts is not None else []
    beside = desk.beside(row) if desk.beside is not None else ()
    form = page_form(desk.change_form)
    return _ask(request, rules, form, title, desk.content_of(row), acts=acts, facts=facts, beside=beside)


def _only_acts(request: SignedIn, desk: Desk, row: Any, title: str, acts: Sequence[Action]) -> HttpResponse:
    """Show a row that is never changed, and what may be done about it at once."""
    if request.method != "GET":
        return HttpResponse(status=405)
    context = {
        "desk": desk,
        "title": title,
        "facts": [Fact(str(column.label), column.value(row)) for column in desk.columns],
        "acts": acts,
        "back": Link(reverse("register", args=[desk.key]), str(desk.name)),
    }
    return render(request, "registers/row.html", context)


def _ask(
    request: SignedIn,
    rules: Rules,
    kind: type[PageForm],
    title: str,
    stands: Mapping[str, Any],
    *,
    acts: Sequence[Action] = (),
    facts: Sequence[Fact] = (),
    beside: Sequence[tuple[str, str, str]] = (),
) -> HttpResponse:
    """Ask for a row and its document; what is sent is proposed once."""
    form = kind(request.POST or None, initial={**stands, "idem": new_key()})
    if not rules.document_needed:
        form.fields["document_number"].required = False
        form.fields["document_number"].help_text = _("may stay empty")
    offer_units(form, desk_of(rules.key), rules, standing(request.user))

    def page(refusal: str, status: int) -> HttpResponse:
        desk = desk_of(rules.key)
        context = {
            "desk": desk,
            "title": title,
            "form": form,
            "fields": [form[name] for name in form.fields_of_row()],
            "acts": acts,
            "facts": facts,
            "beside": [pages.Difference(*told, differs=told[1] != told[2]) for told in beside],
            "refusal": refusal,
            "asks_household": rules.apart,
            "document_needed": rules.document_needed,
            "back": Link(reverse("register", args=[rules.key]), str(desk.name)),
        }
        return render(request, "registers/propose.html", context, status=status)

    if request.method == "GET":
        return page("", 200)
    return act_once(
        request,
        form,
        lambda at: _propose(request, rules.key, [form.content()], form, at=at),
        to=lambda led_to: reverse("register-change", args=[led_to["change"]]),
        done=_("The household is asked by text. Once it agrees, this is in force.")
        if rules.apart
        else _("Proposed. A second person compares it with the document; then it is in force."),
        again=page,
    )


def _propose(
    request: SignedIn,
    key: str,
    contents: Sequence[Content],
    form: BaseForm,
    *,
    places: Sequence[str] = (),
    at: dt.datetime,
) -> dict[str, str]:
    document_number = form.cleaned_data["document_number"]
    verb = changes.propose_apart if rules_of(key).apart else changes.propose
    led_to = verb(key, contents, document_number=document_number, places=places, by=request.user, at=at)
    return {"change": str(led_to.pk)} if isinstance(led_to, RegisterChange) else {"change": str(led_to[0].pk)}


@require_http_methods(["GET", "POST"])
def register_file(request: SignedIn, key: str) -> HttpResponse:
    """Propose many rows of a register by a file; every faulty cell is named, and then nothing is proposed."""
    rules = permissions.access_proposing(request.user, key)
    desk = desk_of(key)
    if not desk.by_file:
        raise Http404
    if request.method == "GET":
        return _file_page(request, desk, RowsFile(initial={"idem": new_key()}, document_needed=rules.document_needed))
    form = RowsFile(request.POST, request.FILES, document_needed=rules.document_needed)
    if not form.is_valid():
        return _file_page(request, desk, form, status=400)
    try:
        read = files.read_rows(desk, form.cleaned_data["raw"], with_hidden=bool(form.hidden_answer))
        asks = bool(read.hidden_rows) and form.hidden_answer is None
        read.faults += files.refused(read, changes.refusals_of(key, read.contents, at=clock.now()))
        read.faults.sort(key=files.Fault.stands_at)
        if read.faults or asks:
            return _file_page(request, desk, form, read=read, asks=asks, status=400)
        led_to = once_by_form(
            request, form, lambda at: _propose(request, key, read.contents, form, places=read.places, at=at)
        )
    except DomainError as refusal:
        return _file_page(request, desk, form, refusal=str(refusal), status=error_status(refusal))
    if rules.apart and len(read.contents) > 1:
        return redirect("register", key)
    return redirect("register-change", led_to["change"])


def _file_page(
    request: SignedIn,
    desk: Desk,
    form: RowsFile,
    *,
    read: files.RowsRead | None = None,
    asks: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "desk": desk,
        "form": form,
        "refusal": refusal,
        "faults": read.faults[:MOST_FAULTS] if read else [],
        "more_faults": max(len(read.faults) - MOST_FAULTS, 0) if read else 0,
        "left_out": read.left_out if read else [],
        "asks": asks,
        "kept": brought.pack(form.cleaned_data["raw"]) if asks and "raw" in form.cleaned_data else "",
        "columns": [desk.form.base_fields[name] for name in desk.form.fields_of_row()],
        "begun": bool(desk.file_rows and desk.file_rows(clock.county_day(clock.now()))),
        "back": Link(reverse("register", args=[desk.key]), str(desk.name)),
    }
    return render(request, "registers/file.html", context, status=status)


@require_GET
def register_empty_file(request: SignedIn, key: str) -> HttpResponse:
    """Give the file to fill in."""
    permissions.access_proposing(request.user, key)
    desk = desk_of(key)
    if not desk.by_file and desk.file_form is None:
        raise Http404
    return _file(files.empty_file(desk), f"{key}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
