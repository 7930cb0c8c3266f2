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

from accounts.models import Household, User
from catalog.models import Listing
from kernel import clock, identity, money, weight
from kernel.dates import read_day
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name, mask_phone
from kernel.pasted import PHONE_TAIL
from kernel.present import known
from kernel.tables import Row, read_table
from kernel.typed import fold_typed
from produce.models import Grade, Produce, StockUnit
from produce.selectors.dictionary import ids_by_name, key_of
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
    "单价": "price", "价格": "price", "price": "price",
    "等级": "grade", "grade": "grade",
    "采收日期": "harvested_on", "采收日": "harvested_on", "harvested_on": "harvested_on",
    "价高原因": "price_reason", "price_reason": "price_reason",
    "起送数量": "smallest", "起送": "smallest", "smallest": "smallest",
}  # fmt: skip
# What the empty file has, in this order; the name of each column as people know it.
TEMPLATE = ["户主姓名", "手机尾号", "品种", "数量", "单位", "单价（元/斤）", "采收日期", "等级", "价高原因", "起送数量"]
DAMAGED_AS_NUMBERS = ("手机尾号", "数量", "单价（元/斤）", "采收日期", "起送数量")
NAMES = {
    "name": "户主姓名", "phone": "手机尾号", "produce": "品种", "amount": "数量", "unit": "单位",
    "price": "单价（元/斤）", "harvested_on": "采收日期", "grade": "等级", "price_reason": "价高原因",
    "number": "户编号", "smallest": "起送数量",
}  # fmt: skip
PRICE_UNITS = ("jin", "kg", "row")  # yuan for one jin, for one kilogram, or for one of what stands beside the amount
ALONE = ("amount",)  # what no two lots have in one joined cell
MOST_ROWS = 500
MOST_VALUE = 40
_MASKS: dict[str, Callable[[str], str]] = {"name": mask_name, "phone": mask_phone}
_YUAN = re.compile(r"[￥¥]?(.*?)(?:元|块钱?)?")


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
    """One row that cannot be listed: its cell, what stands there, masked where it is about a person, and why."""

    row: int
    cell: str
    column: str
    reason: str
    value: str = ""


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
    left_out: list[str] = field(default_factory=list)  # sentences: hidden rows, sheets
    hidden_rows: list[str] = field(default_factory=list)
    unclear_prices: list[str] = field(default_factory=list)  # cells: for one jin or for one kilogram?

    @property
    def shown(self) -> str:
        """Return a print of exactly what this report would list, and of what it asks."""
        lots = [f"{ready.lot.key}:{ready.lot.price_fen}:{len(ready.asked)}" for ready in self.ready]
        return hashlib.sha256("\n".join(lots).encode()).hexdigest()


@dataclass
class Entered:
    """What listing a file led to."""

    listed: list[tuple[int, Listing]] = field(default_factory=list)
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)


def look_through(
    raw: bytes,
    *,
    names: Names,
    consent: str,
    at: dt.datetime,
    most: int = MOST_ROWS,
    with_hidden: bool = False,
    price_unit: str = "",
) -> Report:
    """Say what this file would list, row by row; changes nothing. `names` are the households its bringer lists for.

    `price_unit` answers what prices are for, where the file does not say it.
    """
    table = read_table(raw, COLUMNS, with_hidden=with_hidden)
    if len(table.rows) > most:
        raise TooManyRows
    report = Report(
        rows=len(table.rows), ignored=table.ignored, left_out=table.left_out(), hidden_rows=table.hidden_rows
    )
    reader = _Reader(raw, names, consent, clock.county_day(at), price_unit)
    ready: list[tuple[int, Lot]] = []
    seen: dict[str, str] = {}
    for row in table.rows:
        try:
            lot = reader.read(row)
            if lot.key in seen:
                raise _Faulty("name", _("The same stands in cell %(cell)s already.") % {"cell": seen[lot.key]})
        except _Unclear:
            report.unclear_prices.append(row.cell("price"))
            continue
        except _Faulty as fault:
            report.faults.append(_fault(row, fault))
            continue
        seen[lot.key] = row.cell("name") or row.cell("number")
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
    with_hidden: bool = False,
    price_unit: str = "",
    by: User,
    at: dt.datetime,
) -> Entered:
    """List the rows that `look_through` showed, each for itself; rows asked about only where `sure` names them.

    `shown` is the print of what was shown: when the county has changed since, nothing is listed.
    """
    report = look_through(
        raw, names=names, consent=consent, at=at, most=most, with_hidden=with_hidden, price_unit=price_unit
    )
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
    import xlsxwriter  # here, since most workers never write a spreadsheet

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet, words = book.add_worksheet("挂货"), book.add_worksheet("品种")
    names = list(produce)
    words.write_column(0, 0, names)
    for column, heading in enumerate(TEMPLATE):
        sheet.set_column(column, column, 14, text if heading in DAMAGED_AS_NUMBERS else None)
        sheet.write_string(0, column, heading, bold)
    for heading, source in (("品种", f"=品种!$A$1:$A${max(len(names), 1)}"), ("单位", ["斤", "公斤", "只"])):
        column = TEMPLATE.index(heading)
        sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": source})
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


