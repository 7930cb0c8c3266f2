"""One wish and its lots: three ready ways to fill it."""

from collections.abc import Iterable
from fractions import Fraction

from orders.allocation.lots import Lot, Pick, PlanKind, Share, Split, Why, by_owner, draw, in_order, picks_of
from orders.allocation.water import fill


def fair(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1, parcel: int = 0) -> Split:
    """Share a wish among as many as the smallest parcel allows, everybody alike; poor households come first.

    The county's parcel, `smallest`, gives way before the buyer goes short. The buyer's own `parcel`, the least fetched
    from one owner, and what a seller hands over of a lot at least do not: less is taken only where it is all there is.
    """
    everybody = by_owner(lots)
    shares: list[tuple[Share, int, int]] = []
    left = asked
    for poor in (True, False):
        turn = in_order((share for share in everybody if share.lots[0].poor == poor), _turn_of, seed)
        invited = _invited(turn, left, smallest, parcel)
        given, level = fill([share.can for share in invited], left, step, [share.least for share in invited])
        for share, part in zip(invited, given, strict=True):
            share.given = part
        left -= sum(given)
        shares += [(share, level, len(turn) - len(invited)) for share in invited]
    taking = [entry for entry in shares if entry[0].given]
    picks: list[Pick] = []
    for share, level, out in taking:
        picks += picks_of(share, _why(PlanKind.FAIR, share, level, len(taking), out, seed))
    return Split(PlanKind.FAIR, picks, asked, seed)


def cheapest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, parcel: int = 0) -> Split:
    """Fill a wish at the lowest price; of equal prices poor households, the least served, what spoils come first."""
    ordered = sorted(
        (lot for lot in lots if lot.available > 0),
        key=lambda lot: (
            lot.price, not lot.poor, lot.served_g, lot.days_left, draw(seed, lot.owner), lot.listing_id
        ),
    )  # fmt: skip
    groups = [Share(lot.owner, [lot], lot.available, beyond_cap=lot.beyond_cap) for lot in ordered]
    return emptied(PlanKind.CHEAPEST, groups, asked, seed=seed, smallest=smallest, parcel=parcel)


def fewest(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, parcel: int = 0) -> Split:
    """Fill a wish from as few villages as can do it, and there from as few owners: whoever has most comes first.

    Where smallest quantities leave these villages short, the others are looked at too.
    """
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
    there = [lot for lot in rows if lot.stop in chosen]
    split = largest_first(there, asked, seed=seed, smallest=smallest, parcel=parcel)
    if not split.short or len(chosen) == len(have):
        return split
    wider = largest_first(rows, asked, seed=seed, smallest=smallest, parcel=parcel)
    return wider if wider.filled > split.filled else split


def largest_first(lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, parcel: int = 0) -> Split:
    """Fill a wish from as few owners as can do it; of two who have as much the less served comes first."""
    owners = in_order(by_owner(lots), _largest, seed)
    return emptied(PlanKind.FEWEST, owners, asked, seed=seed, smallest=smallest, parcel=parcel)


def three_plans(
    lots: Iterable[Lot], asked: int, *, seed: str, smallest: int = 1, step: int = 1, parcel: int = 0
) -> list[Split]:
    """Return the three ready plans, the fair one first."""
    rows = list(lots)
    return [
        fair(rows, asked, seed=seed, smallest=smallest, step=step, parcel=parcel),
        cheapest(rows, asked, seed=seed, smallest=smallest, parcel=parcel),
        fewest(rows, asked, seed=seed, smallest=smallest, parcel=parcel),
    ]


def _turn_of(share: Share) -> tuple[int, int]:
    """Return an owner's place in its turn: least served this season, then fewest days left."""
    first = share.lots[0]
    return first.served_g, first.days_left


def _largest(share: Share) -> tuple[int, int, Fraction]:
    """Return an owner's place: most goods first, then least served this season, then the lowest price."""
    return -share.had, share.lots[0].served_g, min(lot.price for lot in share.lots)


def _invited(turn: list[Share], wanted: int, smallest: int, parcel: int) -> list[Share]:
    """Return the first owners of a turn who can each get a whole parcel (or all they have).

    The county's parcel gives way only where the wish could not be filled otherwise. An owner of whom less would be
    taken than it hands over, or the buyer fetches, is passed over, and the next one asked.
    """
    invited: list[Share] = []
    held = promised = can = 0
    for share in turn:
        if wanted <= 0:
            break
        if not share.fits(wanted - held, parcel):
            continue
        part = min(max(smallest, share.least), share.can)
        if promised + part > wanted and can >= wanted:
            if share.least:
                continue
            break
        held += share.least
        promised += part
        can += share.can
        invited.append(share)
    return invited


def emptied(kind: PlanKind, groups: list[Share], asked: int, *, seed: str, smallest: int, parcel: int = 0) -> Split:
    """Empty the groups one after the other; the last one gets a whole parcel, taken from those before it.

    A group of which less would be taken than is handed over or fetched is passed over.
    """
    shares, left, spare = [], asked, 0
    for share in groups:
        if left <= 0:
            break
        if not share.fits(left + spare, parcel):
            continue
        share.given = min(share.can, left)
        left -= share.given
        spare += _spare(share, smallest)
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
    lacking = min(max(smallest, last.least), last.can) - last.given
    for share in reversed(shares[:-1]):
        if lacking <= 0:
            break
        spare = min(lacking, _spare(share, smallest))
        share.given -= spare
        last.given += spare
        lacking -= spare


def _spare(share: Share, smallest: int) -> int:
    """Return what a share can leave to another and still be a whole parcel."""
    return max(0, share.given - max(smallest, share.least))


def _why(kind: PlanKind, share: Share, level: int, owners: int, waiting: int, seed: str) -> Why:
    had, served_g = share.had + share.beyond_cap, share.lots[0].served_g
    return Why(kind, level, had, owners, waiting, seed, served_g, share.beyond_cap)
