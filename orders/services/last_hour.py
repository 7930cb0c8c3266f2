"""The hour of the evening before, after which a buyer's goods of a day are not ordered any more."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from canteens.models import NO_LAST_HOUR
from kernel.clock import COUNTY_ZONE
from kernel.dates import day_words
from kernel.errors import DomainError


class TooLateForTheDay(DomainError):
    code = "too_late_for_the_day"

    def __init__(self, deliver_on: dt.date, last_hour: int, at: dt.datetime) -> None:
        self.first = first_day(last_hour, at)
        if last_hour == NO_LAST_HOUR:
            over = _("%(day)s is over. Choose %(next)s or a later day.")
            super().__init__(over % {"day": day_words(deliver_on), "next": day_words(self.first)})
            return
        super().__init__(
            _(
                "Goods for %(day)s are ordered until %(hour)s:00 of the day before. The next possible day is %(next)s; "
                "choose it or a later one."
            )
            % {"day": day_words(deliver_on), "hour": last_hour, "next": day_words(self.first)}
        )


def first_day(last_hour: int, at: dt.datetime) -> dt.date:
    """Return for which day at the earliest a buyer with this hour orders now."""
    local = at.astimezone(COUNTY_ZONE)
    if last_hour == NO_LAST_HOUR:
        return local.date()
    return local.date() + dt.timedelta(days=1 if local.hour < last_hour else 2)


def refuse_after_hour(last_hour: int, deliver_on: dt.date, at: dt.datetime) -> None:
    """Refuse goods for a day that the buyer's own hour has closed, naming the hour and the next possible day."""
    if deliver_on < first_day(last_hour, at):
        raise TooLateForTheDay(deliver_on, last_hour, at)
