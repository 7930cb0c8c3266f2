"""Proposals of many rows: confirmed in one short request, written afterwards, each once, whole or not at all."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message
from kernel.entering import entering
from kernel.errors import DomainError
from records.models import CalendarDay, Move
from registers.models import AT_ONCE, MOST_ROWS
from registers.services import changes
from registers.services.policies import CalendarRules
from registers.services.writing import write_confirmed
from tests.factories import MONDAY, login
from tests.registers.test_pages import read

pytestmark = pytest.mark.django_db
FIRST = dt.date(2041, 1, 1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def days(number, first=FIRST):
    """Return so many days off of years that nobody knows yet."""
    return [{"day": (first + dt.timedelta(days=n)).isoformat(), "is_workday": False} for n in range(number)]


@pytest.fixture
def propose(clerk_ma):
    def proposed(number, first=FIRST):
        return changes.propose(
            "calendar", days(number, first), document_number="国办〔2040〕9号", by=clerk_ma, at=MONDAY
        )

    return proposed


def confirm(client, change):
    """Confirm on the page and return how many statements the request took."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        sent = client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": change.pk.hex})
    assert sent.status_code == 302
    return len(asked)


def texts_to(user):
    return [message.body for message in Message.objects.order_by("created_at") if message.phone == user.phone]


def test_five_hundred_rows_are_confirmed_by_as_few_statements_as_one_more_than_at_once(
    client, propose, director_lin, clerk_ma
):
    few, many = propose(AT_ONCE + 1), propose(MOST_ROWS, FIRST.replace(year=FIRST.year + 1))
    login(client, director_lin)
    client.get(reverse("home"))

    taken_by_few, taken_by_many = confirm(client, few), confirm(client, many)

    assert taken_by_many <= taken_by_few < 40
    assert not CalendarDay.objects.exists() and "正在写入" in read(client, "register-change", many.pk)
    assert [write_confirmed(at=MONDAY + HOUR) for _twice in range(2)] == [2, 0]
    assert CalendarDay.objects.count() == AT_ONCE + 1 + MOST_ROWS
    many.refresh_from_db()
    assert (many.status, many.decided_by, many.rows.filter(waits=True).count()) == ("confirmed", director_lin, 0)
    assert [move.after for move in Move.objects.filter(document=many.reference)] == ["proposed", "writing", "confirmed"]
    assert texts_to(clerk_ma)[-1].endswith("已经确认，现在生效。")


def test_what_a_second_person_compares_at_a_glance_is_written_at_once(client, propose, director_lin):
    change = propose(AT_ONCE)
    login(client, director_lin)

    confirm(client, change)

    assert CalendarDay.objects.count() == AT_ONCE and write_confirmed(at=MONDAY) == 0


def test_what_falls_midway_wrote_nothing_and_is_written_by_the_next_sweep(propose, director_lin, monkeypatch):
    change = changes.confirm(propose(AT_ONCE + 1), by=director_lin, at=MONDAY)
    write = CalendarRules.write

    def falls(self, content, **more):
        if content["day"] == days(AT_ONCE)[-1]["day"]:
            raise ConnectionError
        write(self, content, **more)

    monkeypatch.setattr(CalendarRules, "write", falls)
    with pytest.raises(ConnectionError):
        write_confirmed(at=MONDAY)
    assert not CalendarDay.objects.exists()
    monkeypatch.undo()

    assert write_confirmed(at=MONDAY + HOUR) == 1

    change.refresh_from_db()
    assert (change.status, CalendarDay.objects.count()) == ("confirmed", AT_ONCE + 1)


def test_a_register_that_moved_on_meanwhile_takes_nothing_and_both_are_told(propose, director_lin, clerk_ma):
    change = changes.confirm(propose(AT_ONCE + 1), by=director_lin, at=MONDAY)
    with entering("elsewhere"):
        CalendarDay.objects.create(day=FIRST, is_workday=True, document="别的")

    assert [write_confirmed(at=MONDAY) for _twice in range(2)] == [1, 0]

    change.refresh_from_db()
    assert (change.status, CalendarDay.objects.count()) == ("refused", 1)
    assert all("没能写入" in texts_to(user)[-1] for user in (director_lin, clerk_ma))
    assert all("第 1 行" in texts_to(user)[-1] for user in (director_lin, clerk_ma))
    assert not change.rows.filter(waits=True).exists()  # and may be proposed again


