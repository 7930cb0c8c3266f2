"""The list of a union's members: brought by one, entered by another, on sets; what is wrong is named by its row."""

import datetime as dt
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from canteens.models import UnionList, UnionMember
from canteens.pages.union_members import changes
from canteens.selectors.unions import members_on
from canteens.services import purchase_plans, register_canteen, union_members
from canteens.services.ceilings import YearAboveRule
from canteens.services.union_files import read_list
from canteens.services.union_members import ListedMember, ListRefused, ListWaits
from kernel.errors import BadValue
from records.models import Reading
from records.services.participation import AlreadyTookPart
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, a_union_rule, an_id_number, login
from tests.workbooks import a_workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAY, TODAY = dt.timedelta(days=1), MONDAY.date()
BEFORE = TODAY - 30 * DAY
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十"


def people(n: int) -> list[ListedMember]:
    """Return so many members with names that differ."""
    names = [f"{SURNAMES[i % 10]}{GIVEN[i // 10 % 10]}{GIVEN[i // 100 % 10]}{GIVEN[i // 1000]}" for i in range(n)]
    return [ListedMember(name, place=f"A{number}") for number, name in enumerate(names, 2)]


def propose(school, rows, *, by, on=BEFORE, at=MONDAY):
    return union_members.propose_list(school, rows, on=on, document_number="石工〔2026〕5号", by=by, at=at)


@pytest.fixture
def entered(school, treasurer_zhou, chair_tan):
    """Enter a list of rows with the hands of both."""

    def enter(rows, *, on=BEFORE):
        row = propose(school, rows, by=treasurer_zhou, on=on)
        return union_members.enter_list(row, by=chair_tan, at=TUESDAY)

    return enter


def test_another_person_enters_it_and_its_names_are_forgotten(school, entered):
    row = entered(people(46))

    row.refresh_from_db()
    assert (row.status, row.content_sealed) == ("entered", "")
    assert members_on(school.pk, BEFORE) == 46 and members_on(school.pk, BEFORE - DAY) == 0
    member = UnionMember.objects.order_by("from_on", "pk").first()
    assert member.name not in member.name_sealed


def test_nobody_enters_the_own_list(school, treasurer_zhou):
    row = propose(school, people(3), by=treasurer_zhou)
    with pytest.raises(AlreadyTookPart):
        union_members.enter_list(row, by=treasurer_zhou, at=TUESDAY)
    assert not UnionMember.objects.exists()


def test_a_second_list_waits_for_the_first(school, treasurer_zhou, chair_tan):
    row = propose(school, people(3), by=treasurer_zhou)
    with pytest.raises(ListWaits):
        propose(school, people(4), by=treasurer_zhou)

    union_members.refuse_list(row, why="少了一页", by=chair_tan, at=TUESDAY)
    again = propose(school, people(4), by=treasurer_zhou)
    union_members.withdraw_list(again, by=treasurer_zhou, at=TUESDAY)
    assert not UnionList.objects.exclude(content_sealed="").exists()


def test_who_is_not_on_the_next_list_is_no_member_from_its_day(school, entered):
    entered(people(46))

    entered([*people(44), ListedMember("陈新来")], on=TODAY)

    assert [members_on(school.pk, day) for day in (TODAY - DAY, TODAY)] == [46, 45]


def test_a_member_leaves_by_a_day_of_the_list_and_may_come_back(school, entered):
    entered(people(2))
    entered([people(1)[0], ListedMember(people(2)[1].name, to_on=TODAY - 3 * DAY)], on=TODAY - 2 * DAY)
    assert members_on(school.pk, TODAY - 4 * DAY) == 2 and members_on(school.pk, TODAY - 3 * DAY) == 1

    entered(people(2), on=TODAY)
    assert members_on(school.pk, TODAY) == 2 and UnionMember.objects.count() == 3


def test_a_day_of_leaving_still_to_come_is_kept_changed_or_taken_back(school, entered):
    (stays, leaves), far = people(2), TODAY + 60 * DAY
    entered([stays, ListedMember(leaves.name, to_on=far)])

    def leaving_after(row, days):
        entered([stays, row] if row else [stays], on=TODAY - days * DAY)
        return set(UnionMember.objects.values_list("to_on", flat=True))

    assert leaving_after(ListedMember(leaves.name, from_on=BEFORE, to_on=far), 9) == {None, far}
    assert leaving_after(ListedMember(leaves.name, to_on=far - DAY), 8) == {None, far - DAY}
    said = {fact.label: fact.value for fact in changes(union_members.compare(school, [stays, leaves], TODAY - 7 * DAY))}
    assert said["留下，原定的退会日期取消"].startswith("1")
    assert leaving_after(leaves, 7) == {None}
    leaving_after(ListedMember(leaves.name, to_on=far), 6)
    assert leaving_after(None, 5) == {None, TODAY - 5 * DAY}
    assert UnionMember.objects.count() == 2


