"""Work as a pile: the first cases by name, the rest counted in the database."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value, Window
from django.db.models.functions import RowNumber

from kernel.shown import Case, Pile

NAMED = 5  # cases of a kind that stand on a page by name


def pile_of(
    rows: QuerySet[Any],
    case: Callable[[Any], Case],
    *,
    url: str,
    amount: str = "",
    first: Sequence[Any] | None = None,
) -> Pile:
    """Return the first rows as cases, and how many all are and come to; `amount` names the column of
    fen, where money is the matter.

    Rows that all stand there by name are not counted a second time. `first` are those that `first_of` read already.
    """
    if first is None:
        first = list(rows[: NAMED + 1])
    if len(first) <= NAMED:
        return whole_pile([case(row) for row in first], url=url)
    sums = {"fen": Sum(amount)} if amount else {}
    whole = rows.order_by().aggregate(count=Count("pk"), **sums)
    return Pile([case(row) for row in first[:NAMED]], whole["count"], whole.get("fen") or 0, url)


def first_of(*piles: QuerySet[Any]) -> list[list[Any]]:
    """Return the first rows of several piles of one kind, in one statement; each pile in its own order."""
    parts = []
    for number, rows in enumerate(piles):
        place = Window(RowNumber(), order_by=list(rows.query.order_by))  # type: ignore[arg-type]
        parts.append(rows.annotate(pile=Value(number), place=place)[: NAMED + 1])
    found: list[list[Any]] = [[] for _rows in piles]
    for row in parts[0].union(*parts[1:], all=True).order_by("pile", "place"):
        found[row.pile].append(row)
    return found


def whole_pile(cases: Sequence[Case], *, url: str) -> Pile:
    """Return cases that are all there are."""
    return Pile(list(cases), len(cases), sum(case.amount_fen for case in cases), url)
