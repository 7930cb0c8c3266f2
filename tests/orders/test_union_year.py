"""Orders of union money on no plan count in the year that a rule lets the union spend. Ten kilos cost 16 yuan."""

import pytest

from canteens.models import Fund
from canteens.services import purchase_plans, register_canteen
from canteens.services.ceilings import YearAboveRule
from orders.services import amending, asking
from tests.factories import MONDAY, TUESDAY, a_fund, a_purchase_plan, a_union_rule, an_organisation
from tests.orders.steps import KG, wish

pytestmark = pytest.mark.django_db
MEMBERS = 46
DOCUMENT = "赣工发〔2026〕3号"


@pytest.fixture
def fund(school, treasurer_zhou):
    register_canteen(school, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return a_fund(school, by=treasurer_zhou, yuan=100_000)


def approved(fund, chef, chair, *, fen):
    plan = a_purchase_plan(fund, by=chef, kind="event", fen=fen)
    return purchase_plans.approve_plan(plan, by=chair, at=MONDAY)


@pytest.fixture
def ten(story, fund, cabbage_of_xiuying):
    story.fund = fund
    return lambda: story.asked(wish((cabbage_of_xiuying, 10)))


@pytest.mark.parametrize("room", [16_00, 16_01])
def test_an_order_on_no_plan_counts_in_the_year(county, fund, chef_chen, chair_tan, ten, room):
    a_union_rule(county, year_fen=1_000_00)
    approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS - room)

    ten()

    assert Fund.objects.get(pk=fund.pk).unplanned_fen == 16_00


@pytest.mark.guard("line orders on no plan come to no more in a year than the rule")
def test_a_fen_too_little_room_refuses_it_with_the_rules_number(county, fund, chef_chen, chair_tan, ten):
    a_union_rule(county, year_fen=1_000_00)
    approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS - 15_99)

    with pytest.raises(YearAboveRule, match=rf"{DOCUMENT}.*15\.99"):
        ten()


def test_what_was_ordered_leaves_less_for_plans(county, fund, chef_chen, ten):
    a_union_rule(county, year_fen=1_000_00)
    ten()

    with pytest.raises(YearAboveRule):
        a_purchase_plan(fund, by=chef_chen, kind="event", fen=1_000_00 * MEMBERS - 15_99)
    assert a_purchase_plan(fund, by=chef_chen, kind="event", fen=1_000_00 * MEMBERS - 16_00)


def test_what_is_given_back_counts_no_more(county, fund, story, ten):
    order = ten()
    [lot] = order.allocations.all()
    amending.amend(order, {lot.pk: 5 * KG}, why="人少了", by=story.people["chef"], at=TUESDAY)
    assert Fund.objects.get(pk=fund.pk).unplanned_fen == 8_00

    asking.cancel(order, why="停课", by=story.people["chef"], at=TUESDAY)
    assert Fund.objects.get(pk=fund.pk).unplanned_fen == 0


def test_where_the_rule_does_not_count_them_they_are_free(county, fund, chef_chen, chair_tan, ten):
    a_union_rule(county, year_fen=1_000_00, counts_unplanned=False)
    approved(fund, chef_chen, chair_tan, fen=1_000_00 * MEMBERS)

    assert ten().status


def test_a_cap_lowered_below_what_was_ordered_refuses_more_and_takes_back_less(county, fund, story, ten):
    order = ten()
    a_union_rule(county, year_fen=10)
    with pytest.raises(YearAboveRule, match=r"4\.60.*16\.00.*0\.00"):
        ten()

    asking.cancel(order, why="停课", by=story.people["chef"], at=TUESDAY)
    assert Fund.objects.get(pk=fund.pk).unplanned_fen == 0


def test_other_money_counts_nowhere(county, school, treasurer_zhou, story, cabbage_of_xiuying):
    a_union_rule(county, year_fen=10)
    story.fund = a_fund(school, "canteen", by=treasurer_zhou)

    story.asked(wish((cabbage_of_xiuying, 10)))

    assert Fund.objects.get(pk=story.fund.pk).unplanned_fen == 0


def test_orders_ask_the_rule_of_the_nearest_place_too(county, changxi, story, cabbage_of_xiuying):
    a_union_rule(county, year_fen=1_000_00)
    a_union_rule(changxi.township, document="屏工〔2026〕1号", year_fen=1)
    near = an_organisation("buyer", "屏山镇中心小学", changxi, channel="school")
    story.buyer, story.fund = near, a_fund(near)

    with pytest.raises(YearAboveRule, match="屏工〔2026〕1号"):
        story.asked(wish((cabbage_of_xiuying, 10)))
