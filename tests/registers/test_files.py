"""The files to fill in: what each begins with, what reads them again, and how their faults are told."""

import pytest
from django.urls import reverse

from accounts.services.register import check_file
from registers.pages.begun import cards_to_fill, posts_to_fill
from registers.pages.desks import desk_of
from registers.pages.files import Fault, read_rows
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def file_of(client, register):
    """Return the file to fill in of a register as it is given out."""
    return client.get(reverse("register-empty-file", args=[register])).content


def test_the_empty_file_of_households_is_one_that_the_importer_accepts(client, relief_clerk, changxi):
    login(client, relief_clerk)
    assert (
        reverse("register-empty-file", args=["households"]) in client.get(reverse("household-import")).content.decode()
    )

    report = check_file(file_of(client, "households"), at=MONDAY)

    assert (len(report.ready), report.faults, report.left_out, report.ignored) == (1, [], [], [])
    assert not report.is_open


def test_the_sheet_that_explains_the_columns_is_not_warned_about(client, relief_clerk, school):
    login(client, relief_clerk)

    read_back = read_rows(desk_of("organisations"), file_of(client, "organisations"), with_hidden=False)

    assert read_back.left_out == []


def test_faults_are_told_row_by_row_and_from_the_first_column_on():
    cells = ["E5", "D12", "D4", "AA4", "B!A2"]
    faults = sorted((Fault(cell, "", "") for cell in cells), key=Fault.stands_at)

    assert [fault.cell for fault in faults] == ["D4", "AA4", "E5", "D12", "B!A2"]


def test_the_file_of_posts_begins_with_what_buyers_with_a_head_lack(school, principal):
    today = MONDAY.date()
    lacking = [row["role"] for row in posts_to_fill(today) if row["organisation"] == school.name]

    assert lacking == ["食堂采购员", "食堂审批人", "验收员", "验收员", "出纳", "付款复核", "工会会计", "工会主席"]
    factories.a_user("周明德", "union_treasurer", school)
    lacking = [row["role"] for row in posts_to_fill(today) if row["organisation"] == school.name]
    assert lacking[4:] == ["工会主席"]


def test_the_file_of_cards_begins_with_the_households_without_one(changxi):
    factories.a_household(changxi)
    without = factories.a_household(changxi, card=False)

    assert cards_to_fill(MONDAY.date()) == [{"owner": without.number, "lost": "否"}]


def test_what_the_county_lacks_is_said_beside_the_file_only_where_it_is_listed(client, security_wu, school):
    login(client, security_wu)
    assert "已列出本县还缺的" in client.get(reverse("register-rows", args=["posts"])).content.decode()


def test_a_file_that_lists_nothing_promises_nothing(client, relief_clerk, xiuying_household):
    login(client, relief_clerk)
    said = client.get(reverse("register-rows", args=["cards"])).content.decode()

    assert "下载填报表格" in said and "已列出" not in said
