"""Who bears how much of what a cart costs: pure arithmetic by the published rule.

A cart costs what its haulier asks, and at most the ceiling's part of what the goods fetched at the scale. No goods bear
more than that part of their own money, so that far and cheap goods are never eaten up by their way; what they cannot
bear the others of the trip bear by the same weights. Goods of which nothing was accepted bear nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import money

SHORTEST_M = 1000  # a way below a kilometre counts as one


@dataclass(frozen=True, slots=True)
class Brought:
    """One lot of a trip at the scale: what it fetched in fen, what it weighs, how far it came."""

    key: int
    fen: int
    grams: int
    metres: int | None = None  # unknown where the village or the canteen has no point


def ceiling_fen(fen: int, permille: int) -> int:
    """Return the most that bringing goods of this money may cost."""
    return fen * permille // 1000


def by_weight(goods: Sequence[Brought]) -> list[int]:
    """Return how lots share a cart by what was accepted of them."""
    return [lot.grams for lot in goods]


def by_way(goods: Sequence[Brought]) -> list[int]:
    """Return how lots share a cart by weight and way; by weight alone where one of the ways is unknown."""
    if any(lot.metres is None for lot in goods):
        return by_weight(goods)
    return [lot.grams * max(SHORTEST_M, lot.metres or 0) for lot in goods]


def shares(price_fen: int, permille: int, goods: Sequence[Brought], weights: Sequence[int]) -> dict[int, int]:
    """Return what each lot bears of a cart, in fen, exactly to the price or to the ceiling, whichever is less."""
    most = [ceiling_fen(lot.fen, permille) for lot in goods]
    borne = dict.fromkeys(range(len(goods)), 0)
    left = min(price_fen, sum(most))
    free = [place for place in borne if most[place] and weights[place]]
    while left and free:
        split = dict(zip(free, money.split_fen(left, [weights[place] for place in free]), strict=True))
        full = [place for place in free if split[place] > most[place]]
        for place in full or free:
            borne[place] = most[place] if full else split[place]
            left -= borne[place]
        free = [place for place in free if place not in full] if full else []
    return {goods[place].key: fen for place, fen in borne.items() if fen}
