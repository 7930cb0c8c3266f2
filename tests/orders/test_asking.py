"""Approve, ask, hear yes or no, call off: what is not bought gives back exactly what was held."""

import datetime as dt

import pytest

from accounts.models import Consent, Message
from accounts.services.people import appoint
from canteens.services import load_default_tiers
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from orders.services import approving, asking
from orders.services.hands import OwnOrder
from records.models import Move
from records.services.participation import HasInterest
from tests.factories import LONG_AGO, MONDAY, TUESDAY, WEDNESDAY, a_fund, a_household, a_listing
from tests.orders.steps import KG, owed_to, purse, totals, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def large_order(story, changxi, cabbage, approver_peng):
    """An order of 12,000 yuan that waits for a second person."""
    load_default_tiers()
    story.fund = a_fund(story.buyer, "canteen", yuan=200_000)
    lot = a_listing(a_household(changxi), cabbage, kg=1000, price_fen=600)
    return story.place(wish((lot, 1000)))


def bodies(kind):
    return [message.body for message in Message.objects.filter(kind=kind).order_by("created_at", "pk")]


def test_a_small_order_asks_its_sellers_at_once(story, xiuying_household, cabbage_of_xiuying):
    order = story.asked(wish((cabbage_of_xiuying, 40)))

    assert order.status == "asking"
    assert order.answer_by_at == MONDAY + dt.timedelta(hours=24)
    [message] = Message.objects.filter(household=xiuying_household, kind="sale.asked")
    assert "石城县第一中学" in message.body
    assert "64.00" in message.body
    assert "11 月 3 日（周二）上午 9 点" in message.body


def test_asking_twice_tells_nobody_twice(story, cabbage_of_xiuying):
    order = story.asked(wish((cabbage_of_xiuying, 40)))

    asking.ask_sellers(order, at=TUESDAY)

    assert len(bodies("sale.asked")) == 1


def test_a_large_order_waits_for_a_second_person(large_order, approver_peng):
    with pytest.raises(asking.ApprovalNeeded):
        asking.ask_sellers(large_order, at=MONDAY)

    order = approving.approve(large_order, by=approver_peng, at=TUESDAY)

    assert order.status == "asking"
    assert order.answer_by_at == TUESDAY + dt.timedelta(hours=24)
    assert len(bodies("sale.asked")) == 1


def test_nobody_approves_the_own_order_whatever_the_account(large_order, chef_chen, school):
    from tests.factories import a_user

    second_account = a_user("陈师傅", person=chef_chen.person)
    appoint(chef_chen.person, school, "buying_approver", area=school.place, from_on=LONG_AGO)

    for account in (chef_chen, second_account):
        with pytest.raises(OwnOrder):
            approving.approve(large_order, by=account, at=TUESDAY)

    large_order.refresh_from_db()
    assert large_order.status == "awaiting"
    assert not Message.objects.exclude(kind="order.waits").exists()


def test_the_approver_does_not_ship_what_was_approved(large_order, approver_peng):
    from orders.services import delivering

    approving.approve(large_order, by=approver_peng, at=TUESDAY)
    [allocation] = large_order.allocations.all()
    asking.confirm(allocation, by=allocation.listing.made_by, at=TUESDAY)

    with pytest.raises(HasInterest):
        delivering.ship([large_order], {allocation.pk: delivering.Loaded(1000 * KG)}, by=approver_peng, at=WEDNESDAY)


