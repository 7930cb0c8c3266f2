"""The sheets of a workbook (.xlsx) as people see them: values, what is hidden, what is joined, what is a formula.

python-calamine reads the values; it knows nothing of looks, so one pass over each sheet's own XML finds those, and how
far the sheet reaches before anything is unfolded. calamine is handed an archive made here of the parts that were read.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

import defusedxml
import defusedxml.ElementTree
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue

MOST_UNPACKED = 64 * 2**20
MOST_RATIO, RATIO_FROM = 50, 16 * 2**20  # a spreadsheet that unpacks to more than the second, unpacks by the first
MOST_LINES = 200_000  # with the empty ones, which some programs write by the hundred thousand
MOST_AREA = 6_000_000  # cells between the first and the farthest one: so many are unfolded in memory
MOST_PARTS = 500
FARTHEST_COLUMN = 16_384
_CHUNK = 2**18
_STRICT = "{http://purl.oclc.org/ooxml/"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What a damaged spreadsheet makes the libraries raise; none of it says more than that it cannot be read.
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, ValueError, LookupError, AttributeError, TypeError,
    RuntimeError, defusedxml.DefusedXmlException, expat.ExpatError,
)  # fmt: skip
UNOPENED = _("This spreadsheet cannot be opened. Save it again as .xlsx without a password.")
STRICT = _('This is a "Strict Open XML" workbook. Save it again and choose "Excel Workbook (.xlsx)" as its type.')
OTHER_KINDS = {
    "content.xml": _("This is an OpenDocument spreadsheet (.ods). Save it again as .xlsx."),
    "xl/workbook.bin": _("This is a binary workbook (.xlsb). Save it again as .xlsx."),
    "word/document.xml": _("This is a text document, not a spreadsheet. Copy its table into a spreadsheet."),
    "ppt/presentation.xml": _("These are slides, not a spreadsheet. Copy the table into a spreadsheet."),
    "Index/Document.iwa": _("This is a Numbers document. Export it as .xlsx."),
}


class Formula(str):
    """A cell that holds a formula: what it would show is not believed."""


class SheetError(str):
    """A cell that shows an error of the spreadsheet, such as #N/A."""


@dataclass
class Looks:
    """What a sheet's XML says that its values do not: counted from 1."""

    rows: set[int] = field(default_factory=set)  # hidden
    columns: set[int] = field(default_factory=set)  # hidden
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0


@dataclass
class Sheet:
    """One sheet: its name, its lines of values from A1 on, and how it looks."""

    name: str
    lines: list[list[Any]] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)
    joined: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column
    hidden: bool = False


def read_sheets(raw: bytes) -> list[Sheet]:
    """Return every sheet of a workbook, those that nobody sees without their lines."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = _parts(archive, len(raw))
        places = _places(parts)
        sheets = [Sheet(name, hidden=hidden, looks=_looks(parts[part])) for name, hidden, part in places]
        for sheet in sheets:
            _refuse_far(sheet)
        _fill(sheets, _archive(parts))
    except BROKEN as broken:
        raise BadValue(UNOPENED) from broken
    return sheets


def _parts(archive: zipfile.ZipFile, size: int) -> dict[str, bytes]:
    """Return the parts of a workbook that are read; refuse a bomb, what hides outside its folder, and macros."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > max(RATIO_FROM, MOST_RATIO * size):
        raise BadValue(_("This spreadsheet unpacks to far more than it should. Save it again as .xlsx."))
    for part in parts:
        if part.filename.startswith("/") or ".." in part.filename.split("/"):
            raise BadValue(UNOPENED)
        if part.filename.lower().endswith("vbaproject.bin"):
            raise BadValue(_("This spreadsheet carries macros. Save it again as .xlsx without macros."))
        if part.filename in OTHER_KINDS:
            raise BadValue(OTHER_KINDS[part.filename])
    return {part.filename: archive.read(part) for part in parts if part.filename.endswith((".xml", ".rels"))}


def _places(parts: dict[str, bytes]) -> list[tuple[str, bool, str]]:
    """Return name, hiddenness and part of every sheet, in the order of its tabs."""
    book = defusedxml.ElementTree.fromstring(parts["xl/workbook.xml"], forbid_dtd=True)
    if book.tag.startswith(_STRICT):
        raise BadValue(STRICT)
    links = defusedxml.ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"], forbid_dtd=True)
    targets = {link.get("Id"): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")}
    found = []
    for sheet in book.iter():
        link = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if sheet.tag.endswith("}sheet") and link in targets:
            target = targets[link]
            part = target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)
            found.append((sheet.get("name", ""), sheet.get("state", "visible") != "visible", part))
    if not found:
        raise BadValue(UNOPENED)
    return found


