"""Many small orders are judged as the large one they are: by buyer, class of produce and the last thirty days."""

import datetime as dt

import pytest

from canteens.models import ApprovalTier
from canteens.services import load_default_tiers
from orders.models import PurchaseOrder
from orders.services import approving, asking
from produce.models import Produce
from records.models import PolicyValue
from registers.services import changes
from tests.factories import MONDAY, a_fund, a_household, a_kitchen, a_listing, an_organisation
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
RULE = "三千元以上：工会主席或食堂审批人同意"
FOOD_RULE = "一万元以上：三人小组、三家比价后审批"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def tiers(db):
    load_default_tiers()


@pytest.fixture
def rich(story):
    """A purse that no test empties."""
    story.fund = a_fund(story.buyer, "union", yuan=90_000)
    return story


@pytest.fixture
def lots(changxi, cabbage):
    """Eight lots of 2 t at 0.80 yuan a jin, each of another household."""
    return [a_listing(a_household(changxi), cabbage, kg=2000) for _household in range(8)]


def of(lot, yuan):
    """Return a line that takes this many yuan of a lot at 1.60 yuan a kilogram."""
    return wish((lot, yuan / 1.6))


@pytest.mark.parametrize(
    ("yuan", "rule"), [(2_999.2, ""), (3_000, RULE), (3_198.4, RULE)], ids=["below", "at", "above"]
)
def test_one_order_is_judged_by_its_own_sum(rich, lots, yuan, rule):
    order = rich.place(of(lots[0], yuan))

    assert (order.needs_approval, order.approval_rule, order.judged_fen) == (bool(rule), rule, round(yuan * 100))


def test_the_highest_tier_reached_says_who_must_agree(rich, lots):
    order = rich.place(wish(*[(lot, 1000) for lot in lots[:7]]))

    assert order.approval_rule == "一万元以上：三人小组、三家比价后审批"


@pytest.mark.guard("line small orders are judged as the large one they are")
def test_four_orders_below_the_tier_are_one_above_it(rich, lots):
    orders = [rich.place(of(lot, 2_998.4)) for lot in lots[:4]]

    assert [order.needs_approval for order in orders] == [False, True, True, True]
    assert [order.judged_fen for order in orders] == [299_840, 599_680, 599_680, 599_680]
    assert orders[1].approval_rule == RULE


def test_what_somebody_approved_is_not_counted_again(rich, lots, approver_peng):
    approving.approve(rich.place(of(lots[0], 3_200)), by=approver_peng, at=MONDAY)

    assert not rich.place(of(lots[1], 1_600)).needs_approval


def test_what_was_called_off_is_not_counted(rich, lots, chef_chen):
    asking.cancel(rich.place(of(lots[0], 2_400)), why="不要了", by=chef_chen, at=MONDAY)

    assert not rich.place(of(lots[1], 1_600)).needs_approval


@pytest.mark.parametrize(("days", "needed"), [(29, True), (30, False)])
def test_thirty_days_are_looked_back(rich, lots, days, needed):
    rich.place(of(lots[0], 2_400))
    later = MONDAY + days * DAY
    lot = a_listing(a_household(lots[0].village), lots[0].produce, kg=2000, at=later)

    order = rich.place(of(lot, 1_600), at=later, deliver_on=later.date())

    assert order.needs_approval is needed


def test_the_county_sets_how_far_is_looked_back(rich, lots, clerk_ma, director_lin):
    PolicyValue.objects.create(
        name="lookback_days",
        value=1,
        from_on=MONDAY.date(),
        set_by=clerk_ma,
        confirmed_by=director_lin,
        confirmed_at=MONDAY,
    )
    rich.place(of(lots[0], 2_400))

    assert rich.place(of(lots[1], 1_600), at=MONDAY + DAY / 2).needs_approval
    assert not rich.place(of(lots[2], 1_600), at=MONDAY + DAY).needs_approval


