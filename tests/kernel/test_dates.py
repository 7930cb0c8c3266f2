"""A day is read in every way people and spreadsheets write it with the year in front, and in no other."""

import datetime as dt

import pytest
from django.utils import translation

from kernel.clock import COUNTY_ZONE
from kernel.dates import day_words, deadline_words, due_words, message_deadline, read_day, this_year, time_words
from kernel.errors import BadValue

DAY = dt.date(2024, 11, 6)


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-06", "2024-11-6", "2024/11/6", "2024/11/06", "2024.11.06", "2024。11。6", "2024年11月6日",
        "2024年11月06号",
        "2024 年 11 月 6 日", "２０２４－１１－０６", "20241106", "二〇二四年十一月六日", "二零二四年十一月六号",
        "2024-11-06 00:00:00", "2024/11/6 8:30", "2024-11-06T00:00:00+08:00", "2024年11月6日星期三",
        "2024-11-06 (周三)",
        "2024\u201311\u201306", "\ufeff2024-11-06\u200b", "2024-11-06 上午8:30",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text):
    assert read_day(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年十月二十日", (2026, 10, 20)),
        ("二〇二六年二月十日", (2026, 2, 10)),
        ("二〇二六年一月三十一日", (2026, 1, 31)),
    ],
)
def test_a_day_in_chinese_numerals_is_read(text, day):
    assert read_day(text) == dt.date(*day)


@pytest.mark.parametrize(
    "text",
    [
        "", "24-11-06", "11/6/24", "06.11.2024", "11月6日", "45000", "2024-13-01", "2023-02-29", "20241301", "2024-11",
        "民国113年11月6日", "腊月二十三", "昨天", "2024-11-06-07", "2024/11.6/", "二四年十一月六日",
        "二〇二六年十三月一日",
        "2024年11月6日" * 9,
    ],
)  # fmt: skip
def test_a_day_that_could_be_another_is_asked_for_again(text):
    with pytest.raises(BadValue, match="2026-11-02"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-11-05T16:00:00.000Z", DAY),  # midnight of the county, as programs write it
        ("2024-11-06T15:59:59Z", DAY),
        ("2024-11-06T16:00Z", DAY + dt.timedelta(days=1)),
    ],
)
def test_an_instant_in_utc_is_the_day_that_the_county_had(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1899-12-31", "2201-01-01", "9999-12-31T23:00:00Z"])
def test_a_day_that_nobody_can_mean_is_refused(text):
    with pytest.raises(BadValue, match=r"year|年份"):
        read_day(text)


NOW = dt.datetime(2026, 11, 4, 1, 0, tzinfo=dt.UTC)  # a Wednesday, nine in the morning in the county


def county(day, hour, minute=0):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=COUNTY_ZONE)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (county(4, 17, 29), "今天下午 5 点前"),
        (county(4, 17, 30), "今天下班前"),
        (county(4, 18, 59), "今天下班前"),
        (county(4, 20, 10), "今天晚上 8 点前"),
        (county(5, 12, 43), "明天中午前"),
        (county(5, 9, 1), "明天上午 9 点前"),
        (county(6, 0, 30), "明天晚上 12 点前"),
        (county(8, 13), "星期日下午 1 点前"),
        (county(11, 17, 45), "11 月 11 日下班前"),
    ],
    ids=str,
)
def test_a_deadline_is_said_in_the_hours_of_an_office_and_never_too_late(at, words):
    with translation.override("zh-hans"):
        assert deadline_words(at, NOW) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "晚了 3 天"), (4, "今天到期"), (5, "明天前"), (6, "后天前"), (10, "星期二前"), (11, "11 月 11 日前")],
    ids=str,
)
def test_only_the_day_itself_is_due_today(day, words):
    with translation.override("zh-hans"):
        assert due_words(dt.date(2026, 11, day), dt.date(2026, 11, 4)) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (county(30, 17, 45), "11 月 30 日（周一）下班"),
        (county(4, 12, 43), "11 月 4 日（周三）中午"),
        (county(3, 9, 59), "11 月 3 日（周二）上午 9 点"),
        (county(8, 20, 10), "11 月 8 日（周日）晚上 8 点"),
        (county(6, 0, 30), "11 月 5 日（周四）晚上 12 点"),
    ],
    ids=str,
)
def test_a_text_read_on_a_later_day_names_the_day_itself_and_no_minute(at, words):
    assert message_deadline(at) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(dt.date(2026, 1, 5), "1 月 5 日"), (dt.date(2025, 12, 31), "2025 年 12 月 31 日"),
     (dt.date(2027, 1, 1), "2027 年 1 月 1 日")],
    ids=str,
)  # fmt: skip
def test_a_day_of_another_year_is_written_with_its_year(day, words):
    with translation.override("zh-hans"):
        assert day_words(day) == words
        assert time_words(dt.datetime.combine(day, dt.time(1, 30), dt.UTC)) == f"{words} 09:30"


def test_this_year_is_the_countys(now):
    now.at = dt.datetime(2030, 12, 31, 16, 30, tzinfo=dt.UTC)

    assert this_year() == 2031
