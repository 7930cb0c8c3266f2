"""What goods were sold for, given to the catalogue that keeps the medians."""

import datetime as dt

from kernel import clock
from orders.selectors.prices import paid_prices
from produce.models import PriceMedian
from produce.services import medians


def write_sold(first: dt.date, last: dt.date) -> int:
    """Write the medians of what was paid on these days; return how many rows stand."""
    sql, params = paid_prices(first, last).query.sql_with_params()
    return medians.write_prices(PriceMedian.Source.SOLD, sql, list(params), first, last)


def write_missing(at: dt.datetime) -> int:
    """Write the paid medians of the days that a night has to write."""
    return write_sold(*medians.days_to_write(PriceMedian.Source.SOLD, clock.county_day(at)))
