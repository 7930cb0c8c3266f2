"""Search the market: what was asked for, read along the index of the goods or places it names, in the board's order.

A lot is found where its goods (or its village) have their own index in the order of the board: each is read only as far
as one page needs, and the few found are put in order. What no index knows (price, grade, seller …) is sifted out of at
most REACH lots a page; where those hold too few, the page says how far it looked and the next one goes on from there.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, Exists, F, Func, Lookup, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject

from accounts.models import Place
from catalog.models import Listing, Paper, PaperStatus
from catalog.selectors import faces, market
from catalog.selectors.papers import slips_since, with_papers
from kernel import keyset, near
from produce.models import Produce
from produce.selectors import dictionary

REACH = 10_000
REACH_SECONDS = 600
LEAST_REACH = 400  # of each of many goods
MOST_VILLAGES = 200
MOST_WRITTEN = 300  # questions whose SQL is kept, about 10 KB each
_AMOUNT = re.compile(r"[0-9.]+(?:公斤|千克|市斤|斤|kg|吨|担|只|头|个|枚|羽|尾)?")  # a word that only says how much
_PLACES, _PLACES_SECONDS = "names-of-places", 300
_UNIT_G = Cast(F("price_unit_g"), BigIntegerField())


@dataclass(frozen=True)
class Question:
    """What the market is asked for; what is None or empty narrows nothing. Sequences are tuples: questions are keys."""

    produce: tuple[int, ...] | None = None
    place: str = ""  # a part of the name of a village or township
    townships: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    until: dt.date | None = None  # to be sold by then
    grades: tuple[int, ...] | None = None
    tracks: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    price_from: int | None = None  # fen a kilogram
    price_to: int | None = None
    hidden: tuple[int, ...] = ()  # produce that whoever asks does not see

    def sifts(self) -> bool:
        """Return whether lots must be looked at one by one beside the index that leads to them."""
        narrowed = self.hidden or self.grades is not None or self.tracks or self.papers or len(self.sellers) == 1
        priced = self.price_from is not None or self.price_to is not None
        return bool(
            narrowed or priced or (self.produce is not None and (self.place or self.townships or self.villages))
        )

    def fits(self, *, found_by: str = "") -> Q:
        """Return what a lot must meet beside what the index that leads to it has told."""
        fits = ~Q(produce_id__in=self.hidden) if self.hidden else Q()
        if self.produce is not None and found_by != "produce":
            fits &= Q(produce_id__in=self.produce)
        if self.place and found_by != "village":
            fits &= Q(village_id__in=villages_of(self.place).values("pk"))
        if self.villages and (self.place or found_by != "village"):
            fits &= Q(village_id__in=self.villages)
        if self.townships and found_by != "township":
            fits &= Q(township_id__in=self.townships)
        if self.grades is not None:
            fits &= Q(grade_id__in=self.grades)
        if self.tracks:
            fits &= Q(track__in=self.tracks)
        if len(self.sellers) == 1:
            fits &= Q(household__isnull=self.sellers[0] == "cooperative")
        for kind in self.papers:
            fits &= Q(Exists(Paper.objects.filter(listing=OuterRef("pk"), kind=kind, status=PaperStatus.VALID)))
        if self.price_from is not None:
            fits &= Q(price_fen__gte=(_UNIT_G * self.price_from + 999) / 1000)
        if self.price_to is not None:
            fits &= Q(price_fen__lte=_UNIT_G * self.price_to / 1000)
        return fits


@dataclass(frozen=True)
class Meant:
    """What typed words mean: goods to list, others like them to offer, or a part of a place's name."""

    produce: list[dictionary.Word] | None = None
    others: tuple[dictionary.Word, ...] = ()
    place: str = ""


def meant_by(text: str, on_sale: Sequence[int] = ()) -> Meant:
    """Read typed words: the goods that fit best and are on sale, those that fit less well; else a place.

    「长溪 包菜」 and 「长溪包菜」 are a place and goods; how much is wanted is no part of the question.
    """
    typed = dictionary.plain(text).split()
    words = [word for word in typed if not _AMOUNT.fullmatch(word)] or typed
    goods = [word for word in words if dictionary.tiers(word)]
    if goods and len(goods) < len(words):
        chosen, others = _best(dictionary.tiers(goods[0]), set(on_sale))
        beside = [word for word in words if word not in goods]
        return Meant(chosen, others, next((word for word in beside if _names_a_place(word)), beside[0]))
    plain = " ".join(words)
    tiers = dictionary.tiers(plain)
    if not tiers:
        return Meant(place=plain)
    chosen, others = _best(tiers, set(on_sale))
    left = _without_goods(plain, chosen)
    return Meant(chosen, others, left if _names_a_place(left) else "")


