"""Water-filling in whole steps: everybody the same, from the least each gives up to what each can take.

What is handed out is a stretch of one fixed row of steps (everybody's first step in order, everybody's second, ...), so
that more to hand out never gives anybody less.
"""

from collections.abc import Sequence


def level_of(most: Sequence[int], total: int, least: Sequence[int] = ()) -> int:
    """Return the greatest whole level at which all of these together take no more than the total."""
    if any(least):
        return _level_above(least, most, total)
    left = total
    rising = sorted(most)
    for number, one in enumerate(rising):
        even = left // (len(rising) - number)
        if one > even:
            return even
        left -= one
    return rising[-1] if rising else 0


def fill(most: Sequence[int], total: int, step: int, least: Sequence[int] = ()) -> tuple[list[int], int]:
    """Return what each gets, in their order, and the level that everybody reached who can take so much.

    Nobody gets less than its least, which all together are no more than the total. What does not divide goes round in
    order, a step to each that is not above the level anyhow, and the last crumbs to the next.
    """
    total = min(total, sum(most))
    least = least or [0] * len(most)
    level = level_of(most, total, least)
    if total == sum(most):
        return list(most), level
    level -= level % step
    given = [min(one, max(level, floor)) for one, floor in zip(most, least, strict=True)]
    left = total - sum(given)
    for place, one in enumerate(most):
        part = max(0, min(left, min(level + step, one) - given[place]))
        given[place] += part
        left -= part
    return given, level


def _level_above(least: Sequence[int], most: Sequence[int], total: int) -> int:
    """Return the greatest such level where some give no less than so much."""
    low, high = 0, max(most)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(one, max(middle, floor)) for one, floor in zip(most, least, strict=True)) <= total:
            low = middle
        else:
            high = middle - 1
    return low
