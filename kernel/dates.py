"""Days and instants as people write them, in the reader's language."""

import datetime as dt
import re

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import clock, near
from kernel.clock import COUNTY_ZONE
from kernel.errors import BadValue
from kernel.typed import fold_typed

NO_DAY = gettext_lazy("Write the day as 2026-11-02.")
NO_SUCH_DAY = gettext_lazy("There is no such day. Write it as 2026-11-02.")
FAR_DAY = gettext_lazy("This day lies too far away. Look at its year.")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # what anybody here means; beside the ends of the calendar nothing can be reckoned
_LONGEST = 40
# The year in front and whole, always: of 26-1-2 and 11/2/26 nobody knows which is the year.
_DAY = re.compile(r"([0-9]{4})(?:[-/.]| ?年 ?)([0-9]{1,2})(?:[-/.]| ?月 ?)([0-9]{1,2})(?: ?[日号])?")
_TOGETHER = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"[ T]?(?:[上下]午)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:\+08:?00)?$")
_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z")
_WEEKDAY = re.compile(r" ?\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_CHINESE = re.compile(
    r"([〇零○Ｏ0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_DIGITS = {sign: str(digit) for digit, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "0": "0"}
_DAYS_OF_A_WEEK = 7
_YEAR_SECONDS = 300
_NOON = 12
_MIDNIGHT = 24
_OFFICE_ENDS, _EVENING = dt.time(17, 30), dt.time(19)
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u3002", "------.")


def read_day(text: str) -> dt.date:
    """Return the day that somebody wrote with its year in front: 2026-11-02, 2026/11/2, 2026.11.2, 2026年11月2日.

    An instant that a program writes in UTC, 2026-11-01T16:00:00Z, is the day that the county had then.
    """
    if len(text) > _LONGEST:
        raise BadValue(NO_DAY)
    if _UTC.fullmatch(text.strip()):
        return _day_of_instant(text.strip())
    written = _TIME.sub("", _WEEKDAY.sub("", fold_typed(text).translate(_DASHES)))
    parts = _DAY.fullmatch(written) or _TOGETHER.fullmatch(written)
    numbers = [int(part) for part in parts.groups()] if parts is not None else _chinese_numbers(written)
    try:
        return near_enough(dt.date(*numbers))
    except ValueError as wrong:
        raise BadValue(NO_SUCH_DAY) from wrong


def near_enough(day: dt.date) -> dt.date:
    """Return a day that somebody can mean; refuse one so far away that nothing can be reckoned from it."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadValue(FAR_DAY)
    return day


def _day_of_instant(text: str) -> dt.date:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadValue(NO_SUCH_DAY) from wrong
    near_enough(at.date())
    return clock.county_day(at)


def _chinese_numbers(written: str) -> list[int]:
    """Return year, month and day of 二〇二六年十一月二日."""
    parts = _CHINESE.fullmatch(written)
    if parts is None:
        raise BadValue(NO_DAY)
    year, month, day = parts.groups()
    return [int("".join(_DIGITS[sign] for sign in year)), _below_hundred(month), _below_hundred(day)]


def _below_hundred(words: str) -> int:
    tens, ten, ones = words.rpartition("十")
    if not ten:
        return int(_DIGITS[words]) if len(words) == 1 else 0
    return 10 * int(_DIGITS.get(tens, "1" if not tens else "0")) + int(_DIGITS.get(ones, "0"))


def day_words(day: dt.date, today: dt.date | None = None) -> str:
    """Write a day as 11 月 5 日, one of another year than today's with its year: 2025 年 11 月 5 日."""
    year = today.year if today is not None else this_year()
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == year else "DATE_FORMAT")


def this_year() -> int:
    """Return the county's year as it was some minutes ago at most: a page writes many days and asks for it once."""
    return near.get_or_set("this_year", lambda: clock.county_day(clock.now()).year, _YEAR_SECONDS)


def period_words(first: dt.date, last: dt.date) -> str:
    """Write from when to when, the year once where one is enough: 2026 年 11 月 20 日至 11 月 26 日."""
    end = date_format(last, "MONTH_DAY_FORMAT" if first.year == last.year else "DATE_FORMAT")
    return _("%(from)s to %(to)s") % {"from": date_format(first, "DATE_FORMAT"), "to": end}


def time_words(at: dt.datetime) -> str:
    """Write an instant as the county's clocks show it: 11 月 5 日 09:30, of another year with its year."""
    local = at.astimezone(COUNTY_ZONE)
    return f"{day_words(local.date())} {local:%H:%M}"


def spoken_day(day: dt.date, today: dt.date) -> str:
    """Write a day as people say it today: 昨天, 今天, 明天, 后天, 星期四; further away 12 月 15 日."""
    away = (day - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow")}
    if away in near:
        return near[away]
    return date_format(day, "l") if 0 < away < _DAYS_OF_A_WEEK else day_words(day, today)


def deadline_words(at: dt.datetime, now: dt.datetime) -> str:
    """Write until when something is to be done, in the hours of an office: 明天中午前, 后天下班前, 今天晚上 8 点前.

    The minute is never said, and what is said is never later than the deadline itself.
    """
    local = at.astimezone(COUNTY_ZONE)
    day = spoken_day(_day_of(local), now.astimezone(COUNTY_ZONE).date())
    if local.hour == _NOON:
        return _("%(day)s before noon") % {"day": day}
    if _OFFICE_ENDS <= local.time() < _EVENING:
        return _("%(day)s before the office closes") % {"day": day}
    return _("%(day)s before %(hour)s") % {"day": day, "hour": _hour_words(local.hour)}


def message_deadline(at: dt.datetime) -> str:
    """Write until when, for a Chinese text that is read on any later day: 11 月 30 日（周一）下班, 上午 9 点.

    The text itself says 前 after it. The minute is never said, and what is said is never later than the deadline.
    """
    with translation.override("zh-hans"):
        local = at.astimezone(COUNTY_ZONE)
        on = _day_of(local)
        day = f"{on.month} 月 {on.day} 日（周{'一二三四五六日'[on.weekday()]}）"
        if local.hour == _NOON:
            return f"{day}中午"
        return f"{day}下班" if _OFFICE_ENDS <= local.time() < _EVENING else f"{day}{_hour_words(local.hour)}"


def due_words(day: dt.date, today: dt.date) -> str:
    """Write by the end of which day something is due: 今天到期 only on the day itself, 晚了 3 天 after it."""
    away = (day - today).days
    if away < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -away) % {"n": -away}
    return _("due today") if away == 0 else _("by %(day)s") % {"day": spoken_day(day, today)}


def _day_of(local: dt.datetime) -> dt.date:
    """Return the day by whose name people call an hour: the one in which a night began, for the hour after midnight."""
    return (local - dt.timedelta(hours=1)).date()


def _hour_words(hour: int) -> str:
    """Write a whole hour with its part of the day; midnight ends a day."""
    hour = hour or _MIDNIGHT
    parts = ((6, _("%(n)s at night")), (12, _("%(n)s in the morning")), (18, _("%(n)s in the afternoon")))
    words = next((part for before, part in parts if hour < before), _("%(n)s in the evening"))
    return words % {"n": (hour - 1) % 12 + 1}
