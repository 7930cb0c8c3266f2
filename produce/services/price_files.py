"""Files of market prices: three formats read strictly, every faulty row named by line and reason, the rest entered in
sets.

`xinfadi`      date,group,product,spec,unit,low,avg,high[,quality]      yuan for one 斤
`supermarket`  date,item_code,item,category,wholesale_yuan_per_kg       yuan for one kilogram
`liujin`       date,produce,spec,unit,low,avg,high,source               unit 斤 or 公斤; low, high and spec may be empty
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock, weight
from kernel.dates import read_day
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.tables import NoHeadings, read_table
from kernel.tables import Row as Line
from kernel.typed import plain_number
from kernel.workbooks import MOST_LINES as MOST_ROWS
from produce.models import MOST_PRICE_FEN
from produce.selectors import dictionary
from produce.services.medians import write_reference

BATCH = 10_000
_FIRST_YEAR = 2000
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")
_PACKED = re.compile(r"[（(](?:份|袋|盒|包|个|朵)[）)]|/[个只枚盒袋]")
_SIZE = re.compile(r"[ΦФφ0-9].*$")
COLUMNS = {
    "date": "date", "日期": "date", "报价日期": "date",
    "product": "product", "item": "item", "produce": "produce", "品种": "produce", "品名": "produce",
    "spec": "spec", "规格": "spec", "unit": "unit", "单位": "unit",
    "low": "low", "最低价": "low", "avg": "avg", "平均价": "avg", "均价": "avg", "high": "high", "最高价": "high",
    "source": "source", "来源": "source", "市场": "source", "wholesale_yuan_per_kg": "wholesale_yuan_per_kg",
}  # fmt: skip
MOST_VALUE = 40

NO_DAY = _("not a date (write 2026-11-02)")
TO_COME = _("this day is still to come")
LONG_AGO = _("this day lies before the year 2000")
NO_UNIT = _("the unit is not 斤 or 公斤")
OTHER_UNIT = _("the heading names another unit than the row")
BY_PIECE = _("priced by the pack or piece, not by weight")
NO_NUMBER = _("a price is missing or is not a plain number")
ZERO = _("a price is zero")
TOO_HIGH = _("a price is beyond all bounds")
UPSIDE_DOWN = _("the lowest price is above the highest")
OUTSIDE = _("the average lies outside lowest and highest")
TWICE = _("the same day, goods and kind stand here a second time")
TOO_SHORT = _("the row has too few columns")


class UnknownFormat(BadValue):
    code = "unknown_price_format"
    message = _(
        "The first line names no format that is known. Columns: date, produce, spec, unit, low, avg, high, source."
    )


class HiddenRows(DomainError):
    code = "hidden_rows"

    def __init__(self, rows: list[str]) -> None:
        super().__init__(
            _("Rows are hidden in the file (%(rows)s). Say whether they count; nothing was entered.")
            % {"rows": "、".join(rows[:20])}
        )


class Fault(Exception):
    """One row cannot be used: the reason, and the column where it stands."""

    def __init__(self, reason: StrOrPromise, column: str = "") -> None:
        self.column = column
        super().__init__(reason)


@dataclass(frozen=True)
class BadRow:
    """One row that was not used: its line, why, and where and what that is."""

    line: int
    reason: str
    cell: str = ""
    value: str = ""


@dataclass(frozen=True)
class Row:
    """One price as its file says it, in fen for 500 g."""

    day: dt.date
    name: str
    spec: str
    source: str
    low: int | None
    average: int
    high: int | None


@dataclass
class Report:
    """What became of a file, row by row."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    faults: list[BadRow] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # sentences: hidden rows, sheets
    unknown: Counter = field(default_factory=Counter)  # not in the dictionary: name → rows

    @property
    def reasons(self) -> Counter:
        """Count the faults by reason."""
        return Counter(fault.reason for fault in self.faults)


@transaction.atomic
def import_prices(raw: bytes, *, kind: str = "", with_hidden: bool | None = None) -> Report:
    """Enter a file of prices, and the medians of its days; the same file again changes nothing.

    `kind` names the format, else the headings do.
    """
    try:
        table = read_table(raw, COLUMNS, with_hidden=bool(with_hidden), most_rows=MOST_ROWS)
    except NoHeadings as unknown:
        raise UnknownFormat from unknown
    read = _reader(table.columns, kind)
    if table.hidden_rows and with_hidden is None:
        raise HiddenRows(table.hidden_rows)
    report, seen, waiting = Report(rows=len(table.rows), left_out=table.left_out()), set(), []
    ids, today = dictionary.ids_by_name(), clock.county_day(clock.now())
    days: set[dt.date] = set()
    for line in table.rows:
        try:
            row = read(_Cells(line))
            _require_past(row.day, today)
            key = (row.day, row.name, row.spec, row.source)
            if key in seen:
                raise Fault(TWICE)
        except Fault as fault:
            value = line.cells.get(fault.column, "")[:MOST_VALUE]
            report.faults.append(BadRow(line.number, str(fault), line.cell(fault.column), value))
            continue
        seen.add(key)
        days.add(row.day)
        produce_id = ids.get(dictionary.key_of(row.name)) or ids.get(dictionary.key_of(_bare(row.name)))
        if produce_id is None:
            report.unknown[row.name] += 1
            continue
        waiting.append((produce_id, row))
        if len(waiting) >= BATCH:
            _enter(waiting, report)
            waiting = []
    _enter(waiting, report)
    if days:
        write_reference(min(days), max(days))
    return report


