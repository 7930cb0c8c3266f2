"""Two at once for the last fen that a rule of union money leaves: one gets it; the control asks before the lock."""

import pytest

from accounts.models import Organisation, Tier
from canteens.models import Fund, PurchasePlan, ShareDeclaration, UnionRule
from canteens.services import ceilings, purchase_plans, register_canteen
from ledger.models import Account
from ledger.services import transfers
from orders.services import placing
from records.selectors.policy import DEFAULTS
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
    """A year of 1 yuan for each of 46 members: room for two orders, and for one of two plans of 24 yuan.

    A festival comes to 1 yuan as well: room for one of two plans that give each member 60 fen.
    """
    register_canteen(school, mode="own", heads=900, union_members=MEMBERS, address="琴江镇")
    return UnionRule.objects.create(
        place=county,
        document="赣工发〔2026〕3号",
        year_fen=1_00,
        festival_fen=1_00,
        counts_unplanned=True,
        from_on=MONDAY.date(),
    )


@pytest.fixture(params=[{"fen": 24_00}, {"fen": 1_00, "per_head_fen": 60}], ids=["of a year", "of a festival"])
def two_capped(story, rule, request):
    """Two plans, of which the rule has room for one: in the year, or on the occasion."""
    by, kind = story.people["chef"], "event"
    return [a_purchase_plan(story.fund, by=by, kind=kind, record=record, **request.param) for record in ("1号", "2号")]


@pytest.fixture
def two_plans(story, rule):
    chef = story.people["chef"]
    return [a_purchase_plan(story.fund, by=chef, kind="event", record=record, fen=24_00) for record in ("1号", "2号")]


def approving(story, plans):
    """Return two acts: two chairs who approve one plan each."""
    chairs = [a_user(name, "union_chair", story.buyer) for name in ("谭主席", "段主席")]
    pairs = zip(plans, chairs, strict=True)
    return [lambda plan=plan, by=by: purchase_plans.approve_plan(plan, by=by, at=MONDAY) for plan, by in pairs]


def test_of_two_plans_for_the_last_that_a_rule_leaves_one_is_approved(story, two_capped):
    assert side_by_side(*approving(story, two_capped)) == {"done": 1, "refused in words": 1}

    assert sorted(PurchasePlan.objects.values_list("status", flat=True)) == ["approved", "sent"]


def test_control_without_the_funds_lock_both_plans_are_approved(story, two_capped, monkeypatch):
    """What the lock is for: both have read the year before either writes."""
    meeting, asked = Meeting(), ceilings.require_within_rule

    def asked_together(plan, on):
        asked(plan, on)
        meeting.first_time()

    monkeypatch.setattr(transfers, "lock_accounts", lambda _accounts: {})
    monkeypatch.setattr(purchase_plans, "require_within_rule", asked_together)

    assert side_by_side(*approving(story, two_capped)) == {"done": 2}


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


@pytest.fixture
def class_limit(monkeypatch):
    """So much of a class in a year that one of two orders for 16 yuan goes."""
    monkeypatch.setitem(DEFAULTS, "procurement_limit_yuan", 31)


@pytest.fixture
def plan_needed(county):
    """From so much on orders on no plan need one that the second of two for 16 yuan does."""
    return UnionRule.objects.create(
        place=county, document="赣工发〔2026〕5号", plan_from_fen=32_00, counts_unplanned=False, from_on=MONDAY.date()
    )


@pytest.fixture(params=["class_limit", "plan_needed"])
def room_for_one(request):
    """A rule that lets one of two orders for 16 yuan go: of a class in a year, or on no plan."""
    return request.getfixturevalue(request.param)


def test_of_two_orders_for_the_last_of_a_class_or_without_a_plan_one_is_placed(story, lots, room_for_one):
    acts = [lambda lot=lot: story.place(wish((lot, 10))) for lot in lots]

    assert side_by_side(*acts) == {"done": 1, "refused in words": 1}


def test_control_without_the_buyers_turn_both_of_these_orders_are_placed(story, lots, room_for_one, monkeypatch):
    meeting, asked = Meeting(), placing.judged

    def judged_together(*said, **more):
        found = asked(*said, **more)
        meeting.first_time()
        return found

    monkeypatch.setattr(placing, "turn_of", lambda buyer: Organisation.objects.filter(pk=buyer))
    monkeypatch.setattr(transfers, "lock_accounts", lambda ids: Account.objects.in_bulk(list(ids)))
    monkeypatch.setattr(placing, "judged", judged_together)
    acts = [lambda lot=lot: story.place(wish((lot, 10))) for lot in lots]

    assert side_by_side(*acts) == {"done": 2}


@pytest.fixture
def others(story, county, changxi, cabbage, cashier_yu, second_qiu):
    """Two acts that order goods of others for 16 yuan each, where a rule leaves 16 yuan for them."""
    UnionRule.objects.create(
        place=county, document="赣工发〔2026〕9号", least_bp=80_00, counts_unplanned=False, from_on=MONDAY.date()
    )
    ShareDeclaration.objects.create(
        organisation=story.buyer, year=MONDAY.year, turn=1, total_fen=1_00, union_fen=80_00, ratio_permille=100,
        document="7号", by=cashier_yu, confirmed_by=second_qiu, at=MONDAY,
    )  # fmt: skip
    lots = [a_listing(a_household(changxi, tier=Tier.ORDINARY), cabbage, kg=50) for _household in range(2)]
    return [lambda lot=lot: story.place(wish((lot, 10))) for lot in lots]


def test_of_two_orders_for_the_last_that_is_left_for_others_one_is_placed(others):
    assert side_by_side(*others) == {"done": 1, "refused in words": 1}


def test_control_without_the_locks_both_are_placed_and_the_least_share_is_missed(others, monkeypatch):
    meeting, asked = Meeting(), placing.judged

    def asked_together(*facts, **more):
        said = asked(*facts, **more)
        meeting.first_time()
        return said

    monkeypatch.setattr(placing, "turn_of", lambda buyer: Organisation.objects.filter(pk=buyer))
    monkeypatch.setattr(transfers, "lock_accounts", lambda ids: Account.objects.in_bulk(list(ids)))
    monkeypatch.setattr(placing, "judged", asked_together)

    assert side_by_side(*others) == {"done": 2}
