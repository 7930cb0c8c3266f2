"""The market by villages: how many lots and kilograms of what was asked for lie in each, and where each village is."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from accounts.models import Place
from catalog.models import Listing
from catalog.selectors import market
from catalog.selectors.search import Question
from kernel import near

SECONDS = 60
PLACES_SECONDS = 600
# On a crowded board what no index tells is sifted out of so many lots, those that spoil first.
REACH = 100_000
_FREE = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the county, its township, and its point where one is known."""

    code: str
    name: str
    township_code: str
    township: str
    latitude_e6: int | None
    longitude_e6: int | None


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in one village: lots and what is free of them, in grams."""

    lots: int
    weight_g: int


@dataclass(frozen=True)
class Counted:
    """What was counted, by the village's code; `first_only` when only the lots that spoil first were looked at."""

    at: dt.datetime
    by_village: dict[str, Lying]
    first_only: bool = False


def counts(question: Question, *, board: market.Board, at: dt.datetime, day: dt.date) -> Counted:
    """Count what was asked for in each village, at most a minute old. One query, none while the minute lasts."""
    key = f"market-map:{day}:{hashlib.sha256(repr(question).encode()).hexdigest()}"
    return cast(Counted, cache.get_or_set(key, lambda: _count(question, board, at, day), SECONDS))


def villages() -> list[Village]:
    """Return every village of the county, by code, at most ten minutes old."""
    return cast(list[Village], near.get_or_set("market-map-villages", _villages, PLACES_SECONDS))


def _count(question: Question, board: market.Board, at: dt.datetime, day: dt.date) -> Counted:
    rows = market.on_board(day)
    if question.until is not None:
        rows = rows.filter(sell_by__lte=question.until)
    crowded = question.sifts() and board.lots > REACH
    if crowded:
        if question.produce is not None:
            rows = rows.filter(produce_id__in=question.produce)
        elif question.townships:
            rows = rows.filter(township_id__in=question.townships)
        rows = Listing.objects.filter(pk__in=rows.order_by(*market.ORDER).values("pk")[:REACH])
    by_village = (
        rows.filter(market.takeable(day), question.fits())
        .order_by()
        .values_list("village_id")
        .annotate(lots=Count("pk"), weight_g=Sum(_FREE * Coalesce(F("piece_g"), 1)))
    )
    lying = {village: Lying(lots, int(weight_g or 0)) for village, lots, weight_g in by_village}
    return Counted(at, lying, first_only=crowded)


def _villages() -> list[Village]:
    rows = Place.objects.filter(level=Place.Level.VILLAGE).select_related("parent").order_by("code")
    return [
        Village(row.code, row.short_name, row.township.code, row.township.name, row.latitude_e6, row.longitude_e6)
        for row in rows
    ]
