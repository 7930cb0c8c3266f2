"""A file of lots: brought, looked through, confirmed; what is confirmed is exactly what was shown.

Between the two steps the file waits in the page, not here: it names people, and nothing of it is kept.
"""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from catalog import permissions as goods
from kernel import clock
from kernel.brought import MOST_PACKED, pack, unpack
from kernel.errors import BadValue, DomainError
from kernel.shown import Link
from produce.selectors import dictionary
from records.doors import once
from records.forms import new_key
from selling import permissions
from selling.forms.sheets import LotFileForm
from selling.pages import lot_files as pages
from selling.selectors.name_matching import Names
from selling.services import lot_files
from selling.services.lot_files import Report

MOST_SHOWN = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def lot_file(request: SignedIn) -> HttpResponse:
    """Take a file, show what it would list, and list what was shown."""
    goods.access_sell_for(request.user)
    if request.method == "POST" and request.POST.get("act") == "list":
        return _confirm(request)
    by_mandate = permissions.lists_by_mandates(request.user)
    form = LotFileForm(request.POST or None, request.FILES or None, by_mandate=by_mandate)
    report, kept = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            raw = _within(form.cleaned_data["raw"])
            consent = form.cleaned_data.get("consent", "")
            report = lot_files.look_through(
                raw, names=_names(request), consent=consent, at=clock.now(), **form.answers()
            )
            kept = pack(raw)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    return _page(request, form, report, kept=kept, status=400 if form.errors else 200)


@require_GET
def lot_file_template(request: SignedIn) -> HttpResponse:
    """Hand out the empty file."""
    goods.access_sell_for(request.user)
    raw = lot_files.template(word.name for word in dictionary.words() if not word.forbidden)
    return HttpResponse(raw, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="lots.xlsx"'})


def _confirm(request: SignedIn) -> HttpResponse:
    typed = request.POST
    consent, kept, shown = typed.get("consent", ""), typed.get("kept", ""), typed.get("shown", "")
    sure = [
        int(number) for number in typed.getlist("sure") if number.isascii() and number.isdigit() and len(number) < 8
    ]
    answered = {name: typed.get(name, "") for name in ("consent", "kept", "with_hidden", "price_unit")}
    form = LotFileForm(answered, by_mandate=permissions.lists_by_mandates(request.user))
    report = None
    answers = form.answers() if form.is_valid() else {}
    try:
        raw = unpack(kept)
        names = _names(request)

        def act(at: dt.datetime) -> dict[str, Any]:
            done = lot_files.list_file(
                raw, names=names, consent=consent, shown=shown or "-", sure=sure, by=request.user, at=at, **answers
            )
            return {
                "listed": [(number, lot.number, lot.pk) for number, lot in done.listed],
                "known": done.known,
                "refused": done.refused,
                "unanswered": done.unanswered,
            }

        choice = {"shown": shown, "consent": consent, "sure": sorted(sure), **answers}
        return _result(request, once(request, typed.get("idem", ""), choice, act))
    except DomainError as refusal:
        form.errors.clear()
        form.add_error(None, str(refusal))
        if isinstance(refusal, lot_files.FileChanged):
            report = lot_files.look_through(raw, names=names, consent=consent, at=clock.now(), **answers)
    return _page(request, form, report, kept=kept if report is not None else "", consent=consent, status=409)


def _page(
    request: SignedIn, form: LotFileForm, report: Report | None, *, kept: str, status: int, consent: str = ""
) -> HttpResponse:
    ready = report.ready if report is not None else []
    context = {
        "back": Link(reverse("sell-for"), _("List goods")),
        "form": form,
        "report": report,
        "questions": form.asked(report) if report is not None else [],
        "asked": [pages.ready_row(row) for row in ready if row.asked][:MOST_SHOWN],
        "ready": [pages.ready_row(row) for row in ready if not row.asked][:MOST_SHOWN],
        "known": pages.listed_before(report.known if report is not None else []),
        "kept": kept,
        "shown": report.shown if report is not None else "",
        "consent": consent or (form.cleaned_data.get("consent", "") if report is not None else ""),
        "idem": new_key(),
        "button": ngettext("Put %(n)s lot on sale", "Put %(n)s lots on sale", len(ready)) % {"n": len(ready)},
        "most": lot_files.MOST_ROWS,
    }
    return render(request, "selling/sheet_file.html", context, status=status)


def _result(request: SignedIn, answer: dict) -> HttpResponse:
    listed = answer["listed"]
    context = {
        "back": Link(reverse("sell-for"), _("List goods")),
        "title": ngettext("%(n)s lot is on sale", "%(n)s lots are on sale", len(listed)) % {"n": len(listed)},
        "listed": [pages.listed_row(row, number, pk) for row, number, pk in listed],
        "known": answer["known"],
        "refused": [pages.RefusedRow(row, reason) for row, reason in answer["refused"]],
        "unanswered": answer["unanswered"],
    }
    return render(request, "selling/sheet_file_done.html", context)


def _within(raw: bytes) -> bytes:
    if len(raw) > MOST_PACKED:
        raise BadValue(_("The file is larger than 512 KB. Split it and bring the parts one by one."))
    return raw


def _names(request: SignedIn) -> Names:
    return Names(permissions.households_named(request.user))