class _Faulty(Exception):
    def __init__(self, column: str, reason: object) -> None:
        self.column, self.reason = column, str(reason)
        super().__init__(self.reason)


class _Unclear(Exception):
    """Nobody can tell what a price is for."""


def _price_fen(row: Row, unit: str, answer: str) -> int:
    """Return the price for one jin in fen: as its cell or heading says, else as was answered, else as nobody mistakes.

    `unit` is the one of the row's amount.
    """
    text = fold_typed(row.cells.get("price", ""))
    amount, sign, behind = text.partition("/") if "/" in text else text.partition("每")
    price_unit = weight.unit_named(behind) if sign else _unit_of_heading(row, "price")
    if sign and not price_unit:
        raise _Faulty("price", _("Write the price as a number of yuan for one jin."))
    fen = _read("price", money.parse_yuan, known(_YUAN.fullmatch(amount.strip()))[1])
    if not price_unit:
        if not answer and unit != "jin":
            raise _Unclear
        price_unit = answer if answer in weight.GRAMS else unit
    unit_g = weight.GRAMS.get(price_unit)
    if unit_g is None:
        raise _Faulty("price", _("Goods are priced by weight here. Write yuan for one jin."))
    each, rest = divmod(fen * 500, unit_g)
    if rest or not each:
        raise _Faulty("price", _("For one jin this is no whole fen. Write the price for one jin."))
    return each


def _unit_of_heading(row: Row, column: str) -> str:
    try:
        return weight.unit_in_heading(row.notes.get(column, ""))
    except BadValue as unknown:
        raise _Faulty(column, unknown) from unknown


