"""A promise that the database alone can be asked about: rows are breaches, silence is proof.

The numbers in front of a promise (I1 …) are those of the invariants the design names.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Oracle:
    """One promise and the query whose rows break it."""

    promise: str
    query: str
