"""What lots on sale asked at the end of each day, given to the dictionary that keeps the medians."""

import datetime as dt

from kernel import clock
from produce.models import PriceMedian
from produce.services import medians

_ASKED = """
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


def write_listed(first: dt.date, last: dt.date) -> int:
    """Write the medians of what lots on sale asked at the end of each of these days; return how many rows stand."""
    return medians.write_prices(PriceMedian.Source.LISTED, _ASKED, [first, last], first, last)


def write_missing(at: dt.datetime) -> int:
    """Write the asked medians of the days that a night has to write."""
    return write_listed(*medians.days_to_write(PriceMedian.Source.LISTED, clock.county_day(at)))
