"""Working days as the State Council announces them; days the county has set itself come first."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import chinese_calendar
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError

_NONE: Mapping[dt.date, bool] = MappingProxyType({})


class UnknownCalendarYear(DomainError):
    """The holidays of a year are not known yet, so no period may be counted into it."""

    code = "unknown_calendar_year"
    message = _("The working days of that year are not entered yet. Ask the county office to enter them.")

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            _("The working days of %(year)s are not entered yet. Ask the county office to enter them.") % {"year": year}
        )


def is_workday(day: dt.date, overrides: Mapping[dt.date, bool] = _NONE) -> bool:
    """Return whether offices work on this day, make-up Saturdays and Sundays included."""
    if isinstance(day, dt.datetime):
        raise TypeError("a working day is a date; an instant belongs to a day only in a time zone")
    if day in overrides:
        return overrides[day]
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError as unknown:
        raise UnknownCalendarYear(day.year) from unknown


def announced(day: dt.date) -> bool | None:
    """Return whether a day is worked by the national calendar; None where its year is not announced yet."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None


def add_workdays(start: dt.date, n: int, overrides: Mapping[dt.date, bool] = _NONE) -> dt.date:
    """Return the nth working day after the start day, which itself is not counted."""
    if n < 1:
        raise ValueError("a period has at least one working day")
    day = start
    while n:
        day += dt.timedelta(days=1)
        n -= is_workday(day, overrides)
    return day


def workdays_between(start: dt.date, end: dt.date, overrides: Mapping[dt.date, bool] = _NONE) -> int:
    """Count the working days after the start day up to and including the end day."""
    if end < start:
        raise ValueError("the period ends before it starts")
    return sum(is_workday(start + dt.timedelta(days=i), overrides) for i in range(1, (end - start).days + 1))
