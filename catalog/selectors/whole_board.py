"""The board as everybody first sees it, not narrowed: its query is written as SQL once, and filled in at each request.

Twenty rows are found in a fraction of a millisecond; letting the ORM write the same SQL anew took twenty times as long.
"""

import datetime as dt
from functools import cache

from catalog.models import Listing
from catalog.selectors import faces, market
from catalog.selectors.papers import slips_since, with_papers
from kernel import keyset

# What stands in the SQL where a value belongs: days long gone and a number no lot has.
_TODAY, _SLIPS_FROM, _SEEN_DAY, _SEEN_ID = dt.date(1, 1, 1), dt.date(1, 1, 2), dt.date(1, 1, 3), -7_000_003


def page_of(day: dt.date, *, cursor: str, papers: bool, tier: bool) -> keyset.Page:
    """Return one page of all that may be taken on this day, in one query; see `search.page_of`."""
    backwards, seen = keyset.opened(cursor, len(market.ORDER))
    last = _lot_at(seen) if seen is not None else None
    backwards = backwards and last is not None
    sql, blanks = _written(last is not None, backwards, papers, tier)
    values: dict[object, object] = {_TODAY: day}
    if papers:
        values[_SLIPS_FROM] = slips_since(day)
    if last is not None:
        values |= {_SEEN_DAY: last[0], _SEEN_ID: last[1]}
    lots = list(Listing.objects.raw(sql, [values.get(blank, blank) for blank in blanks]))
    found = keyset.Found(faces.dress(lots))
    return keyset.page(found, market.ORDER, size=market.PAGE, backwards=backwards, first=last is None)


def _lot_at(seen: list) -> tuple[dt.date, int] | None:
    """Return the day and number a cursor was cut at, None where it was made by hand."""
    try:
        return dt.date.fromisoformat(seen[0]), int(seen[1])
    except (ValueError, TypeError):
        return None


@cache
def _written(after: bool, backwards: bool, papers: bool, tier: bool) -> tuple[str, tuple]:
    """Return the SQL of one way of reading the board, and its values, of which some are only places to be filled."""
    lots = market.on_board(_TODAY).filter(market.takeable(_TODAY))
    if after:
        lots = keyset.beyond(lots, market.ORDER, (_SEEN_DAY, _SEEN_ID), backwards)
    lots = market.narrow(with_papers(lots, _SLIPS_FROM) if papers else lots)
    if tier:
        lots = market.with_tier(lots)
    lots = lots.order_by(*keyset.way(market.ORDER, backwards))[: market.PAGE + 1]
    return lots.query.sql_with_params()
