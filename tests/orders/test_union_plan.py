"""From how much on a union's orders need a purchase plan, a fen below, at and above; ten kilos cost 16 yuan."""

import datetime as dt

import pytest

from canteens.services import purchase_plans, register_canteen
from canteens.services.ceilings import PlanNeeded
from orders.models import PurchaseOrder
from orders.services import asking
from records.selectors.policy import DEFAULTS
from tests.factories import MONDAY, a_fund, a_purchase_plan, a_union_allowance, a_union_rule, login
from tests.orders.doors import by_page, by_program
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DOCUMENT = "赣工发〔2026〕9号"


@pytest.fixture
def needs_plan(county):
    return lambda fen: a_union_rule(county, document=DOCUMENT, plan_from_fen=fen, counts_unplanned=False)


def test_an_order_a_fen_below_needs_no_plan(story, needs_plan, cabbage_of_xiuying):
    needs_plan(16_01)

    assert story.place(wish((cabbage_of_xiuying, 10))).purchase_plan is None


@pytest.mark.parametrize(("from_fen", "left"), [(16_00, "16.00"), (15_99, "15.99")])
def test_an_order_at_it_or_above_goes_on_a_plan_alone(
    story, needs_plan, cabbage_of_xiuying, chef_chen, chair_tan, from_fen, left
):
    needs_plan(from_fen)
    register_canteen(story.buyer, mode="own", heads=900, union_members=46, address="琴江镇")

    with pytest.raises(PlanNeeded, match=rf"{DOCUMENT}.*{left}.* 0\.00 .*16\.00.*{left}"):
        story.place(wish((cabbage_of_xiuying, 10)))

    story.plan = purchase_plans.approve_plan(a_purchase_plan(story.fund, by=chef_chen), by=chair_tan, at=MONDAY)
    assert story.place(wish((cabbage_of_xiuying, 10))).purchase_plan == story.plan


def test_parts_of_one_order_count_together_until_the_look_back_is_over(
    story, needs_plan, cabbage_of_xiuying, monkeypatch
):
    needs_plan(32_00)
    monkeypatch.setitem(DEFAULTS, "lookback_days", 3)
    first = story.place(wish((cabbage_of_xiuying, 10)))

    with pytest.raises(PlanNeeded, match=r"16\.00"):
        story.place(wish((cabbage_of_xiuying, 10)))
    asking.cancel(first, why="菜单改了", by=story.people["chef"], at=MONDAY)
    story.place(wish((cabbage_of_xiuying, 10)))

    later = MONDAY + dt.timedelta(days=4)
    assert story.place(wish((cabbage_of_xiuying, 10)), at=later, deliver_on=later.date())


def test_what_the_chair_allowed_is_ordered_on_no_plan(story, needs_plan, cabbage_of_xiuying):
    rule = needs_plan(15_99)
    a_union_allowance(story.fund, rule, "plan", 1)
    with pytest.raises(PlanNeeded, match=r"16\.00"):  # at what is allowed
        story.place(wish((cabbage_of_xiuying, 10)))
    a_union_allowance(story.fund, rule, "plan", 2)

    assert story.place(wish((cabbage_of_xiuying, 10)))


def test_other_money_needs_none(story, needs_plan, cabbage_of_xiuying, school):
    needs_plan(1)
    story.fund = a_fund(school, "canteen")

    assert story.place(wish((cabbage_of_xiuying, 10)))


@pytest.mark.guard("line what needs a plan is not ordered on none")
def test_a_program_and_a_page_are_refused_alike(client, story, needs_plan, cabbage_of_xiuying, chef_chen, now):
    needs_plan(16_00)
    login(client, chef_chen)

    told = by_program(client, story.fund, cabbage_of_xiuying)
    page = by_page(client, story.fund, cabbage_of_xiuying)

    assert (told.status_code, told.json().get("code")) == (409, "plan_needed")
    assert page.status_code == 409 and DOCUMENT in page.content.decode()
    assert not PurchaseOrder.objects.exists()