def test_a_list_of_an_earlier_day_takes_no_leaving_back(school, entered):
    entered(people(2))
    entered(people(1), on=TODAY)

    assert [fault.place for fault in union_members.compare(school, people(2), TODAY - 9 * DAY).faults] == ["A3"]


def test_where_no_list_is_kept_the_register_of_canteens_counts(school, entered):
    register_canteen(school, mode="own", heads=900, union_members=80, address="琴江镇")
    assert members_on(school.pk, TODAY) == 80

    entered(people(46))
    assert members_on(school.pk, TODAY) == 46


def test_plans_and_orders_are_judged_by_the_list(school, county, entered, treasurer_zhou, chef_chen, chair_tan):
    register_canteen(school, mode="own", heads=900, union_members=80, address="琴江镇")
    a_union_rule(county, year_fen=1_00)
    entered(people(46))
    fund = a_fund(school, by=treasurer_zhou)

    plan = a_purchase_plan(fund, by=chef_chen, kind="event", fen=46_00, per_head_fen=1_00)
    assert purchase_plans.approve_plan(plan, by=chair_tan, at=TUESDAY).members == 46
    with pytest.raises(YearAboveRule, match="46"):
        a_purchase_plan(fund, by=chef_chen, kind="event", fen=1, record="2号")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([ListedMember("王小明", place="A2"), ListedMember("王 小明", place="A3")], "A3"),
        ([ListedMember("王小明", "36073519800101001", place="A2")], "A2"),
        ([ListedMember("123", place="A2")], "A2"),
        ([ListedMember("王小明", from_on=BEFORE + DAY, place="A2")], "A2"),
        ([ListedMember("王小明", from_on=BEFORE, to_on=BEFORE, place="A2")], "A2"),
        ([ListedMember("王小明", to_on=BEFORE - DAY, place="A2")], "A2"),
    ],
)
def test_a_row_that_is_wrong_is_named(school, treasurer_zhou, rows, place):
    with pytest.raises(ListRefused, match=place):
        propose(school, rows, by=treasurer_zhou)


def test_one_id_number_is_one_person(school, entered, treasurer_zhou):
    number = an_id_number(7)
    with pytest.raises(ListRefused, match="A3"):
        propose(
            school, [ListedMember("王小明", number, place="A2"), ListedMember("李大海", number, place="A3")],
            by=treasurer_zhou,
        )  # fmt: skip
    entered([ListedMember("王小明", number)])
    with pytest.raises(ListRefused):
        propose(school, [ListedMember("李大海", number)], by=treasurer_zhou, on=TODAY)


def test_a_list_says_its_document_and_no_later_day(school, treasurer_zhou):
    for rows, more in ((people(1), {"on": TODAY + DAY}), ([], {})):
        with pytest.raises(BadValue):
            propose(school, rows, by=treasurer_zhou, **more)
    with pytest.raises(BadValue):
        union_members.propose_list(school, people(1), on=TODAY, document_number=" ", by=treasurer_zhou, at=MONDAY)


def test_ids_of_those_who_left_are_named_and_bring_nobody_back(client, school, entered, treasurer_zhou, chair_tan):
    stays, number = ListedMember("李大海"), an_id_number(7)
    entered([ListedMember("王小明", number), stays])
    left = ListedMember("王小明", number, from_on=BEFORE, to_on=TODAY - DAY)

    found = union_members.compare(school, [left, stays], TODAY)
    assert ([row.name for row in found.retired], [day for _member, day in found.ends]) == (["王小明"], [TODAY - DAY])
    entered([left, stays], on=TODAY)
    again = union_members.compare(school, [left, stays], TODAY)
    assert ([row.name for row in again.retired], again.joins, again.ends, again.faults) == (["王小明"], [], [], [])

    never_here = ListedMember("赵晚到", an_id_number(8), from_on=BEFORE, to_on=TODAY - DAY)
    row = propose(school, [left, never_here, stays], by=treasurer_zhou, on=TODAY)
    facts = login(client, chair_tan).get(reverse("union-list-detail", args=[row.pk])).context["changes"]
    assert {fact.label: fact.value for fact in facts}["名单上有，但已退会"] == "2 人：王*明、赵*到"
    union_members.enter_list(row, by=chair_tan, at=TUESDAY)
    assert members_on(school.pk, TODAY) == 1


