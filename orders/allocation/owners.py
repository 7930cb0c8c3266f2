"""One wish and its lots: three ready ways to fill it."""

from collections.abc import Iterable
from fractions import Fraction

from orders.allocation.lots import Lot, Pick, PlanKind, Share, Split, Why, by_owner, draw, in_order, picks_of
from orders.allocation.water import fill


def fair(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1) -> Split:
    """Share a wish among as many as the smallest parcel allows, everybody alike; poor households come first."""
    everybody = by_owner(lots)
    shares: list[tuple[Share, int, int]] = []
    left = asked
    for poor in (True, False):
        turn = in_order((share for share in everybody if share.lots[0].poor == poor), _turn_of, seed)
        invited = _invited(turn, left, smallest)
        given, level = fill([share.had for share in invited], left, step)
        for share, part in zip(invited, given, strict=True):
            share.given = part
        left -= sum(given)
        shares += [(share, level, len(turn) - len(invited)) for share in invited]
    taking = [entry for entry in shares if entry[0].given]
    picks: list[Pick] = []
    for share, level, out in taking:
        picks += picks_of(share, _why(PlanKind.FAIR, share, level, len(taking), out, seed))
    return Split(PlanKind.FAIR, picks, asked, seed)


def cheapest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1) -> Split:
    """Fill a wish at the lowest price; of equal prices poor households, the least served, what spoils come first."""
    ordered = sorted(
        (lot for lot in lots if lot.available > 0),
        key=lambda lot: (
            lot.price, not lot.poor, lot.served_g, lot.days_left, draw(seed, lot.owner), lot.listing_id
        ),
    )  # fmt: skip
    groups = [Share(lot.owner, [lot], lot.available, beyond_cap=lot.beyond_cap) for lot in ordered]
    return emptied(PlanKind.CHEAPEST, groups, asked, seed=seed, smallest=smallest)


def fewest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1) -> Split:
    """Fill a wish from as few villages as can do it, and there from as few owners: whoever has most comes first."""
    rows = [lot for lot in lots if lot.available > 0]
    have: dict[int, int] = {}
    for lot in rows:
        have[lot.stop] = have.get(lot.stop, 0) + lot.available
    chosen, left = set(), asked
    for stop in sorted(have, key=lambda stop: (-have[stop], draw(seed, f"stop:{stop}"), stop)):
        if left <= 0:
            break
        chosen.add(stop)
        left -= have[stop]
    return largest_first([lot for lot in rows if lot.stop in chosen], asked, seed=seed, smallest=smallest)


def largest_first(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1) -> Split:
    """Fill a wish from as few owners as can do it; of two who have as much the less served comes first."""
    owners = in_order(by_owner(lots), _largest, seed)
    return emptied(PlanKind.FEWEST, owners, asked, seed=seed, smallest=smallest)


def three_plans(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1) -> list[Split]:
    """Return the three ready plans, the fair one first."""
    rows = list(lots)
    return [
        fair(rows, asked, seed=seed, smallest=smallest, step=step),
        cheapest(rows, asked, seed=seed, smallest=smallest),
        fewest(rows, asked, seed=seed, smallest=smallest),
    ]


def _turn_of(share: Share) -> tuple[int, int]:
    """Return an owner's place in its turn: least served this season, then fewest days left."""
    first = share.lots[0]
    return first.served_g, first.days_left


def _largest(share: Share) -> tuple[int, int, Fraction]:
    """Return an owner's place: most goods first, then least served this season, then the lowest price."""
    return -share.had, share.lots[0].served_g, min(lot.price for lot in share.lots)


def _invited(turn: list[Share], wanted: int, smallest: int) -> list[Share]:
    """Return the first owners of a turn who can each get a whole parcel (or all they have).

    The parcel gives way only where the wish could not be filled otherwise.
    """
    invited: list[Share] = []
    promised = can = 0
    for share in turn:
        promised += min(smallest, share.had)
        if wanted <= 0 or (promised > wanted and can >= wanted):
            break
        can += share.had
        invited.append(share)
    return invited


def emptied(kind: PlanKind, groups: list[Share], asked: int, *, seed: str, smallest: int) -> Split:
    """Empty the groups one after the other; the last one gets a whole parcel, taken from those before it."""
    shares, left = [], asked
    for share in groups:
        if left <= 0:
            break
        share.given = min(share.had, left)
        left -= share.given
        shares.append(share)
    if shares:
        _round_up_last(shares, smallest)
    owners = len({share.owner for share in shares})
    level = max((share.given for share in shares), default=0)
    picks = [pick for share in shares for pick in picks_of(share, _why(kind, share, level, owners, 0, seed))]
    return Split(kind, picks, asked, seed)


def _round_up_last(shares: list[Share], smallest: int) -> None:
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


def _why(kind: PlanKind, share: Share, level: int, owners: int, waiting: int, seed: str) -> Why:
    had, served_g = share.had + share.beyond_cap, share.lots[0].served_g
    return Why(kind, level, had, owners, waiting, seed, served_g, share.beyond_cap)
