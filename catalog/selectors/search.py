"""Search the market: what was asked for, read along the index of the goods or places it names, in the board's order.

A lot is found where its goods (or its village) have their own index in the order of the board: each is read only as far
as one page needs, and the few found are put in order. What no index knows (price, grade, seller …) is sifted out of at
most REACH lots a page; where those hold too few, the page says how far it looked and the next one goes on from there.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db.models import BigIntegerField, Exists, F, Func, Lookup, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject

from accounts.models import Place
from catalog.models import Listing, Paper, PaperStatus, Produce
from catalog.selectors import dictionary, faces, market, whole_board
from catalog.selectors.papers import slips_since, with_papers
from kernel import keyset

REACH = 10_000
REACH_SECONDS = 600
LEAST_REACH = 400  # of each of many goods
MOST_VILLAGES = 200
_UNIT_G = Cast(F("price_unit_g"), BigIntegerField())


@dataclass(frozen=True)
class Question:
    """What the market is asked for; what is None or empty narrows nothing."""

    produce: Sequence[int] | None = None
    place: str = ""  # a part of the name of a village or township
    townships: Sequence[str] = ()
    villages: Sequence[str] = ()
    until: dt.date | None = None  # to be sold by then
    grades: Sequence[int] | None = None
    tracks: Sequence[str] = ()
    sellers: Sequence[str] = ()
    papers: Sequence[str] = ()
    price_from: int | None = None  # fen a kilogram
    price_to: int | None = None

    def narrows(self) -> bool:
        """Say whether anything at all was asked for."""
        return any(value not in (None, "", (), []) for value in vars(self).values())

    def sifts(self) -> bool:
        """Say whether lots must be looked at one by one beside the index that leads to them."""
        told = self.grades is not None or self.tracks or self.papers or len(self.sellers) == 1
        priced = self.price_from is not None or self.price_to is not None
        return bool(told or priced or (self.produce is not None and (self.place or self.townships or self.villages)))

    def fits(self, *, found_by: str = "") -> Q:
        """Return what a lot must meet beside what the index that leads to it has told."""
        fits = Q()
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

    「长溪 包菜」 is a place and goods.
    """
    said = dictionary.plain(text)
    words = said.split()
    goods = [word for word in words if dictionary.tiers(word)]
    if goods and len(goods) < len(words):
        chosen, others = _best(dictionary.tiers(goods[0]), set(on_sale))
        return Meant(chosen, others, next(word for word in words if word not in goods))
    tiers = dictionary.tiers(said)
    return Meant(*_best(tiers, set(on_sale))) if tiers else Meant(place=said)


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
    if not question.narrows():
        return whole_board.page_of(day, cursor=cursor, papers=papers, tier=tier)
    rows = market.on_board(day)
    if question.until is not None:
        rows = rows.filter(sell_by__lte=question.until)
    along = _along(question, board)

    def find(rows: QuerySet[Listing], order: list[str], wanted: int) -> keyset.Found:
        end = _end_of_reach(question, day, cursor, rows, order, along)
        if end is not None:
            rows = rows.filter(_up_to(end, order))
        rows = rows.filter(market.takeable(day), question.fits(found_by=along.column))
        if along.goods is not None:
            rows = Listing.objects.filter(_IsAnyOf(F("pk"), along.first_of_each(rows, order, wanted)))
        shown = market.narrow(with_papers(rows, slips_since(day)) if papers else rows)
        if tier:
            shown = market.with_tier(shown)
        return keyset.Found(faces.dress(list(shown.order_by(*order)[:wanted])), end)

    return keyset.cut(rows, market.ORDER, cursor=cursor, size=market.PAGE, find=find)


class _IsAnyOf(Lookup):
    """`id = ANY(array)`: the array is made once and apart, which plans in a fraction of the time of a semi-join."""

    lookup_name = "is_any_of"

    def as_sql(self, compiler, connection):
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
    lots: int  # on the board, as far as was counted

    def first_of_each(self, lots: QuerySet[Listing], order: list[str], wanted: int) -> ArraySubquery:
        """Return the first so many of these lots of each of them."""
        if self.goods is None:
            raise ValueError("the board itself is read, not goods or places")
        of_one = lots.filter(**{self.column: OuterRef("pk")}).order_by(*order).values("pk")[:wanted]
        # Where nothing can fit, the array is a bare NULL: its type is said, or the database cannot tell what to unnest.
        numbers = Cast(ArraySubquery(of_one), ArrayField(BigIntegerField()))
        lot = Func(numbers, function="unnest", output_field=BigIntegerField())
        return ArraySubquery(self.goods.annotate(lot=lot).values("lot"))


def _along(question: Question, board: market.Board) -> _Along:
    counts = board.counts
    if question.produce is not None:
        ids = list(question.produce)
        number = sum(counts["produce", str(produce_id)] for produce_id in ids)
        return _Along("produce", Produce.objects.filter(pk__in=ids), len(ids), number)
    if question.place:
        named = Place.objects.filter(pk__in=villages_of(question.place).values("pk"))
        return _Along("village", named, MOST_VILLAGES // 8, board.lots)
    if question.villages:
        return _Along("village", Place.objects.filter(pk__in=question.villages), len(question.villages), board.lots)
    if question.townships:
        number = sum(counts["township", code] for code in question.townships)
        return _Along("township", Place.objects.filter(pk__in=question.townships), len(question.townships), number)
    return _Along("", None, 1, board.lots)


def _end_of_reach(
    question: Question, day: dt.date, cursor: str, rows: QuerySet[Listing], order: list[str], along: _Along
) -> dict[str, Any] | None:
    """Return the last lot that may be looked at for one page, None where all may be; read from an index alone.

    Where to stop need not be new, only the same for everybody who asks: it is kept for some minutes.
    """
    if not question.sifts() or along.lots <= REACH // 2:
        return None
    places = (question.place, question.townships, question.villages)
    asked = (question.produce, *places, question.until, day, cursor)
    key = "search-reach:" + hashlib.sha256(repr(asked).encode()).hexdigest()
    found = cache.get_or_set(key, lambda: _read_end(rows, order, along) or {}, REACH_SECONDS)
    return cast(dict[str, Any], found) or None


def _read_end(rows: QuerySet[Listing], order: list[str], along: _Along) -> dict[str, Any] | None:
    each = max(REACH // max(along.number, 1), LEAST_REACH)
    last = rows.order_by(*order).values_list(JSONObject(sell_by="sell_by", id="id"))
    if along.goods is None:
        ends = [end for (end,) in last[each - 1 : each]]
    else:
        of_one = last.filter(**{along.column: OuterRef("pk")})[each - 1 : each]
        found = along.goods.annotate(end=Subquery(of_one)).values_list("end", flat=True)
        ends = [end for end in found if end is not None]
    if not ends:
        return None
    nearest = (max if order[0].startswith("-") else min)(ends, key=lambda end: (end["sell_by"], end["id"]))
    return {"sell_by": dt.date.fromisoformat(nearest["sell_by"]), "id": nearest["id"]}


def _up_to(end: dict[str, Any], order: list[str]) -> Q:
    way = "gt" if order[0].startswith("-") else "lt"
    same_day = Q(sell_by=end["sell_by"]) & Q(**{f"id__{way}e": end["id"]})
    return Q(**{f"sell_by__{way}e": end["sell_by"]}) & (Q(**{f"sell_by__{way}": end["sell_by"]}) | same_day)
