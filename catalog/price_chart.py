"""Where the lines of a price chart run: plain arithmetic, drawn by a template without any script.

The picture stretches to the page's width, so that places are per cent, and words keep their size.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Dot:
    """One month's price, in per cent of the field."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One source as it is drawn: runs of months without a gap, a dot for each, its name at the end."""

    key: str
    name: str
    runs: list[str]
    dots: list[Dot]
    name_y: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line behind the chart, in per cent of the height, and its price in fen for 500 g."""

    y: str
    fen: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws."""

    lines: list[DrawnLine]
    bands: list[str]
    grid: list[Step]


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


def chart(lines: list[Line], band: list[tuple[int, int] | None]) -> Chart | None:
    """Return what the template draws; None where there is nothing to draw."""
    prices = [value for line in lines for value in line.values if value is not None]
    prices += [high for pair in band if pair for _low, high in [pair]]
    if not prices:
        return None
    top, step = top_of(max(prices))
    number = len(band)

    def across(index: int) -> int:
        return WIDE * (2 * index + 1) // (2 * number)

    def down(value: int) -> int:
        return HIGH - value * HIGH // top

    places = [
        (line, [(across(index), down(value)) for index, value in enumerate(line.values) if value is not None])
        for line in lines
    ]
    drawn = [(line, dots) for line, dots in places if dots]
    names = _parted([dots[-1][1] for _line, dots in drawn])
    return Chart(
        lines=[
            DrawnLine(
                key=line.key,
                name=line.name,
                runs=[_points(run) for run in _runs(line.values, across, down) if len(run) > 1],
                dots=[Dot(percent(x, WIDE), percent(y, HIGH)) for x, y in dots],
                name_y=percent(name_y, HIGH),
            )
            for (line, dots), name_y in zip(drawn, names, strict=True)
        ],
        bands=[_points(run) for run in _bands(band, across, down)],
        grid=[Step(percent(down(value), HIGH), value) for value in range(0, top + 1, step)],
    )


def _points(places: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _runs(
    values: Sequence[int | None], across: Callable[[int], int], down: Callable[[int], int]
) -> Iterator[list[tuple[int, int]]]:
    """Yield the places of months that follow each other without a gap."""
    run: list[tuple[int, int]] = []
    for index, value in enumerate(values):
        if value is None:
            yield run
            run = []
        else:
            run.append((across(index), down(value)))
    yield run


def _bands(
    band: Sequence[tuple[int, int] | None], across: Callable[[int], int], down: Callable[[int], int]
) -> Iterator[list[tuple[int, int]]]:
    """Yield the outline between lowest and highest of months that follow each other."""
    for index, (month, after) in enumerate(pairwise(band)):
        if month and after:
            left, right = across(index), across(index + 1)
            yield [(left, down(month[1])), (right, down(after[1])), (right, down(after[0])), (left, down(month[0]))]


def _parted(ends: list[int]) -> list[int]:
    """Return where names at these ends stand, apart from each other; the highest line's name stays highest."""
    least, places = 40, [0] * len(ends)
    for number, end in sorted(enumerate(ends), key=lambda numbered: numbered[1]):
        place = max(end, least)
        places[number] = min(place, HIGH)
        least = place + APART
    return places
