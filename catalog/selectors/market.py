"""The market board: what may be taken today, the soonest to spoil first; nothing here names a household."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from accounts.models import POOR_TIERS, HouseholdTier, Place, Role, Somebody
from accounts.selectors import standing
from catalog.models import Listing, ListingStatus, Paper, Track
from catalog.selectors.pauses import here_on
from kernel import clock, near
from produce.models import ProduceCategory
from produce.selectors import dictionary
from produce.selectors.prices import DAYS_BACK, reference_prices
from records.selectors.policy import policy

ORDER = ("sell_by", "id")
PAGE = 20
BOARD_SECONDS = 60
PRICES_SECONDS = 600
# Who needs to know that a seller belongs to a poor household: its goods count towards the reserved share.
SEES_TIER = (
    Role.BUYER, Role.BUYING_APPROVER, Role.UNION_TREASURER, Role.UNION_CHAIR, Role.TOWNSHIP_OFFICER, Role.VERIFIER,
    Role.BUREAU_APPROVER, Role.RELIEF_CLERK, Role.OFFICIAL,
)  # fmt: skip

_FREE = F("reserved") + F("sold") + F("claimed") + F("written_off") + F("withdrawn")
_COUNT = """
    SELECT GROUPING(produce_id, township_id, track, household_id IS NULL, grade_id),
           produce_id, township_id, track, household_id IS NULL, grade_id, count(*),
           sum((listed - reserved - sold - claimed - written_off - withdrawn) * coalesce(piece_g, 1))
    FROM catalog_listing
    WHERE status = 'on_sale' AND sell_by >= %s AND listed > reserved + sold + claimed + written_off + withdrawn
      AND (paused_until IS NULL OR paused_until < %s)
    GROUP BY GROUPING SETS ((produce_id), (township_id), (track), (household_id IS NULL), (grade_id), ())
"""


@dataclass(frozen=True)
class Board:
    """How much of what is on sale, counted once a minute; names and codes in their own order."""

    at: dt.datetime
    lots: int = 0
    weight_g: int = 0
    categories: list[tuple[str, str, str]] = field(default_factory=list)  # code, Chinese, English
    townships: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # ("category", code) → lots

    def produce_on_sale(self) -> list[int]:
        """Return the produce of which there is something on the board."""
        return [int(value) for name, value in self.counts if name == "produce"]


def on_board(day: dt.date) -> QuerySet[Listing]:
    """Return the lots on sale that still keep on this day: what the board's indexes hold, whether promised or not."""
    return Listing.objects.filter(status=ListingStatus.ON_SALE, sell_by__gte=day)


def takeable(day: dt.date) -> Q:
    """Say of a lot on the board that something of it may be taken, its seller not being away."""
    return here_on(day) & Q(listed__gt=_FREE)


def open_lots(day: dt.date) -> QuerySet[Listing]:
    """Return the lots that may be taken on this day: on sale, still keeping, not all promised."""
    return on_board(day).filter(takeable(day))


def with_faces(lots: QuerySet[Listing]) -> QuerySet[Listing]:
    """Bring along what a card shows, in the same query; never the household itself."""
    return lots.select_related("produce", "grade", "village", "township", "cooperative", "cover")


# What a list shows of a lot and nothing more: narrow rows are most of what a page costs.
_NARROW = (
    "number", "produce", "grade", "village", "township", "cooperative", "cover", "status", "household_id",
    "stock_unit", "piece_g", "listed", "reserved", "sold", "claimed", "written_off", "withdrawn", "price_fen",
    "price_unit_g", "price_reason", "harvested_on", "expected_from", "expected_to", "sell_by", "track", "paused_until",
    "smallest",
)  # fmt: skip


def narrow(lots: QuerySet[Listing]) -> QuerySet[Listing]:
    """Bring along what a list shows of its lots and no other column; `faces.dress` gives them what they point at."""
    return lots.only(*_NARROW).annotate(cover_sha256=F("cover__sha256"))


