"""A tier that asks more people than a buyer has is named: to the county, to the buyer, once to its approvers."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import Message, User
from canteens.models import ApprovalTier
from canteens.selectors.short_tiers import short_tiers
from canteens.services import reminding
from canteens.tasks import remind_of_people
from records.models import Event
from registers.pages.missing import findings
from registers.services import changes
from tests import factories
from tests.factories import LONG_AGO, MONDAY, a_fund, a_user, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture
def purse(school, chef_chen, now):
    return a_fund(school, "own", yuan=0)


@pytest.fixture
def tier(purse):
    """Two people of the canteen's approvers or the chair say yes to own money from 3,200 yuan on."""
    return a_tier()


def a_tier(**more):
    said = {"fund_kind": "own", "from_fen": 3_200_00, "rule": "两人同意", "persons": 2, "from_on": "2026-01-01"}
    return ApprovalTier.objects.create(**said | {"posts": ["buying_approver", "union_chair"]} | more)


def approvers(school, number):
    return [a_user(name, "buying_approver", school) for name in ("甲主任", "乙主任", "丙主任")[:number]]


def lacks(day=TODAY):
    return [(row.tier.pk, row.have, row.lacking) for row in short_tiers(day)]


def told():
    return list(Message.objects.filter(kind=reminding.KIND).order_by("created_at", "pk"))


@pytest.mark.parametrize(("number", "lacking"), [(0, [2]), (1, [1]), (2, []), (3, [])])
def test_a_buyer_with_fewer_people_than_its_tier_asks_is_found(tier, school, number, lacking):
    approvers(school, number)

    assert [missing for _tier, _have, missing in lacks()] == lacking


def test_whoever_orders_alone_is_not_counted_and_beside_another_is(tier, school, chef_chen):
    approvers(school, 1)
    factories.people.appoint(chef_chen.person, school, "buying_approver", area=school.place, from_on=LONG_AGO)
    assert lacks() == [(tier.pk, 1, 1)]

    a_user("另一个采购员", "buyer", school)

    assert lacks() == []


def test_one_person_in_two_posts_and_one_without_an_account_are_not_two(tier, school):
    [first, second] = approvers(school, 2)
    factories.people.appoint(first.person, school, "union_chair", area=school.place, from_on=LONG_AGO)
    User.objects.filter(pk=second.pk).update(is_active=False)

    assert lacks() == [(tier.pk, 1, 1)]


@pytest.mark.parametrize(("days", "found"), [(-1, 0), (0, 1), (1, 1)], ids=["before", "last day", "after"])
def test_a_post_counts_until_its_last_day(tier, school, days, found):
    [first, _second] = approvers(school, 2)
    first.person.memberships.update(to_on=TODAY)

    assert len(lacks(TODAY + days * DAY)) == found


def test_a_tier_of_later_is_judged_on_its_first_day_and_one_of_other_money_not_at_all(purse, school):
    later = a_tier(from_on=TODAY + 3 * DAY)
    a_tier(fund_kind="union")
    a_tier(from_fen=9_000_00, persons=1, to_on=TODAY)
    [first, _second] = approvers(school, 2)
    assert lacks() == []
    first.person.memberships.update(to_on=TODAY + 3 * DAY)

    assert lacks() == [(later.pk, 1, 1)]
    assert short_tiers(TODAY)[0].on == TODAY + 3 * DAY


def test_of_tiers_that_ask_the_same_the_lowest_is_named(tier):
    a_tier(from_fen=9_000_00)

    assert lacks() == [(tier.pk, 0, 2)]


def test_the_county_reads_it_among_what_is_missing_and_above_its_tiers(client, tier, school, director_lin):
    approvers(school, 1)
    login(client, director_lin)

    [sentence] = [row.sentence for row in findings(MONDAY) if "审批人不够" in row.sentence]
    page = client.get(reverse("register", args=["approval-tiers"])).content.decode()

    assert sentence == "自有资金满 3,200.00 元要下单人以外 2 人同意，审批人不够：石城县第一中学"
    assert "有 1 处审批人数不够" in page and reverse("register-edit", args=["approval-tiers", tier.pk]) in page
    approvers(school, 2)
    assert "审批人数不够" not in client.get(reverse("register", args=["approval-tiers"])).content.decode()


