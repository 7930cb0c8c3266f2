"""Two at once for the last fen that a rule of union money leaves: one gets it; the control asks before the lock."""

import pytest

from canteens.models import Fund, PurchasePlan, UnionRule
from canteens.services import ceilings, purchase_plans, register_canteen
from ledger.services import transfers
from tests.factories import MONDAY, a_household, a_listing, a_purchase_plan, a_user
from tests.orders.steps import wish
from tests.races.crowd import Meeting, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MEMBERS, ORDER_FEN = 46, 16_00  # what ten kilos of cabbage cost


@pytest.fixture
def lots(changxi, cabbage):
    return [a_listing(a_household(changxi), cabbage, kg=50) for _household in range(2)]


@pytest.fixture
def rule(county, school):
    """A year of 1 yuan for each of 46 members: room for two orders, and for one of two plans of 24 yuan."""
    register_canteen(school, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return UnionRule.objects.create(
        place=county, document="赣工发〔2026〕3号", year_fen=1_00, counts_unplanned=True, from_on=MONDAY.date()
    )


@pytest.fixture
def two_plans(story, rule):
    chef = story.people["chef"]
    return [a_purchase_plan(story.fund, by=chef, kind="event", record=record, fen=24_00) for record in ("1号", "2号")]


def approving(story, plans):
    """Return two acts: two chairs who approve one plan each."""
    chairs = [a_user(name, "union_chair", story.buyer) for name in ("谭主席", "段主席")]
    pairs = zip(plans, chairs, strict=True)
    return [lambda plan=plan, by=by: purchase_plans.approve_plan(plan, by=by, at=MONDAY) for plan, by in pairs]


def test_of_two_plans_for_the_last_of_a_year_one_is_approved(story, two_plans):
    assert side_by_side(*approving(story, two_plans)) == {"done": 1, "refused in words": 1}

    assert sorted(PurchasePlan.objects.values_list("status", flat=True)) == ["approved", "sent"]


def test_control_without_the_funds_lock_both_plans_are_approved(story, two_plans, monkeypatch):
    """What the lock is for: both have read the year before either writes."""
    meeting, asked = Meeting(), ceilings.require_within_rule

    def asked_together(plan, on):
        asked(plan, on)
        meeting.first_time()

    monkeypatch.setattr(transfers, "lock_accounts", lambda _accounts: {})
    monkeypatch.setattr(purchase_plans, "require_within_rule", asked_together)

    assert side_by_side(*approving(story, two_plans)) == {"done": 2}


def test_of_a_plan_and_an_order_for_the_last_of_a_year_one_is_made(story, two_plans, lots):
    for lot in lots:
        story.place(wish((lot, 10)))
    Fund.objects.filter(pk=story.fund.pk).update(unplanned_fen=46_00 - 24_00)
    approve, _other = approving(story, two_plans)

    assert side_by_side(approve, lambda: story.place(wish((lots[0], 10)))) == {"done": 1, "refused in words": 1}


def test_of_two_orders_for_the_last_of_a_year_one_is_placed(story, rule, lots):
    register_canteen(story.buyer, mode="own", heads=900, union_members=23, address="琴江镇")  # 23 yuan: room for one

    met = side_by_side(*[lambda lot=lot: story.place(wish((lot, 10))) for lot in lots])

    assert met == {"done": 1, "refused in words": 1}
    assert Fund.objects.get(pk=story.fund.pk).unplanned_fen == ORDER_FEN
