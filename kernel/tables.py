"""Read a table that somebody brings as .xlsx or text: whole, as people see it, every cell as text, or refused in words.

Every visible sheet with the headings is read. What nobody sees who looks at the file, hidden rows and sheets, is named
and left out until somebody says that it counts.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeGuard

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kernel.encodings import UNREADABLE, decode
from kernel.errors import BadValue
from kernel.typed import fold_width, strip_invisible
from kernel.workbooks import MOST_LINES, Formula, Sheet, SheetError, read_sheets

EXPLANATION = gettext_lazy("Meaning")  # the sheet of a file to fill in that holds no rows
MOST_BYTES = 20 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 60
MOST_DIGITS = 15  # a spreadsheet keeps no more of a number; the rest it has filled up with zeros
HEADINGS_WITHIN = 10
ENOUGH_HEADINGS = 3
_DECORATION = re.compile(r"[\s*★☆※●▲:：]|\((?:必填|选填|必须填写|可选)项?\)")
_NOTE = re.compile(r"\(([^()]*)\)$")
_AS_TEXT = re.compile(
    r"['‘’`´](?=[0-9])"
)  # what makes a spreadsheet keep digits as text, brought along by some programs
_MARKS = frozenset("'‘’`´")
_WRAPPED = re.compile(r'="(.*)"')
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2}")
_NONE: frozenset[str] = frozenset()
_TOTAL = re.compile(r"(?:合计|总计|小计|共计|累计)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class NoHeadings(BadValue):
    code = "no_headings"
    message = gettext_lazy("No row with the column names was found at the top of the file.")


@dataclass(frozen=True)
class Row:
    """One row: its sheet where there are several, its number as the spreadsheet shows it, its cells by column name."""

    number: int
    cells: dict[str, str]
    numeric: frozenset[str] = frozenset()  # columns whose cell was a number, not text
    damaged: frozenset[str] = frozenset()  # of those, the numbers longer than a spreadsheet keeps
    joined: frozenset[str] = frozenset()  # columns whose cell is a part of one joined over several rows
    errors: frozenset[str] = frozenset()  # columns whose cell shows an error
    absent: frozenset[str] = frozenset()  # columns before which the line ends
    hidden: bool = False  # whoever looks at the file does not see it
    letters: Mapping[str, str] = field(default_factory=dict)  # column name → A, B …
    sheet: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)  # column → what its heading says in brackets: 元/公斤

    def cell(self, column: str) -> str:
        """Return where a column's cell stands, as the spreadsheet names it: C7 or 小松镇!C7."""
        if column not in self.letters:
            return ""
        place = f"{self.letters[column]}{self.number}"
        return f"{self.sheet}!{place}" if self.sheet else place

    def trouble(self, *, named: Iterable[str], alone: Collection[str] = ()) -> tuple[str, str] | None:
        """Return the first column that no reader may believe, and why; nothing where the row can be read.

        `named` are the columns in which a row of totals says so; `alone` those that may not be joined over rows.
        """
        for column in named:
            if _TOTAL.match(self.cells.get(column, "")):
                return column, _("This is a row of totals. Delete it.")
        for column, text in self.cells.items():
            if column in self.damaged or (len(text) < 40 and _SCIENTIFIC.fullmatch(text)):
                return column, _(
                    "A spreadsheet keeps 15 digits of a number: this one is damaged. Set the column to text."
                )
            if column in self.errors:
                return column, _("The spreadsheet shows an error here. Put a value in its place.")
            if text.startswith("="):
                return column, _("There is a formula here. Put its value in its place.")
            if column in self.joined and column in alone:
                return column, _("This cell is joined over several rows. Split it and write each row's own.")
        return None


@dataclass
class Table:
    """What a file holds: its rows, and what of it was left unread."""

    rows: list[Row] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # headings of columns that nobody asked for
    columns: set[str] = field(default_factory=set)  # names of the columns that are there
    hidden_rows: list[str] = field(default_factory=list)  # left out: 3, or 小松镇!3
    hidden_sheets: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)  # visible, without the headings

    def left_out(self) -> list[str]:
        """Return in sentences what of the file was not read."""
        said = []
        if self.hidden_sheets:
            said.append(_("Hidden sheets were left out: %(names)s.") % {"names": "、".join(self.hidden_sheets)})
        if self.other_sheets:
            names = "、".join(self.other_sheets)
            said.append(_("Sheets without the column names were left out: %(names)s.") % {"names": names})
        if self.hidden_rows:
            shown = "、".join(self.hidden_rows[:20]) + ("…" if len(self.hidden_rows) > 20 else "")
            said.append(
                _("%(count)s hidden rows were left out: %(rows)s.") % {"count": len(self.hidden_rows), "rows": shown}
            )
        return said


@dataclass(frozen=True)
class _Head:
    """Where the headings of a sheet stand and which column is which, counted from 0."""

    named: dict[int, str]  # the column
    found: dict[int, str]  # its heading as it stands there
    ignored: list[str]
    notes: dict[str, str]
    below: int  # index of the first line under them


