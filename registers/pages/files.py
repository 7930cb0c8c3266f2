"""A register as a file: the empty one to fill in, rows read from one, and what stands in it written out."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import DomainError
from kernel.form_fields import WordField
from kernel.tables import EXPLANATION, Row, read_table
from kernel.written import workbook_of
from registers.forms import RegisterForm
from registers.models import MOST_ROWS
from registers.pages.desks import Desk
from registers.services.rules import Content

MOST_WRITTEN = 50_000
LONGEST_LIST = 255  # characters that a spreadsheet keeps of a list to choose from


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell of a file, and what to do."""

    cell: str
    value: str
    reason: str

    def stands_at(self) -> tuple[str, int, int, str]:
        """Return where the cell stands, to read faults from above downwards and each row from its first column on."""
        sheet, _mark, place = self.cell.rpartition("!")
        letters = place.rstrip("0123456789")
        row = re.search(r"[0-9]+", place)
        return sheet, int(row[0]) if row else 0, len(letters), letters


@dataclass
class RowsRead:
    """The rows of a file that can be proposed, where each stands, and what is wrong with the others."""

    contents: list[Content] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    cells: list[Mapping[str, str]] = field(default_factory=list)  # of each row, by column
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    hidden_rows: list[str] = field(default_factory=list)


def headings(desk: Desk) -> dict[str, str]:
    """Return which headings mean which field: the Chinese and the English label, and the field's own name."""
    return headings_of(desk.form)


def headings_of(form: type[RegisterForm]) -> dict[str, str]:
    """Return which headings mean which field of a form."""
    names = {name: name for name in form.fields_of_row()}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            names |= {str(form.base_fields[name].label): name for name in form.fields_of_row()}
    return names


def read_rows(desk: Desk, raw: bytes, *, with_hidden: bool) -> RowsRead:
    """Read a file by the form of a row; raises BadValue where it is no table with these headings."""
    table = read_table(raw, headings(desk), with_hidden=with_hidden, most_rows=MOST_ROWS)
    read = RowsRead(left_out=table.left_out(), hidden_rows=table.hidden_rows)
    for row in table.rows:
        trouble = row.trouble(named=list(row.cells)[:1])
        if trouble is not None:
            column, reason = trouble
            read.faults.append(_fault(row, column, reason))
            continue
        form = desk.form(row.cells)
        if form.is_valid():
            read.contents.append(form.content())
            read.places.append(row.cell(next(iter(row.letters))))
            read.cells.append({column: row.cell(column) for column in row.letters})
        for name, errors in form.errors.items():
            read.faults.append(_fault(row, name, str(errors[0])))
    return read


def refused(read: RowsRead, refusals: Iterable[tuple[int, DomainError]]) -> Iterator[Fault]:
    """Return rows that the register refuses as faults of the cell that is wrong, or of the row's first one."""
    for number, refusal in refusals:
        content = read.contents[number]
        wrong = [name for name, value in content.items() if refusal.about is not None and value == refusal.about]
        value = str(refusal.about)[:40] if wrong else ""
        yield Fault(read.cells[number].get(wrong[0], "") if wrong else read.places[number], value, str(refusal))


def _fault(row: Row, column: str, reason: str) -> Fault:
    place = row.cell(column) or _("row %(number)s") % {"number": row.number}
    return Fault(place, row.cells.get(column, "")[:40], reason)


def empty_file(desk: Desk) -> bytes:
    """Return the file to fill in: the headings, rows to begin with or an example, and what each column means."""
    import xlsxwriter  # here, since most workers never write a spreadsheet

    form, out = desk.file_form or desk.form, io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    rows, meaning = book.add_worksheet(_("To fill in")), book.add_worksheet(str(EXPLANATION))
    rows.freeze_panes(1, 0)
    meaning.set_column(0, 2, 28)
    for column, title in enumerate((_("Column"), _("What it means"), _("Example"))):
        meaning.write_string(0, column, title, bold)
    for column, name in enumerate(form.fields_of_row()):
        asked = form.base_fields[name]
        needed = str(asked.help_text) or (_("must be filled in") if asked.required else _("may stay empty"))
        words = asked.words() if isinstance(asked, WordField) else []
        if words:
            needed = _("%(needed)s; one of: %(words)s") % {"needed": needed, "words": "、".join(words)}
        if words and len(",".join(words)) <= LONGEST_LIST:
            rows.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": words})
        rows.set_column(column, column, 18, text)
        rows.write_string(0, column, str(asked.label), bold)
        meaning.write_row(column + 1, 0, [str(asked.label), needed, str(desk.example.get(name, ""))])
    begun = desk.file_rows(clock.county_day(clock.now()))[:MOST_ROWS] if desk.file_rows else []
    for number, example in enumerate(begun or [desk.example], 1):
        for column, name in enumerate(form.fields_of_row()):
            rows.write_string(number, column, str(example.get(name, "")), text)
    book.close()
    return out.getvalue()


def written_out(desk: Desk, rows: QuerySet) -> bytes:
    """Return the list of a register as .xlsx, whole up to 50,000 rows."""
    return workbook_of(str(desk.name), [str(column.label) for column in desk.columns], _cells(desk, rows))


def _cells(desk: Desk, rows: QuerySet) -> Iterator[list[str]]:
    shown: Iterable[Any] = rows.order_by(*desk.order)[:MOST_WRITTEN]
    for row in shown:
        yield [str(column.value(row)) for column in desk.columns]