def _reader(columns: Collection[str], kind: str) -> "Callable[[_Cells], Row]":
    for name, needed, read in (
        ("xinfadi", {"date", "product", "spec", "unit", "low", "avg", "high"}, _xinfadi),
        ("supermarket", {"date", "item", "wholesale_yuan_per_kg"}, _supermarket),
        ("liujin", {"date", "produce", "spec", "unit", "low", "avg", "high", "source"}, _own),
    ):
        if (not kind or kind == name) and needed <= set(columns):
            return read
    raise UnknownFormat


class _Cells:
    """The cells of one row by the name of their column; none of them such as no reader may believe."""

    def __init__(self, line: Line) -> None:
        trouble = line.trouble(named=())
        if trouble is not None:
            raise Fault(trouble[1], trouble[0])
        self.line = line

    def __getitem__(self, name: str) -> str:
        if name in self.line.absent or name not in self.line.cells:
            raise Fault(TOO_SHORT)
        return self.line.cells[name]


def _xinfadi(cells: _Cells) -> Row:
    return _row(cells, name=_by_weight(cells, "product"), source="北京新发地", unit_g=_unit(cells))


def _own(cells: _Cells) -> Row:
    return _row(cells, name=_by_weight(cells, "produce"), source=cells["source"][:40], unit_g=_unit(cells))


def _supermarket(cells: _Cells) -> Row:
    average = _price(cells, "wholesale_yuan_per_kg", 1000)
    return Row(_day(cells), _by_weight(cells, "item"), "", "超市进价", None, average, None)


def _row(cells: _Cells, *, name: str, source: str, unit_g: int) -> Row:
    day = _day(cells)
    average = _price(cells, "avg", unit_g)
    low = _price(cells, "low", unit_g) if cells["low"] else None
    high = _price(cells, "high", unit_g) if cells["high"] else None
    if low is not None and high is not None and low > high:
        raise Fault(UPSIDE_DOWN, "low")
    if (low is not None and average < low) or (high is not None and average > high):
        raise Fault(OUTSIDE, "avg")
    return Row(day, name, cells["spec"], source, low, average, high)


def _day(cells: _Cells) -> dt.date:
    try:
        return read_day(cells["date"])
    except BadValue:
        raise Fault(NO_DAY, "date") from None


def _require_past(day: dt.date, today: dt.date) -> None:
    """Refuse a day that no market has had yet: a year mistyped would be the reference of that day once it comes."""
    if day > today:
        raise Fault(TO_COME, "date")
    if day.year < _FIRST_YEAR:
        raise Fault(LONG_AGO, "date")


def _unit(cells: _Cells) -> int:
    """Return the grams that a price is for: 斤, 公斤, KG, 元/斤; the headings of the prices say the same or nothing."""
    unit = weight.unit_named(cells["unit"].rpartition("/")[2])
    if unit not in weight.GRAMS:
        raise Fault(NO_UNIT, "unit")
    for column in ("low", "avg", "high"):
        try:
            named = weight.unit_in_heading(cells.line.notes.get(column, ""))
        except BadValue:
            raise Fault(OTHER_UNIT, column) from None
        if named not in ("", unit):
            raise Fault(OTHER_UNIT, column)
    return weight.GRAMS[unit]


def _by_weight(cells: _Cells, column: str) -> str:
    if _PACKED.search(cells[column]):
        raise Fault(BY_PIECE, column)
    return cells[column]


def _price(cells: _Cells, column: str, unit_g: int) -> int:
    """Return fen for 500 g, rounded half up."""
    try:
        yuan = plain_number(cells[column])
    except BadValue:
        raise Fault(NO_NUMBER, column) from None
    fen = yuan * 100 * Fraction(500, unit_g)
    whole = (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)
    if whole == 0:
        raise Fault(ZERO, column)
    if whole > MOST_PRICE_FEN:
        raise Fault(TOO_HIGH, column)
    return whole


def _bare(name: str) -> str:
    """Return a market's name without what stands in brackets and without sizes: 赣南脐橙Ф70-Ф95 is 赣南脐橙."""
    return _SIZE.sub("", _BRACKETS.sub("", name)).strip()


def _specs(waiting: Any) -> Iterator[str]:
    """Yield names that keep goods of one produce apart: the market's own name stands before its kind."""
    for _produce_id, row in waiting:
        yield f"{row.name} {row.spec}".strip()[:40]


def _enter(waiting: list[tuple[int, Row]], report: Report) -> None:
    """Enter many prices in one statement; a price known before takes the new figures."""
    if not waiting:
        return
    rows = [row for _produce_id, row in waiting]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO produce_referenceprice (produce_id, day, source, spec, low_fen, avg_fen, high_fen)
            SELECT DISTINCT ON (r.produce_id, r.day, r.source, r.spec) r.*
            FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[])
                 AS r (produce_id, day, source, spec, low_fen, avg_fen, high_fen)
            ON CONFLICT (produce_id, day, source, spec) DO UPDATE
            SET low_fen = EXCLUDED.low_fen, avg_fen = EXCLUDED.avg_fen, high_fen = EXCLUDED.high_fen
            RETURNING xmax = 0
            """,
            [
                [produce_id for produce_id, _row_ in waiting],
                [row.day for row in rows],
                [row.source for row in rows],
                list(_specs(waiting)),
                [row.low for row in rows],
                [row.average for row in rows],
                [row.high for row in rows],
            ],
        )
        new = sum(fresh for (fresh,) in cursor.fetchall())
    report.new += new
    report.updated += len(waiting) - new