def test_a_file_of_five_thousand_is_entered_within_ten_seconds(school, treasurer_zhou, chair_tan):
    """Read, proposed and entered: ten seconds on the wall with everything the database does in them."""
    born = [dt.date(1970 + number // 1000, 3, 5) for number in range(5_000)]
    ids = [an_id_number(number, born=day) for number, day in enumerate(born)]
    rows = [(member.name, number, "2020-03-01") for member, number in zip(people(5_000), ids, strict=True)]
    raw = a_workbook([("姓名", "身份证号", "入会日期"), *rows])

    began = time.perf_counter()
    read = read_list(raw)
    row = propose(school, read.rows, by=treasurer_zhou)
    with CaptureQueriesContext(connection) as asked:
        union_members.enter_list(row, by=chair_tan, at=TUESDAY)
    took = time.perf_counter() - began

    assert (read.faults, members_on(school.pk, TODAY)) == ([], 5_000)
    assert UnionMember.objects.order_by("pk").first().id_number in ids
    assert len(asked) < 30 and took < 10, took


class TestFile:
    def test_numbers_that_lost_digits_are_named_by_their_cell(self):
        raw = a_workbook(
            [["姓名", "身份证号", "入会日期"], ["王小明", 360735198001010011, "2020-03-01"], ["李大海", "", ""]]
        )

        read = read_list(raw)

        assert [fault.place for fault in read.faults] == ["B2"]
        assert [(row.name, row.place) for row in read.rows] == [("李大海", "A3")]

    def test_a_day_that_is_none_is_named(self):
        read = read_list("姓名,身份证号,入会日期\n王小明,,昨天\n李大海,,2020年3月1日\n".encode())

        assert [fault.place for fault in read.faults] == ["C2"]
        assert read.rows[0].from_on == dt.date(2020, 3, 1)


def test_page_by_page_from_the_treasurer_to_the_chair(client, school, treasurer_zhou, chair_tan):
    login(client, treasurer_zhou)
    file = SimpleUploadedFile("会员.csv", "姓名,身份证号,入会日期\n王小明,,\n李大海,,2020-03-01\n".encode())
    said = {"idem": "a" * 32, "on": BEFORE.isoformat(), "document_number": "石工〔2026〕5号"}
    shown = client.post(reverse("union-list-new"), said | {"file": file})
    assert shown.status_code == 200 and not UnionList.objects.exists()
    kept = shown.context["kept"]

    sent = client.post(reverse("union-list-new"), said | {"kept": kept, "sure": "on"})
    row = UnionList.objects.get()
    assert sent.headers["Location"] == reverse("union-list-detail", args=[row.pk])
    assert client.post(reverse("union-list-enter", args=[row.pk]), {"idem": "b" * 32}).status_code == 403
    login(client, chair_tan)
    page = client.get(reverse("union-list-detail", args=[row.pk])).content.decode()
    assert "新入会" in page and "王小明" not in page
    client.post(reverse("union-list-enter", args=[row.pk]), {"idem": "b" * 32})

    page = client.get(reverse("union-member-list")).content.decode()
    assert "王*明" in page and "王小明" not in page
    assert Reading.objects.get(door="union-members").people == 2


def test_faults_of_a_file_are_shown_and_nothing_is_sent(client, school, treasurer_zhou):
    file = SimpleUploadedFile("会员.csv", "姓名,身份证号,入会日期\n王小明,,\n王小明,,\n".encode())
    said = {"idem": "a" * 32, "on": BEFORE.isoformat(), "document_number": "5号", "file": file, "sure": "on"}

    answer = login(client, treasurer_zhou).post(reverse("union-list-new"), said)

    assert answer.status_code == 400 and "A3" in answer.content.decode()
    assert not UnionList.objects.exists()


def test_programs_bring_and_enter_as_people_do(client, school, treasurer_zhou, chair_tan):
    def post(name, said=None, *args):
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        address = reverse(f"api-union-list-{name}", args=args)
        return client.post(address, said or {}, "application/json", headers=headers)

    login(client, treasurer_zhou)
    said = {"on": BEFORE.isoformat(), "document_number": "5号", "members": [{"name": "王小明"}, {"name": "王小明"}]}
    assert post("list", said).status_code == 400
    sent = post("list", said | {"members": [{"name": "王小明"}, {"name": "李大海"}]})
    assert (sent.status_code, sent.json()["size"]) == (201, 2)
    assert post("enter", None, sent.json()["id"]).status_code == 403
    login(client, chair_tan)
    assert post("enter", None, sent.json()["id"]).json()["status"] == "entered"
    rows = client.get(reverse("api-union-member-list"), {"state": "now"}).json()["results"]
    assert {row["name"] for row in rows} == {"王*明", "李*海"}
    assert len(client.get(reverse("api-union-list-list")).json()["results"]) == 1
