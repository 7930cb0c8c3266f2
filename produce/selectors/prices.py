"""What a produce fetches elsewhere: the county's reference price on a day."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from produce.models import Produce

DAYS_BACK = 14

_LATEST = """
    SELECT r.produce_id, array_agg(r.avg_fen ORDER BY r.avg_fen)
    FROM produce_referenceprice r
    JOIN (
        SELECT produce_id, max(day) AS day FROM produce_referenceprice
        WHERE produce_id = ANY(%s) AND day BETWEEN %s AND %s GROUP BY produce_id
    ) latest ON latest.produce_id = r.produce_id AND latest.day = r.day
    GROUP BY r.produce_id
"""


def reference_price(produce: Produce, on: dt.date) -> int | None:
    """Return what this produce fetched on the latest day up to this one, in fen per 500 g; None when too long ago."""
    return reference_prices([produce.pk], on).get(produce.pk)


def reference_prices(produce_ids: Iterable[int], on: dt.date) -> dict[int, int]:
    """Return the reference price of each of these produce that has one, in fen per 500 g, in one query."""
    ids = list(set(produce_ids))
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [ids, on - dt.timedelta(days=DAYS_BACK), on])
        return {produce_id: _median(averages) for produce_id, averages in cursor.fetchall()}


def _median(rising: list[int]) -> int:
    middle = len(rising) // 2
    if len(rising) % 2:
        return rising[middle]
    return (rising[middle - 1] + rising[middle] + 1) // 2
