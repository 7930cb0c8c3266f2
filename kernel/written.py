"""Write rows of words out as a spreadsheet: one sheet, a heading that stays in sight."""

import io
from collections.abc import Iterable, Sequence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 20


def workbook_of(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the .xlsx of these rows; every cell is text, so that nothing in it is ever computed."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(name[:31])
    sheet.set_column(0, len(head) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(head):
        sheet.write_string(0, column, heading, bold)
    for number, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            sheet.write_string(number, column, value)
    book.close()
    return out.getvalue()
