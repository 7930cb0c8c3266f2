"""What the arithmetic works on: lots and their owners, what is picked of them, and the draw between equals."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any


class PlanKind(StrEnum):
    FAIR = "fair"  # most households
    CHEAPEST = "cheapest"
    FEWEST = "fewest"  # fewest stops
    CHOSEN = "chosen"  # picked by the buyer, lot by lot


@dataclass(frozen=True, slots=True)
class Lot:
    """What one listing can give: `owner` is whoever is asked (a household or a co-operative)."""

    listing_id: int
    owner: str
    poor: bool
    days_left: int
    available: int
    price_fen: int
    price_unit_g: int
    served_g: int = 0  # what its owner sold or promised of these goods this season, before this wish
    stop: int = 0  # the village where it is loaded
    unit_g: int = 1  # what one stock unit weighs
    beyond_cap: int = 0  # what its owner has of it beyond the season's cap
    smallest: int = 0  # what its seller hands over at least; less only where it is all that is left

    @property
    def least(self) -> int:
        """Return the least that is taken of it where anything is."""
        return min(self.smallest, self.available)

    @property
    def price(self) -> Fraction:
        """Return the price of a gram, exactly."""
        return Fraction(self.price_fen, self.price_unit_g)


@dataclass(frozen=True, slots=True)
class Why:
    """The figures behind one owner's share, from which the sentence to that owner is made."""

    kind: str
    level: int  # what everybody of the same turn got, unless they had less
    had: int  # what this owner had
    owners: int  # how many owners share this wish
    waiting: int  # how many of the same turn were left out: served more, more days left, or by the draw
    seed: str
    served_g: int = 0  # what this owner had sold or promised this season before
    beyond_cap: int = 0  # how much of what it had is beyond the season's cap


@dataclass(frozen=True, slots=True)
class Pick:
    """This much of one lot."""

    lot: Lot
    quantity: int
    why: Why


@dataclass(frozen=True)
class Split:
    """One way to fill a wish."""

    kind: PlanKind
    picks: list[Pick]
    asked: int
    seed: str = ""

    @property
    def filled(self) -> int:
        """Return how much of the wish is filled."""
        return sum(pick.quantity for pick in self.picks)

    @property
    def short(self) -> int:
        """Return how much of the wish nobody can fill."""
        return self.asked - self.filled

    @property
    def owners(self) -> int:
        """Return how many households and co-operatives take part."""
        return len({pick.lot.owner for pick in self.picks})

    @property
    def stops(self) -> int:
        """Return in how many villages something is loaded."""
        return len({pick.lot.stop for pick in self.picks})


@dataclass(eq=False, slots=True)
class Share:
    """One owner's lots, what spoils soonest first, and what is taken from them: nothing, or from `least` to `can`."""

    owner: str
    lots: list[Lot] = field(default_factory=list)
    had: int = 0
    given: int = 0
    beyond_cap: int = 0
    used: list[Lot] = field(default_factory=list)  # those whose smallest quantities there is room for
    can: int = 0
    least: int = 0

    def fits(self, room: int, parcel: int) -> bool:
        """Choose the lots whose smallest quantities fit into this room together; say whether this owner takes part.

        `parcel` is what the buyer fetches at least from one owner.
        """
        self.used, self.can, self.least = [], 0, 0
        for lot in self.lots:
            if self.least + lot.least <= room:
                self.used.append(lot)
                self.can += lot.available
                self.least += lot.least
        self.least = max(self.least, min(parcel, self.can))
        return bool(self.used) and self.least <= room


def draw(seed: str, owner: str) -> int:
    """Return the place this owner drew; nobody can choose it, and anybody can work it out again."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{owner}".encode()).digest()[:8])


def by_owner(lots: Iterable[Lot]) -> list[Share]:
    """Gather lots by owner, what spoils soonest first."""
    shares: dict[str, Share] = {}
    for lot in sorted(lots, key=lambda lot: (lot.days_left, lot.listing_id)):
        share = shares.get(lot.owner)
        if share is None:
            share = shares[lot.owner] = Share(lot.owner)
        share.beyond_cap += lot.beyond_cap
        if lot.available > 0:
            share.lots.append(lot)
            share.had += lot.available
    return [share for share in shares.values() if share.had]


def in_order(shares: Iterable[Share], key: Callable[[Share], Any], seed: str) -> list[Share]:
    """Order owners by a key; between those it does not tell apart the draw decides."""
    row: list[Share] = []
    for _same, equals in groupby(sorted(shares, key=key), key):
        tied = list(equals)
        if len(tied) > 1:
            tied.sort(key=lambda share: (draw(seed, share.owner), share.owner))
        row += tied
    return row


def within_cap(lots: Iterable[Lot], cap_g: int) -> list[Lot]:
    """Leave of each owner's lots what the season's cap still allows, what spoils soonest first; 0 is no cap."""
    rows = list(lots)
    if not cap_g:
        return rows
    used: dict[str, int] = {}
    cut = []
    for lot in sorted(rows, key=lambda lot: (lot.days_left, lot.listing_id)):
        before = used.get(lot.owner, lot.served_g)
        may = min(lot.available, max(0, cap_g - before) // lot.unit_g)
        if may < lot.least:
            may = 0  # its seller hands over no part as small as the cap allows
        used[lot.owner] = before + may * lot.unit_g
        cut.append(replace(lot, available=may, beyond_cap=lot.available - may))
    return cut


def picks_of(share: Share, why: Why) -> list[Pick]:
    """Take an owner's share from the lots that spoil first, of none less than its smallest quantity."""
    picks, left = [], share.given
    later = sum(lot.least for lot in share.used)
    for lot in share.used:
        later -= lot.least
        part = min(lot.available, left - later)
        if part > 0:
            picks.append(Pick(lot, part, why))
            left -= part
    return picks


def units_of(picks: Iterable[Pick]) -> dict[int, int]:
    """Return how much is taken of each listing; a listing picked twice counts once."""
    taken: dict[int, int] = defaultdict(int)
    for pick in picks:
        taken[pick.lot.listing_id] += pick.quantity
    return dict(taken)