class _Reader:
    """Reads one file's rows with what they have in common."""

    def __init__(self, raw: bytes, names: Names, consent: str, today: dt.date, price_unit: str) -> None:
        self.print = hashlib.sha256(raw).hexdigest()[:32]
        self.names, self.consent, self.today, self.price_unit = names, consent, today, price_unit
        self.by_number = {household.number: household for household in names.households}
        self.produce = {one.pk: one for one in Produce.objects.all()}
        self.by_name = ids_by_name()
        self.grades: dict[tuple[int, str], Grade] = {
            (grade.produce_id, word): grade for grade in Grade.objects.all() for word in (grade.name, grade.code)
        }

    def read(self, row: Row) -> Lot:
        """Return the lot a row stands for, or say which cell is at fault."""
        cells = row.cells
        trouble = row.trouble(named=("name", "number", "produce"), alone=ALONE)
        if trouble is not None:
            raise _Faulty(*trouble)
        household = self._household(row)
        produce = self._produce(cells.get("produce", ""))
        amount = self._amount(row, produce)
        price_fen = _price_fen(row, amount.unit, self.price_unit)
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
            smallest=self._smallest(row, produce, amount),
            harvested_on=harvested_on,
            village=household.village,
            consent=self.consent,
        )

    def _household(self, row: Row) -> Household:
        cells = row.cells
        phone = re.sub(r"[\s\-]", "", fold_typed(cells.get("phone", "")))
        if "phone" in row.numeric and len(phone) > PHONE_TAIL:
            raise _Faulty("phone", _("The telephone is stored as a number. Set the column to text."))
        if number := fold_typed(cells.get("number", "")):
            found = self.by_number.get(number)
            if found is None:
                raise _Faulty("number", _("No household of this number is on your list."))
            if cells.get("name") and identity.name_key(cells["name"]) != identity.name_key(found.head_name):
                raise _Faulty("name", _("Name and household number do not fit together."))
            return found
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
        produce = self.produce.get(self.by_name.get(key_of(name), 0))
        if produce is None:
            raise _Faulty(
                "produce", _("There is no such produce in the dictionary. Write its name as the market does.")
            )
        if produce.forbidden:
            raise _Faulty("produce", _("This may not be sold here."))
        return produce

    def _amount(self, row: Row, produce: Produce) -> weight.Quantity:
        counted = produce.stock_unit == StockUnit.PIECE
        unit_name = row.cells.get("unit", "")
        unit_of_all = _unit_of_heading(row, "amount")  # 数量（公斤）
        unit = weight.unit_named(unit_name) if unit_name else unit_of_all or ("piece" if counted else "jin")
        if unit_of_all and unit != unit_of_all:
            raise _Faulty("unit", _("The heading of the amounts names another unit. Write one of the two."))
        if unit not in (*weight.GRAMS, *weight.COUNTED) or (unit == "piece") != counted:
            reason = _("These are sold by the head. Write 只.") if counted else _("Write 斤 or 公斤.")
            raise _Faulty("unit", reason)
        per_unit = produce.piece_g if counted else None
        return _read(
            "amount",
            lambda text: weight.parse_quantity(text, unit, grams_per_unit=per_unit),
            row.cells.get("amount", ""),
        )

    def _smallest(self, row: Row, produce: Produce, amount: weight.Quantity) -> int:
        """Return what is handed over at least, in the stock unit: written in the unit of the amount, empty for any."""
        text = row.cells.get("smallest", "")
        if not text:
            return 0
        if _unit_of_heading(row, "smallest") not in ("", amount.unit):
            raise _Faulty("smallest", _("The heading names another unit than the amounts have. Write one of the two."))
        counted = produce.stock_unit == StockUnit.PIECE
        per_unit = produce.piece_g if counted else None
        least = _read(
            "smallest",
            lambda typed: weight.parse_quantity(typed, amount.unit, grams_per_unit=per_unit, zero_ok=True),
            text,
        )
        smallest, most = (least.pieces, amount.pieces) if counted else (least.grams, amount.grams)
        if known(smallest) > known(most):
            raise _Faulty("smallest", _("This is more than there is. Write less, or leave it empty for any quantity."))
        return known(smallest)

    def _day(self, row: Row, produce: Produce) -> dt.date:
        text = row.cells.get("harvested_on", "")
        if not text:
            return self.today
        day = _read("harvested_on", read_day, text)
        if day > self.today:
            raise _Faulty("harvested_on", _("Write the day of harvest: today or earlier."))
        _read("harvested_on", lambda written: require_keeps(produce, written, self.today), day)
        return day

    def _grade(self, produce: Produce, word: str) -> Grade | None:
        if not word:
            return None
        grade = self.grades.get((produce.pk, word))
        if grade is None:
            raise _Faulty("grade", _("This produce has no such grade. Leave it empty or look in the dictionary."))
        return grade


def _fault(row: Row, fault: _Faulty) -> Fault:
    """Return a fault with its place and what stands there."""
    value = _MASKS.get(fault.column, str)(row.cells.get(fault.column, "")[:MOST_VALUE])
    return Fault(row.number, row.cell(fault.column), NAMES.get(fault.column, fault.column), fault.reason, value)


def _part_known(report: Report, ready: list[tuple[int, Lot]]) -> None:
    keys = [lot.key for _number, lot in ready]
    listed = {lot.entry_key: lot for lot in Listing.objects.filter(entry_key__in=keys).select_related("produce")}
    for number, lot in ready:
        if lot.key in listed:
            report.known.append((number, listed[lot.key]))
        else:
            report.ready.append(Ready(number, lot))


def _ask(report: Report, today: dt.date) -> None:
    """Say of each row what has to be answered first; rows of one household and produce are asked about as one."""
    lots = [ready.lot for ready in report.ready]
    goods = {lot.produce.pk: lot.produce for lot in lots}
    known = known_of({lot.household.pk for lot in lots}, goods.values(), today)
    amounts: dict[int, list[int]] = {pk: [lot.stock for lot in lots if lot.produce.pk == pk] for pk in goods}
    earlier: dict[tuple, int] = {}
    asked = []
    for ready in report.ready:
        lot = ready.lot
        doubts = questions(lot, known, amounts[lot.produce.pk])
        place = (lot.household.pk, lot.produce.pk)
        if place in earlier:
            doubts.append(_("Row %(row)s has the same produce of this household.") % {"row": earlier[place]})
        earlier.setdefault(place, ready.row)
        try:
            check_price(lot.produce, lot.price_fen, 500, reason=lot.price_reason, sure=False, on=today)
        except UnusualPrice as question:
            doubts.append(str(question))
        asked.append(Ready(ready.row, lot, doubts))
    report.ready = asked


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
