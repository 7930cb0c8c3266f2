"""What a produce fetches elsewhere: the county's reference price on a day."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Aggregate, BigIntegerField, DateField, ExpressionWrapper, OuterRef, Subquery

from produce.models import Produce, ReferencePrice

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


class _Middle(Aggregate):
    """The middle of the whole numbers of a group, half of one up, as `_median` says it."""

    function = "PERCENTILE_CONT"
    template = "CEIL(%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s))::bigint"
    output_field = BigIntegerField()


def reference_price(produce: Produce, on: dt.date, *, however_old: bool = False) -> int | None:
    """Return what this produce fetched on the latest day up to this one, in fen per 500 g; None when too long ago.

    What is not traded for most of the year, as a crop on its field, counts by its last price `however_old`.
    """
    return reference_prices([produce.pk], on, however_old=however_old).get(produce.pk)


def reference_prices(produce_ids: Iterable[int], on: dt.date, *, however_old: bool = False) -> dict[int, int]:
    """Return the reference price of each of these produce that has one, in fen per 500 g, in one query."""
    ids = list(set(produce_ids))
    if not ids:
        return {}
    since = dt.date.min if however_old else on - dt.timedelta(days=DAYS_BACK)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [ids, since, on])
        return {produce_id: _median(averages) for produce_id, averages in cursor.fetchall()}


def reference_of(produce: str, day: str, *, however_old: bool = False) -> Subquery:
    """Return the reference price of rows that name a produce and a day, in fen per 500 g; NULL when too long ago."""
    quoted = ReferencePrice.objects.filter(produce=OuterRef(OuterRef(produce)), day__lte=OuterRef(OuterRef(day)))
    if not however_old:
        since = OuterRef(OuterRef(day)) - dt.timedelta(days=DAYS_BACK)
        quoted = quoted.filter(day__gte=ExpressionWrapper(since, output_field=DateField()))
    latest = Subquery(quoted.order_by("-day").values("day")[:1])
    rows = ReferencePrice.objects.filter(produce=OuterRef(produce), day=latest).order_by().values("produce")
    return Subquery(rows.annotate(middle=_Middle("avg_fen")).values("middle"), output_field=BigIntegerField())


def _median(rising: list[int]) -> int:
    middle = len(rising) // 2
    if len(rising) % 2:
        return rising[middle]
    return (rising[middle - 1] + rising[middle] + 1) // 2
