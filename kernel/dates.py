"""Days and instants as people write them, in the reader's language."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.clock import COUNTY_ZONE


def day_words(day: dt.date) -> str:
    """Write a day without its year: 11 月 5 日."""
    return date_format(day, "MONTH_DAY_FORMAT")


def period_words(first: dt.date, last: dt.date) -> str:
    """Write from when to when, the year once where one is enough: 2026 年 11 月 20 日至 11 月 26 日."""
    end = day_words(last) if first.year == last.year else date_format(last, "DATE_FORMAT")
    return _("%(from)s to %(to)s") % {"from": date_format(first, "DATE_FORMAT"), "to": end}


def time_words(at: dt.datetime) -> str:
    """Write an instant as the county's clocks show it: 11 月 5 日 09:30."""
    return date_format(at.astimezone(COUNTY_ZONE), "SHORT_DATETIME_FORMAT")
