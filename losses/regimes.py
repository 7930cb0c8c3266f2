"""Which part of a village's claims is visited, after the switching rules of ISO 2859-1. Pure: no tables here.

normal → tightened   two of the last five inspected months were not accepted
tightened → full     two more were not accepted while it was tightened
one level back       five in a row were accepted
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

FIVE, TWO = 5, 2


class Regime(StrEnum):
    """How closely a village is looked at."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    FULL = "full"


def regime_after(accepted: Iterable[bool]) -> Regime:
    """Return the regime after these inspected months, the oldest first; each level begins to count anew."""
    regime = Regime.NORMAL
    since: list[bool] = []
    for month in accepted:
        since.append(month)
        if regime != Regime.NORMAL and len(since) >= FIVE and all(since[-FIVE:]):
            regime, since = Regime.TIGHTENED if regime == Regime.FULL else Regime.NORMAL, []
        elif regime == Regime.NORMAL and since[-FIVE:].count(False) >= TWO:
            regime, since = Regime.TIGHTENED, []
        elif regime == Regime.TIGHTENED and since.count(False) >= TWO:
            regime, since = Regime.FULL, []
    return regime


def percent_in(regime: Regime, sample_percent: int) -> int:
    """Return how many of a hundred claims are visited: what the scheme says, the double, or all."""
    if regime == Regime.FULL:
        return 100
    return min(100, sample_percent * 2) if regime == Regime.TIGHTENED else sample_percent


def picks(seed: str, document: str, percent: int) -> bool:
    """Return whether a seed draws a document into so many of a hundred; anybody may work it out again."""
    return int(hashlib.sha256(f"{seed}:{document}".encode()).hexdigest(), 16) % 100 < percent


def is_accepted(found: int, expected: int, tolerance_permille: int) -> bool:
    """Return whether a visit found what the papers said, less at most the tolerance."""
    return found > 0 and found * 1000 >= expected * (1000 - tolerance_permille)
