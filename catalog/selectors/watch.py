"""What stands out among goods newly on sale: nothing waits for leave to be sold, so somebody looks afterwards."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.db.models.functions import Coalesce

from catalog.models import Listing, PlotSeason
from catalog.selectors import faces, market
from kernel import clock
from records.models import Event

DAYS = 7  # one page of what is new: a lot older than that was looked at or is sold
REACH = 2000  # of the newest lots
SHOWN = 50
STORED = dt.timedelta(days=60)  # so long after its harvest a crop may still be brought out
LOOKED_AT = "listing_looked_at"


class Odd(StrEnum):
    """Why a lot is worth a look."""

    HIGH = "high"
    LOW = "low"
    SAME_PHOTO = "same_photo"
    MORE_THAN_LAND = "more_than_land"


@dataclass(frozen=True)
class Watched:
    """A lot and what stands out about it."""

    listing: Listing
    why: tuple[Odd, ...]


def worth_a_look(inside: Q, at: dt.datetime) -> list[Watched]:
    """Return the lots of some places put on sale these days that stand out and nobody has looked at, the newest first.

    Four queries, whatever there is; of the newest REACH lots.
    """
    day, since = clock.county_day(at), at - dt.timedelta(days=DAYS)
    recent = market.on_board(day).filter(inside, confirmed_at__gte=since, listed_at__gte=since)
    lots = faces.dress(list(market.narrow(recent).order_by("-confirmed_at", "-id")[:REACH]))
    usual, copied, beyond = market.usual(day), _same_photo(lots), _more_than_land(lots, day)
    watched = []
    for lot in lots:
        stands = {
            Odd.HIGH: usual.is_high(lot),
            Odd.LOW: usual.is_low(lot),
            Odd.SAME_PHOTO: lot.pk in copied,
            Odd.MORE_THAN_LAND: (lot.household_id, lot.produce_id) in beyond,
        }
        if any(stands.values()):
            watched.append(Watched(lot, tuple(odd for odd, does in stands.items() if does)))
    done = _looked_at(entry.listing for entry in watched)
    return [entry for entry in watched if entry.listing.reference not in done][:SHOWN]


def _same_photo(lots: list[Listing]) -> set[int]:
    """Return the lots whose photo, byte for byte, shows another seller's goods too."""
    prints = {lot.pk: lot.cover.sha256 for lot in lots if lot.cover is not None}
    sellers = defaultdict(set)
    rows = Listing.objects.filter(cover__sha256__in=set(prints.values()))
    for sha256, *seller in rows.values_list("cover__sha256", "household", "cooperative").distinct():
        sellers[sha256].add(tuple(seller))
    return {pk for pk, sha256 in prints.items() if len(sellers[sha256]) > 1}


def _more_than_land(lots: list[Listing], day: dt.date) -> set[tuple]:
    """Return the households with the produce of which they listed more than this season's land gives, as they told.

    Who has told of no season of that produce is not among them.
    """
    listed: Counter[tuple] = Counter()
    for lot in lots:
        if lot.household_id is not None:
            listed[lot.household_id, lot.produce_id] += lot.grams(lot.listed)
    homes, produce = {home for home, _produce in listed}, {kind for _home, kind in listed}
    gives: Counter[tuple] = Counter()
    seasons = PlotSeason.objects.filter(
        Q(household__in=homes) | Q(household__merged_into__in=homes),
        produce__in=produce,
        superseded_at=None,
        harvest_from__lte=day,
        harvest_to__gte=day - STORED,
    ).annotate(home=Coalesce("household__merged_into", "household"))
    for home, kind, grams in seasons.values_list("home", "produce", "capacity_g"):
        gives[home, kind] += grams
    return {pair for pair, grams in listed.items() if pair in gives and grams > gives[pair]}


def _looked_at(lots: Iterable[Listing]) -> set[str]:
    documents = [lot.reference for lot in lots]
    return set(Event.objects.filter(kind=LOOKED_AT, document__in=documents).values_list("document", flat=True))
