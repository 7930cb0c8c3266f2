"""Doors of the reports: the page, the rows behind a number, the official form, the spreadsheet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.selectors import area_prefix, standing
from kernel import clock
from kernel.money import price_per_kg, yuan
from kernel.weight import kg
from losses.selectors import funnel
from reports.forms import SalesLimits
from reports.pages import sales as sales_pages
from reports.pages.workbook import sales_workbook
from reports.permissions import access_reports
from reports.selectors.sales import sales, sales_lines, this_month

FUNNEL_GROUPS = ("township", "month", "scheme")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def sales_report(request: HttpRequest) -> HttpResponse:
    """Show the sales of a month or of some months: a sentence, four numbers, three charts with their tables."""
    at, form = _asked(request)
    if not form.is_valid():
        return render(request, "reports/sales_limits.html", {"form": form}, status=400)
    limits = form.limits()
    found = sales(sales_pages.chart_limits(limits), cut_off=at)
    return render(request, "reports/sales.html", sales_pages.report_page(found, limits, form.known) | {"form": form})


@require_GET
def sales_rows(request: HttpRequest) -> HttpResponse:
    """List the statement lines behind a number."""
    at, form = _asked(request)
    if not form.is_valid():
        return render(request, "reports/sales_limits.html", {"form": form}, status=400)
    limits = form.limits()
    page = sales_lines(limits, cut_off=at, cursor=request.GET.get("cursor", ""))
    here = sales_pages.with_limits("sales-rows", limits)
    context = {
        "back": {"url": sales_pages.with_limits("sales", limits), "label": pgettext("report", "Report")},
        "title": _("Sales behind the figure, %(period)s") % {"period": sales_pages.period(limits)},
        "filters": sales_pages.filters(limits, form.known),
        "rows": [_row(line) for line in page.rows],
        "pages": {
            "previous_url": f"{here}&cursor={page.previous}" if page.previous else "",
            "next_url": f"{here}&cursor={page.next}" if page.next else "",
        },
    }
    return render(request, "reports/sales_rows.html", context)


@require_GET
def sales_form(request: HttpRequest) -> HttpResponse:
    """Show the same numbers as the official form, ready to print."""
    at, form = _asked(request)
    if not form.is_valid():
        return render(request, "reports/sales_limits.html", {"form": form}, status=400)
    limits = form.limits()
    return render(request, "reports/sales_form.html", sales_pages.form_page(sales(limits, cut_off=at), limits))


@require_GET
def sales_xlsx(request: HttpRequest) -> HttpResponse:
    """Hand out the same rows as a spreadsheet, with what they were limited to."""
    at, form = _asked(request)
    if not form.is_valid():
        return render(request, "reports/sales_limits.html", {"form": form}, status=400)
    limits = form.limits()
    who = standing(request.user)
    book = sales_workbook(sales(limits, cut_off=at), limits, asked_by=f"{who.organisation_name} {who.name}")
    answer = HttpResponse(book, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="sales-{limits.first}-{limits.last}.xlsx"'
    return answer


def _asked(request: HttpRequest):
    only = access_reports(request.user)
    at = clock.now()
    return at, SalesLimits(request.GET, this_month=this_month(at), only_township=only)


def _row(line) -> dict:
    receipt_line, order = line.receipt_line, line.statement.order
    listing = receipt_line.allocation.listing
    return {
        "day": receipt_line.receipt.signed_on.isoformat(),
        "statement": line.statement.number,
        "buyer": order.buyer.name,
        "channel": order.buyer.channel.name_zh,
        "produce": listing.produce.name,
        "place": f"{listing.township} {listing.village.short_name}",
        "listing": listing.number,
        "kg": kg(line.weight_g),
        "price": price_per_kg(receipt_line.allocation.price_fen, receipt_line.allocation.price_unit_g),
        "yuan": yuan(line.amount_fen),
    }


@require_GET
def relief_funnel(request: HttpRequest) -> HttpResponse:
    """Show how far claims came: declared, verified, awarded, paid, by township, by month or by scheme."""
    only = access_reports(request.user)
    by = request.GET.get("by", "township")
    by = by if by in FUNNEL_GROUPS else "township"
    rows = funnel(by, place_prefix=area_prefix(only, "township") if only else "")
    return render(request, "reports/funnel.html", sales_pages.funnel_page(rows, by, at=clock.now()))
