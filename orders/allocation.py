"""Which lots fill a wish: pure arithmetic on whole units (grams, or pieces), with no database behind it.

The published rule: eligible lots (produce, price, day) → poor households before others → fewest days left → everybody
in turn gets the same, up to what they have, nobody less than the smallest parcel → a seeded draw between equals.
The same lots and seed give the same answer, and what is given out is what was asked for, or all there is.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


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


@dataclass(frozen=True, slots=True)
class Why:
    """The figures behind one owner's share, from which the sentence to that owner is made."""

    kind: str
    level: int  # what everybody of the same turn got, unless they had less
    had: int  # what this owner had
    owners: int  # how many owners share this wish
    waiting: int  # how many of the same turn were left out by the draw or by days left
    seed: str


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


@dataclass(eq=False)
class _Share:
    """One owner's lots and what is taken from them."""

    owner: str
    lots: list[Lot] = field(default_factory=list)
    given: int = 0

    @property
    def had(self) -> int:
        return sum(lot.available for lot in self.lots)


def draw(seed: str, owner: str) -> int:
    """Return the place this owner drew; nobody can choose it, and anybody can work it out again."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{owner}".encode()).digest()[:8])


def fair(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1) -> Split:
    """Share a wish among as many as the smallest parcel allows, everybody alike; poor households come first."""
    rows = list(lots)
    shares: list[tuple[_Share, int, int]] = []
    picks: list[Pick] = []
    for poor in (True, False):
        left = asked - sum(share.given for share, _level, _out in shares)
        turn = _by_owner(lot for lot in rows if lot.poor == poor)
        turn.sort(key=lambda share: (min(lot.days_left for lot in share.lots), draw(seed, share.owner), share.owner))
        invited = _invited(turn, left, smallest)
        level = _fill(invited, left, step)
        shares += [(share, level, len(turn) - len(invited)) for share in invited]
    taking = [entry for entry in shares if entry[0].given]
    for share, level, out in taking:
        why = Why(PlanKind.FAIR, level, share.had, len(taking), out, seed)
        picks += _from_lots(share, why)
    return Split(PlanKind.FAIR, picks, asked, seed)


def cheapest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1) -> Split:
    """Fill a wish at the lowest price; between equal prices poor households and short-lived goods come first."""
    ordered = sorted(
        lots,
        key=lambda lot: (
            Fraction(lot.price_fen, lot.price_unit_g), not lot.poor, lot.days_left, draw(seed, lot.owner),
            lot.listing_id,
        ),
    )  # fmt: skip
    return _greedy(PlanKind.CHEAPEST, [[lot] for lot in ordered if lot.available > 0], asked, seed, smallest)


def fewest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1) -> Split:
    """Fill a wish from as few owners as can do it: whoever has most comes first."""
    owners = _by_owner(lots)
    owners.sort(key=lambda share: (-share.had, min(_price(lot) for lot in share.lots), draw(seed, share.owner)))
    return _greedy(PlanKind.FEWEST, [share.lots for share in owners], asked, seed, smallest)


def three_plans(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1) -> list[Split]:
    """Return the three ready plans, the fair one first."""
    rows = list(lots)
    return [
        fair(rows, asked, seed=seed, smallest=smallest, step=step),
        cheapest(rows, asked, seed=seed, smallest=smallest),
        fewest(rows, asked, seed=seed, smallest=smallest),
    ]


def _price(lot: Lot) -> Fraction:
    return Fraction(lot.price_fen, lot.price_unit_g)


def _by_owner(lots: Iterable[Lot]) -> list[_Share]:
    """Gather lots by owner, what spoils soonest first."""
    shares: dict[str, _Share] = {}
    for lot in sorted(lots, key=lambda lot: (lot.days_left, lot.listing_id)):
        if lot.available > 0:
            shares.setdefault(lot.owner, _Share(lot.owner)).lots.append(lot)
    return list(shares.values())


def _invited(turn: list[_Share], wanted: int, smallest: int) -> list[_Share]:
    """Return the first owners of a turn who can each get a whole parcel (or all they have).

    The parcel gives way only where the wish could not be filled otherwise.
    """
    invited: list[_Share] = []
    promised = can = 0
    for share in turn:
        promised += min(smallest, share.had)
        if wanted <= 0 or (promised > wanted and can >= wanted):
            break
        can += share.had
        invited.append(share)
    return invited


def _fill(shares: list[_Share], wanted: int, step: int) -> int:
    """Give everybody the same up to what they have; return that level. What does not divide goes round in order."""
    wanted = min(wanted, sum(share.had for share in shares))
    level, left = 0, wanted
    open_shares = sorted(shares, key=lambda share: share.had)
    while open_shares:
        even = left // len(open_shares)
        if open_shares[0].had > even:
            level = even - even % step
            break
        full = open_shares.pop(0)
        full.given, level = full.had, full.had
        left -= full.had
    for share in open_shares:
        share.given = level
        left -= level
    _hand_round(shares, left, step)
    return level


def _hand_round(shares: list[_Share], left: int, step: int) -> None:
    """Hand out the rest in whole steps, one to each in order, and the last crumbs to the first who has them."""
    while left > 0:
        before = left
        for share in shares:
            part = min(step, left, share.had - share.given)
            share.given += part
            left -= part
        assert left < before, "what is left was promised by somebody"  # noqa: S101  (arithmetic, not input)


def _from_lots(share: _Share, why: Why) -> list[Pick]:
    """Take an owner's share from the lots that spoil first."""
    picks, left = [], share.given
    for lot in share.lots:
        part = min(lot.available, left)
        if part:
            picks.append(Pick(lot, part, why))
            left -= part
    return picks


def _greedy(kind: PlanKind, groups: list[list[Lot]], asked: int, seed: str, smallest: int) -> Split:
    """Empty the groups one after the other; the last one gets a whole parcel, taken from those before it."""
    shares, left = [], asked
    for lots in groups:
        if left <= 0:
            break
        share = _Share(lots[0].owner, lots)
        share.given = min(share.had, left)
        left -= share.given
        shares.append(share)
    if shares:
        _round_up_last(shares, smallest)
    owners = len({share.owner for share in shares})
    level = max((share.given for share in shares), default=0)
    picks = [pick for share in shares for pick in _from_lots(share, Why(kind, level, share.had, owners, 0, seed))]
    return Split(kind, picks, asked, seed)


def _round_up_last(shares: list[_Share], smallest: int) -> None:
    """Ask nobody for less than a parcel: what the last owner lacks is left to it by those before, while they can."""
    last = shares[-1]
    lacking = min(smallest, last.had) - last.given
    for share in reversed(shares[:-1]):
        if lacking <= 0:
            break
        spare = min(lacking, max(0, share.given - smallest))
        share.given -= spare
        last.given += spare
        lacking -= spare


def units_of(picks: Iterable[Pick]) -> dict[int, int]:
    """Return how much is taken of each listing; a listing picked twice counts once."""
    taken: dict[int, int] = defaultdict(int)
    for pick in picks:
        taken[pick.lot.listing_id] += pick.quantity
    return dict(taken)
