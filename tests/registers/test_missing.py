"""What a county lacks is said in sentences, with the register that mends it."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db.models import F
from django.test import TestCase
from django.urls import reverse

from accounts.models import Membership, Role
from kernel import near
from marketplace import ended_sessions, sessions
from records.models import CalendarDay
from registers.pages.missing import findings
from registers.services import changes
from registers.tasks import look_for_missing
from tests import factories
from tests.factories import LONG_AGO, MONDAY, SHANGHAI, login
from tests.losses.steps import a_scheme
from tests.registers.county_files import open_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    now.at = dt.datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)
    return now


def said(at):
    return [finding.sentence for finding in findings(at)]


def about(word, at):
    return [sentence for sentence in said(at) if word in sentence]


@pytest.fixture
def staffed_county(county, bureau, relief_clerk, director_lin, clerk_ma):
    """Every post of the county has the people that its hands need."""
    office = factories.an_organisation("platform", "石城县人民政府办公室", county)
    finance = factories.an_organisation("finance", "石城县财政局", county)
    relief = relief_clerk.person.memberships.get().organisation
    for role, where in (
        ("head_of_office", bureau), ("verifier", bureau), ("verifier", bureau), ("relief_clerk", relief),
        ("finance_maker", finance), ("finance_checker", finance), ("system_admin", office), ("security_admin", office),
        ("auditor", office),
    ):  # fmt: skip
        factories.a_user("曾某某", role, where)


@pytest.fixture
def staffed_school(school):
    for role in ("buyer", "buying_approver", "receiver", "receiver", "cashier", "payment_checker"):
        factories.a_user("曾某某", role, school)
    return school


def test_a_county_that_has_just_opened_lacks_its_people(tmp_path, at_nine, capsys):
    open_with(tmp_path)
    capsys.readouterr()

    with pytest.raises(SystemExit) as ended:
        call_command("check_county")

    told = capsys.readouterr().out
    assert ended.value.code == 1
    assert "农业农村局审批人还差 1 人，补上之前一个人提出的事没有第二个人确认。  /registers/posts/" in told
    assert "农业农村局核查员还差 2 人" in told and "安全管理员" not in told


def test_a_county_with_everything_lacks_nothing(
    staffed_county, staffed_school, at_nine, capsys, finance_bureau, director_lin, cabbage
):
    factories.a_fund(staffed_school, yuan=0)
    a_scheme(finance_bureau, director_lin, cabbage)
    from canteens.services import register_canteen

    register_canteen(staffed_school, mode="own", heads=100, union_members=9, is_budget_unit=True, address="x")

    assert said(at_nine.at) == []
    call_command("check_county")
    assert capsys.readouterr().out == "什么都不缺。\n"


def test_a_post_counts_from_its_first_to_its_last_day(staffed_county, at_nine):
    auditor = factories.people.Membership.objects.get(role=Role.AUDITOR)
    auditor.to_on = at_nine.at.date() + dt.timedelta(days=1)
    auditor.save(update_fields=["to_on"])

    assert about("审计员", at_nine.at) == []
    assert about("审计员", at_nine.at + dt.timedelta(days=1)) == ["审计员还差 1 人，补上之前没人审计。"]


def test_a_year_nobody_knows_is_named_before_a_clock_reaches_it(monkeypatch, at_nine):
    monkeypatch.setattr("registers.selectors.announced", lambda day: None if day.year > 2026 else True)
    for day, expected in ((dt.date(2026, 11, 1), 0), (dt.date(2026, 11, 2), 1)):
        at = dt.datetime.combine(day, dt.time(9), SHANGHAI)
        assert len(about("工作日", at)) == expected, day

    CalendarDay.objects.create(day=dt.date(2027, 1, 1), is_workday=False, document="7号")

    assert about("工作日", MONDAY) == []


def test_a_buyer_without_canteen_purse_or_people_is_named(school, at_nine):
    assert about("第一中学", at_nine.at) == [
        "还没有登记食堂：石城县第一中学",
        "还没有 2026 年的资金，那一年不能下单：石城县第一中学",
        "没有采购员：石城县第一中学",
        "除下单的人以外没有审批人：石城县第一中学",
        "验收员不到两人，没法一人过磅、一人签收：石城县第一中学",
        "没有两个人分别付款和确认付款：石城县第一中学",
    ]


def test_next_years_purse_is_asked_for_from_october_on(staffed_school):
    factories.a_fund(staffed_school, yuan=0)
    for month, expected in ((9, []), (10, ["还没有 2027 年的资金，那一年不能下单：石城县第一中学"])):
        assert about("资金", dt.datetime(2026, month, 1, 9, tzinfo=SHANGHAI)) == expected


def test_one_person_in_two_posts_is_not_two_hands(school, at_nine):
    for one, other in (("cashier", "payment_checker"), ("buyer", "buying_approver")):
        person = factories.a_user("曾某某", one, school).person
        factories.people.appoint(person, school, other, area=school.place, from_on=LONG_AGO)

    found = about("第一中学", at_nine.at)

    assert "没有采购员：石城县第一中学" not in found
    assert "除下单的人以外没有审批人：石城县第一中学" in found
    assert "没有两个人分别付款和确认付款：石城县第一中学" in found


def test_the_page_leads_whoever_may_mend_it_to_the_register(client, director_lin, county):
    login(client, director_lin)
    page = client.get(reverse("register-missing")).content.decode()

    assert "农业农村局核查员还差 2 人" in page and 'href="/registers/posts/"' not in page
    assert "安全管理员" in page
    home = client.get(reverse("home")).content.decode()
    assert 'href="/registers/missing/"' in home and "还缺什么" in home

    login(
        client, factories.a_user("邬晓安", "security_admin", factories.an_organisation("platform", "县政府办", county))
    )
    assert 'href="/registers/posts/"' in client.get(reverse("register-missing")).content.decode()


def test_six_hundred_buyers_cost_no_more(client, director_lin, county, django_assert_max_num_queries, monkeypatch):
    # Here a session rests since the test's transaction began, which may be a minute ago: its use is not the question.
    for module in (ended_sessions, sessions):
        monkeypatch.setattr(module, "AT_MOST_ONCE", dt.timedelta(hours=1))
    for number in range(600):
        factories.an_organisation("buyer", f"第{number}小学", county, channel="school")
    login(client, director_lin)
    cache.clear()
    near.forget_all()

    look_for_missing()  # as every four minutes
    near.forget_all()
    with django_assert_max_num_queries(5):
        page = client.get(reverse("register-missing")).content.decode()
    with django_assert_max_num_queries(15):  # 13 but for what the frame keeps for a while
        client.get(reverse("home"))
    cache.clear()
    near.forget_all()
    with django_assert_max_num_queries(20):
        assert "等，另有 595 个" in client.get(reverse("register-missing")).content.decode()

    assert "等，另有 595 个" in page


def test_what_two_hands_mended_is_gone_from_the_next_page(client, director_lin, clerk_ma, school):
    login(client, director_lin)
    assert "还没有登记食堂" in client.get(reverse("register-missing")).content.decode()
    row = {"organisation": school.name, "mode": "own", "heads": 800, "union_members": 9, "address": "人民路1号"}
    change = changes.propose(
        "canteens", [row | {"is_budget_unit": True}], document_number="1号", by=director_lin, at=MONDAY
    )
    answer = client.get(reverse("api-register-missing")).json()
    assert "canteens" in next(row["url"] for row in answer if "还没有登记食堂" in row["sentence"])

    with TestCase.captureOnCommitCallbacks(execute=True):
        changes.confirm(change, by=clerk_ma, at=MONDAY)

    assert "还没有登记食堂" not in client.get(reverse("register-missing")).content.decode()


def test_a_township_where_no_two_verifiers_may_go_is_named(inspector_he, inspector_xu, bureau, pingshan, other_village):
    assert not about("核查员不足两人", MONDAY)
    Membership.objects.filter(person=inspector_xu.person).update(to_on=F("from_on") + dt.timedelta(days=1))
    factories.a_user("温核查", "verifier", bureau, pingshan)

    assert about("核查员不足两人", MONDAY) == ["核查员不足两人：高田镇"]


def test_a_county_without_a_scheme_takes_no_report_of_a_loss(finance_bureau, director_lin, cabbage):
    assert about("救助", MONDAY) == ["今天没有可用的救助方案，农户报不了损失。"]
    a_scheme(finance_bureau, director_lin, cabbage)
    assert about("救助", MONDAY) == []
