"""What goods were sold for, given to the catalogue that keeps the medians."""

import datetime as dt

from catalog.models import PriceMedian
from catalog.services import medians
from kernel import clock
from orders.selectors.prices import paid_prices


def write_sold(first: dt.date, last: dt.date) -> int:
    """Write the medians of what was paid on these days; return how many rows stand."""
    return medians.write_sold(paid_prices(first, last), first, last)


def write_missing(at: dt.datetime) -> int:
    """Write the paid medians of the days that a night has to write."""
    return write_sold(*medians.days_to_write(PriceMedian.Source.SOLD, clock.county_day(at)))