def read_table(
    raw: bytes, columns: Mapping[str, str], *, with_hidden: bool = False, most_rows: int = MOST_ROWS
) -> Table:
    """Return the rows of every visible sheet with the headings, and what was left out.

    `columns` says which headings mean which column: {"户主姓名": "head_name", "head_name": "head_name"}.
    """
    if len(raw) > MOST_BYTES:
        raise BadValue(_("The file is larger than 20 MB. Split it and bring the parts one by one."))
    if not raw:
        raise BadValue(_("The file is empty. Choose the file again."))
    known = {heading(name): column for name, column in columns.items()}
    sheets = read_sheets(raw) if raw[:4] == b"PK\x03\x04" else [_text_sheet(raw, columns, known)]
    table = Table(hidden_sheets=[sheet.name for sheet in sheets if sheet.hidden])
    heads = {sheet.name: _head(sheet, known) for sheet in sheets if not sheet.hidden}
    explained = _explanations()
    several = sum(head is not None for head in heads.values()) > 1
    for sheet in sheets:
        head = heads.get(sheet.name)
        if head is not None:
            _add(table, sheet, head, name=sheet.name if several else "", with_hidden=with_hidden, most_rows=most_rows)
        elif (
            not sheet.hidden
            and sheet.name not in explained
            and any(_as_text(cell) for line in sheet.lines for cell in line)
        ):
            table.other_sheets.append(sheet.name)
    if not table.columns:
        raise NoHeadings
    return table


def _explanations() -> set[str]:
    """Return what the sheet is called, in every language, that explains the columns of a file to fill in."""
    names = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.add(str(EXPLANATION))
    return names


def heading(text: str) -> str:
    """Return a heading as it is known, without the stars, blanks and line breaks that make it look well."""
    return _DECORATION.sub("", fold_width(strip_invisible(text))).lower()


def _head(sheet: Sheet, known: Mapping[str, str]) -> _Head | None:
    """Return the headings of a sheet, in one row or in two; None where it has none."""
    lines = sheet.lines[: HEADINGS_WITHIN + 2]
    texts = [[_as_text(cell) for cell in line[:MOST_COLUMNS]] for line in lines]
    for at, upper in enumerate(texts[: HEADINGS_WITHIN + 1]):
        lower = texts[at + 1] if at + 1 < len(texts) else []
        one = _named(upper, [], known)
        two = _named(upper, lower, known)
        # A second row counts as headings only where it adds some and has nothing below those of the first.
        if len(two) > len(one) > 0 and not any(_at(lower, column) not in ("", two[column]) for column in one):
            return _checked(sheet, two, [upper, lower], known, at + 2)
        if len(one) >= min(ENOUGH_HEADINGS, len(set(known.values()))):
            return _checked(sheet, one, [upper], known, at + 1)
    return None


