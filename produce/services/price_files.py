"""Files of market prices: three formats read strictly, every faulty row named by line and reason, the rest entered in
sets.

`xinfadi`      date,group,product,spec,unit,low,avg,high[,quality]      yuan for one 斤
`supermarket`  date,item_code,item,category,wholesale_yuan_per_kg       yuan for one kilogram
`liujin`       date,produce,spec,unit,low,avg,high,source               unit 斤 or 公斤; low, high and spec may be empty
"""

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from kernel.typed import plain_number
from produce.models import MOST_PRICE_FEN
from produce.selectors import dictionary
from produce.services.medians import write_reference

BATCH = 10_000
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")
_PACKED = re.compile(r"[（(](?:份|袋|盒|包|个|朵)[）)]|/[个只枚盒袋]")
_SIZE = re.compile(r"[ΦФφ0-9].*$")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNITS = {"斤": 500, "公斤": 1000, "kg": 1000}

NO_DAY = _("not a date (write 2026-11-02)")
NO_UNIT = _("the unit is not 斤 or 公斤")
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


class Fault(Exception):
    """One row cannot be used; the reason is its only argument."""


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
    faults: list[tuple[int, str]] = field(default_factory=list)
    unknown: Counter = field(default_factory=Counter)  # not in the dictionary: name → rows

    @property
    def reasons(self) -> Counter:
        """Count the faults by reason."""
        return Counter(reason for _line, reason in self.faults)


@transaction.atomic
def import_prices(lines: Iterable[str], *, kind: str = "") -> Report:
    """Enter a file of prices, and the medians of its days; the same file again changes nothing.

    `kind` names the format, else the header does.
    """
    reader = csv.reader(lines)
    header = [name.strip().lower() for name in next(reader, [])]
    read = _reader(header, kind)
    report, seen, waiting = Report(), set(), []
    ids = dictionary.ids_by_name()
    days: set[dt.date] = set()
    for cells in reader:
        if not cells:
            continue
        report.rows += 1
        try:
            row = read(cells)
            key = (row.day, row.name, row.spec, row.source)
            if key in seen:
                raise Fault(TWICE)
        except Fault as fault:
            report.faults.append((reader.line_num, str(fault)))
            continue
        seen.add(key)
        days.add(row.day)
        produce_id = ids.get(row.name) or ids.get(_bare(row.name))
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


def _reader(header: list[str], kind: str) -> Callable[[list[str]], Row]:
    columns = {name: number for number, name in enumerate(header)}
    for name, needed, read in (
        ("xinfadi", {"date", "product", "spec", "unit", "low", "avg", "high"}, _xinfadi),
        ("supermarket", {"date", "item", "wholesale_yuan_per_kg"}, _supermarket),
        ("liujin", {"date", "produce", "spec", "unit", "low", "avg", "high", "source"}, _own),
    ):
        if (not kind or kind == name) and needed <= columns.keys():
            return lambda cells: read(_Cells(cells, columns))
    raise UnknownFormat


class _Cells:
    """The cells of one row by the name of their column."""

    def __init__(self, cells: list[str], columns: dict[str, int]) -> None:
        self.cells, self.columns = cells, columns

    def __getitem__(self, name: str) -> str:
        number = self.columns[name]
        if number >= len(self.cells):
            raise Fault(TOO_SHORT)
        return self.cells[number].strip()


def _xinfadi(cells: _Cells) -> Row:
    return _row(cells, name=cells["product"], source="北京新发地", unit_g=_unit(cells["unit"]))


def _own(cells: _Cells) -> Row:
    return _row(cells, name=cells["produce"], source=cells["source"][:40], unit_g=_unit(cells["unit"]))


def _supermarket(cells: _Cells) -> Row:
    average = _price(cells["wholesale_yuan_per_kg"], 1000)
    return Row(_day(cells["date"]), _by_weight(cells["item"]), "", "超市进价", None, average, None)


def _row(cells: _Cells, *, name: str, source: str, unit_g: int) -> Row:
    day, name = _day(cells["date"]), _by_weight(name)
    average = _price(cells["avg"], unit_g)
    low = _price(cells["low"], unit_g) if cells["low"] else None
    high = _price(cells["high"], unit_g) if cells["high"] else None
    if low is not None and high is not None and low > high:
        raise Fault(UPSIDE_DOWN)
    if (low is not None and average < low) or (high is not None and average > high):
        raise Fault(OUTSIDE)
    return Row(day, name, cells["spec"], source, low, average, high)


def _day(text: str) -> dt.date:
    if not _DAY.fullmatch(text):
        raise Fault(NO_DAY)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Fault(NO_DAY) from None


def _unit(text: str) -> int:
    if text not in _UNITS:
        raise Fault(NO_UNIT)
    return _UNITS[text]


def _by_weight(name: str) -> str:
    if _PACKED.search(name):
        raise Fault(BY_PIECE)
    return name


def _price(text: str, unit_g: int) -> int:
    """Return fen for 500 g, rounded half up."""
    try:
        yuan = plain_number(text)
    except BadValue:
        raise Fault(NO_NUMBER) from None
    fen = yuan * 100 * Fraction(500, unit_g)
    whole = (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)
    if whole == 0:
        raise Fault(ZERO)
    if whole > MOST_PRICE_FEN:
        raise Fault(TOO_HIGH)
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
