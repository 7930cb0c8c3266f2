"""Working days are those the State Council announced."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.workdays import UnknownCalendarYear, add_workdays, is_workday, workdays_between

ANNOUNCED = Path(__file__).resolve().parents[3] / "shared/data/09_calendar/cn_workdays_2020-2026.csv"
KNOWN_DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 9, 30))


def announced_days() -> dict[dt.date, bool]:
    if not ANNOUNCED.exists():
        pytest.skip("the announced working days (../shared/data/09_calendar) are not on this machine")
    with ANNOUNCED.open(encoding="utf-8") as file:
        return {dt.date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}


def test_every_day_of_seven_years_is_as_announced():
    announced = announced_days()

    assert {day: is_workday(day) for day in announced} == announced
    assert len(announced) == 2557


def test_counting_on_agrees_with_the_announced_days():
    announced = announced_days()
    days = sorted(announced)

    for place, start in enumerate(days[:-60]):
        working = [day for day in days[place + 1 : place + 60] if announced[day]]
        assert add_workdays(start, 7) == working[6]


def test_a_make_up_saturday_is_a_working_day():
    assert is_workday(dt.date(2026, 2, 14))
    assert not is_workday(dt.date(2026, 2, 7))


def test_seven_working_days_over_spring_festival():
    # Friday the 13th, then Saturday the 14th is made up for the nine days of holiday up to the 23rd.
    assert add_workdays(dt.date(2026, 2, 12), 7) == dt.date(2026, 2, 28)


def test_the_start_day_is_not_counted():
    monday = dt.date(2026, 3, 2)

    assert add_workdays(monday, 1) == dt.date(2026, 3, 3)
    assert workdays_between(monday, monday) == 0
    assert workdays_between(monday, dt.date(2026, 3, 3)) == 1


@given(KNOWN_DAYS, st.integers(1, 15))
def test_the_end_is_the_nth_working_day(start, n):
    end = add_workdays(start, n)

    assert is_workday(end)
    assert workdays_between(start, end) == n
    assert workdays_between(start, end - dt.timedelta(days=1)) == n - 1


def test_a_day_set_by_the_county_comes_first():
    monday, tuesday, sunday = dt.date(2026, 3, 2), dt.date(2026, 3, 3), dt.date(2026, 3, 8)

    assert not is_workday(tuesday, {tuesday: False})
    assert is_workday(sunday, {sunday: True})
    assert add_workdays(monday, 1, {tuesday: False}) == dt.date(2026, 3, 4)


def test_no_period_is_counted_into_a_year_nobody_knows():
    with pytest.raises(UnknownCalendarYear) as refusal:
        add_workdays(dt.date(2026, 12, 30), 7)

    assert refusal.value.year == 2027
    assert refusal.value.code == "unknown_calendar_year"
    assert str(refusal.value) == "The working days of 2027 are not entered yet. Ask the county office to enter them."


def test_days_entered_for_an_unknown_year_are_enough():
    entered = {dt.date(2027, 1, day): day in (4, 5, 6, 7, 8) for day in range(1, 11)}

    assert add_workdays(dt.date(2026, 12, 31), 5, entered) == dt.date(2027, 1, 8)


def test_an_instant_is_no_day():
    with pytest.raises(TypeError):
        is_workday(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))


def test_periods_run_forward():
    with pytest.raises(ValueError, match="at least one"):
        add_workdays(dt.date(2026, 3, 2), 0)
    with pytest.raises(ValueError, match="before it starts"):
        workdays_between(dt.date(2026, 3, 2), dt.date(2026, 3, 1))
