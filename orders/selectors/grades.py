"""What goods cost that their buyer took in a lower grade than was ordered: all of one lot and grade is rounded once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from orders.models import Allocation


def kept_by_grade(lines: Iterable[Any]) -> dict[str, int]:
    """Return how much of a lot its buyer keeps, in grams by grade; empty is the grade ordered.

    The lines are signed for, with what went back of each as `returned_g`.
    """
    grams: dict[str, int] = defaultdict(int)
    for line in lines:
        grams[line.grade] += line.accepted_g - line.returned_g
    return dict(grams)


def step_fen(lot: Allocation, grade: str, grams: int) -> int:
    """Return what this weight costs less in this grade than it does as ordered, in fen."""
    if not grade:
        return 0
    return lot.amount_for(grams) - lot.lowered_for(lot.listing.steps()[grade].percent, grams)


def kept_fen(lot: Allocation, lines: Iterable[Any]) -> int:
    """Return what all costs that the buyer keeps of a lot, in fen; read as by `kept_by_grade`."""
    kept = kept_by_grade(lines).items()
    return sum(lot.amount_for(grams) - step_fen(lot, grade, grams) for grade, grams in kept)


def moves(lot: Allocation, grade: str, kept_g: int, grams: int) -> tuple[int, int]:
    """Return what keeping so much more (below zero: less) of a grade moves, in fen: the goods, and the step off it."""
    goods = lot.amount_for(kept_g + grams) - lot.amount_for(kept_g)
    return goods, step_fen(lot, grade, kept_g + grams) - step_fen(lot, grade, kept_g)
