"""Write a report out as a spreadsheet: the same rows, the same sums, and what they were limited to."""

import io
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.clock import COUNTY_ZONE
from reports.pages.sales import DetailRow, Names, detail_rows
from reports.pages.words import basis, limit_facts, period, scope
from reports.selectors.sales import Figure, Limits, Sales

HEAD_ROWS = 2  # the title, and the names of the columns
A4 = 9  # as spreadsheets number paper


def sales_workbook(sales: Sales, limits: Limits, names: Names, *, asked_by: str) -> bytes:
    """Return the .xlsx of a report: the sum, the details, and a sheet that says how it was limited and for whom."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    title = book.add_format({"bold": True, "font_size": 14})
    money = book.add_format({"num_format": "#,##0.00"})
    weight = book.add_format({"num_format": "#,##0.000"})
    sheet = book.add_worksheet(pgettext("report", "Sales"))
    for column, width in enumerate((10, 12, 16, 14, 14, 16, 18, 18, 10, 12)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 9, _("Sales report %(period)s") % {"period": scope(limits, names)}, title)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.repeat_rows(HEAD_ROWS - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)  # one page wide, as many long as it takes
    head = [
        pgettext("report", "Month"),
        _("Buyer channel"),
        _("Township"),
        pgettext("report", "Produce"),
        _("Kilograms"),
        _("Yuan"),
        _("Yuan of poor households"),
        _("Yuan from funds of the year before"),
        pgettext("count", "Households"),
        _("Poor households"),
    ]
    for column, name in enumerate(head):
        sheet.write_string(1, column, name, bold)
    total = sales.at()
    sheet.write_string(HEAD_ROWS, 0, pgettext("report", "In all"), bold)
    _numbers(sheet, HEAD_ROWS, total, money, weight)
    count = 0
    for count, row in enumerate(detail_rows(sales, names), 1):
        for column, name in enumerate((row.month, row.channel, row.township, row.produce)):
            sheet.write_string(count + HEAD_ROWS, column, name)
        _numbers(sheet, count + HEAD_ROWS, row, money, weight)
    about = book.add_worksheet(pgettext("report", "Limits"))
    about.set_column(0, 0, 16)
    about.set_column(1, 1, 80)
    lines = [
        (pgettext("report", "Period"), period(limits)),
        *[(fact.label, fact.value) for fact in limit_facts(limits, names)],
        (pgettext("report", "Rows"), str(count)),
        (_("Cut-off"), f"{sales.cut_off.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M}"),
        (_("Exported by"), asked_by),
        (_("How it was counted"), basis(sales, limits)),
    ]
    for row_number, (label, value) in enumerate(lines):
        about.write_string(row_number, 0, str(label), bold)
        about.write_string(row_number, 1, str(value))
    book.close()
    return out.getvalue()


def _numbers(sheet: Any, row: int, sums: Figure | DetailRow, money: Any, weight: Any) -> None:
    sheet.write_number(row, 4, Decimal(sums.weight_g) / 1000, weight)
    for column, fen in enumerate((sums.amount_fen, sums.poor_fen, sums.earlier_fen), 5):
        sheet.write_number(row, column, Decimal(fen) / 100, money)
    sheet.write_number(row, 8, sums.households)
    sheet.write_number(row, 9, sums.poor_households)
