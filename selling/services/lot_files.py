"""Lots brought as a file: looked through first, every faulty row named by its cell, then listed as shown.

The columns are documented in docs/lot-files.md. The same file again lists nothing twice: a row's key is made from the
file's own print and the row's content.
"""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.models import Household, User
from catalog.models import Listing
from kernel import clock, identity, money, weight
from kernel.errors import BadValue, DomainError
from kernel.pasted import PHONE_TAIL
from kernel.tables import Row, read_table
from produce.models import Grade, Produce, StockUnit
from produce.selectors.dictionary import ids_by_name
from produce.services.pricing import UnusualPrice, check_price
from selling.selectors.name_matching import Names
from selling.services.entering import Lot, known_of, list_lot, questions, require_keeps

COLUMNS = {
    "户主姓名": "name", "户主": "name", "姓名": "name", "name": "name",
    "户编号": "number", "户号": "number", "household_no": "number",
    "联系电话": "phone", "电话": "phone", "手机号": "phone", "手机尾号": "phone", "phone": "phone",
    "品种": "produce", "货": "produce", "农产品": "produce", "produce": "produce",
    "数量": "amount", "amount": "amount",
    "单位": "unit", "unit": "unit",
    "单价": "price", "单价（元/斤）": "price", "单价(元/斤)": "price", "price": "price",
    "等级": "grade", "grade": "grade",
    "采收日期": "harvested_on", "采收日": "harvested_on", "harvested_on": "harvested_on",
    "价高原因": "price_reason", "price_reason": "price_reason",
}  # fmt: skip
# What the empty file has, in this order; the name of each column as people know it.
TEMPLATE = ["户主姓名", "手机尾号", "品种", "数量", "单位", "单价（元/斤）", "采收日期", "等级", "价高原因"]
NAMES = {COLUMNS[title]: title for title in reversed(TEMPLATE)} | {"number": "户编号"}
UNITS = {
    "斤": "jin", "市斤": "jin", "公斤": "kg", "千克": "kg", "吨": "ton", "担": "dan",
    "只": "piece", "头": "piece", "个": "piece", "枚": "piece", "羽": "piece",
}  # fmt: skip
MOST_ROWS = 500
_TOTAL = re.compile(r"^\s*(合计|总计|小计|共计)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TooManyRows(BadValue):
    code = "too_many_rows"

    def __init__(self) -> None:
        super().__init__(
            _("The file has more than %(rows)s rows. Split it and bring the parts one by one.") % {"rows": MOST_ROWS}
        )


class FileChanged(DomainError):
    code = "file_changed"
    message = gettext_lazy("Something has changed since the file was looked through. Look once more, then confirm.")


@dataclass(frozen=True)
class Fault:
    """One row that cannot be listed: where it stands in the file, and why; never with the value itself."""

    row: int
    cell: str
    column: str
    reason: str


@dataclass(frozen=True)
class Ready:
    """One row that can be listed, and what is asked about it."""

    row: int
    lot: Lot
    asked: list[str] = field(default_factory=list)


@dataclass
class Report:
    """What a file would do."""

    rows: int = 0
    ready: list[Ready] = field(default_factory=list)
    known: list[tuple[int, Listing]] = field(default_factory=list)  # row, and the lot it became earlier
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """Return a print of exactly what this report would list, and of what it asks."""
        lines = [f"{ready.lot.key}:{len(ready.asked)}" for ready in self.ready]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass
class Entered:
    """What listing a file led to."""

    listed: list[tuple[int, Listing]] = field(default_factory=list)
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)


def look_through(raw: bytes, *, names: Names, consent: str, at: dt.datetime, most: int = MOST_ROWS) -> Report:
    """Note what this file would list, row by row; change nothing. `names` are the households its bringer lists for."""
    rows, ignored = read_table(raw, COLUMNS)
    if len(rows) > most:
        raise TooManyRows
    report = Report(rows=len(rows), ignored=ignored)
    reader = _Reader(raw, names, consent, clock.county_day(at))
    ready: list[tuple[int, Lot]] = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            lot = reader.read(row)
            if lot.key in seen:
                raise _Faulty("name", _("The same stands in row %(row)s already.") % {"row": seen[lot.key]})
        except _Faulty as fault:
            report.faults.append(
                Fault(row.number, row.cell(fault.column), NAMES.get(fault.column, fault.column), fault.reason)
            )
            continue
        seen[lot.key] = row.number
        ready.append((row.number, lot))
    _part_known(report, ready)
    _ask(report, reader.today)
    return report