def test_the_last_yes_confirms_the_order(story, xiuying, guiying, chef_chen, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first, second = order.allocations.order_by("pk")

    asking.confirm(first, by=xiuying, at=TUESDAY)
    order.refresh_from_db()
    assert order.status == "asking"

    asking.confirm(second, by=guiying, at=TUESDAY)
    order.refresh_from_db()
    assert order.status == "under_way"
    assert Message.objects.filter(kind="order.confirmed", document=order.reference).count() == 1


def test_a_no_frees_exactly_that_lot(story, fund, guiying, xiuying, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first, second = order.allocations.order_by("pk")

    asking.decline(second, by=guiying, at=TUESDAY, why="被雨淋了")
    asking.confirm(first, by=xiuying, at=TUESDAY)

    order.refresh_from_db()
    assert order.status == "under_way"
    assert purse(fund) == (0, 64_00, 10_000_00 - 64_00)
    assert totals(cabbage_of_guiying) == (80 * KG, 0, 0)
    assert totals(cabbage_of_xiuying) == (60 * KG, 40 * KG, 0)
    assert owed_to(cabbage_of_guiying) == (0, 0)
    assert Move.objects.get(document=second.reference, after="released").note == "被雨淋了"
    [told] = bodies("order.declined")
    assert "温桂英" in told and "40" in told


def test_when_everybody_says_no_the_order_ends_and_holds_nothing(story, fund, xiuying, cabbage_of_xiuying):
    order = story.asked(wish((cabbage_of_xiuying, 40)))

    asking.decline(order.allocations.get(), by=xiuying, at=TUESDAY)

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert purse(fund) == (0, 0, 10_000_00)
    assert len(bodies("order.nobody")) == 1


def test_an_answer_counts_once(story, xiuying, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    first = order.allocations.order_by("pk").first()
    asking.confirm(first, by=xiuying, at=TUESDAY)

    for again in (asking.confirm, asking.decline):
        with pytest.raises(IllegalMove):
            again(first, by=xiuying, at=TUESDAY)

    assert totals(cabbage_of_xiuying) == (60 * KG, 40 * KG, 0)


def test_nobody_answers_before_the_order_is_approved(large_order, cadre_liu):
    with pytest.raises(IllegalMove):
        asking.confirm(large_order.allocations.get(), by=cadre_liu, at=MONDAY)


def test_whoever_answers_for_a_household_says_how_it_agreed_and_the_household_is_told(
    story, xiuying_household, cadre_liu, cabbage_of_xiuying
):
    order = story.asked(wish((cabbage_of_xiuying, 40)))
    [allocation] = order.allocations.all()

    with pytest.raises(asking.ConsentNeeded):
        asking.confirm(allocation, by=cadre_liu, at=TUESDAY, proxy_name="刘建国")
    allocation.refresh_from_db()
    assert allocation.status == "held"

    asking.confirm(allocation, by=cadre_liu, at=TUESDAY, proxy_name="刘建国", consent="phone")

    assert Consent.objects.get().document == allocation.reference
    [told] = bodies("sale.answered_for")
    assert "刘建国" in told


@pytest.mark.parametrize("stage", ["place", "asked", "confirmed"])
def test_calling_off_gives_every_hold_back_whole(story, fund, chef_chen, stage, cabbage_of_xiuying, cabbage_of_guiying):
    order = getattr(story, stage)(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 33.333)))

    asking.cancel(order, why="学校停课", by=chef_chen, at=WEDNESDAY)

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert set(order.allocations.values_list("status", flat=True)) == {"released"}
    assert purse(fund) == (0, 0, 10_000_00)
    assert totals(cabbage_of_xiuying) == (100 * KG, 0, 0)
    assert totals(cabbage_of_guiying) == (80 * KG, 0, 0)
    assert len(bodies("sale.called_off")) == (0 if stage == "place" else 2)


def test_calling_off_says_why(story, chef_chen, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 40)))

    with pytest.raises(BadValue):
        asking.cancel(order, why=" ", by=chef_chen, at=TUESDAY)


def test_an_order_called_off_stays_so(story, fund, chef_chen, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 40)))
    asking.cancel(order, why="学校停课", by=chef_chen, at=TUESDAY)

    with pytest.raises(IllegalMove):
        asking.cancel(order, why="学校停课", by=chef_chen, at=TUESDAY)

    assert purse(fund) == (0, 0, 10_000_00)


def test_who_does_not_answer_in_time_is_let_go(story, fund, xiuying, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.asked(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40)))
    asking.confirm(order.allocations.order_by("pk").first(), by=xiuying, at=TUESDAY - dt.timedelta(hours=1))

    early = asking.lapse(order, at=TUESDAY - dt.timedelta(seconds=1))
    assert early.status == "asking"

    late = asking.lapse(order, at=TUESDAY)
    assert late.status == "under_way"
    assert purse(fund) == (0, 64_00, 10_000_00 - 64_00)
    assert totals(cabbage_of_guiying) == (80 * KG, 0, 0)
    assert len(bodies("sale.no_answer")) == 1
