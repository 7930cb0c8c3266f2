"""What the middle of the market was, per day, produce and grade: written once a night, each source in one statement.

`reference` is what price files say; what lots on sale asked (`listed`) and what was settled (`sold`) is brought by the
rooms that know it. In fen for 500 g; between two middle prices half a fen goes up. Written again,
the days come out the same, and a day whose prices are gone loses its row.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kernel import clock
from produce.models import PriceMedian

LATE_DAYS = 3  # price files and settlements come in late: the last days are counted anew each night
MOST_DAYS = 400  # what one night makes up for at most; `compute_medians` reaches further back
Source = PriceMedian.Source

_REFERENCE = """
    SELECT produce_id, NULL::bigint AS grade_id, day, avg_fen AS fen, 500 AS grams
    FROM produce_referenceprice WHERE day BETWEEN %s AND %s
"""
# Per grade and whatever the grade; the middle one, or half way between the two in the middle.
_WRITE = """
    WITH prices AS (
        SELECT produce_id, grade_id, day, fen * 500::numeric / grams AS fen FROM ({prices}) p
    ), middle AS (
        SELECT produce_id, grade_id, day,
               greatest(1, round((percentile_disc(0.5) WITHIN GROUP (ORDER BY fen)
                                  + percentile_disc(0.5) WITHIN GROUP (ORDER BY fen DESC)) / 2))::int AS median_fen,
               greatest(1, round(min(fen)))::int AS low_fen, greatest(1, round(max(fen)))::int AS high_fen,
               count(*) AS prices
        FROM prices
        GROUP BY GROUPING SETS ((produce_id, day), (produce_id, day, grade_id))
        HAVING GROUPING(grade_id) = 1 OR grade_id IS NOT NULL
    ), gone AS (
        DELETE FROM produce_pricemedian old
        WHERE old.source = %s AND old.day BETWEEN %s AND %s AND NOT EXISTS (
            SELECT FROM middle WHERE middle.produce_id = old.produce_id AND middle.day = old.day
                AND middle.grade_id IS NOT DISTINCT FROM old.grade_id
        )
    )
    INSERT INTO produce_pricemedian (produce_id, grade_id, day, source, median_fen, low_fen, high_fen, prices)
    SELECT produce_id, grade_id, day, %s, median_fen, low_fen, high_fen, prices FROM middle
    ON CONFLICT (produce_id, day, source, grade_id) DO UPDATE
    SET median_fen = EXCLUDED.median_fen, low_fen = EXCLUDED.low_fen, high_fen = EXCLUDED.high_fen,
        prices = EXCLUDED.prices
"""


def write_reference(first: dt.date, last: dt.date) -> int:
    """Write the medians of price files for these days; return how many rows stand."""
    return write_prices(Source.REFERENCE, _REFERENCE, [first, last], first, last)


def write_prices(source: str, prices: str, params: list[Any], first: dt.date, last: dt.date) -> int:
    """Write the medians of one source for these days; return how many rows stand.

    `prices` is SQL of produce_id, grade_id, day, fen and grams, of these days alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Two writers of the same days wait for each other: an upsert in another order could lock them both.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('price medians'), hashtext(%s))", [source])
        # Compiling the statement would take longer than the statement.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_WRITE.format(prices=prices), [*params, source, first, last, source])
        return cursor.rowcount


def days_to_write(source: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days a night has to write: the last few anew, and those missed before, up to yesterday."""
    last = PriceMedian.objects.filter(source=source).aggregate(last=Max("day"))["last"]
    yesterday = today - dt.timedelta(days=1)
    first = yesterday - dt.timedelta(days=LATE_DAYS - 1)
    if last is None or last < first:
        first = max(last or dt.date.min, yesterday - dt.timedelta(days=MOST_DAYS))
    return first, yesterday


def write_missing(at: dt.datetime) -> int:
    """Write the medians of price files for the days that a night has to write."""
    return write_reference(*days_to_write(Source.REFERENCE, clock.county_day(at)))
