"""Two plans of a buyer for one occasion have what their sum asks for, to the fen, whatever the purse."""

import datetime as dt
import uuid

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from canteens.models import PlanRequirement, PurchasePlan
from canteens.selectors.plan_requirements import others_fen
from canteens.services import purchase_plans
from canteens.services.plan_requirements import PlanLacks
from canteens.services.purchase_plans import Planned
from kernel.errors import BadValue
from tests.canteens.test_purchase_plans import typed
from tests.factories import MONDAY, TUESDAY, a_fund, a_plan_requirement, a_purchase_plan, a_user, all_goods, login
from tests.guards.rows import force, twin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DOCUMENT, FROM_FEN, FIRST_FEN = "石财购〔2026〕7号", 10_000_00, 6_000_00
TOGETHER = "本单位各笔经费为“中秋”做的计划合在一起算。"
REST = FROM_FEN - FIRST_FEN


@pytest.fixture
def fund(school, treasurer_zhou, vegetables):
    return a_fund(school, by=treasurer_zhou, yuan=100_000)


@pytest.fixture
def rule(county):
    """Plans from 10,000 yuan on have quotes of three suppliers."""
    return a_plan_requirement(county, quotes=3)


@pytest.fixture
def first(fund, rule, chef_chen):
    """6,000 yuan for a festival, under no rule by itself."""
    return a_purchase_plan(fund, by=chef_chen, record="1号", fen=FIRST_FEN)


def post(client, name, said, *args):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return client.post(reverse(f"api-purchase-plan-{name}", args=args), said, "application/json", headers=headers)


@pytest.fixture
def elsewhere(school, rule, treasurer_zhou, chef_chen, approver_peng):
    """6,000 yuan for the same festival from the money of the canteen."""
    purse = a_fund(school, "canteen", by=treasurer_zhou, yuan=0)
    return a_purchase_plan(purse, by=chef_chen, record="1号", fen=FIRST_FEN)


@pytest.mark.parametrize("part", ["first", "elsewhere"])
@pytest.mark.parametrize(("fen", "asked"), [(REST - 1, False), (REST, True), (REST + 1, True)])
def test_the_sum_of_all_purses_decides_to_the_fen_by_page_and_program(
    client, request, fund, chef_chen, chair_tan, part, fen, asked
):
    first = request.getfixturevalue(part)
    login(client, chef_chen)
    said = typed(fund, total=f"{fen / 100:.2f}", committee_record="2号")
    assert client.post(reverse("purchase-plan-new"), {**said, "idem": "a" * 32}).status_code == 302
    by_page = PurchasePlan.objects.latest("pk")
    page = client.get(reverse("purchase-plan-detail", args=[by_page.pk])).content.decode()
    shown = f"{TOGETHER}" in page and f"按{DOCUMENT}，10,000.00 元以上的计划要有 3 家报价" in page
    assert (shown, by_page.requirement is not None, first.requirement) == (asked, asked, None)

    purchase_plans.withdraw_plan(by_page, by=chef_chen, at=MONDAY)
    told = post(client, "list", {**said, "committee_record": "3号", "goods": [{"category": "vegetable"}]}).json()
    assert (told["rule"], TOGETHER in told["lacking"]) == {True: (DOCUMENT, True), False: (None, False)}[asked]
    login(client, chair_tan)
    answer = post(client, "approve", None, told["id"])
    assert (answer.status_code, answer.json().get("code")) == {True: (409, "plan_lacks"), False: (200, None)}[asked]


@pytest.mark.parametrize(
    "other",
    [{"occasion": "端午"}, {"occasion": "中秋 ", "lapsed": True}, {"occasion": "中秋", "closed": True}],
)
def test_other_occasions_and_plans_that_took_nothing_do_not_count(fund, first, chef_chen, chair_tan, other):
    end = {
        "lapsed": lambda: purchase_plans.refuse_plan(first, why="重写", by=chair_tan, at=TUESDAY),
        "closed": lambda: purchase_plans.close_plan(
            purchase_plans.approve_plan(first, by=chair_tan, at=TUESDAY), by=chef_chen, at=TUESDAY
        ),
    }
    for ending in end.keys() & other.keys():
        end[ending]()

    assert a_purchase_plan(fund, by=chef_chen, record="2号", fen=REST, occasion=other["occasion"]).requirement is None


def test_of_a_closed_plan_what_was_taken_counts_and_letters_make_no_other_occasion(fund, first, chef_chen, chair_tan):
    purchase_plans.approve_plan(first, by=chair_tan, at=TUESDAY)
    force(first, occasion="abc节", status="closed", accepted_fen=FIRST_FEN - 1)

    assert others_fen(fund, "ABC节", first.from_on, first.to_on) == FIRST_FEN - 1
    plan = a_purchase_plan(fund, by=chef_chen, record="2号", fen=REST + 1, occasion="ＡＢＣ节")
    assert plan.requirement is not None


def test_plans_of_another_buyer_count_for_themselves(hospital, first, rule):
    theirs = a_fund(hospital, yuan=0)
    a_user("温主席", "union_chair", hospital)

    assert a_purchase_plan(theirs, by=a_user("汤师傅", "buyer", hospital), fen=REST).requirement is None


@pytest.mark.parametrize(("days", "counts"), [(31, False), (30, True), (29, True)])
def test_the_turn_of_the_year_parts_no_festival(school, fund, rule, chef_chen, days, counts):
    new_year = dt.date(MONDAY.year + 1, 1, 1)
    last = new_year - dt.timedelta(days=days)
    old = Planned("festival", "春节", FIRST_FEN, MONDAY.date(), last, "1号", goods=all_goods())
    purchase_plans.send_plan(fund, old, by=chef_chen, at=MONDAY)
    next_years = a_fund(school, year=new_year.year, yuan=0)

    new = Planned("festival", "春节", REST, new_year, new_year, "2号", goods=all_goods())
    assert (purchase_plans.send_plan(next_years, new, by=chef_chen, at=MONDAY).requirement == rule) == counts


def test_the_second_part_is_not_approved_without_what_the_sum_asks(fund, first, chef_chen, chair_tan):
    second = a_purchase_plan(fund, by=chef_chen, record="2号", fen=REST)

    with pytest.raises(PlanLacks, match=DOCUMENT):
        purchase_plans.approve_plan(second, by=chair_tan, at=TUESDAY)
    assert purchase_plans.approve_plan(first, by=chair_tan, at=TUESDAY).status == "approved"


def test_a_part_names_the_project_that_the_sum_asks_for(fund, rule, first, chef_chen):
    PlanRequirement.objects.filter(pk=rule.pk).update(to_on=MONDAY.date())
    a_plan_requirement(fund.organisation.place, needs_project=True, from_on=MONDAY.date())

    with pytest.raises(BadValue, match=f"合在一起算。 按{DOCUMENT}"):
        a_purchase_plan(fund, by=chef_chen, record="2号", fen=REST)


@pytest.mark.parametrize("part", ["first", "elsewhere"])
def test_the_database_takes_no_second_part_under_the_rule_of_its_own_size(request, fund, part):
    first = request.getfixturevalue(part)

    def sent(fen: int) -> None:
        with transaction.atomic():
            twin(first, fund=fund.pk, total_fen=fen, committee_record="2号").save(force_insert=True)
            transaction.set_rollback(True)

    sent(REST - 1)
    with pytest.raises(ProgrammingError, match="a plan is sent under the rule for its size"):
        sent(REST)
