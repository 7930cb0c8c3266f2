"""Sheets in words: amounts, rows and the printed lines, in the reader's language; no query is made here."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.pages.lots import grade_of, jin_with_comma, thousands
from kernel import money, weight
from kernel.dates import day_words
from kernel.present import name_of
from kernel.weight import Quantity
from produce.models import Produce, StockUnit
from selling.models import EntryRow, EntrySheet
from selling.services.entering import read_or_reason
from selling.services.sheets import RowState


def in_words(produce: Produce, stock: int) -> str:
    """Say an amount of a produce in a farmer's unit: 4,310 斤, or how many."""
    if produce.stock_unit == StockUnit.PIECE:
        return _("%(n)s pieces") % {"n": weight.with_commas(str(stock))}
    return _("%(jin)s jin") % {"jin": jin_with_comma(stock)}


def row_echo(produce: Produce, quantity: Quantity | None) -> str:
    """Say how a typed amount was understood, in the weight that was not typed."""
    if quantity is None:
        return ""
    if produce.stock_unit == StockUnit.PIECE:
        return f"= {in_words(produce, quantity.pieces or 0)}"
    grams = quantity.grams or 0
    if quantity.unit == "kg":
        return "= " + _("%(jin)s jin") % {"jin": jin_with_comma(grams)}
    return "= " + _("%(kg)s kg") % {"kg": thousands(grams)}


def heading_facts(sheet: EntrySheet) -> list[str]:
    """Say what all rows of a sheet share."""
    facts = [
        _("harvested on %(day)s") % {"day": day_words(sheet.harvested_on)},
        _("%(price)s yuan a jin") % {"price": money.price_per_jin(sheet.price_fen, sheet.price_unit_g)},
        _("picked up in %(village)s") % {"village": sheet.village.short_name},
    ]
    return [*facts, grade_of(sheet.grade)] if sheet.grade is not None else facts


def filled_words(sheet: EntrySheet, rows: Iterable[EntryRow]) -> str:
    """Say how many households are filled in and how much that is: 已填 23 户，4,310 斤."""
    total, count = 0, 0
    for row in rows:
        if row.listing is not None:
            stock = row.listing.listed
        else:
            quantity, _fault = read_or_reason(row.typed, sheet.produce)
            stock = stock_of(sheet.produce, quantity)
        total, count = total + stock, count + 1
    return _("%(n)s households filled in, %(sum)s") % {"n": count, "sum": in_words(sheet.produce, total)}


def stock_of(produce: Produce, quantity: Quantity | None) -> int:
    """Return a typed amount in the stock unit, 0 for none."""
    if quantity is None:
        return 0
    return (quantity.pieces if produce.stock_unit == StockUnit.PIECE else quantity.grams) or 0


def state_row(sheet: EntrySheet, state: RowState) -> dict:
    """Return what check and result show of one row."""
    row, listing = state.row, state.listing
    grams = state.stock * (sheet.produce.piece_g or 1)
    said = in_words(sheet.produce, state.stock) if state.stock else row.typed
    return {
        "key": str(row.household_id),
        "name": row.household.head_name,
        "village": row.household.village.short_name,
        "typed": row.typed,
        "amount": said,
        "kg": _("%(kg)s kg") % {"kg": thousands(grams)} if state.stock and not sheet.produce.piece_g else "",
        "yuan": money.yuan(money.amount_fen(grams, sheet.price_fen, sheet.price_unit_g)) if state.stock else "",
        "reasons": [state.unreadable] if state.unreadable else state.asked,
        "answerable": not state.unreadable,
        "number": listing.number if listing is not None else "",
        "listing_id": listing.pk if listing is not None else None,
    }


def paper_rows(sheet: EntrySheet, states: list[RowState]) -> dict:
    """Return the lines of the printed sheet and their sums: jin, kilograms and yuan add up to what stands below."""
    rows, total_g, total_fen, pieces = [], 0, 0, 0
    price = money.price_per_jin(sheet.price_fen, sheet.price_unit_g)
    for number, state in enumerate(states, 1):
        grams = state.stock * (sheet.produce.piece_g or 1)
        fen = money.amount_fen(grams, sheet.price_fen, sheet.price_unit_g)
        total_g, total_fen, pieces = total_g + grams, total_fen + fen, pieces + state.stock
        rows.append(
            {
                "number": number,
                "name": state.row.household.head_name,
                "goods": f"{name_of(sheet.produce)} {grade_of(sheet.grade)}".strip(),
                "pieces": state.stock,
                "jin": jin_with_comma(grams),
                "kg": thousands(grams),
                "price": price,
                "yuan": money.yuan(fen),
            }
        )
    sums = {"jin": jin_with_comma(total_g), "kg": thousands(total_g), "yuan": money.yuan(total_fen), "pieces": pieces}
    return {"rows": rows, "sums": sums}