def test_a_tier_judges_the_orders_of_its_own_days_and_says_which_it_would_have_touched(
    rich, lots, director_lin, clerk_ma, chef_chen
):
    placed = [rich.place(of(lots[0], 1_200)), rich.place(of(lots[1], 500)), rich.place(of(lots[2], 3_000))]
    content = {"fund_kind": "union", "amount": 1_000_00, "rule": "一千元以上：分管领导同意"}
    content["from_on"] = (MONDAY + DAY).date().isoformat()
    change = changes.propose("approval-tiers", [content], document_number="7号", by=director_lin, at=MONDAY)
    assert changes.notes_of(change, at=MONDAY)[0].startswith("近期有 2 张订单")
    changes.confirm(change, by=clerk_ma, at=MONDAY)

    today = rich.place(of(lots[3], 300))
    tomorrow = rich.place(of(lots[4], 500), at=MONDAY + DAY)

    assert [order.approval_rule for order in placed] == ["", "", RULE]
    assert (today.approval_rule, tomorrow.approval_rule) == ("", content["rule"])
    tier = ApprovalTier.objects.get(fund_kind="union", from_fen=1_000_00)
    end = {"tier": tier.pk, "to_on": (MONDAY + 9 * DAY).date().isoformat()}
    ending = changes.propose("approval-tiers", [end], document_number="8号", by=director_lin, at=MONDAY + DAY)
    assert changes.notes_of(ending, at=MONDAY + DAY)[0].startswith("近期有 1 张订单")


def test_another_class_of_produce_is_another_matter(rich, lots, changxi, duck):
    rich.place(of(lots[0], 2_400))
    ducks = a_listing(a_household(changxi), duck, kg=100, price_fen=1800)

    assert not rich.place(wish((ducks, 0.02))).needs_approval


def test_another_produce_of_the_same_class_counts(rich, lots, changxi, cabbage):
    rich.place(of(lots[0], 2_400))
    radish = Produce.objects.create(
        code="radish", name="萝卜", name_en="Radish", category=cabbage.category, pinyin="luobo", initials="lb",
        picture="radish", shelf_days=20, shelf_days_cold=60, stock_unit=cabbage.stock_unit,
    )  # fmt: skip
    lot = a_listing(a_household(changxi), radish, kg=2000)

    assert rich.place(of(lot, 800)).needs_approval


@pytest.mark.parametrize(
    ("yuan", "rule"), [(2_598.4, ""), (2_600, RULE), (2_601.6, RULE)], ids=["below", "at", "above"]
)
def test_another_purse_of_the_same_buyer_counts(rich, lots, yuan, rule):
    union, rich.fund = rich.fund, a_fund(rich.buyer, "canteen", yuan=90_000)
    rich.place(of(lots[0], 400))
    rich.fund = union

    order = rich.place(of(lots[1], yuan))

    assert (order.approval_rule, order.judged_fen) == (rule, round(yuan * 100) + 400_00)


@pytest.mark.parametrize(
    ("yuan", "rule"), [(9_598.4, ""), (9_600, FOOD_RULE), (9_601.6, FOOD_RULE)], ids=["below", "at", "above"]
)
def test_another_canteen_of_the_same_buyer_counts(rich, lots, approver_peng, yuan, rule):
    first, second = (a_kitchen(rich.buyer, name).pk for name in ("一食堂", "二食堂"))
    rich.fund = a_fund(rich.buyer, "canteen", yuan=90_000)
    rich.place(of(lots[0], 400), kitchen=first)

    order = rich.place(*(of(lot, yuan / 4) for lot in lots[1:5]), kitchen=second)

    assert (order.approval_rule, order.judged_fen) == (rule, round(yuan * 100) + 400_00)


def test_another_buyer_is_another_matter(rich, lots, county):
    rich.place(of(lots[0], 2_400))
    own, rich.buyer = rich.fund, an_organisation("buyer", "石城县第二中学", county, channel="school")
    rich.fund = a_fund(rich.buyer, "union", yuan=90_000)

    assert own.organisation != rich.buyer
    assert not rich.place(of(lots[1], 1_600)).needs_approval


def test_two_classes_on_one_order_count_together_as_before(rich, lots, changxi, duck):
    ducks = a_listing(a_household(changxi), duck, kg=100, price_fen=1800)

    order = rich.place(of(lots[0], 2_400), wish((ducks, 0.03)))

    assert order.judged_fen == order.held_fen > 3_000_00
    assert PurchaseOrder.objects.get().needs_approval
