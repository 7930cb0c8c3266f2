"""The market's cards as markup, made once for each thing they say: all a card shows is its key, so none is stale."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.models import Listing
from catalog.pages.facets import Facet
from catalog.pages.lots import Card, TakeUrl, card
from catalog.selectors.market import Board, Usual
from kernel.shown import Search

MOST_PIECES = 2000  # about 3 KB each


def ready_card(
    lot: Listing,
    *,
    today: dt.date,
    usual: Usual,
    take: TakeUrl | None,
    first: bool,
    papers: tuple[str, ...],
    distance: str,
) -> Card:
    """Return one card with its `markup`; `first` loads its picture at once. All that `card` reads is in the key."""
    produce, grade, cover, shop = lot.produce, lot.grade, lot.cover, lot.cooperative
    words = (
        lot.pk, lot.price_fen, lot.price_unit_g, lot.price_reason, lot.free(), lot.piece_g, lot.stock_unit, lot.sell_by,
        lot.harvested_on, lot.expected_from, lot.expected_to, lot.track, lot.status, getattr(lot, "poor", False),
        produce.code, produce.name, produce.name_en, produce.picture,
        grade and (grade.name, grade.name_en), cover and cover.sha256, shop and shop.name,
        lot.village.name, lot.township.name,
    )  # fmt: skip
    around = (
        today,
        usual.fen.get(lot.produce_id),
        usual.high,
        usual.low,
        take is not None,
        first,
        papers,
        distance,
        get_language(),
    )

    def make() -> Card:
        row = card(lot, today=today, usual=usual, take=take, papers=papers, distance=distance)
        return replace(row, markup=_rendered("catalog/_card.html", {"row": row, "later": not first}))

    return cast(Card, _made(_Piece((words, around), make)))


def ready_facets(query: str, counted: Board, make: Callable[[], list[Facet]], search: Search) -> SafeString:
    """Return the form that narrows the board, for one question (the address's query) and one count of the board."""
    key = ("facets", query, counted.at, search.value, get_language())
    return _made(_Piece(key, lambda: _rendered("catalog/_facets.html", {"facets": make(), "search": search})))


def ready_fields(lot: Listing, make: Callable[[Listing], dict]) -> dict:
    """Return what programs are told of a lot, made by `make` once for each thing it says; treat it as read-only."""
    grade, cover, shop = lot.grade, lot.cover, lot.cooperative
    words = (
        "fields", lot.pk, lot.number, lot.status, lot.price_fen, lot.price_unit_g, lot.price_reason, lot.free(),
        lot.piece_g, lot.stock_unit, lot.sell_by, lot.harvested_on, lot.expected_from, lot.expected_to, lot.track,
        lot.produce.code, grade and grade.code, cover and cover.sha256, shop and shop.name, lot.village_id,
        lot.township_id, lot.village.name, lot.township.name, lot.smallest, get_language(),
    )  # fmt: skip
    return _made(_Piece(words, lambda: make(lot)))


class _Piece:
    """Something to be made, equal to any other that says the same."""

    __slots__ = ("key", "make")

    def __init__(self, key: tuple, make: Callable[[], Any]) -> None:
        self.key, self.make = key, make

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Piece) and self.key == other.key


@lru_cache(maxsize=MOST_PIECES)
def _made(piece: _Piece) -> Any:
    made = piece.make()
    del piece.make  # the key stays in memory, the rows need not
    return made


def _rendered(template: str, context: dict) -> SafeString:
    return mark_safe(get_template(template).render(context))  # noqa: S308  (rendered by a template, which escapes)
