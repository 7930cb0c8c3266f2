"""A file that names households of the register: what it writes otherwise is shown old and new, and changed by two."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from accounts.models import Household, Message, RegisterFile, RegisterFileRow, User
from accounts.selectors import tier_on
from accounts.services import register, register_files
from tests.accounts.steps import enter_file, two_clerks
from tests.accounts.test_register import a_row, as_csv
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
LATER = MONDAY + 30 * DAY
SINCE = MONDAY.date() + 20 * DAY
FROM_THEN = register.Answers(from_on=SINCE)


@pytest.fixture
def known(changxi):
    """Two households of the register, entered on Monday."""
    enter_file(as_csv(a_row(1), a_row(2, 户主姓名="温桂英")), at=MONDAY)
    return Household.objects.get(number=a_row(1)[0])


def brought(*rows, **answers):
    return register.check_file(as_csv(*rows), answers=register.Answers(**answers), at=LATER)


def test_another_kind_is_shown_old_and_new_and_counts_from_the_day_that_is_answered(known):
    changed = a_row(1, 户类型="边缘易致贫户")
    assert brought(changed).without_from_on == ["B2"]
    with pytest.raises(register.Unanswered):
        enter_file(as_csv(changed), at=LATER)

    report = enter_file(as_csv(changed), answers=FROM_THEN, at=LATER)

    assert (report.entered, len(report.changed), report.registered) == (0, 1, 0)
    assert report.changed[0].facts == [
        ("tier", "lifted", "marginal"), ("cause", "", ""), ("from_on", "2026-11-02", SINCE.isoformat()),
    ]  # fmt: skip
    assert [tier_on(known, day) for day in (SINCE - DAY, SINCE)] == ["lifted", "marginal"]
    assert known.tiers.count() == 2 and Household.objects.count() == 2


@pytest.mark.parametrize(("day", "words"), [(MONDAY.date(), "11 月 2 日"), (LATER.date() + DAY, "最晚从今天算起")])
def test_a_kind_is_not_dated_before_the_last_one_nor_after_today(known, day, words):
    report = brought(a_row(1, 户类型="边缘易致贫户"), from_on=day)

    [fault] = report.faults
    assert (fault.cell, report.changed) == ("F2", [])
    assert words in fault.reason


def test_village_phone_and_size_change_and_empty_cells_say_nothing(known, other_village):
    account = User.objects.get(person=known.head)
    moved = a_row(1, 联系电话="13912345678", 家庭人口="6", 户类型="", 村代码=other_village.code)

    enter_file(as_csv(moved, a_row(2, 户主姓名="温桂英", 联系电话="", 家庭人口="")), at=LATER)

    known.refresh_from_db()
    assert (known.phone, known.people, known.village) == ("13912345678", 6, other_village)
    assert tier_on(known, LATER.date()) == "lifted"
    account.refresh_from_db()
    assert account.phone == "13912345678" and not account.phone_verified
    told = {message.phone for message in Message.objects.filter(kind="household.phone")}
    assert told == {a_row(1)[3], "13912345678"}
    other = Household.objects.get(number=a_row(2)[0])
    assert (other.phone, other.people) == (a_row(2)[3], 4)


def test_a_phone_that_has_an_account_is_taken_from_nobody(known):
    account = User.objects.get(person=known.head)

    enter_file(as_csv(a_row(1, 联系电话=a_row(2)[3])), at=LATER)

    known.refresh_from_db()
    account.refresh_from_db()
    assert known.phone == a_row(2)[3] and account.phone == a_row(1)[3]


def test_what_changed_meanwhile_stops_the_file(known):
    office, (first, second) = two_clerks()
    file = register_files.propose_file(as_csv(a_row(1, 家庭人口="6")), office=office, by=first, at=LATER)
    enter_file(as_csv(a_row(1, 家庭人口="5")), at=LATER)

    with pytest.raises(register_files.ChangedSince, match="B2"):
        register_files.confirm_file(file, by=second, at=LATER)

    known.refresh_from_db()
    assert known.people == 5


def test_the_same_file_again_changes_nothing(known):
    raw = as_csv(a_row(1, 户类型="边缘易致贫户"))
    enter_file(raw, answers=FROM_THEN, at=LATER)
    office, (first, _second) = two_clerks()

    with pytest.raises(register_files.NothingNew):
        register_files.propose_file(raw, answers=FROM_THEN, office=office, by=first, at=LATER)
    assert known.tiers.count() == 2


def test_a_number_of_phone_is_masked_where_it_waits(known):
    office, (first, _second) = two_clerks()
    register_files.propose_file(as_csv(a_row(1, 联系电话="13912345678")), office=office, by=first, at=LATER)

    row = RegisterFileRow.objects.get()
    assert row.facts == [["phone", "138****0001", "139****5678"]]
    assert "13912345678" not in str(vars(row))


def test_the_pages_show_what_stands_there_and_what_is_to(client, known, relief_clerk, now):
    now.at = LATER
    login(client, relief_clerk)
    raw = as_csv(a_row(1, 户类型="边缘易致贫户"), a_row(3))

    page = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "check"}).content.decode()
    assert "变更的户类型从哪天算起" in page and "→ <b>边缘易致贫户</b>" in page
    sent = client.post("/households/import/", {"file": io.BytesIO(raw), "act": "propose", "from_on": SINCE.isoformat()})

    page = client.get(sent.url).content.decode()
    assert sent.url == reverse("register-file", args=[RegisterFile.objects.latest("at").pk])
    assert "→ <b>边缘易致贫户</b>" in page and "138****0003" in page
    assert "黄秀英" not in page


def test_a_file_of_known_households_costs_no_more_questions_with_more_rows(changxi, django_assert_num_queries):
    rows = [a_row(n) for n in range(1, 41)]
    enter_file(as_csv(*rows), at=MONDAY)
    office, (first, second) = two_clerks()

    def changing(rows, people):
        changed = [[*row[:4], people, *row[5:]] for row in rows]
        file = register_files.propose_file(as_csv(*changed), office=office, by=first, at=LATER)
        with django_assert_num_queries(COUNTED):
            register_files.confirm_file(file, by=second, at=LATER)

    changing(rows[:2], "5")
    changing(rows, "6")


COUNTED = 25