def with_tier(lots: QuerySet[Listing]) -> QuerySet[Listing]:
    """Say of each lot, as `poor`, whether its household counts as poor today: for those who need to know."""
    poor = HouseholdTier.objects.filter(household=OuterRef("household"), to_on=None, tier__in=POOR_TIERS)
    return lots.annotate(poor=Exists(poor))


def sees_tier(user: Somebody) -> bool:
    """Say whether this person buys for the county or looks after the rules, and so is told who counts as poor."""
    return user.is_authenticated and standing(user).has(*SEES_TIER)


def board(at: dt.datetime) -> Board:
    """Return the counts of the whole board, at most a minute old."""
    day = clock.county_day(at)
    return cast(Board, near.get_or_set(_board_key(day), lambda: _board(day, at), BOARD_SECONDS))


@dataclass(frozen=True)
class Usual:
    """What goods usually fetch, in fen for 500 g, and from which thousandths of it a price is called high or low."""

    fen: dict[int, int]
    high: int
    low: int

    def is_high(self, lot: Listing) -> bool:
        """Say whether a lot costs far more than its goods usually do."""
        ours, theirs = self._beside(lot)
        return theirs is not None and 1000 * ours > self.high * theirs

    def is_low(self, lot: Listing) -> bool:
        """Say whether a lot costs far less than its goods usually do."""
        ours, theirs = self._beside(lot)
        return theirs is not None and 1000 * ours < self.low * theirs

    def _beside(self, lot: Listing) -> tuple[int, int | None]:
        """Return the price of a lot and the usual one, both times the same, so that nothing is divided."""
        fen = self.fen.get(lot.produce_id)
        return lot.price_fen * 500, None if fen is None else fen * lot.price_unit_g


def usual(day: dt.date) -> Usual:
    """Return what every produce usually fetches, at most ten minutes old."""

    def read() -> Usual:
        known = reference_prices([word.id for word in dictionary.words()], day)
        return Usual(known, policy("high_price_permille", day), policy("low_price_permille", day))

    return cast(Usual, near.get_or_set(_usual_key(day), read, PRICES_SECONDS))


def references(day: dt.date) -> dict[int, int]:
    """Return today's reference price of every produce that has one, at most ten minutes old."""
    return usual(day).fen


def forget(day: dt.date) -> None:
    """Count the board and read the usual prices anew at the next question."""
    near.forget(_board_key(day))
    near.forget(_usual_key(day))


def _board_key(day: dt.date) -> str:
    return f"market-board:{day}"


def _usual_key(day: dt.date) -> str:
    return f"usual-prices:{day}:{DAYS_BACK}"


def _board(day: dt.date, at: dt.datetime) -> Board:
    counts, lots, weight_g = Counter[tuple[str, str]](), 0, 0
    words = {word.id: word for word in dictionary.words()}
    grades = {grade_id: code for word in words.values() for grade_id, code, _zh, _en in word.grades}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [day, day])
        # GROUPING has a bit for each column that was rolled up: the one left is what is counted.
        for level, produce, township, track, cooperative, grade, number, grams in cursor.fetchall():
            match level:
                case 0b01111:
                    counts["produce", str(produce)] = number
                    if produce in words:
                        counts["category", words[produce].category] += number
                case 0b10111:
                    counts["township", township] = number
                case 0b11011:
                    counts["track", track] = number
                case 0b11101:
                    counts["seller", "cooperative" if cooperative else "household"] = number
                case 0b11110:
                    if grade in grades:
                        counts["grade", grades[grade]] += number
                case _:
                    lots, weight_g = number, int(grams or 0)
    return Board(
        at=at,
        lots=lots,
        weight_g=weight_g,
        categories=list(ProduceCategory.objects.order_by("position").values_list("code", "name_zh", "name_en")),
        townships=list(Place.objects.filter(level=Place.Level.TOWNSHIP).order_by("code").values_list("code", "name")),
        counts=counts,
    )


TRACKS = [(Track.CERTIFIED.value, Track.CERTIFIED.label), (Track.SELF_GROWN.value, Track.SELF_GROWN.label)]
# The papers by which the board may be narrowed.
PAPERS = [(Paper.Kind.CONFORMITY.value, pgettext_lazy("market", "With a certificate"))]
