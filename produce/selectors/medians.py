"""What goods fetched, read from the medians that each night writes."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet

from produce.models import PriceMedian, Produce

MONTHS = 12
GRADE_DAYS = 30  # of one column of the page of prices
# The order of tables and charts: what was paid comes first.
SOURCES = (PriceMedian.Source.SOLD, PriceMedian.Source.LISTED, PriceMedian.Source.REFERENCE)

_MONTHLY = """
    SELECT source, date_trunc('month', day)::date,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY median_fen)
            + percentile_disc(0.5) WITHIN GROUP (ORDER BY median_fen DESC) + 1) / 2,
           min(low_fen), max(high_fen), sum(prices)
    FROM produce_pricemedian
    WHERE produce_id = %s AND grade_id IS NULL AND day BETWEEN %s AND %s
    GROUP BY 1, 2
"""
_BY_GRADE = """
    SELECT grade_id, source,
           (percentile_disc(0.5) WITHIN GROUP (ORDER BY median_fen)
            + percentile_disc(0.5) WITHIN GROUP (ORDER BY median_fen DESC) + 1) / 2
    FROM produce_pricemedian
    WHERE produce_id = %s AND grade_id IS NOT NULL AND day BETWEEN %s AND %s
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Fetched:
    """What goods fetched in one month at one source, in fen for 500 g."""

    median_fen: int
    low_fen: int
    high_fen: int
    prices: int


@dataclass
class Month:
    """One month with what each source says of it."""

    first: dt.date
    by_source: dict[str, Fetched] = field(default_factory=dict)


def last_months(produce: Produce, today: dt.date) -> list[Month]:
    """Return the last twelve months, this one among them: the middle of each month's daily medians; one query."""
    whole = today.year * 12 + today.month - 1
    months = {
        first: Month(first)
        for back in range(MONTHS - 1, -1, -1)
        for first in [dt.date((whole - back) // 12, (whole - back) % 12 + 1, 1)]
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONTHLY, [produce.pk, min(months), today])
        for source, first, median, low, high, prices in cursor.fetchall():
            months[first].by_source[source] = Fetched(median, low, high, int(prices))
    return list(months.values())


def by_grade(produce: Produce, today: dt.date) -> dict[tuple[int, str], int]:
    """Return for grade and source the middle of the daily medians of the last days, in fen for 500 g; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_GRADE, [produce.pk, today - dt.timedelta(days=GRADE_DAYS), today])
        return {(grade_id, source): median for grade_id, source, median in cursor.fetchall()}


def daily(produce: Produce, first: dt.date, last: dt.date) -> QuerySet[PriceMedian]:
    """Return every median of these days, whatever the grade and per grade, in order."""
    rows = PriceMedian.objects.filter(produce=produce, day__gte=first, day__lte=last)
    return rows.select_related("grade").order_by("day", "source", "grade__position")
