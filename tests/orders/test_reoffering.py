"""What a seller gives back is offered to others at once: by the line's own rule, no dearer, within what was held."""

import datetime as dt

import pytest

from accounts.models import Message
from catalog.services import listings
from kernel import clock
from marketplace.audit import breaches
from orders.allocation import PlanKind
from orders.models import LineTerms, OrderLine
from orders.services import asking, recalling, reoffering, sweeping
from produce.models import Produce
from tests import factories
from tests.factories import MONDAY, TUESDAY
from tests.orders.steps import DELIVER_ON, KG, purse, take, totals, wish

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def others(changxi, cabbage):
    """Three more households with cabbage: 30 kg cheaper, 30 kg as dear, 30 kg dearer."""
    return [
        factories.a_listing(factories.a_household(changxi, name=name), cabbage, kg=30, price_fen=fen)
        for name, fen in (("温秀英", 70), ("黄桂英", 80), ("赖春英", 90))
    ]


@pytest.fixture
def declined(story, xiuying, cabbage_of_xiuying, others):
    """An order of 40 kg by the fair rule of which its only seller said no."""
    order = story.asked(wish((cabbage_of_xiuying, 40), plan=PlanKind.FAIR, seed="x"))
    asking.decline(order.allocations.get(), by=xiuying, at=TUESDAY)
    order.refresh_from_db()
    return order