def _without_goods(words: str, goods: Sequence[dictionary.Word]) -> str:
    """Return what is left of words written together with the name of goods: 长溪 of 长溪包菜."""
    named = [name for word in goods for name in word.names if len(name) > 1 and name in words]
    return words.replace(max(named, key=len), "", 1).strip() if named else ""


def _names_a_place(name: str) -> bool:
    """Return whether a village or township is called so; asked of the database every few minutes."""
    if len(name) < 2:
        return False
    places = cast(list[str], near.get_or_set(_PLACES, _names_of_places, _PLACES_SECONDS))
    return any(name in place for place in places)


def _names_of_places() -> list[str]:
    levels = (Place.Level.VILLAGE, Place.Level.TOWNSHIP)
    return list(Place.objects.filter(level__in=levels).values_list("name", flat=True))


def _best(
    tiers: list[list[dictionary.Word]], on_sale: set[int]
) -> tuple[list[dictionary.Word], tuple[dictionary.Word, ...]]:
    """Return the goods that fit best of those on sale, and those on sale that fit less well."""
    every = [word for tier in tiers for word in tier]
    chosen = next((tier for tier in tiers if any(word.id in on_sale for word in tier)), every)
    return chosen, tuple(word for word in every if word not in chosen and word.id in on_sale)


def villages_of(name: str) -> QuerySet[Place]:
    """Return the villages called so, or of a township called so; a single sign names no place."""
    villages = Place.objects.filter(level=Place.Level.VILLAGE)
    name = name.replace(" ", "")
    if len(name) < 2:
        return villages.none()
    return villages.filter(Q(name__contains=name) | Q(parent__name__contains=name)).order_by("pk")[:MOST_VILLAGES]


def page_of(
    question: Question, *, board: market.Board, day: dt.date, cursor: str, papers: bool = False, tier: bool = False
) -> keyset.Page:
    """Return one page of what was asked for, in one query; on a crowded board sifting it takes two at first.

    Each lot comes with what a list shows: with `papers`, as `has_papers`, which it may be sold on today; with `tier`,
    as `poor`, whether its household counts as poor.
    """
    backwards, seen = keyset.opened(cursor, len(market.ORDER))
    last = _lot_at(seen) if seen is not None else None
    backwards = backwards and last is not None
    end = _end_of_reach(question, board, day, cursor, last, backwards)
    values: dict[object, object] = {_TODAY: day}
    if papers:
        values[_SLIPS_FROM] = slips_since(day)
    for blank, value in ((_UNTIL, question.until), *zip(_SEEN, last or (), strict=False)):
        values[blank] = value
    if end is not None:
        values |= dict(zip(_END, end, strict=True))
    blanked = question if question.until is None else replace(question, until=_UNTIL)
    written = _written(blanked, last is not None, backwards, end is not None, papers, tier)
    lots = [] if written is None else list(Listing.objects.raw(written[0], _filled(written[1], values)))
    looked_to = {"sell_by": end[0], "id": end[1]} if end is not None else None
    brought = keyset.Found(faces.dress(lots), looked_to)
    return keyset.page(brought, market.ORDER, size=market.PAGE, backwards=backwards, first=last is None)


# What stands in written SQL where a day or a number of one request belongs: days long gone, numbers no lot has.
_TODAY, _SLIPS_FROM, _UNTIL = dt.date(1, 1, 1), dt.date(1, 1, 2), dt.date(1, 1, 3)
_SEEN, _END = (dt.date(1, 1, 4), -7_000_003), (dt.date(1, 1, 5), -7_000_004)


@lru_cache(maxsize=MOST_WRITTEN)
def _written(
    question: Question, after: bool, backwards: bool, ends: bool, papers: bool, tier: bool
) -> tuple[str, tuple] | None:
    """Return the SQL of one way of asking a question, and its values, of which some are only places to be filled.

    None where nothing can fit. Writing it takes longer than asking it, and people ask the same questions.
    """
    order = keyset.read_order(market.ORDER, backwards)
    rows = _rows(question, _TODAY, _SEEN if after else None, backwards)
    if ends:
        rows = rows.filter(_up_to(_END, order))
    along = _along(question)
    rows = rows.filter(market.takeable(_TODAY), question.fits(found_by=along.column))
    if along.goods is not None:
        rows = Listing.objects.filter(_IsAnyOf(F("pk"), along.first_of_each(rows, order, market.PAGE + 1)))
    shown = market.narrow(with_papers(rows, _SLIPS_FROM) if papers else rows)
    if tier:
        shown = market.with_tier(shown)
    try:
        return shown.order_by(*order)[: market.PAGE + 1].query.sql_with_params()
    except EmptyResultSet:
        return None


def _filled(blanks: tuple, values: dict[object, object]) -> list:
    return [values.get(blank, blank) if isinstance(blank, dt.date | int) else blank for blank in blanks]


