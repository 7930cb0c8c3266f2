"""Days and instants as people write them, in the reader's language."""

import datetime as dt
import re

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.clock import COUNTY_ZONE
from kernel.errors import BadValue
from kernel.typed import fold_typed

NO_DAY = gettext_lazy("Write the day as 2026-11-02.")
NO_SUCH_DAY = gettext_lazy("There is no such day. Write it as 2026-11-02.")
_LONGEST = 40
# The year in front and whole, always: of 26-1-2 and 11/2/26 nobody knows which is the year.
_DAY = re.compile(r"([0-9]{4})(?:[-/.]| ?年 ?)([0-9]{1,2})(?:[-/.]| ?月 ?)([0-9]{1,2})(?: ?[日号])?")
_TOGETHER = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"[ T]?(?:[上下]午)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|\+08:?00)?$")
_WEEKDAY = re.compile(r" ?\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_CHINESE = re.compile(
    r"([〇零○Ｏ0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_DIGITS = {sign: str(digit) for digit, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "0": "0"}
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u3002", "------.")


def read_day(text: str) -> dt.date:
    """Return the day that somebody wrote with its year in front: 2026-11-02, 2026/11/2, 2026.11.2, 2026年11月2日."""
    if len(text) > _LONGEST:
        raise BadValue(NO_DAY)
    written = _TIME.sub("", _WEEKDAY.sub("", fold_typed(text).translate(_DASHES)))
    parts = _DAY.fullmatch(written) or _TOGETHER.fullmatch(written)
    numbers = [int(part) for part in parts.groups()] if parts is not None else _chinese_numbers(written)
    try:
        return dt.date(*numbers)
    except ValueError as wrong:
        raise BadValue(NO_SUCH_DAY) from wrong


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