def asked_now(order):
    lots = order.allocations.filter(status="held").select_related("listing").order_by("pk")
    return {lot.listing.household.head_name: lot.quantity // KG for lot in lots}


def test_others_are_asked_at_once_by_the_same_rule_and_no_dearer(story, fund, declined):
    assert (declined.status, declined.look_again) == ("asking", True)

    assert sweeping.look_again(at=TUESDAY) == 1
    assert sweeping.look_again(at=TUESDAY) == 0

    declined.refresh_from_db()
    assert (declined.status, asked_now(declined)) == ("asking", {"温秀英": 20, "黄桂英": 20})
    assert declined.answer_by_at == TUESDAY + 24 * HOUR
    later = OrderLine.objects.get(instead_of__isnull=False)
    assert (later.order, later.asked_g, later.plan, later.at) == (declined, 40 * KG, "fair", TUESDAY)
    assert purse(fund)[:2] == (0, 28_00 + 32_00)
    assert Message.objects.filter(kind="sale.asked").count() == 3
    body = Message.objects.get(kind="order.reoffered").body
    assert "另外 2 家" in body and "40 公斤" in body
    assert breaches() == []


def test_a_lot_that_was_asked_before_is_not_asked_again(story, declined, others):
    sweeping.look_again(at=TUESDAY)
    for lot in declined.allocations.filter(status="held"):
        asking.decline(lot, by=lot.listing.made_by, at=TUESDAY)

    assert sweeping.look_again(at=TUESDAY) == 1

    declined.refresh_from_db()
    assert declined.status == "cancelled"  # the third is dearer
    assert list(map(totals, others)) == [(30 * KG, 0, 0)] * 3
    assert Message.objects.filter(kind="order.short").count() == 1


def test_less_and_silence_and_a_recall_are_made_good_too(story, xiuying, inspector_he, cabbage_of_xiuying, others):
    less, silent, recalled = (
        story.asked(wish((cabbage_of_xiuying, 20), plan=PlanKind.CHEAPEST)) for _order in range(3)
    )
    asking.give_less(less.allocations.get(), 10 * KG, by=xiuying, at=MONDAY)
    assert sweeping.look_again(at=MONDAY) == 1
    assert asked_now(less) == {"温秀英": 10}

    assert sweeping.lapse_unanswered(at=TUESDAY) >= 1
    silent.refresh_from_db()
    assert silent.look_again
    sweeping.look_again(at=TUESDAY)
    assert sum(asked_now(silent).values()) == 20

    assert recalled.allocations.filter(status="released").exists()


def test_a_recalled_lot_is_replaced(story, inspector_he, cabbage_of_xiuying, others):
    order = story.confirmed(wish((cabbage_of_xiuying, 20), plan=PlanKind.FEWEST))
    recalling.recall_lot(cabbage_of_xiuying, reason="农残超标", by=inspector_he, at=TUESDAY)

    sweeping.look_again(at=TUESDAY)

    order.refresh_from_db()
    assert order.status == "asking"
    assert sum(asked_now(order).values()) == 20


def test_what_the_buyer_chose_by_hand_is_not_replaced(story, xiuying, cabbage_of_xiuying, others):
    order = story.asked(wish((cabbage_of_xiuying, 40)))
    asking.decline(order.allocations.get(), by=xiuying, at=TUESDAY)

    order.refresh_from_db()
    assert (order.status, order.look_again) == ("cancelled", False)


def test_no_more_is_spent_than_was_approved(story, fund, xiuying, changxi, cabbage, cabbage_of_xiuying):
    cheap = factories.a_listing(factories.a_household(changxi), cabbage, kg=40, price_fen=60)
    order = story.asked(wish((cabbage_of_xiuying, 20), (cheap, 20), plan=PlanKind.FAIR))
    dear = factories.a_listing(factories.a_household(changxi), cabbage, kg=40, price_fen=80)
    asking.decline(order.allocations.get(listing=cheap), by=cheap.made_by, at=TUESDAY)

    sweeping.look_again(at=TUESDAY)

    assert not order.allocations.filter(listing=dear).exists()  # 20 kg would cost 32 yuan where 24 were freed
    assert sum(purse(fund)[:2]) <= order.held_fen


def test_nobody_is_asked_when_there_is_no_time_left_and_the_buyer_is_told(story, declined):
    late = clock.day_start(DELIVER_ON) - HOUR

    sweeping.look_again(at=late)

    declined.refresh_from_db()
    assert declined.status == "cancelled"
    assert "40 公斤" in Message.objects.get(kind="order.short").body


def test_the_buyers_own_goods_and_its_kins_are_nobodys_to_take(story, xiuying, cabbage, cabbage_of_xiuying, chef_chen):
    from tests.factories import a_household, a_listing

    own = a_household(cabbage_of_xiuying.village, head=chef_chen.person)
    a_listing(own, cabbage, kg=100, price_fen=80, by=chef_chen)
    order = story.asked(wish((cabbage_of_xiuying, 40), plan=PlanKind.FAIR))
    asking.decline(order.allocations.get(), by=xiuying, at=TUESDAY)

    sweeping.look_again(at=TUESDAY)

    assert asked_now(order) == {}


def test_somebody_faster_leaves_the_buyer_short_and_told(monkeypatch, story, declined, others):
    plans = reoffering.plans_of_lots

    def then_withdrawn(*asked, **more):
        found = plans(*asked, **more)
        for lot in others:
            listings.withdraw(lot, reason="eaten", by=lot.made_by, at=TUESDAY)
        return found

    monkeypatch.setattr(reoffering, "plans_of_lots", then_withdrawn)

    assert sweeping.look_again(at=TUESDAY) == 1

    declined.refresh_from_db()
    assert declined.status == "cancelled"
    assert Message.objects.filter(kind="order.short").exists()
    assert take(others[0], 1).quantity == KG


class TestInstead:
    """Where the same goods are not to be had, what the buyer wrote may come instead."""

    @pytest.fixture
    def radish(self, vegetables):
        return Produce.objects.create(
            code="radish", name="萝卜", name_en="Radish", category=vegetables, pinyin="luobo", initials="lb",
            picture="radish", shelf_days=10, shelf_days_cold=60,
        )  # fmt: skip

    @pytest.fixture
    def radish_lots(self, changxi, radish):
        """Two households with radish: 30 kg cheaper than the cabbage, 30 kg dearer."""
        return [
            factories.a_listing(factories.a_household(changxi, name=name), radish, kg=30, price_fen=fen)
            for name, fen in (("温秀英", 70), ("黄桂英", 90))
        ]

    def declined(self, story, lot, **terms):
        order = story.asked(wish((lot, 40), plan=PlanKind.FAIR, seed="x"))
        LineTerms.objects.create(line=order.lines.get(), **terms)
        asking.decline(order.allocations.get(), by=lot.made_by, at=TUESDAY)
        sweeping.look_again(at=TUESDAY)
        order.refresh_from_db()
        return order

    def test_other_goods_are_asked_for_no_dearer(self, story, fund, radish, cabbage_of_xiuying, radish_lots):
        order = self.declined(story, cabbage_of_xiuying, otherwise="swap", swap=radish)

        assert (order.status, asked_now(order)) == ("asking", {"温秀英": 30})
        later = order.lines.get(instead_of__isnull=False)
        assert (later.produce, later.grade, later.asked_g, later.plan) == (radish, None, 30 * KG, "fair")
        body = Message.objects.get(kind="order.reoffered").body
        assert "萝卜" in body and "30 公斤" in body
        assert purse(fund)[:2] == (0, 42_00)
        assert breaches() == []

    def test_the_same_goods_come_first(self, story, changxi, cabbage, radish, cabbage_of_xiuying, radish_lots):
        same = factories.a_listing(factories.a_household(changxi, name="赖春英"), cabbage, kg=25)

        order = self.declined(story, cabbage_of_xiuying, otherwise="swap", swap=radish)

        assert asked_now(order) == {"赖春英": 25, "温秀英": 15}
        assert same.produce == cabbage

    @pytest.mark.parametrize("otherwise", ["less", "none", "ask"])
    def test_nothing_else_comes_where_it_was_not_written(self, story, cabbage_of_xiuying, radish_lots, otherwise):
        order = self.declined(story, cabbage_of_xiuying, otherwise=otherwise)

        assert order.status == "cancelled"
        asked_first = "先问你" in Message.objects.get(kind="order.short").body
        assert asked_first == (otherwise == "ask")