@transaction.atomic
def list_file(
    raw: bytes,
    *,
    names: Names,
    consent: str,
    shown: str = "",
    sure: Iterable[int] = (),
    all_sure: bool = False,
    most: int = MOST_ROWS,
    by: User,
    at: dt.datetime,
) -> Entered:
    """List the rows that `look_through` showed, each for itself; rows asked about only where `sure` names them.

    `shown` is the print of what was shown: when the county has changed since, nothing is listed.
    """
    report = look_through(raw, names=names, consent=consent, at=at, most=most)
    if shown and report.shown != shown:
        raise FileChanged
    done, sure = Entered(known=len(report.known)), set(sure)
    # By household, as sheets do it: nobody waits in a circle.
    for ready in sorted(report.ready, key=lambda ready: (ready.lot.household.pk, ready.row)):
        answered = all_sure or ready.row in sure
        if ready.asked and not answered:
            done.unanswered.append(ready.row)
            continue
        lot = Lot(**{**ready.lot.__dict__, "sure": answered})
        try:
            done.listed.append((ready.row, list_lot(lot, by=by, at=at)[0]))
        except DomainError as refusal:
            done.refused.append((ready.row, str(refusal)))
    for rows in (done.listed, done.refused, done.unanswered):
        rows.sort(key=lambda row: row[0] if isinstance(row, tuple) else row)
    return done


def template(produce: Iterable[str]) -> bytes:
    """Return the empty file: headings, two lists to choose from, text columns where a number would be damaged."""
    book = Workbook()
    sheet = book.active
    sheet.title = "挂货"
    sheet.append(TEMPLATE)
    words = book.create_sheet("品种")
    for row, name in enumerate(produce, 1):
        words.cell(row, 1, name)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 14
    for letter in ("B", "D", "F", "G"):
        for row in range(2, MOST_ROWS + 2):
            sheet[f"{letter}{row}"].number_format = "@"
    for letter, source in (("C", f"品种!$A$1:$A${words.max_row}"), ("E", '"斤,公斤,只"')):
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class _Faulty(Exception):
    def __init__(self, column: str, reason: object) -> None:
        self.column, self.reason = column, str(reason)
        super().__init__(self.reason)


class _Reader:
    """Reads one file's rows with what they have in common."""

    def __init__(self, raw: bytes, names: Names, consent: str, today: dt.date) -> None:
        self.print = hashlib.sha256(raw).hexdigest()[:32]
        self.names, self.consent, self.today = names, consent, today
        self.by_number = {household.number: household for household in names.households}
        self.produce = {entry.pk: entry for entry in Produce.objects.all()}
        self.by_name = ids_by_name()
        self.grades: dict[tuple[int, str], Grade] = {
            (grade.produce_id, word): grade for grade in Grade.objects.all() for word in (grade.name, grade.code)
        }

    def read(self, row: Row) -> Lot:
        """Return the lot a row stands for, or say which cell is at fault."""
        cells = row.cells
        if row.hidden:
            raise _Faulty("", _("This row is hidden in the file. Show it or delete it."))
        if any(_TOTAL.match(cells.get(column, "")) for column in ("name", "number", "produce")):
            raise _Faulty("name", _("This is a row of totals. Delete it."))
        for column, text in cells.items():
            if text.startswith("="):
                raise _Faulty(column, _("There is a formula here. Put its value in its place."))
        household = self._household(row)
        produce = self._produce(cells.get("produce", ""))
        amount = self._amount(row, produce)
        price_fen = _read("price", money.parse_yuan, cells.get("price", ""))
        harvested_on = self._day(row, produce)
        reason = cells.get("price_reason", "")[:200]
        _check_price(produce, price_fen, reason, self.today)
        content = "|".join(f"{name}={cells[name]}" for name in sorted(cells))
        return Lot(
            key=f"file:{self.print}:{hashlib.sha256(content.encode()).hexdigest()[:32]}",
            household=household,
            produce=produce,
            grade=self._grade(produce, cells.get("grade", "")),
            quantity=amount,
            price_fen=price_fen,
            price_reason=reason,
            harvested_on=harvested_on,
            village=household.village,
            consent=self.consent,
        )

    def _household(self, row: Row) -> Household:
        cells = row.cells
        phone = cells.get("phone", "")
        if "phone" in row.numeric and len(phone) > PHONE_TAIL:
            raise _Faulty("phone", _("The telephone is stored as a number. Set the column to text."))
        if number := cells.get("number", ""):
            household = self.by_number.get(number)
            if household is None:
                raise _Faulty("number", _("No household of this number is on your list."))
            if cells.get("name") and identity.name_key(cells["name"]) != identity.name_key(household.head_name):
                raise _Faulty("name", _("Name and household number do not fit together."))
            return household
        name = cells.get("name", "")
        if not name:
            raise _Faulty("name", _("Write the name of the household head."))
        if phone and not re.fullmatch(r"[0-9]{4}|1[3-9][0-9]{9}", phone):
            raise _Faulty("phone", _("Write the telephone number, or its last four digits."))
        meant = self.names.find(name[:50], phone[-PHONE_TAIL:] if phone else "")
        # A file is not looked at line by line as pasted text is: only the written name counts, not its sound.
        if meant.household is None or meant.how != "name":
            raise _Faulty("name", _whom(meant.candidates))
        return meant.household

    def _produce(self, name: str) -> Produce:
        produce = self.produce.get(self.by_name.get(name, 0))
        if produce is None:
            raise _Faulty(
                "produce", _("There is no such produce in the dictionary. Write its name as the market does.")
            )
        if produce.forbidden:
            raise _Faulty("produce", _("This may not be sold here."))
        return produce

    def _amount(self, row: Row, produce: Produce) -> weight.Quantity:
        counted = produce.stock_unit == StockUnit.PIECE
        unit_word = row.cells.get("unit", "")
        unit = UNITS.get(unit_word, "") if unit_word else ("piece" if counted else "jin")
        if not unit or (unit == "piece") != counted:
            reason = _("These are sold by the head. Write 只.") if counted else _("Write 斤 or 公斤.")
            raise _Faulty("unit", reason)
        per_unit = produce.piece_g if counted else None
        return _read(
            "amount",
            lambda text: weight.parse_quantity(text, unit, grams_per_unit=per_unit),
            row.cells.get("amount", ""),
        )

    def _day(self, row: Row, produce: Produce) -> dt.date:
        text = row.cells.get("harvested_on", "")
        if not text:
            return self.today
        if "harvested_on" in row.numeric or not _DAY.fullmatch(text):
            raise _Faulty("harvested_on", _("Write the day as 2026-11-02."))
        try:
            day = dt.date.fromisoformat(text)
        except ValueError as wrong:
            raise _Faulty("harvested_on", _("There is no such day. Write it as 2026-11-02.")) from wrong
        if day > self.today:
            raise _Faulty("harvested_on", _("Write the day of harvest: today or earlier."))
        _read("harvested_on", lambda day: require_keeps(produce, day, self.today), day)
        return day

    def _grade(self, produce: Produce, word: str) -> Grade | None:
        if not word:
            return None
        grade = self.grades.get((produce.pk, word))
        if grade is None:
            raise _Faulty("grade", _("This produce has no such grade. Leave it empty or look in the dictionary."))
        return grade


