"""What the middle of the market was, per day, produce and grade: written once a night, each source in one statement.

`reference` is what price files say, `listed` what the lots on sale at the end of the day asked, `sold` what was settled
(the orders room brings those prices). In fen for 500 g; between two middle prices half a fen goes up. Written again,
the days come out the same, and a day whose prices are gone loses its row.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from catalog.models import PriceMedian
from kernel import clock

LATE_DAYS = 3  # price files and settlements come in late: the last days are counted anew each night
MOST_DAYS = 400  # what one night makes up for at most; `compute_medians` reaches further back
Source = PriceMedian.Source

_REFERENCE = """
    SELECT produce_id, NULL::bigint AS grade_id, day, avg_fen AS fen, 500 AS grams
    FROM catalog_referenceprice WHERE day BETWEEN %s AND %s
"""
_LISTED = """
    SELECT l.produce_id, l.grade_id, d.day, asked.price_fen AS fen, asked.price_unit_g AS grams
    FROM (
        SELECT day::date, (day::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS over
        FROM generate_series(%s::timestamp, %s::timestamp, '1 day') day
    ) d
    JOIN catalog_listing l ON l.listed_at < d.over AND l.sell_by >= d.day
    CROSS JOIN LATERAL (
        SELECT after FROM records_move
        WHERE document = 'listing:' || l.id AND at < d.over ORDER BY id DESC LIMIT 1
    ) stood
    CROSS JOIN LATERAL (
        SELECT price_fen, price_unit_g FROM catalog_pricechange
        WHERE listing_id = l.id AND at < d.over ORDER BY id DESC LIMIT 1
    ) asked
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN source = 'free' THEN quantity WHEN target = 'free' THEN -quantity END), 0) AS gone
        FROM catalog_movement WHERE listing_id = l.id AND at < d.over
    ) moved
    WHERE stood.after = 'on_sale' AND l.listed > moved.gone
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
        DELETE FROM catalog_pricemedian old
        WHERE old.source = %s AND old.day BETWEEN %s AND %s AND NOT EXISTS (
            SELECT FROM middle WHERE middle.produce_id = old.produce_id AND middle.day = old.day
                AND middle.grade_id IS NOT DISTINCT FROM old.grade_id
        )
    )
    INSERT INTO catalog_pricemedian (produce_id, grade_id, day, source, median_fen, low_fen, high_fen, prices)
    SELECT produce_id, grade_id, day, %s, median_fen, low_fen, high_fen, prices FROM middle
    ON CONFLICT (produce_id, day, source, grade_id) DO UPDATE
    SET median_fen = EXCLUDED.median_fen, low_fen = EXCLUDED.low_fen, high_fen = EXCLUDED.high_fen,
        prices = EXCLUDED.prices
"""


def write_reference(first: dt.date, last: dt.date) -> int:
    """Write the medians of price files for these days; return how many rows stand."""
    return _write(Source.REFERENCE, _REFERENCE, [first, last], first, last)


def write_listed(first: dt.date, last: dt.date) -> int:
    """Write the medians of what lots on sale asked at the end of each of these days; return how many rows stand."""
    return _write(Source.LISTED, _LISTED, [first, last], first, last)


def write_sold(prices: QuerySet[Any], first: dt.date, last: dt.date) -> int:
    """Write the medians of what was paid on these days; return how many rows stand.

    `prices` are `values()` of produce_id, grade_id, day, fen and grams, of these days alone.
    """
    sql, params = prices.query.sql_with_params()
    return _write(Source.SOLD, sql, list(params), first, last)


def days_to_write(source: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days a night has to write: the last few anew, and those missed before, up to yesterday."""
    last = PriceMedian.objects.filter(source=source).aggregate(last=Max("day"))["last"]
    yesterday = today - dt.timedelta(days=1)
    first = yesterday - dt.timedelta(days=LATE_DAYS - 1)
    if last is None or last < first:
        first = max(last or dt.date.min, yesterday - dt.timedelta(days=MOST_DAYS))
    return first, yesterday


def write_missing(at: dt.datetime) -> int:
    """Write the reference and asked medians of the days that a night has to write."""
    today = clock.county_day(at)
    return write_reference(*days_to_write(Source.REFERENCE, today)) + write_listed(*days_to_write(Source.LISTED, today))


@transaction.atomic
def _write(source: str, prices: str, params: list, first: dt.date, last: dt.date) -> int:
    with connection.cursor() as cursor:
        # Two writers of the same days wait for each other: an upsert in another order could lock them both.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('price medians'), hashtext(%s))", [source])
        # Compiling the statement would take longer than the statement.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_WRITE.format(prices=prices), [*params, source, first, last, source])
        return cursor.rowcount
