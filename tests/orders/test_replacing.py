"""An order paid from a wrong fund: it ends and is placed anew from the right one, or nothing happens."""

import contextlib

import pytest
from django.urls import reverse

from accounts.models import Message
from catalog.services import listings
from kernel.errors import BadValue
from ledger.services.transfers import NotEnoughMoney
from orders.models import OrderStatus, PurchaseOrder
from orders.services import asking
from orders.services.placing import PriceChanged
from orders.services.replacing import place_anew
from tests import factories
from tests.factories import MONDAY, TUESDAY, login
from tests.orders.steps import purse, totals, wish

pytestmark = pytest.mark.django_db
WHY = "应由食堂经费支付"


@pytest.fixture
def canteen_fund(school, fund):
    return factories.a_fund(school, "canteen")


@pytest.fixture
def order(story, cabbage_of_xiuying, cabbage_of_guiying):
    return story.place(wish((cabbage_of_xiuying, 90), (cabbage_of_guiying, 20)))


def test_the_same_lots_are_held_from_the_other_fund(order, fund, canteen_fund, cabbage_of_xiuying, chef_chen):
    before = purse(fund)

    anew = place_anew(order, canteen_fund, why=WHY, by=chef_chen, at=MONDAY)

    order.refresh_from_db()
    assert before == (0, 174_00, 9_826_00)
    assert (order.status, anew.replaces_id, anew.fund_id) == (OrderStatus.CANCELLED, order.pk, canteen_fund.pk)
    assert purse(fund) == (0, 0, 10_000_00) and purse(canteen_fund) == (0, 174_00, 9_826_00)
    assert [lot.quantity for lot in anew.allocations.order_by("pk")] == [90_000, 20_000]
    assert totals(cabbage_of_xiuying) == (10_000, 90_000, 0)


def test_sellers_that_were_asked_hear_it_and_are_asked_once_more(order, canteen_fund, chef_chen, xiuying_household):
    asking.ask_sellers(order, at=MONDAY)

    anew = place_anew(order, canteen_fund, why=WHY, by=chef_chen, at=MONDAY)
    asking.ask_sellers(anew, at=MONDAY)

    kinds = Message.objects.filter(household=xiuying_household).values_list("kind", flat=True)
    assert sorted(kinds) == ["sale.another_fund", "sale.asked", "sale.asked"]


@pytest.mark.parametrize(("yuan", "refused"), [(173.99, True), (174, False)])
def test_a_fund_that_cannot_cover_it_leaves_all_as_it_was(order, fund, school, chef_chen, yuan, refused):
    small = factories.a_fund(school, "canteen", yuan=yuan)
    caught = pytest.raises(NotEnoughMoney) if refused else contextlib.nullcontext()

    with caught:
        place_anew(order, small, why=WHY, by=chef_chen, at=MONDAY)

    order.refresh_from_db()
    assert (order.status == OrderStatus.CANCELLED) != refused
    assert (purse(fund)[1] == 174_00) == refused and PurchaseOrder.objects.count() == (1 if refused else 2)


def test_a_price_that_changed_meanwhile_is_said(order, canteen_fund, chef_chen, cabbage_of_xiuying, xiuying):
    listings.change_price(cabbage_of_xiuying, price_fen=85, by=xiuying, at=MONDAY)

    with pytest.raises(PriceChanged):
        place_anew(order, canteen_fund, why=WHY, by=chef_chen, at=MONDAY)

    order.refresh_from_db()
    assert order.status == OrderStatus.AWAITING


def test_not_to_the_same_fund_nor_to_another_buyer_s_nor_without_a_word(order, fund, canteen_fund, hospital, chef_chen):
    foreign = factories.a_fund(hospital, "canteen", by=factories.a_user("医院会计", "cashier", hospital))
    for where, why in ((fund, WHY), (foreign, WHY), (canteen_fund, " ")):
        with pytest.raises(BadValue):
            place_anew(order, where, why=why, by=chef_chen, at=MONDAY)


def test_not_once_something_has_left(story, canteen_fund, cabbage_of_xiuying, chef_chen):
    trip = story.shipped(wish((cabbage_of_xiuying, 90)))
    order = trip.lines.get().allocation.order

    with pytest.raises(asking.OnTheWayAlready):
        place_anew(order, canteen_fund, why=WHY, by=chef_chen, at=TUESDAY)


def test_by_page_the_old_and_the_new_order_name_each_other(client, order, canteen_fund, chef_chen, now):
    page = reverse("order-fund", args=[order.pk])
    login(client, chef_chen)
    assert "食堂伙食费" in client.get(page).content.decode()
    typed = {"fund": canteen_fund.pk, "idem": "a" * 32}
    assert client.post(page, typed | {"why": ""}).status_code == 400

    for _tap in range(2):
        answer = client.post(page, typed | {"why": WHY})

    anew = PurchaseOrder.objects.get(replaces=order)
    assert answer.url == reverse("order-detail", args=[anew.pk])
    assert order.number in client.get(answer.url).content.decode()
    assert anew.number in client.get(reverse("order-detail", args=[order.pk])).content.decode()


def test_by_program(client, order, canteen_fund, chef_chen, now):
    login(client, chef_chen)
    url, asked = reverse("api-order-fund", args=[order.pk]), {"fund": canteen_fund.pk, "why": WHY}
    answers = [
        client.post(url, asked, content_type="application/json", HTTP_IDEMPOTENCY_KEY="a" * 32) for _try in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"] == PurchaseOrder.objects.get(replaces=order).pk
