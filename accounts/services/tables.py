"""Read a table that somebody brings as .xlsx or .csv: whole, within limits, every cell as text, or refused in words."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import defusedxml.ElementTree
import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import BadValue

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 200 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 60


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


def read_table(raw: bytes, columns: dict[str, str]) -> tuple[list[Row], list[str]]:
    """Return the rows and the names of columns that were ignored.

    `columns` says which headings mean which column: {"户主姓名": "head_name", "head_name": "head_name"}.
    """
    if len(raw) > MOST_BYTES:
        raise BadValue(_("The file is larger than 20 MB. Split it and bring the parts one by one."))
    if not raw:
        raise BadValue(_("The file is empty. Choose the file again."))
    hidden: set[int] = set()
    lines = _sheet(raw, hidden) if raw[:4] == b"PK\x03\x04" else _text(raw)
    return _rows(lines, columns, hidden)


def _rows(lines: Iterator[list], columns: dict[str, str], hidden: set[int]) -> tuple[list[Row], list[str]]:
    named: dict[int, str] = {}
    letters: dict[str, str] = {}
    ignored: list[str] = []
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if number > MOST_ROWS:
            raise BadValue(_("The file has more than 50000 rows. Split it and bring the parts one by one."))
        texts = [_as_text(cell) for cell in line[:MOST_COLUMNS]]
        if not named:
            found = {i: columns[text.strip()] for i, text in enumerate(texts) if text.strip() in columns}
            if len(found) < 3:
                if number > 10:
                    raise BadValue(_("No row with the column names was found at the top of the file."))
                continue
            if len(set(found.values())) != len(found):
                raise BadValue(_("One column stands in the file twice. Delete one of the two."))
            named = found
            letters = {name: get_column_letter(i + 1) for i, name in named.items()}
            ignored = [text for i, text in enumerate(texts) if text.strip() and i not in found]
            continue
        if any(text.strip() for text in texts):
            cells = {name: texts[i].strip() if i < len(texts) else "" for i, name in named.items()}
            numeric = frozenset(name for i, name in named.items() if i < len(line) and _is_number(line[i]))
            rows.append(Row(number, cells, numeric, number in hidden, letters))
    if not named:
        raise BadValue(_("No row with the column names was found at the top of the file."))
    return rows, ignored


def _as_text(cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.date().isoformat() if hasattr(cell, "date") and callable(cell.date) else str(cell)


def _is_number(cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(raw: bytes) -> Iterator[list]:
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
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as broken:
        raise BadValue(_("A quotation mark in the file is never closed. Save the file again as CSV.")) from broken


def _sheet(raw: bytes, hidden: set[int]) -> Iterator[list]:
    _guard_archive(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, OSError) as broken:
        raise BadValue(_("This spreadsheet cannot be opened. Save it again as .xlsx without a password.")) from broken
    try:
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), book.worksheets[0])
        hidden |= _hidden_rows(raw, sheet._worksheet_path)
        for line in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield list(line)
    finally:
        book.close()


def _hidden_rows(raw: bytes, path: str) -> set[int]:
    """Return the numbers of the rows that whoever opens the file does not see; reading in a stream passes them over."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(path) as inside:
        for _event, part in defusedxml.ElementTree.iterparse(inside, forbid_dtd=True):
            if part.tag.endswith("}row"):
                if part.get("hidden") in ("1", "true") and (part.get("r") or "").isdigit():
                    found.add(int(part.get("r")))
                part.clear()
    return found


def _guard_archive(raw: bytes):
    """Refuse a spreadsheet that unpacks to a bomb, hides outside its folder, carries macros or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 500:
                raise BadValue(_("This spreadsheet unpacks to far more than it should. Save it again as .xlsx."))
            for part in parts:
                if part.filename.startswith("/") or ".." in part.filename.split("/"):
                    raise BadValue(_("This spreadsheet cannot be opened. Save it again as .xlsx without a password."))
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise BadValue(_("This spreadsheet carries macros. Save it again as .xlsx without macros."))
                if part.filename.endswith(("workbook.xml", "sharedStrings.xml")) or part.filename.endswith(
                    "sheet1.xml"
                ):
                    with archive.open(part) as inside:
                        for _event in defusedxml.ElementTree.iterparse(inside, forbid_dtd=True):
                            _event[1].clear()
    except (zipfile.BadZipFile, defusedxml.DefusedXmlException, SyntaxError) as broken:
        raise BadValue(_("This spreadsheet cannot be opened. Save it again as .xlsx without a password.")) from broken
