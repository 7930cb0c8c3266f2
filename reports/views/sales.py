"""Doors of the reports: the page, the rows behind a number, the official form, the spreadsheet."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.doors import SignedIn
from accounts.selectors import standing
from kernel import clock, keyset
from kernel.places import places
from kernel.shown import Link, page_links
from losses.selectors import funnel
from reports.filters import SalesFilter
from reports.pages import funnel as funnel_pages
from reports.pages import official
from reports.pages import sales as sales_pages
from reports.pages.words import basis, limit_chips, limit_facts, scope, with_limits
from reports.pages.workbook import sales_workbook
from reports.permissions import access_reports
from reports.selectors.sales import Limits, sales, this_month, total_of, year_before

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 50


@require_GET
def sales_report(request: SignedIn) -> HttpResponse:
    """Show the sales of a month or of some months: a sentence, four numbers, three charts with their tables."""
    at, filters = _asked(request)
    if not filters.is_valid():
        return _asked_again(request, filters)
    limits, names = filters.limits(), filters.names
    figures = sales(sales_pages.chart_limits(limits), cut_off=at)
    context = {
        "crumb": Link(places(request).home(), _("Home")),
        "report": sales_pages.report_head(figures, limits, names),
        "exports": sales_pages.export_actions(limits),
        "figures": sales_pages.key_figures(figures, limits, year_before(limits, cut_off=at)),
        "months": sales_pages.months_chart(figures, limits),
        "channels": sales_pages.channels_chart(figures, limits, names),
        "towns": sales_pages.towns_chart(figures, limits, names),
        "chips": limit_chips(limits, names),
        "basis": basis(figures, limits),
        "form": filters.form,
    }
    return render(request, "reports/sales.html", context)


@require_GET
def sales_rows(request: SignedIn) -> HttpResponse:
    """List the statement lines behind a number."""
    at, filters = _asked(request)
    if not filters.is_valid():
        return _asked_again(request, filters)
    limits, lines = filters.limits(), filters.lines(cut_off=at)
    page = keyset.cut(lines, ("-id",), cursor=request.GET.get("cursor", ""), size=ROWS_A_PAGE)
    context = {
        "back": _back(limits),
        "title": _("Sales behind the figure, %(period)s") % {"period": scope(limits, filters.names)},
        "total": sales_pages.rows_total(total_of(lines)),
        "filters": limit_facts(limits, filters.names),
        "rows": [sales_pages.sold_line(line) for line in page.rows],
        "pages": page_links(page, "&" + with_limits("sales-rows", limits).partition("?")[2]),
    }
    return render(request, "reports/sales_rows.html", context)


@require_GET
def sales_form(request: SignedIn) -> HttpResponse:
    """Show the same numbers as the official form, ready to print."""
    at, filters = _asked(request)
    if not filters.is_valid():
        return _asked_again(request, filters)
    limits = filters.limits()
    figures = sales(limits, cut_off=at)
    context = {
        "back": _back(limits),
        "form": official.form_head(limits),
        "rows": official.form_rows(figures, filters.names),
        "signs": official.Signs(),
        "notes": [basis(figures, limits)],
        "checks": official.relations(figures, filters.names),
    }
    return render(request, "reports/sales_form.html", context)


@require_GET
def sales_xlsx(request: SignedIn) -> HttpResponse:
    """Hand out the same rows as a spreadsheet, with what they were limited to."""
    at, filters = _asked(request)
    if not filters.is_valid():
        return _asked_again(request, filters)
    limits, who = filters.limits(), standing(request.user)
    asked_by = f"{who.organisation_name} {who.name}"
    book = sales_workbook(sales(limits, cut_off=at), limits, filters.names, asked_by=asked_by)
    answer = HttpResponse(book, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="sales-{limits.first}-{limits.last}.xlsx"'
    return answer


@require_GET
def relief_funnel(request: SignedIn) -> HttpResponse:
    """Show how far claims came: declared, verified, awarded, paid, by township, by month or by scheme."""
    only = access_reports(request.user)
    labels = funnel_pages.group_labels()
    by = request.GET.get("by") or "township"
    if by not in labels:
        raise Http404
    groups = funnel(by, towns=only)
    whole = funnel_pages.whole_of(groups)
    rows = [funnel_pages.group_row(whole, total=True), *map(funnel_pages.group_row, groups)]
    context = {
        "title": _("Relief: from report to card"),
        "first_column": labels[by],
        "views": funnel_pages.group_tabs(by),
        "stages": funnel_pages.stages(whole),
        "rows": rows if groups else [],
        "basis": funnel_pages.funnel_basis(clock.now()),
    }
    return render(request, "reports/funnel.html", context)


def _asked(request: SignedIn) -> tuple[dt.datetime, SalesFilter]:
    only = access_reports(request.user)
    at = clock.now()
    return at, SalesFilter(request.GET, this_month=this_month(at), only_towns=only)


def _asked_again(request: SignedIn, filters: SalesFilter) -> HttpResponse:
    return render(request, "reports/sales_limits.html", {"form": filters.form}, status=400)


def _back(limits: Limits) -> Link:
    return Link(with_limits("sales", limits), pgettext("report", "Report"))