def _rows(question: Question, day: dt.date, last: tuple[dt.date, int] | None, backwards: bool) -> QuerySet[Listing]:
    """Return the lots of the board from where the last page ended, up to the day asked for."""
    rows = market.on_board(day)
    if question.until is not None:
        rows = rows.filter(sell_by__lte=question.until)
    return rows if last is None else keyset.beyond(rows, market.ORDER, last, backwards)


def _lot_at(seen: list) -> tuple[dt.date, int] | None:
    """Return the day and number a cursor was cut at, None where it was made by hand."""
    try:
        return dt.date.fromisoformat(seen[0]), int(seen[1])
    except (ValueError, TypeError):
        return None


class _IsAnyOf(Lookup):
    """`id = ANY(array)`: the array is made once and apart, which plans in a fraction of the time of a semi-join."""

    lookup_name = "is_any_of"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Write it."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


@dataclass(frozen=True)
class _Along:
    """Goods or places whose lots have an index of their own in the order of the board; none: the board's own."""

    column: str
    goods: QuerySet[Any] | None
    number: int  # of goods or places

    def first_of_each(self, lots: QuerySet[Listing], order: list[str], wanted: int) -> ArraySubquery:
        """Return the first so many of these lots of each of them."""
        if self.goods is None:
            raise ValueError("the board itself is read, not goods or places")
        of_one = lots.filter(**{self.column: OuterRef("pk")}).order_by(*order).values("pk")[:wanted]
        # Where nothing can fit, the array is a bare NULL: its type is said, or the database cannot tell what to unnest.
        numbers = Cast(ArraySubquery(of_one), ArrayField(BigIntegerField()))
        lot = Func(numbers, function="unnest", output_field=BigIntegerField())
        return ArraySubquery(self.goods.annotate(lot=lot).values("lot"))


def _along(question: Question) -> _Along:
    if question.produce is not None:
        return _Along("produce", Produce.objects.filter(pk__in=question.produce), len(question.produce))
    if question.place:
        named = Place.objects.filter(pk__in=villages_of(question.place).values("pk"))
        return _Along("village", named, MOST_VILLAGES // 8)
    if question.villages:
        return _Along("village", Place.objects.filter(pk__in=question.villages), len(question.villages))
    if question.townships:
        return _Along("township", Place.objects.filter(pk__in=question.townships), len(question.townships))
    return _Along("", None, 1)


def _lots_along(question: Question, board: market.Board) -> int:
    """Return how many lots the index leads to, as far as was counted."""
    if question.produce is not None:
        return sum(board.counts["produce", str(produce_id)] for produce_id in question.produce)
    if question.townships and not question.place and not question.villages:
        return sum(board.counts["township", code] for code in question.townships)
    return board.lots


def _end_of_reach(
    question: Question,
    board: market.Board,
    day: dt.date,
    cursor: str,
    last: tuple[dt.date, int] | None,
    backwards: bool,
) -> tuple[dt.date, int] | None:
    """Return day and number of the last lot that may be looked at for one page, None where all may be.

    It is read from an index alone. Where to stop need not be new, only the same for everybody who asks: it is kept for
    some minutes.
    """
    if not question.sifts() or _lots_along(question, board) <= REACH // 2:
        return None
    places = (question.place, question.townships, question.villages)
    parts = (question.produce, *places, question.until, day, cursor)
    key = "search-reach:" + hashlib.sha256(repr(parts).encode()).hexdigest()

    def read() -> tuple:
        rows = _rows(question, day, last, backwards)
        return _read_end(rows, keyset.read_order(market.ORDER, backwards), _along(question)) or ()

    return cast(tuple[dt.date, int], cache.get_or_set(key, read, REACH_SECONDS)) or None


def _read_end(rows: QuerySet[Listing], order: list[str], along: _Along) -> tuple[dt.date, int] | None:
    each = max(REACH // max(along.number, 1), LEAST_REACH)
    last = rows.order_by(*order).values_list(JSONObject(sell_by="sell_by", id="id"))
    if along.goods is None:
        ends = [end for (end,) in last[each - 1 : each]]
    else:
        of_one = last.filter(**{along.column: OuterRef("pk")})[each - 1 : each]
        each_end = along.goods.annotate(end=Subquery(of_one)).values_list("end", flat=True)
        ends = [end for end in each_end if end is not None]
    if not ends:
        return None
    nearest = (max if order[0].startswith("-") else min)(ends, key=lambda end: (end["sell_by"], end["id"]))
    return dt.date.fromisoformat(nearest["sell_by"]), nearest["id"]


def _up_to(end: tuple[dt.date, int], order: list[str]) -> Q:
    lookup = "gt" if order[0].startswith("-") else "lt"
    same_day = Q(sell_by=end[0]) & Q(**{f"id__{lookup}e": end[1]})
    return Q(**{f"sell_by__{lookup}e": end[0]}) & (Q(**{f"sell_by__{lookup}": end[0]}) | same_day)
