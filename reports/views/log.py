"""Doors of the log: what was done, what was refused, who looked at whose data; for the auditor."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import SignedIn
from accounts.services.readings import answer_mass_reading
from kernel import keyset
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from kernel.written import XLSX
from records.doors import act_once
from records.forms import new_key
from reports.filters import ReadingFilter, TriesFilter, log_asked
from reports.forms import AnswerForm
from reports.pages import log as log_pages
from reports.pages import tries as try_pages
from reports.pages.documents import document_link
from reports.permissions import access_log, access_mass_reading
from reports.selectors.log import log_page, log_rows, mass_readings, readings, tries_seen

ROWS_A_PAGE = 50
MOST_WRITTEN = 20_000
MOST_FLAGS = 20


@require_GET
def log(request: SignedIn) -> HttpResponse:
    """Show who did what to which document, the newest first."""
    access_log(request.user)
    acts, form = log_asked(request.GET, log_pages.kinds())
    if acts is None:
        return render(request, "reports/log.html", {"form": form, "back": _home(request)}, status=400)
    page = log_page(acts, cursor=request.GET.get("cursor", ""), size=ROWS_A_PAGE)
    limits = _limits(form, request.GET)
    context = {
        "back": _home(request),
        "form": form,
        "document": document_link(request.GET["document"]).label if request.GET.get("document") else "",
        "rows": [log_pages.log_row(act) for act in page.rows],
        "pages": page_links(page, limits),
        "all_url": reverse("log") if limits else "",
        "export_url": f"{reverse('log-export')}?{limits.removeprefix('&')}",
        "most": MOST_WRITTEN,
    }
    return render(request, "reports/log.html", context)


@require_GET
def log_export(request: SignedIn) -> HttpResponse:
    """Write out the newest acts that were asked for as a spreadsheet."""
    access_log(request.user)
    acts, form = log_asked(request.GET, log_pages.kinds())
    if acts is None:
        return render(request, "reports/log.html", {"form": form, "back": _home(request)}, status=400)
    answer = HttpResponse(log_pages.log_workbook(log_rows(acts, MOST_WRITTEN)), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="log.xlsx"'
    return answer


@require_GET
def readings_list(request: SignedIn) -> HttpResponse:
    """Show who looked at personal data, and first of all who looked at very much of it."""
    access_log(request.user)
    found = narrowed(request, ReadingFilter, readings())
    page = keyset.cut(found.rows, ("-id",), cursor=request.GET.get("cursor", ""), size=ROWS_A_PAGE)
    context = {
        "back": _home(request),
        "form": found.form,
        "rows": [log_pages.reading_row(reading) for reading in page.rows],
        "pages": page_links(page, found.kept),
        "all_url": reverse("readings") if found.asked else "",
        "flags": [log_pages.mass_row(flag, request.user) for flag in mass_readings()[:MOST_FLAGS]],
        "key": new_key(),
    }
    return render(request, "reports/readings.html", context, status=found.status)


@require_POST
def mass_reading_answer(request: SignedIn, mass_reading_id: int) -> HttpResponse:
    """Write down why somebody read of so many people."""
    flag = access_mass_reading(request.user, mass_reading_id)
    form = AnswerForm(request.POST)
    return act_once(
        request,
        form,
        lambda at: answer_mass_reading(flag, answer=form.cleaned_data["answer"], by=request.user, at=at) and None,
        to=reverse("readings"),
        done=_("The answer is written down."),
    )


@require_GET
def refused_tries(request: SignedIn) -> HttpResponse:
    """List who was refused at a door of money or of a decision, the newest first."""
    access_log(request.user)
    found = narrowed(request, partial(TriesFilter, doors=try_pages.DOORS), tries_seen())
    page = keyset.cut(found.rows, ("-id",), cursor=request.GET.get("cursor", ""), size=ROWS_A_PAGE)
    context = {
        "back": _home(request),
        "form": found.form,
        "rows": [try_pages.try_row(row) for row in page.rows],
        "pages": page_links(page, found.kept),
        "all_url": reverse("refused-tries") if found.asked else "",
    }
    return render(request, "reports/refused_tries.html", context, status=found.status)


def _limits(form: BaseForm, asked: Mapping[str, Any]) -> str:
    """Return what the list is narrowed to, as the addresses of its pages carry it."""
    limits = urlencode({name: asked[name] for name in form.fields if asked.get(name)})
    return f"&{limits}" if limits else ""


def _home(request: SignedIn) -> Link:
    return Link(places(request).home(), _("Home"))
