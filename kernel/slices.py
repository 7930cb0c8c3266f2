"""Take many things some at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def in_slices(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Yield things in lists of at most so many, in their order."""
    coming = iter(things)
    while some := list(islice(coming, size)):
        yield some
