"""Water-filling in whole steps: everybody the same, up to what each can take.

What is handed out is a stretch of one fixed row of steps (everybody's first step in order, everybody's second, ...), so
that more to hand out never gives anybody less.
"""

from collections.abc import Sequence


def level_of(most: Sequence[int], total: int) -> int:
    """Return the greatest whole level at which all of these together take no more than the total."""
    left = total
    rising = sorted(most)
    for number, one in enumerate(rising):
        even = left // (len(rising) - number)
        if one > even:
            return even
        left -= one
    return rising[-1] if rising else 0


def fill(most: Sequence[int], total: int, step: int) -> tuple[list[int], int]:
    """Return what each gets, in their order, and the level that everybody reached who can take so much.

    What does not divide goes round in order, a step to each, and the last crumbs to the next.
    """
    total = min(total, sum(most))
    level = level_of(most, total)
    if total == sum(most):
        return list(most), level
    level -= level % step
    given = [min(one, level) for one in most]
    left = total - sum(given)
    for place, one in enumerate(most):
        part = min(step, left, one - given[place])
        given[place] += part
        left -= part
    return given, level