def _part_known(report: Report, ready: list[tuple[int, Lot]]) -> None:
    keys = [lot.key for _number, lot in ready]
    listed = {lot.entry_key: lot for lot in Listing.objects.filter(entry_key__in=keys).select_related("produce")}
    for number, lot in ready:
        if lot.key in listed:
            report.known.append((number, listed[lot.key]))
        else:
            report.ready.append(Ready(number, lot))


def _ask(report: Report, today: dt.date) -> None:
    """Note for each row what has to be answered first; rows of one household and produce are asked about as one."""
    lots = [ready.lot for ready in report.ready]
    goods = {lot.produce.pk: lot.produce for lot in lots}
    known = known_of({lot.household.pk for lot in lots}, goods.values(), today)
    amounts: dict[int, list[int]] = {pk: [lot.stock for lot in lots if lot.produce.pk == pk] for pk in goods}
    earlier: dict[tuple, int] = {}
    ready_rows = []
    for ready in report.ready:
        lot = ready.lot
        row_questions = questions(lot, known, amounts[lot.produce.pk])
        place = (lot.household.pk, lot.produce.pk)
        if place in earlier:
            row_questions.append(_("Row %(row)s has the same produce of this household.") % {"row": earlier[place]})
        earlier.setdefault(place, ready.row)
        try:
            check_price(lot.produce, lot.price_fen, 500, reason=lot.price_reason, sure=False, on=today)
        except UnusualPrice as question:
            row_questions.append(str(question))
        ready_rows.append(Ready(ready.row, lot, row_questions))
    report.ready = ready_rows


def _check_price(produce: Produce, price_fen: int, reason: str, today: dt.date) -> None:
    try:
        check_price(produce, price_fen, 500, reason=reason, sure=True, on=today)
    except BadValue as refusal:
        raise _Faulty("price_reason" if refusal.code == "price_reason_needed" else "price", refusal) from refusal


def _read(column: str, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except BadValue as refusal:
        raise _Faulty(column, refusal) from refusal


def _whom(candidates: list[Household]) -> str:
    if not candidates:
        return _("Nobody of this name is on your list.")
    if len(candidates) == 1:
        return _("Name and telephone do not fit together, or the name is written otherwise. Correct it.")
    return _("Several households may be meant. Add the last four digits of the telephone.")
