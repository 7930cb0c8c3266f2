"""The way of a day: each time the nearest place that is left, as the crow flies. Pure arithmetic, no tables here."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from kernel.distance import metres

Point = tuple[int, int]  # latitude and longitude in millionths of a degree
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Leg(Generic[Key]):
    """One place in its turn, and the metres to it from the place before; unknown where one of the two is unknown."""

    key: Key
    metres: int | None


@dataclass(frozen=True, slots=True)
class Way(Generic[Key]):
    """The places in their order; how far it is in all, with the way back to the start where that is known."""

    legs: list[Leg[Key]]
    metres: int
    unknown: int  # of so many nobody has said where they lie


def way_of(start: Point | None, places: Mapping[Key, Point | None]) -> Way[Key]:
    """Put places in the order of the way; the first given goes first where the start is unknown or two are as near.

    Places of which nobody has said where they lie come last, as they were given.
    """
    left = {key: point for key, point in places.items() if point is not None}
    nowhere = [key for key, point in places.items() if point is None]
    legs: list[Leg[Key]] = []
    here = start
    while left:
        away = {key: 0 if here is None else metres(here, point) for key, point in left.items()}
        key = next(iter(left)) if here is None else min(away, key=away.__getitem__)
        legs.append(Leg(key, None if here is None else away[key]))
        here = left.pop(key)
    back = metres(here, start) if here is not None and start is not None else 0
    total = sum(leg.metres or 0 for leg in legs) + back
    return Way([*legs, *(Leg(key, None) for key in nowhere)], total, len(nowhere))
