"""Where villages stand in a picture of the county: plain arithmetic, drawn by a template without any script.

The picture has one shape on every screen and places are per cent of it, so that words keep their size.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, isqrt, radians

WIDE, HIGH = 1000, 800  # the shape of the picture: five to four
EDGE = 70  # kept free around it
LEAST_R, MOST_R = 5, 22  # of a village's circle, in points of the screen
# A name at the size of elder mode on a phone of 390 px: what collides there is left out, the table has every name.
SIGN_WIDE, NAME_HIGH = 66, 78


@dataclass(frozen=True)
class Spot:
    """One village: where it is, how much lies there."""

    name: str
    township: str
    latitude_e6: int
    longitude_e6: int
    weight_g: int
    words: str


Along = Callable[[Spot], int]  # how far across or down a spot stands


@dataclass(frozen=True, slots=True)
class Circle:
    """One village as it is drawn: its place in per cent, its radius in points of the screen."""

    x: str
    y: str
    r: int
    empty: bool
    words: str


@dataclass(frozen=True, slots=True)
class Name:
    """A township's name and where it stands, in per cent."""

    text: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The county as a template draws it."""

    circles: list[Circle]
    names: list[Name]


def percent(place: int, whole: int) -> str:
    """Print a place in per cent with one decimal."""
    tenths = (place * 1000 + whole // 2) // whole
    return f"{tenths // 10}.{tenths % 10}%"


def draw(spots: list[Spot]) -> Picture | None:
    """Return circles and township names; None while no village has a point."""
    if not spots:
        return None
    across, down = _fitted(spots)
    heaviest = max(1, *(spot.weight_g for spot in spots))
    circles = [
        Circle(
            x=percent(across(spot), WIDE),
            y=percent(down(spot), HIGH),
            r=_radius(spot.weight_g, heaviest),
            empty=not spot.weight_g,
            words=spot.words,
        )
        for spot in sorted(spots, key=lambda spot: -spot.weight_g)  # small ones above large ones
    ]
    return Picture(circles, _names(spots, across, down))


def _radius(weight_g: int, heaviest: int) -> int:
    """Let the surface, not the width, say how much it is."""
    if not weight_g:
        return LEAST_R
    return LEAST_R + 1 + (MOST_R - LEAST_R - 1) * isqrt(weight_g * 10_000 // heaviest) // 100


def _fitted(spots: list[Spot]) -> tuple[Along, Along]:
    """Return how far across and down a spot stands: as far as it is, in the largest picture that fits."""
    south, north = min(s.latitude_e6 for s in spots), max(s.latitude_e6 for s in spots)
    west, east = min(s.longitude_e6 for s in spots), max(s.longitude_e6 for s in spots)
    shrink = round(1000 * cos(radians((south + north) / 2_000_000)))  # a degree of longitude is shorter here
    broad, tall = max((east - west) * shrink // 1000, 1), max(north - south, 1)
    room_wide, room_high = WIDE - 2 * EDGE, HIGH - 2 * EDGE
    if broad * room_high > tall * room_wide:
        above, below = room_wide, broad
    else:
        above, below = room_high, tall
    left, top = (WIDE - broad * above // below) // 2, (HIGH - tall * above // below) // 2

    def across(spot: Spot) -> int:
        return left + (spot.longitude_e6 - west) * shrink // 1000 * above // below

    def down(spot: Spot) -> int:
        return top + (north - spot.latitude_e6) * above // below

    return across, down


def _names(spots: Iterable[Spot], across: Along, down: Along) -> list[Name]:
    """Put each township's name in the middle of its villages, those with most goods first; none lies over another."""
    of_township: dict[str, list[Spot]] = {}
    for spot in spots:
        of_township.setdefault(spot.township, []).append(spot)
    taken: list[tuple[int, int, int]] = []
    names = []
    for name, own in sorted(of_township.items(), key=lambda item: -sum(spot.weight_g for spot in item[1])):
        half = len(name) * SIGN_WIDE // 2
        x = min(max(sum(map(across, own)) // len(own), half), WIDE - half)
        y = sum(map(down, own)) // len(own)
        if any(abs(y - other_y) < NAME_HIGH and abs(x - other_x) < half + other for other_x, other_y, other in taken):
            continue
        taken.append((x, y, half))
        names.append(Name(name, percent(x, WIDE), percent(y, HIGH)))
    return names
