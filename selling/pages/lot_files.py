"""A file of lots as it is looked through, and what became of its rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Listing
from catalog.pages.lots import in_kg
from kernel import money
from kernel.dates import day_words
from kernel.present import name_of
from produce.models import StockUnit
from selling.pages.sheets import in_words
from selling.services.lot_files import Ready


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """One row of the file that could be put on sale, with what is asked about it."""

    row: int
    name: str
    goods: str
    amount: str
    kg: str
    price: str
    day: str
    asked: list[str]
    least: str = ""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of the file and the lot it led to."""

    row: int
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row of the file and why it is not on sale."""

    row: int
    reason: str


def ready_row(ready: Ready) -> ReadyRow:
    """Return one row that could be put on sale."""
    lot = ready.lot
    return ReadyRow(
        row=ready.row,
        name=lot.household.head_name,
        goods=name_of(lot.produce),
        amount=in_words(lot.produce, lot.stock),
        kg="" if lot.produce.stock_unit == StockUnit.PIECE else in_kg(lot.stock),
        price=money.price_per_jin(lot.price_fen, 500),
        day=day_words(lot.harvested_on),
        asked=ready.asked,
        least=_("at least %(least)s a buyer") % {"least": in_words(lot.produce, lot.smallest)} if lot.smallest else "",
    )


def listed_before(rows: Iterable[tuple[int, Listing]]) -> list[ListedRow]:
    """Return the rows that were listed before."""
    return [listed_row(row, lot.number, lot.pk) for row, lot in rows]


def listed_row(row: int, number: str, lot: int) -> ListedRow:
    """Return a row with the number of its lot and where that is shown."""
    return ListedRow(row, number, reverse("my-listing", args=[lot]))
