"""The file of deliveries as one archive: a page to print, a spreadsheet of the same rows, the photos."""

import io
import zipfile
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.pages.dossier import Dossier
from orders.pages.dossier_tables import Cell, Fen, Grams
from orders.pages.words import photo_name
from records.services.files import read_original

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
MOST_NAME = 31  # as spreadsheets name their sheets


def archive_of(whole: Dossier) -> bytes:
    """Return the archive of a file; a photo that is not on disk any more is left out and stays in the list."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page_of(whole))
        archive.writestr("tables.xlsx", workbook_of(whole))
        for position, photo in enumerate(whole.photos, 1):
            try:
                raw = read_original(photo.file)
            except FileNotFoundError:
                continue
            name = photo_name(position, photo.file.sha256) + SUFFIXES.get(photo.file.media_type, "")
            archive.writestr(f"photos/{name}", raw)
    return out.getvalue()


def page_of(whole: Dossier) -> str:
    """Return the file as one page that prints by itself, without this site."""
    return render_to_string("orders/dossier_paper.html", {"dossier": whole})


def workbook_of(whole: Dossier) -> bytes:
    """Return the file as a spreadsheet: what is missing and how the sums agree first, then a sheet a section."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    formats = {
        Fen: book.add_format({"num_format": "#,##0.00"}),
        Grams: book.add_format({"num_format": "#,##0.000"}),
    }
    first = book.add_worksheet(_("What is missing")[:MOST_NAME])
    first.set_column(0, 0, 60)
    first.set_column(1, 3, 18)
    first.write_string(0, 0, whole.title, bold)
    first.write_string(1, 0, f"{whole.buyer} {whole.about}")
    for number, sentence in enumerate(whole.missing, 3):
        first.write_string(number, 0, sentence)
    top = len(whole.missing) + 4
    for column, name in enumerate(
        [
            pgettext("file", "What is compared"),
            pgettext("file", "In the papers"),
            pgettext("file", "In the books"),
            _("Agrees?"),
        ]
    ):
        first.write_string(top, column, name, bold)
    for number, check in enumerate(whole.checks, top + 1):
        answer = _("agrees") if check.agrees else _("does not agree")
        for column, text in enumerate([check.what, check.papers, check.books, answer]):
            first.write_string(number, column, text)
    for section in whole.sections:
        sheet = book.add_worksheet(section.title[:MOST_NAME])
        sheet.set_column(0, len(section.head) - 1, 16)
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(section.head):
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(section.rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, formats)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if isinstance(cell, Fen):
        sheet.write_number(row, column, Decimal(int(cell)) / 100, formats[Fen])
    elif isinstance(cell, Grams):
        sheet.write_number(row, column, Decimal(int(cell)) / 1000, formats[Grams])
    else:
        sheet.write_string(row, column, cell)
