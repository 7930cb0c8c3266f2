"""Days are the county's days, whatever the clock of the server or the phone calls them."""

import datetime as dt

import pytest

from kernel.clock import county_day, day_end, day_start

BEIJING, UTC = dt.timezone(dt.timedelta(hours=8)), dt.UTC


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (dt.datetime(2026, 11, 1, 15, 59, 59, 999_999, UTC), dt.date(2026, 11, 1)),
        (dt.datetime(2026, 11, 1, 16, 0, tzinfo=UTC), dt.date(2026, 11, 2)),
        (dt.datetime(2026, 11, 1, 16, 30, tzinfo=UTC), dt.date(2026, 11, 2)),
        (dt.datetime(2026, 11, 2, 0, 30, tzinfo=BEIJING), dt.date(2026, 11, 2)),
        (dt.datetime(2026, 11, 2, 0, 0, tzinfo=UTC), dt.date(2026, 11, 2)),
        (dt.datetime(2026, 12, 31, 16, 0, tzinfo=UTC), dt.date(2027, 1, 1)),
        (dt.datetime(2028, 2, 28, 16, 0, tzinfo=UTC), dt.date(2028, 2, 29)),
    ],
    ids=str,
)
def test_an_instant_belongs_to_the_day_of_the_county(at, day):
    assert county_day(at) == day
    assert day_start(day) <= at < day_end(day)


def test_a_day_of_the_county_begins_at_sixteen_hours_of_the_day_before():
    assert day_start(dt.date(2026, 11, 2)) == dt.datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert day_end(dt.date(1988, 7, 1)) - day_start(dt.date(1988, 7, 1)) == dt.timedelta(days=1)
