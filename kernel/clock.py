"""One clock for all doors: the database's. Services never call it; they are told `at`."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return this instant as the database sees it, in UTC (aware)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(dt.UTC)


def county_day(at: dt.datetime) -> dt.date:
    """Return the calendar day in the county at this instant."""
    return at.astimezone(COUNTY_ZONE).date()


def day_start(day: dt.date) -> dt.datetime:
    """Return the first instant of this county day, in UTC."""
    return dt.datetime.combine(day, dt.time.min, COUNTY_ZONE).astimezone(dt.UTC)


def day_end(day: dt.date) -> dt.datetime:
    """Return the first instant after this county day, in UTC."""
    return day_start(day + dt.timedelta(days=1))
