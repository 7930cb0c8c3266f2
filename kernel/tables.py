"""Read a table that somebody brings as .xlsx or .csv: whole, within limits, every cell as text, or refused in words."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import defusedxml.ElementTree
import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from kernel.errors import BadValue

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 64 * 2**20
MOST_RATIO, RATIO_FROM = 50, 16 * 2**20  # a spreadsheet that unpacks to more than the second, unpacks by the first
MOST_ROWS = 50_000
MOST_LINES = 200_000  # with the empty ones, which some programs write by the hundred thousand
MOST_COLUMNS = 60
HEADINGS_WITHIN = 10
# What a damaged spreadsheet makes the libraries raise; none of it says more than that it cannot be read.
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, ValueError, LookupError, AttributeError, TypeError,
    RuntimeError, defusedxml.DefusedXmlException,
)  # fmt: skip
UNOPENED = _("This spreadsheet cannot be opened. Save it again as .xlsx without a password.")


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells by column name."""

    number: int
    cells: dict[str, str]
    numeric: frozenset[str]  # columns whose cell was a number, not text: long numbers in it are already corrupted
    hidden: bool = False  # whoever looks at the file does not see it
    letters: Mapping[str, str] = field(default_factory=dict)  # column name → A, B …

    def cell(self, column: str) -> str:
        """Return where a column's cell stands, as the spreadsheet names it: C7; empty for a column the file lacks."""
        return f"{self.letters[column]}{self.number}" if column in self.letters else ""


@dataclass(frozen=True)
class _Line:
    """One line of a file as it stands there."""

    number: int
    cells: list
    hidden: bool = False


def read_table(raw: bytes, columns: dict[str, str]) -> tuple[list[Row], list[str]]:
    """Return the rows and the names of columns that were ignored.

    `columns` says which headings mean which column: {"户主姓名": "head_name", "head_name": "head_name"}.
    """
    if len(raw) > MOST_BYTES:
        raise BadValue(_("The file is larger than 20 MB. Split it and bring the parts one by one."))
    if not raw:
        raise BadValue(_("The file is empty. Choose the file again."))
    if raw[:4] == b"PK\x03\x04":
        hidden: set[int] = set()
        return _rows(_sheet(raw, hidden), columns, hidden)
    return _rows(_text(raw, columns), columns, set())


def _rows(lines: Iterator[_Line], columns: dict[str, str], hidden: set[int]) -> tuple[list[Row], list[str]]:
    """Read lines below their headings; `hidden` are the columns (from 0) that nobody sees who looks at the file."""
    named: dict[int, str] = {}
    letters: dict[str, str] = {}
    ignored: list[str] = []
    rows: list[Row] = []
    for count, line in enumerate(lines, 1):
        if count > MOST_LINES:
            raise BadValue(_("The file goes on for 200000 rows, most of them empty. Copy the table into a new file."))
        texts = [_as_text(cell) for cell in line.cells[:MOST_COLUMNS]]
        if not named:
            headings = {i: columns[_heading(text)] for i, text in enumerate(texts) if _heading(text) in columns}
            if len(headings) < 3:
                if count > HEADINGS_WITHIN:
                    break
                continue
            if len(set(headings.values())) != len(headings):
                raise BadValue(_("One column stands in the file twice. Delete one of the two."))
            for i in headings.keys() & hidden:
                raise BadValue(
                    _("Column %(letter)s is hidden in the file. Show it or delete it.")
                    % {"letter": get_column_letter(i + 1)}
                )
            named = headings
            letters = {name: get_column_letter(i + 1) for i, name in named.items()}
            ignored = [text for i, text in enumerate(texts) if text.strip() and i not in headings]
            continue
        if any(text.strip() for text in texts):
            cells = {name: texts[i].strip() if i < len(texts) else "" for i, name in named.items()}
            numeric = frozenset(name for i, name in named.items() if i < len(line.cells) and _is_number(line.cells[i]))
            rows.append(Row(line.number, cells, numeric, line.hidden, letters))
            if len(rows) > MOST_ROWS:
                raise BadValue(_("The file has more than 50000 rows. Split it and bring the parts one by one."))
    if not named:
        raise BadValue(_("No row with the column names was found at the top of the file."))
    return rows, ignored


def _heading(text: str) -> str:
    """Return a heading as it is known, without the spaces and line breaks that make it look well."""
    return "".join(text.split())


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, ArrayFormula | DataTableFormula):
        return "="
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.date().isoformat() if hasattr(cell, "date") and callable(cell.date) else str(cell)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(raw: bytes, columns: dict[str, str]) -> Iterator[_Line]:
    # UTF-16 only by its mark: without one every text of an even length could be it.
    marked = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ()
    for encoding in (*marked, "utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadValue(_("The file is neither .xlsx nor readable text. Save it as .xlsx, or as CSV in UTF-8."))
    if "\x00" in text or text.lstrip()[:1] == "<":
        raise BadValue(_("The file is neither .xlsx nor readable text. Save it as .xlsx, or as CSV in UTF-8."))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True)
    try:
        for number, cells in enumerate(lines, 1):
            yield _Line(number, cells)
    except csv.Error as broken:
        raise BadValue(_("A quotation mark in the file is never closed. Save the file again as CSV.")) from broken


def _delimiter(text: str, columns: dict[str, str]) -> str:
    """Return the sign that parts the line with the headings into the most known ones."""

    def known_headings(line: str, sign: str) -> int:
        return sum(_heading(cell.strip('"')) in columns for cell in line.split(sign))

    top = text[:20_000].splitlines()[: HEADINGS_WITHIN + 1]
    return max(",;\t", key=lambda sign: max((known_headings(line, sign) for line in top), default=0))


def _sheet(raw: bytes, hidden: set[int]) -> Iterator[_Line]:
    """Read the first sheet that is seen, in one stream and whatever size it says it has; fill in its hidden columns."""
    try:
        _guard_archive(raw)
        # Formulas stay formulas, links lead nowhere; entities are refused by the reader of XML that openpyxl takes.
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])
        with sheet._get_source() as inside:
            parser = WorkSheetParser(
                inside,
                sheet._shared_strings,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, cells in parser.parse():
                for column in parser.column_dimensions.values():
                    if column.get("hidden") in ("1", "true"):
                        hidden.update(range(int(column["min"]) - 1, min(int(column["max"]), MOST_COLUMNS)))
                parser.column_dimensions.clear()
                looks = parser.row_dimensions.pop(str(number), {})
                yield _Line(number, _placed(cells), looks.get("hidden") in ("1", "true"))
        book.close()
    except BROKEN as broken:
        raise BadValue(UNOPENED) from broken


def _placed(cells: list[dict]) -> list:
    """Return the values of a row, each in its column; what stands far to the right is no column of ours."""
    values = {cell["column"]: cell["value"] for cell in cells if cell["column"] <= MOST_COLUMNS}
    return [values.get(column) for column in range(1, max(values, default=0) + 1)]


def _guard_archive(raw: bytes) -> None:
    """Refuse a spreadsheet that unpacks to a bomb, hides outside its folder or carries macros, before it is read."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > 500 or unpacked > MOST_UNPACKED or unpacked > max(RATIO_FROM, MOST_RATIO * len(raw)):
        raise BadValue(_("This spreadsheet unpacks to far more than it should. Save it again as .xlsx."))
    for part in parts:
        if part.filename.startswith("/") or ".." in part.filename.split("/"):
            raise BadValue(UNOPENED)
        if part.filename.lower().endswith("vbaproject.bin"):
            raise BadValue(_("This spreadsheet carries macros. Save it again as .xlsx without macros."))