def test_a_program_reads_all_for_the_county_and_a_buyers_own_for_itself(client, tier, school, director_lin, chef_chen):
    other = factories.an_organisation("buyer", "第三小学", school.place, channel="school")
    a_fund(other, "own", yuan=0)
    seen = {}
    for who in (director_lin, chef_chen):
        login(client, who)
        seen[who] = client.get(reverse("api-tier-short")).json()

    assert {row["name"] for row in seen[director_lin]} == {school.name, other.name}
    assert seen[chef_chen] == [
        {
            "buyer": school.pk, "name": school.name, "tier": tier.pk, "fund_kind": "own", "from_fen": 3_200_00,
            "persons": 2, "posts": ["buying_approver", "union_chair"], "have": 0, "on": "2026-11-02",
        }
    ]  # fmt: skip


def test_the_buyers_people_read_on_their_home_and_page_what_is_to_be_done(client, tier, school, chef_chen):
    [approver] = approvers(school, 1)
    for who in (approver, chef_chen):
        login(client, who)
        page = re.sub(r"\s+", " ", client.get(reverse("deputy-list")).content.decode())
        assert "还差 1 人" in page and "安全管理员任命补足" in page and "或请县里改这一档" in page
        assert "审批的人不够" in client.get(reverse("home")).content.decode()

    approvers(school, 2)

    assert "审批的人不够" not in client.get(reverse("deputy-list")).content.decode()
    assert "审批的人不够" not in client.get(reverse("home")).content.decode()


def test_sixty_buyers_are_three_statements(tier, county, django_assert_num_queries):
    for number in range(60):
        a_fund(factories.an_organisation("buyer", f"第{number}小学", county, channel="school"), "own", yuan=0)

    with django_assert_num_queries(3):
        assert len(short_tiers(TODAY)) == 61


class TestApproversAreTold:
    """Once when it begins, again when it gets worse, at most once a day."""

    def test_of_a_tier_that_was_confirmed_by_its_sweep(self, purse, school, director_lin, finance_checker, now):
        [approver] = approvers(school, 1)
        assert remind_of_people() == 0
        content = {"fund_kind": "own", "amount": 3_200_00, "rule": "两人", "persons": 2, "buying_approver": True}
        row = content | {"from_on": (TODAY + DAY).isoformat()}
        change = changes.propose("approval-tiers", [row], document_number="1号", by=director_lin, at=MONDAY)
        changes.confirm(change, by=finance_checker, at=MONDAY)

        assert (remind_of_people(), remind_of_people()) == (1, 0)

        [message] = told()
        assert message.phone == approver.phone
        assert message.body == (
            "石城县第一中学：从 2026-11-03 起，自有资金满 3,200.00 元的订单要 2 人同意，岗位：食堂审批人。"
            "除下单的人外只有 1 人，这样的订单下不了。请单位负责人或县里的安全管理员任命补足，或请县里改这一档。"
        )

    def test_of_a_post_that_ended_and_not_again_on_the_same_day(self, tier, school):
        [first, second] = approvers(school, 2)
        assert reminding.remind_of_people(at=MONDAY) == 0
        first.person.memberships.update(to_on=TODAY)
        assert reminding.remind_of_people(at=MONDAY) == 1
        second.person.memberships.update(to_on=TODAY)

        assert reminding.remind_of_people(at=MONDAY) == 0
        assert reminding.remind_of_people(at=MONDAY + DAY) == 1
        assert reminding.remind_of_people(at=MONDAY + 2 * DAY) == 0

    def test_anew_when_it_was_mended_between(self, tier, school):
        reminding.remind_of_people(at=MONDAY)
        [first, _second] = approvers(school, 2)
        assert reminding.remind_of_people(at=MONDAY + DAY) == 0
        first.person.memberships.update(to_on=TODAY)

        assert reminding.remind_of_people(at=MONDAY + 2 * DAY) == 1
        assert Event.objects.filter(kind=reminding.KIND).count() == 3

    def test_whoever_orders_where_nobody_approves(self, tier, chef_chen):
        reminding.remind_of_people(at=MONDAY)

        assert [message.phone for message in told()] == [chef_chen.phone]