def _looks(xml: bytes) -> Looks:
    """Return how a sheet looks, in one pass over its XML that keeps nothing of its values."""
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.StartElementHandler = scan.start
    parser.StartDoctypeDeclHandler = scan.doctype
    for at in range(0, len(xml), _CHUNK):
        parser.Parse(xml[at : at + _CHUNK], False)
    parser.Parse(b"", True)
    return scan.looks


class _Scan:
    """Hears where each element of a sheet begins."""

    def __init__(self) -> None:
        self.looks = Looks()
        self.row = self.column = self.lines = 0
        self.hears: dict[str, Callable[[dict[str, str]], None] | None] = {
            "c": self.cell, "v": self.value, "is": self.value, "row": self.line, "f": self.formula, "col": self.columns,
        }  # fmt: skip

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear one element, whatever its prefix."""
        if tag not in self.hears:
            self.hears[tag] = self.hears.get(tag.rpartition(":")[2])
        hear = self.hears[tag]
        if hear is not None:
            hear(attributes)

    def doctype(self, *_named: object) -> None:
        """Refuse a sheet that would define entities."""
        raise BadValue(UNOPENED)

    def line(self, attributes: dict[str, str]) -> None:
        """Begin a row."""
        self.lines += 1
        if self.lines > MOST_LINES:
            raise BadValue(_("The file goes on for 200000 rows, most of them empty. Copy the table into a new file."))
        self.row, self.column = int(attributes.get("r") or self.row + 1), 0
        flat = attributes.get("ht") in ("0", "0.0") and attributes.get("customHeight") in ("1", "true")
        if attributes.get("hidden") in ("1", "true") or flat:
            self.looks.rows.add(self.row)

    def cell(self, attributes: dict[str, str]) -> None:
        """Begin a cell."""
        place = attributes.get("r")
        self.column = _column(place) if place else self.column + 1
        if attributes.get("t") == "e":
            self.looks.errors.add((self.row, self.column))

    def value(self, _attributes: dict[str, str]) -> None:
        """Hear that a cell holds something."""
        if self.row > self.looks.last_row:
            self.looks.last_row = self.row
        if self.column > self.looks.last_column:
            self.looks.last_column = self.column

    def formula(self, attributes: dict[str, str]) -> None:
        """Hear that a cell holds a formula."""
        self.looks.formulas.add((self.row, self.column))
        self.value(attributes)

    def columns(self, attributes: dict[str, str]) -> None:
        """Hear how a run of columns looks."""
        narrow = attributes.get("width") in ("0", "0.0") and attributes.get("customWidth") in ("1", "true")
        if attributes.get("hidden") in ("1", "true") or narrow:
            last = min(int(attributes["max"]), FARTHEST_COLUMN)
            self.looks.columns.update(range(int(attributes["min"]), last + 1))


def _column(place: str) -> int:
    """Return the number of the column that a cell's address names: 3 for C7."""
    parts = _REFERENCE.fullmatch(place)
    if parts is None:
        raise ValueError("no cell is called so")
    number = 0
    for letter in parts[1]:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_far(sheet: Sheet) -> None:
    if sheet.looks.last_row * sheet.looks.last_column > MOST_AREA:
        raise BadValue(
            _("In sheet %(sheet)s something stands far beyond the table. Copy the table alone into a new file.")
            % {"sheet": sheet.name}
        )


def _archive(parts: dict[str, bytes]) -> io.BytesIO:
    """Return the parts that were read as an archive of their own: calamine never unpacks what somebody brought."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def _fill(sheets: list[Sheet], archive: io.BytesIO) -> None:
    """Read the values of every sheet that is seen."""
    import python_calamine  # here, since a web worker that reads no workbook should not hold it

    try:
        with python_calamine.load_workbook(archive) as book:
            for sheet in sheets:
                if sheet.hidden or not sheet.looks.last_row:
                    continue
                read = book.get_sheet_by_name(sheet.name)
                sheet.lines = read.to_python(skip_empty_area=False)
                sheet.joined = [
                    (top + 1, left + 1, bottom + 1, right + 1)
                    for (top, left), (bottom, right) in read.merged_cell_ranges or ()
                ]
                _mark(sheet)
    except python_calamine.CalamineError as broken:
        raise BadValue(UNOPENED) from broken
    except BROKEN:
        raise
    except BaseException as panic:  # a panic of Rust is no Exception
        if type(panic).__name__ != "PanicException":
            raise
        raise BadValue(UNOPENED) from None


def _mark(sheet: Sheet) -> None:
    """Put a mark where a formula or an error stands: calamine says what was last computed, or nothing."""
    for places, mark in ((sheet.looks.formulas, Formula("=")), (sheet.looks.errors, SheetError("#"))):
        for row, column in places:
            while len(sheet.lines) < row:
                sheet.lines.append([])
            line = sheet.lines[row - 1]
            line.extend([""] * (column - len(line)))
            line[column - 1] = mark
