"""What every journal of movements shares: a reference acts once, and the same again must be the same."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar


class Entry(Protocol):
    """One row of a journal, written or about to be: `reference` is its name for ever."""

    @property
    def reference(self) -> str: ...


Row = TypeVar("Row", bound=Entry)


class ReferenceReused(Exception):
    """One reference came back with other figures: a bug in the caller, never a refusal to a person."""


def without_repeats(rows: Sequence[Row], written: Mapping[str, Entry], figures: Sequence[str]) -> list[Row]:
    """Return the rows still to be written: all of them, or none when they all stand in the journal already.

    `written` holds the journal's rows by reference, `figures` names what must be equal. Raise ReferenceReused when a
    reference comes back with another figure, or when only some of a set were written.
    """
    if not written:
        return list(rows)
    for row in rows:
        before = written.get(row.reference)
        if before is None or any(getattr(before, name) != getattr(row, name) for name in figures):
            raise ReferenceReused(row.reference)
    return []
