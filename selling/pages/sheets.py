"""Sheets in words: amounts, rows and the printed lines, in the reader's language; no query is made here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Household
from catalog.pages.lots import day_of, grade_of, in_kg, jin_with_comma, thousands
from kernel import money, weight
from kernel.dates import day_words
from kernel.present import in_english, name_of
from kernel.shown import Tag
from kernel.weight import Quantity
from produce.models import Produce, StockUnit
from produce.selectors.dictionary import Word
from records.services.photos import photo_url
from selling.models import EntryRow, EntrySheet
from selling.selectors.name_matching import Names
from selling.selectors.sheets import Last
from selling.services.entering import read_or_reason
from selling.services.pasting import OpenLine, Pasted
from selling.services.sheets import RowState


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of a batch still to be begun."""

    name: str
    picture: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """How a batch is headed on every one of its pages."""

    name: str
    picture: str
    facts: list[str]
    url: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One batch in the list."""

    url: str
    title: str
    picture: str
    facts: list[str]
    status: Tag


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household of a batch: what was typed, how it was understood, its number once it is on sale."""

    key: str
    name: str
    last: str
    typed: str
    understood: str
    bad: bool
    number: str
    row: int | str
    photo: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What check and result show of one row."""

    key: str
    name: str
    typed: str
    amount: str
    kg: str
    yuan: str
    reasons: list[str]
    answerable: bool
    number: str
    listing_id: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """A household that a pasted line may be about."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A pasted line that needs an answer, with the households it may be about."""

    number: int
    text: str
    amount: str
    reason: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class ReadAs:
    """A name written otherwise than it stands in the register."""

    written: str
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The head of the purchase sheet on paper."""

    number: str
    village: str
    writer: str
    organisation: str
    day: str
    printed: str
    counted: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of the purchase sheet on paper."""

    number: int
    name: str
    goods: str
    pieces: int
    jin: str
    kg: str
    price: str
    yuan: str


@dataclass(frozen=True, slots=True)
class PaperSums:
    """What the lines of the purchase sheet add up to."""

    jin: str
    kg: str
    yuan: str
    pieces: int


def in_words(produce: Produce, stock: int) -> str:
    """Return an amount of a produce in a farmer's unit: 4,310 斤, or how many."""
    if produce.stock_unit == StockUnit.PIECE:
        return weight.heads(stock, produce.count_word)
    return _("%(jin)s jin") % {"jin": jin_with_comma(stock)}


def row_echo(produce: Produce, quantity: Quantity | None) -> str:
    """Return how a typed amount was understood, in the weight that was not typed."""
    if quantity is None:
        return ""
    if produce.stock_unit == StockUnit.PIECE:
        return f"= {in_words(produce, quantity.pieces or 0)}"
    grams = quantity.grams or 0
    if quantity.unit == "kg":
        return "= " + _("%(jin)s jin") % {"jin": jin_with_comma(grams)}
    return f"= {in_kg(grams)}"


def heading_facts(sheet: EntrySheet) -> list[str]:
    """Return what all rows of a sheet share."""
    facts = [
        _("harvested on %(day)s") % {"day": day_words(sheet.harvested_on)},
        _("%(price)s yuan a jin") % {"price": money.price_per_jin(sheet.price_fen, sheet.price_unit_g)},
        _("picked up in %(village)s") % {"village": sheet.village.short_name},
    ]
    if sheet.smallest:
        facts.append(_("at least %(least)s a buyer") % {"least": in_words(sheet.produce, sheet.smallest)})
    return [*facts, grade_of(sheet.grade)] if sheet.grade is not None else facts


def filled_words(sheet: EntrySheet, rows: Iterable[EntryRow]) -> str:
    """Return how many households are filled in and how much that is: 已填 23 户，4,310 斤."""
    total, count = 0, 0
    for row in rows:
        if row.listing is not None:
            stock = row.listing.listed
        else:
            quantity, _fault = read_or_reason(row.typed, sheet.produce)
            stock = stock_of(sheet.produce, quantity)
        total, count = total + stock, count + 1
    return _("%(n)s households filled in, %(sum)s") % {"n": count, "sum": in_words(sheet.produce, total)}


def pasted_words(done: Pasted) -> str:
    """Return what became of pasted lines: filled in now, written so before, on sale already."""
    said = [
        ngettext("%(n)s line filled in.", "%(n)s lines filled in.", done.filled) % {"n": done.filled}
        if done.filled or not (done.same or done.listed)
        else "",
        ngettext("%(n)s line stood there already.", "%(n)s lines stood there already.", done.same) % {"n": done.same}
        if done.same
        else "",
        _("%(n)s are on sale already and stay as they are.") % {"n": done.listed} if done.listed else "",
    ]
    return (" " if in_english() else "").join(filter(None, said))


def stock_of(produce: Produce, quantity: Quantity | None) -> int:
    """Return a typed amount in the stock unit, 0 for none."""
    if quantity is None:
        return 0
    return (quantity.pieces if produce.stock_unit == StockUnit.PIECE else quantity.grams) or 0


