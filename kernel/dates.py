"""Days and instants as people write them, in the reader's language."""

import datetime as dt

from django.utils.formats import date_format

from kernel.clock import COUNTY_ZONE


def day_words(day: dt.date) -> str:
    """Say a day without its year: 11 月 5 日."""
    return date_format(day, "MONTH_DAY_FORMAT")


def time_words(at: dt.datetime) -> str:
    """Say an instant as the county's clocks show it: 11 月 5 日 09:30."""
    return date_format(at.astimezone(COUNTY_ZONE), "SHORT_DATETIME_FORMAT")
