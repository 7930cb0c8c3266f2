"""Where the lines of a price chart run: plain arithmetic, drawn by a template without any script.

The picture stretches to the page's width, so that places are per cent, and words keep their size.
"""

from dataclasses import dataclass
from itertools import pairwise

WIDE, HIGH = 1200, 1000  # the field of the lines, in its own units
STEPS = (1, 2, 3, 4, 5, 6, 8)
APART = 110  # how far apart the names at the lines' ends stand, in units of the height


@dataclass(frozen=True)
class Line:
    """One source: a number or None for each month."""

    key: str
    name: str
    values: list[int | None]


def percent(units: int, whole: int) -> str:
    """Print a place in per cent with one decimal."""
    thousandths = (units * 1000 + whole // 2) // whole
    return f"{thousandths // 10}.{thousandths % 10}%"


def top_of(most: int) -> tuple[int, int]:
    """Return the round number above the highest value, and the step of the lines below it, both in fen for 500 g.

    Prices are read in yuan a kilogram, so that steps are round there: 50 fen for 500 g are 1 yuan.
    """
    scale = 1
    while True:
        for step in (number * scale for number in STEPS):
            if 4 * step * 5 >= most:  # four steps of 5, 10, 15 … fen
                return 4 * step * 5, step * 5
        scale *= 10


def chart(lines: list[Line], band: list[tuple[int, int] | None]) -> dict | None:
    """Return what the template draws; None where there is nothing to draw."""
    known = [value for line in lines for value in line.values if value is not None]
    known += [high for pair in band if pair for _low, high in [pair]]
    if not known:
        return None
    top, step = top_of(max(known))
    number = len(band)

    def across(index: int) -> int:
        return WIDE * (2 * index + 1) // (2 * number)

    def down(value: int) -> int:
        return HIGH - value * HIGH // top

    drawn = []
    for line in lines:
        places = [(across(i), down(value)) for i, value in enumerate(line.values) if value is not None]
        if not places:
            continue
        drawn.append(
            {
                "key": line.key,
                "name": line.name,
                "runs": [_points(run) for run in _runs(line.values, across, down) if len(run) > 1],
                "dots": [{"x": percent(x, WIDE), "y": percent(y, HIGH)} for x, y in places],
                "end": places[-1][1],
            }
        )
    _part_names(drawn)
    return {
        "lines": drawn,
        "bands": [_points(run) for run in _bands(band, across, down)],
        "grid": [{"y": percent(down(value), HIGH), "fen": value} for value in range(0, top + 1, step)],
    }


def _points(places) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _runs(values, across, down):
    """Yield the places of months that follow each other without a gap."""
    run: list[tuple[int, int]] = []
    for index, value in enumerate(values):
        if value is None:
            yield run
            run = []
        else:
            run.append((across(index), down(value)))
    yield run


def _bands(band, across, down):
    """Yield the outline between lowest and highest of months that follow each other."""
    for index, (one, next_one) in enumerate(pairwise(band)):
        if one and next_one:
            left, right = across(index), across(index + 1)
            yield [(left, down(one[1])), (right, down(next_one[1])), (right, down(next_one[0])), (left, down(one[0]))]


def _part_names(drawn: list[dict]) -> None:
    """Push names at the ends apart, so that none lies over another; the highest line's name stays highest."""
    least = 40
    for line in sorted(drawn, key=lambda line: line["end"]):
        place = max(line["end"], least)
        line["name_y"] = percent(min(place, HIGH), HIGH)
        least = place + APART
