"""A day is read in every way people and spreadsheets write it with the year in front, and in no other."""

import datetime as dt

import pytest

from kernel.dates import read_day
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
