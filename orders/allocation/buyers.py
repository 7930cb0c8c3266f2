"""More is asked for than there is: the same rule among buyers.

Whoever got least this season comes first and gets a whole parcel before the next; what is left after a parcel for
everybody is shared alike, up to what each asked for. More goods never give a buyer less, and asking for more never
gives another buyer more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orders.allocation.lots import draw
from orders.allocation.water import fill


@dataclass(frozen=True, slots=True)
class Ask:
    """What one buyer asks for, and what it got this season before; both in the stock unit."""

    buyer: str
    wanted: int
    served: int = 0


def share_among_buyers(
    asks: Iterable[Ask], there_is: int, *, seed: str, smallest: int = 1, step: int = 1
) -> dict[str, int]:
    """Return what each buyer gets: all there is, or all that was asked for; the order of the asks is no matter."""
    row = sorted(asks, key=lambda ask: (ask.served, draw(seed, ask.buyer), ask.buyer))
    given, left = [], max(0, there_is)
    for ask in row:
        given.append(min(ask.wanted, smallest, left))
        left -= given[-1]
    more, _level = fill([ask.wanted - part for ask, part in zip(row, given, strict=True)], left, step)
    return {ask.buyer: first + then for ask, first, then in zip(row, given, more, strict=True)}
