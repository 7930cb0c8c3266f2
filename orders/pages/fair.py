"""How evenly the season's sales fell on those who offered, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import weight
from kernel.present import name_of
from orders.selectors.served import GOAL_PERMILLE, Spread


@dataclass(frozen=True, slots=True)
class FairRow:
    """How evenly one produce was sold; `times` is the greatest share in times of the mean."""

    produce: str
    owners: str
    served: str
    total: str
    greatest: str
    times: str
    too_uneven: bool


def fair_rows(spreads: Sequence[Spread]) -> list[FairRow]:
    """Return one row a produce, as they are ordered."""
    return [
        FairRow(
            produce=name_of(spread),
            owners=str(spread.owners),
            served=str(spread.served),
            total=weight.both(spread.total_g),
            greatest=weight.both(spread.greatest_g),
            times=f"{-(-spread.permille // 100) / 10:g}",
            too_uneven=spread.permille > GOAL_PERMILLE,
        )
        for spread in spreads
    ]