def sheet_row(sheet: EntrySheet, lots: int) -> SheetRow:
    """Return one batch in the list, with how many of its households are on sale."""
    on_sale = Tag("ok", ngettext("%(n)s household", "%(n)s households", lots) % {"n": lots})
    return SheetRow(
        url=reverse("sheet-result" if sheet.listed_at else "sheet", args=[sheet.pk]),
        title=name_of(sheet.produce),
        picture=sheet.produce.picture,
        facts=[day_of(sheet.made_at), sheet.village.short_name],
        status=on_sale if lots else Tag("warn", _("Not on sale yet")),
    )


def heading_of(sheet: EntrySheet) -> Heading:
    """Return how a batch is headed on every one of its pages."""
    return Heading(
        name=name_of(sheet.produce),
        picture=sheet.produce.picture,
        facts=heading_facts(sheet),
        url=reverse("sheet", args=[sheet.pk]),
    )


def goods_of(produce: Produce) -> Goods:
    """Return the goods of a batch whose heading is written."""
    return Goods(name_of(produce), produce.picture)


def word_goods(word: Word) -> Goods:
    """Return goods to choose for a batch."""
    return Goods(word.local_name, word.picture, f"?produce={word.code}")


def household_row(sheet: EntrySheet, household: Household, row: EntryRow | None, last: Last | None) -> HouseholdRow:
    """Return one household of a village with what was typed for it, and what it had the last time."""
    quantity, fault = read_or_reason(row.typed, sheet.produce) if row is not None and row.typed else (None, "")
    listing = row.listing if row is not None else None
    last_time = ""
    if last is not None:
        last_time = _("last time %(amount)s, %(day)s") % {
            "amount": in_words(sheet.produce, last.quantity),
            "day": day_words(last.day),
        }
    return HouseholdRow(
        key=str(household.pk),
        name=household.head_name,
        last=last_time,
        typed=row.typed if row is not None else "",
        understood=fault or row_echo(sheet.produce, quantity),
        bad=bool(fault),
        number=listing.number if listing is not None else "",
        row=row.pk if row is not None else "",
        photo=photo_url(row.photo, 240) if row is not None and row.photo is not None else "",
    )


def open_row(number: int, open_line: OpenLine, names: Names, most: int) -> OpenRow:
    """Return a pasted line to be answered: the households it may be about, else those of its surname, else all."""
    line = open_line.line
    households = open_line.candidates or [
        household for household in names.households if line.name and household.head_name[:1] == line.name[:1]
    ]
    return OpenRow(
        number=number,
        text=line.text,
        amount=line.amount,
        reason=open_line.reason,
        options=[
            Option(str(household.pk), f"{household.head_name} {household.phone[-4:]}".strip())
            for household in (households or names.households)[:most]
        ],
    )


def checked_row(sheet: EntrySheet, state: RowState) -> CheckedRow:
    """Return what check and result show of one row."""
    row, listing = state.row, state.listing
    grams = state.stock * (sheet.produce.piece_g or 1)
    return CheckedRow(
        key=str(row.household_id),
        name=row.household.head_name,
        typed=row.typed,
        amount=in_words(sheet.produce, state.stock) if state.stock else row.typed,
        kg=in_kg(grams) if state.stock and not sheet.produce.piece_g else "",
        yuan=money.yuan(money.amount_fen(grams, sheet.price_fen, sheet.price_unit_g)) if state.stock else "",
        reasons=[state.unreadable] if state.unreadable else state.asked,
        answerable=not state.unreadable,
        number=listing.number if listing is not None else "",
        listing_id=listing.pk if listing is not None else None,
    )


def paper_of(sheet: EntrySheet, *, writer: str, printed: str) -> Paper:
    """Return the head of the purchase sheet on paper."""
    return Paper(
        number=str(sheet.pk)[:8].upper(),
        village=f"{sheet.village.township.name}{sheet.village.short_name}",
        writer=writer,
        organisation=sheet.cooperative.name if sheet.cooperative is not None else "",
        day=day_words(sheet.harvested_on),
        printed=printed,
        counted=sheet.produce.stock_unit == StockUnit.PIECE,
    )


def paper_rows(sheet: EntrySheet, states: list[RowState]) -> tuple[list[PaperRow], PaperSums]:
    """Return the lines of the printed sheet and their sums: jin, kilograms and yuan add up to what stands below."""
    rows, total_g, total_fen, pieces = [], 0, 0, 0
    price = money.price_per_jin(sheet.price_fen, sheet.price_unit_g)
    for number, state in enumerate(states, 1):
        grams = state.stock * (sheet.produce.piece_g or 1)
        fen = money.amount_fen(grams, sheet.price_fen, sheet.price_unit_g)
        total_g, total_fen, pieces = total_g + grams, total_fen + fen, pieces + state.stock
        rows.append(
            PaperRow(
                number=number,
                name=state.row.household.head_name,
                goods=f"{name_of(sheet.produce)} {grade_of(sheet.grade)}".strip(),
                pieces=state.stock,
                jin=jin_with_comma(grams),
                kg=thousands(grams),
                price=price,
                yuan=money.yuan(fen),
            )
        )
    return rows, PaperSums(jin_with_comma(total_g), thousands(total_g), money.yuan(total_fen), pieces)