def _at(texts: list[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""


def _named(upper: list[str], lower: list[str], known: Mapping[str, str]) -> dict[int, str]:
    """Return the text of the known heading of each column; the lower row's word counts where it is known."""
    found = {}
    for column in range(max(len(upper), len(lower))):
        for texts in (lower, upper):
            text = _at(texts, column)
            if text and _column_of(text, known):
                found[column] = text
                break
    return found


def _column_of(text: str, known: Mapping[str, str]) -> str:
    """Return which column a heading means, also with its unit in brackets behind it."""
    plain = heading(text)
    return known.get(plain) or known.get(_NOTE.sub("", plain), "")


def _checked(
    sheet: Sheet, found: dict[int, str], texts: list[list[str]], known: Mapping[str, str], below: int
) -> _Head:
    named = {at: _column_of(text, known) for at, text in found.items()}
    if len(set(named.values())) != len(named):
        twice = next(text for at, text in found.items() if list(named.values()).count(named[at]) > 1)
        raise BadValue(
            _("One column stands in the file twice: %(name)s. Delete one of the two.") % {"name": heading(twice)[:20]}
        )
    for at in named:
        if at + 1 in sheet.looks.columns:
            raise BadValue(
                _("Column %(letter)s is hidden in the file. Show it or delete it.") % {"letter": _letter(at)}
            )
    notes = {named[at]: note[1] for at, text in found.items() if (note := _NOTE.search(heading(text)))}
    ignored = [text for line in texts for at, text in enumerate(line) if text and at not in named]
    return _Head(named, found, ignored, notes, below)


def _add(table: Table, sheet: Sheet, head: _Head, *, name: str, with_hidden: bool, most_rows: int) -> None:
    """Add the rows of one sheet."""
    letters = {column: _letter(at) for at, column in head.named.items()}
    table.columns.update(letters)
    table.ignored += [text for text in head.ignored if text not in table.ignored]
    parents = _parents(sheet, head)
    for at in range(head.below, len(sheet.lines)):
        line = sheet.lines[at]
        if not any(cell not in ("", None) and _as_text(cell) for cell in line[:MOST_COLUMNS]):
            continue
        row = _row(sheet, line, at, head, parents, letters, name)
        if row.hidden and not with_hidden:
            table.hidden_rows.append(f"{name}!{row.number}" if name else str(row.number))
        elif not _repeats_headings(row, head):
            table.rows.append(row)
        if len(table.rows) > most_rows:
            raise BadValue(
                _("The file has more than %(most)s rows. Split it and bring the parts one by one.")
                % {"most": most_rows}
            )


def _row(
    sheet: Sheet,
    line: list[Any],
    at: int,
    head: _Head,
    parents: Mapping[tuple[int, int], Any],
    letters: Mapping[str, str],
    name: str,
) -> Row:
    cells, numeric, damaged, joined, errors, absent = {}, set(), set(), set(), set(), set()
    for place, column in head.named.items():
        cell = ""
        if place < len(line):
            cell = line[place]
        else:
            absent.add(column)
        if (at, place) in parents:
            joined.add(column)
            cell = parents[at, place]
        if _is_number(cell):
            numeric.add(column)
            if abs(cell) >= 10**MOST_DIGITS:
                damaged.add(column)
        if isinstance(cell, SheetError):
            errors.add(column)
        cells[column] = _as_text(cell)
    return Row(
        at + 1, cells, _some(numeric), _some(damaged), _some(joined), _some(errors), _some(absent),
        at + 1 in sheet.looks.rows, letters, name, head.notes,
    )  # fmt: skip


def _some(columns: set[str]) -> frozenset[str]:
    """Return these columns; of the many rows that have none, all share one empty set."""
    return frozenset(columns) if columns else _NONE


def _parents(sheet: Sheet, head: _Head) -> dict[tuple[int, int], Any]:
    """Return for each cell of a table that is joined to the one above it what that one holds."""
    parents: dict[tuple[int, int], Any] = {}
    for top, left, bottom, _right in sheet.joined:
        if left - 1 not in head.named or top - 1 < head.below or top > len(sheet.lines):
            continue
        line = sheet.lines[top - 1]
        held = line[left - 1] if left <= len(line) else ""
        parents.update({(row, left - 1): held for row in range(top, min(bottom, len(sheet.lines)))})
        parents[top - 1, left - 1] = held
    return parents


def _repeats_headings(row: Row, head: _Head) -> bool:
    """Say whether a row is the headings once more, as programs print them on every page."""
    return all(heading(row.cells[column]) == heading(head.found[at]) for at, column in head.named.items())


def _as_text(cell: Any) -> str:
    """Return what a cell shows: numbers with 15 digits at most, days as 2026-11-02."""
    if isinstance(cell, str):
        return _clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float | int):
        return _shown(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _shown(number: float) -> str:
    if number.is_integer():
        return str(int(number))
    return f"{Decimal(f'{number:.{MOST_DIGITS}g}'):f}"


def _clean(text: str) -> str:
    """Return a text without what cannot be seen, each run of blanks one, and without a program's marks for text."""
    if isinstance(text, Formula | SheetError):
        return str(text)
    seen = " ".join(strip_invisible(text).split())
    if seen[:1] == "=" and (wrapped := _WRAPPED.fullmatch(seen)):
        seen = wrapped[1].strip()
    return _AS_TEXT.sub("", seen, count=1) if seen[:1] in _MARKS else seen


def _is_number(cell: Any) -> TypeGuard[int | float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _letter(at: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text_sheet(raw: bytes, columns: Mapping[str, str], known: Mapping[str, str]) -> Sheet:
    """Return a text file as one sheet."""
    _refuse_others(raw)
    text = decode(raw, list(columns))
    if text.lstrip()[:1] == "<":
        raise BadValue(UNREADABLE)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True)
    sheet = Sheet("")
    try:
        for line in lines:
            sheet.lines.append(line)
            if len(sheet.lines) > MOST_LINES:
                raise BadValue(
                    _("The file goes on for 200000 rows, most of them empty. Copy the table into a new file.")
                )
    except csv.Error as broken:
        raise BadValue(_("A quotation mark in the file is never closed. Save the file again as CSV.")) from broken
    return sheet


def _refuse_others(raw: bytes) -> None:
    """Refuse what begins as another kind of file, by its name."""
    if raw.startswith(_OLE):
        if _ENCRYPTED in raw:
            raise BadValue(_("This spreadsheet is locked with a password. Save it again as .xlsx without one."))
        raise BadValue(_("This is an old spreadsheet (.xls or .et). Save it again as .xlsx."))
    if raw.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG")):
        raise BadValue(_("This is a picture or PDF of a table. Bring the spreadsheet itself, as .xlsx."))


def _delimiter(text: str, known: Mapping[str, str]) -> str:
    """Return the sign that parts the line with the headings into the most known ones."""

    def count(line: str, sign: str) -> int:
        return sum(bool(_column_of(cell.strip('"'), known)) for cell in line.split(sign))

    top = text[:20_000].splitlines()[: HEADINGS_WITHIN + 1]
    return max(",;\t|", key=lambda sign: max((count(line, sign) for line in top), default=0))
