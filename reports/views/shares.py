"""Doors of the reserved shares: one buyer's page, why it is behind, the board and its spreadsheet."""

import datetime as dt
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.models import Organisation
from accounts.selectors import standing
from canteens.forms import CauseForm
from canteens.services.shares import name_cause
from kernel import clock
from kernel.narrowing import narrowed
from kernel.shown import Link
from kernel.written import XLSX
from records.doors import act_once
from records.forms import sent_or_new
from reports import permissions
from reports.filters import ShareBoardFilter
from reports.pages import shares as pages
from reports.selectors.shares import Share, goods_to_mend, months_of, shares

MOST_MENDS = 50


@require_GET
def share_board(request: SignedIn) -> HttpResponse:
    """Show how far the buyers one looks after are with their shares, whoever is furthest behind first.

    Whoever looks after none is sent to the page of the own buyer.
    """
    own = permissions.own_unit(request.user)
    overseen = permissions.units_overseen(request.user)
    if own is not None and overseen is not None and not overseen:
        return redirect("share", own)
    found, rows, year = _board(request)
    return _board_page(request, found, rows, year, own)


def _board_page(request: SignedIn, found: Any, rows: list[Share], year: int, own: int | None) -> HttpResponse:
    """Show the board, and where it was asked for what cannot be read, say what is wrong."""
    context = {
        "found": found,
        "title": pages.board_title(rows),
        "year": year,
        "rows": [pages.board_row(row, year) for row in pages.narrowed_rows(rows, found.form.cleaned_data)],
        "sums": pages.board_sums(rows),
        "export_url": f"{reverse('shares-xlsx')}?{request.GET.urlencode()}",
        "own_url": reverse("share", args=[own]) if own is not None else "",
    }
    return render(request, "reports/share_board.html", context, status=found.status)


@require_GET
def shares_xlsx(request: SignedIn) -> HttpResponse:
    """Hand the board out as a spreadsheet, narrowed as the page; show the page where the question cannot be read."""
    found, rows, year = _board(request)
    if not found.readable:
        return _board_page(request, found, rows, year, permissions.own_unit(request.user))
    book = pages.shares_workbook(pages.narrowed_rows(rows, found.form.cleaned_data), year)
    answer = HttpResponse(book, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="shares-{year}.xlsx"'
    return answer


@require_GET
def share(request: SignedIn, organisation_id: int) -> HttpResponse:
    """Show how one buyer stands with its share, and which household's paper would mend what."""
    unit = permissions.access_share(request.user, organisation_id)
    return render(request, "reports/share.html", _share_context(request, unit))


@require_http_methods(["GET", "POST"])
def share_cause(request: SignedIn, organisation_id: int) -> HttpResponse:
    """Say why a buyer is behind with its share of this year."""
    unit = permissions.access_share_to_explain(request.user, organisation_id)
    form = sent_or_new(request, CauseForm)
    again = partial(_cause_page, request, unit, form)
    if request.method == "GET":
        return again("", 200)

    def act(at: dt.datetime) -> None:
        said = form.cleaned_data
        name_cause(unit, clock.county_day(at).year, said["cause"], words=said["words"], by=request.user, at=at)

    to = reverse("share", args=[unit.pk])
    return act_once(request, form, act, to=to, done=_("Written down. Your superior and finance read it."), again=again)


def _board(request: SignedIn) -> tuple[Any, list[Share], int]:
    overseen = permissions.access_share_board(request.user)
    at = clock.now()
    units = Organisation.objects.filter(kind=Organisation.Kind.BUYER)
    found = narrowed(request, ShareBoardFilter, units if overseen is None else units.filter(pk__in=overseen))
    if not found.readable:
        return found, [], clock.county_day(at).year
    year = pages.year_asked(request.GET, clock.county_day(at))
    wanted = None if overseen is None and not found.asked else list(found.rows.values_list("pk", flat=True))
    return found, shares(year, at=at, units=wanted), year


def _share_context(request: SignedIn, unit: Organisation) -> dict[str, Any]:
    at = clock.now()
    year = pages.year_asked(request.GET, clock.county_day(at))
    row = next(iter(shares(year, at=at, units=[unit.pk])), None)
    own = unit.pk in standing(request.user).organisations(*permissions.OWN_ROLES)
    asks = partial(permissions.proposes_for, request.user, unit)
    context: dict[str, Any] = {"unit": unit, "year": year, "back": Link(reverse("shares"), _("Reserved share"))}
    if row is None:
        return context | {"head": None}
    goods = goods_to_mend(year, unit.pk, at=at, most=MOST_MENDS)
    return context | {
        "head": pages.share_head(row, year, months_of(year, unit.pk, at=at)),
        "mends": pages.mend_rows(goods, whole=own),
        "behind": row.state == "behind",
        "declare_url": pages.register_address(unit, year) if row.state == "undeclared" and asks("shares") else "",
        "cause_url": reverse("share-cause", args=[unit.pk]) if permissions.can_name_cause(request.user, unit) else "",
        "mend_url": reverse("register-new", args=["order-units"]) if asks("order-units") else "",
    }


def _cause_page(request: SignedIn, unit: Organisation, form: CauseForm, refusal: str, status: int) -> HttpResponse:
    context = {
        "unit": unit,
        "form": form,
        "refusal": refusal,
        "back": Link(reverse("share", args=[unit.pk]), _("Reserved share")),
    }
    return render(request, "reports/share_cause.html", context, status=status)