def test_nobody_takes_back_or_refuses_what_is_being_written(propose, director_lin, clerk_ma):
    change = changes.confirm(propose(AT_ONCE + 1), by=director_lin, at=MONDAY)

    with pytest.raises(DomainError):
        changes.withdraw(change, by=clerk_ma, at=MONDAY)
    with pytest.raises(DomainError):
        changes.refuse(change, why="不对", by=director_lin, at=MONDAY)
    assert changes.lapse_unconfirmed(at=change.confirm_by_at + HOUR) == 0


def test_programs_read_that_it_is_being_written(client, propose, director_lin):
    change = propose(AT_ONCE + 1)
    login(client, director_lin)
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}

    answer = client.post(reverse("api-register-change-confirm", args=[change.pk]), **send)

    assert (answer.status_code, answer.json()["status"]) == (200, "writing")


def test_days_that_differ_from_their_weekday_are_compared_first(clerk_ma):
    week = [{"day": (FIRST + dt.timedelta(days=n)).isoformat(), "is_workday": True} for n in range(7)]

    change = changes.propose("calendar", week, document_number="国办〔2040〕9号", by=clerk_ma, at=MONDAY)

    titles = list(change.rows.order_by("position").values_list("title", flat=True))
    assert [dt.date.fromisoformat(title).weekday() for title in titles[:2]] == [5, 6]
    assert titles[2:] == sorted(titles[2:])


class TestWhatFalls:
    """What cannot be written keeps no other proposal waiting, and ends."""

    @pytest.fixture
    def two(self, propose, director_lin):
        changed = [propose(AT_ONCE + 1), propose(AT_ONCE + 1, FIRST.replace(year=FIRST.year + 1))]
        return [changes.confirm(change, by=director_lin, at=MONDAY) for change in changed]

    @pytest.fixture
    def fails_with(self, monkeypatch):
        def fails(fault):
            write = CalendarRules.write

            def falls(self, content, **more):
                if content["day"] == FIRST.isoformat():
                    fault()
                write(self, content, **more)

            monkeypatch.setattr(CalendarRules, "write", falls)

        return fails

    def test_what_the_database_does_not_take_ends_and_the_next_is_written(
        self, two, fails_with, director_lin, clerk_ma
    ):
        fails_with(lambda: CalendarDay.objects.create(day=None, is_workday=True, document="x"))

        assert write_confirmed(at=MONDAY + HOUR) == 2

        assert [self.status(change) for change in two] == ["refused", "confirmed"]
        assert all("没能写入" in " ".join(texts_to(user)) for user in (director_lin, clerk_ma))

    def test_what_falls_again_and_again_keeps_nobody_waiting_and_ends_after_a_day(self, two, fails_with, clerk_ma):
        def broken():
            raise ConnectionError

        fails_with(broken)
        with pytest.raises(ConnectionError):
            write_confirmed(at=MONDAY + HOUR)
        assert [self.status(change) for change in two] == ["writing", "confirmed"]

        with pytest.raises(ConnectionError):
            write_confirmed(at=MONDAY + 25 * HOUR)
        assert self.status(two[0]) == "refused"
        assert any("没能写入" in text for text in texts_to(clerk_ma))

    def test_what_is_found_late_is_written_all_the_same(self, two):
        assert write_confirmed(at=MONDAY + 99 * HOUR) == 2
        assert [self.status(change) for change in two] == ["confirmed", "confirmed"]

    def test_what_was_confirmed_in_office_is_written_although_the_post_ended_meanwhile(self, two, director_lin):
        director_lin.person.memberships.update(to_on=MONDAY.date())

        assert write_confirmed(at=MONDAY + HOUR) == 2

        two[0].refresh_from_db()
        assert two[0].decided_by == director_lin

    @staticmethod
    def status(change):
        change.refresh_from_db()
        return change.status
