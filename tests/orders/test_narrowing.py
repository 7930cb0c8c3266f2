"""Lists of orders, trips and statements are narrowed by one question for page and program."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Role
from orders.models import PurchaseOrder
from tests.factories import THURSDAY, a_fund, a_user, login
from tests.orders.steps import DELIVER_ON, wish
from tests.trips import order_of, statements_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def orders(story, cabbage_of_xiuying, ducks):
    """Three orders: cabbage signed, cabbage on the way a day later, ducks asked for from the canteen's money."""
    signed = order_of(story.signed(wish((cabbage_of_xiuying, 20))).delivery)
    shipped = order_of(story.shipped(wish((cabbage_of_xiuying, 30)), deliver_on=DELIVER_ON + DAY))
    story.fund = a_fund(story.buyer, "canteen")
    asked = story.asked(wish((ducks, 0.005)))
    return signed, shipped, asked


def numbers(client, name, **asked):
    """Return what page and API list for a question, which is the same."""
    page = client.get(reverse(name), asked).content.decode()
    rows = client.get(reverse(f"api-{name}"), asked).json()["results"]
    assert all(row["number"] in page for row in rows)
    return {row["number"] for row in rows}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {0, 1, 2}),
        ({"status": "under_way"}, {1}),
        ({"produce": "包菜"}, {0, 1}),
        ({"produce": "鸭", "status": "asking"}, {2}),
        ({"produce": "cabbage"}, {0, 1}),
        ({"money": "canteen"}, {2}),
        ({"first": DELIVER_ON + DAY}, {1}),
        ({"last": DELIVER_ON}, {0, 2}),
        ({"first": DELIVER_ON, "last": DELIVER_ON, "produce": "包菜"}, {0}),
    ],
)
def test_orders(client, story, orders, asked, found):
    login(client, story.people["chef"])

    assert numbers(client, "order-list", **asked) == {orders[n].number for n in found}


def test_orders_by_their_number_and_pages_keep_the_question(client, story, orders):
    login(client, story.people["chef"])

    assert numbers(client, "order-list", q=orders[1].number) == {orders[1].number}
    page = client.get(reverse("order-list"), {"produce": "包菜", "status": "closed"}).content.decode()
    assert "?produce=%E5%8C%85%E8%8F%9C&amp;status=under_way" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "signed"}, {0}),
        ({"state": "on_the_way"}, {1}),
        ({"state": "at_the_door"}, set()),
        ({"state": "to_sign"}, set()),
        ({"first": THURSDAY.date()}, set()),
        ({"last": THURSDAY.date()}, {0, 1}),
    ],
)
def test_deliveries(client, story, orders, asked, found):
    login(client, story.people["weigher"])
    trips = [order.allocations.get().delivery_lines.get().delivery for order in orders[:2]]

    assert numbers(client, "delivery-list", **asked) == {trips[n].number for n in found}
    assert numbers(client, "delivery-list", q=orders[0].number) == {trips[0].number}
    assert numbers(client, "delivery-list", q=trips[1].number) == {trips[1].number}


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"view": "due"}, 1),
        ({"view": "to_confirm"}, 0),
        ({"money": "canteen"}, 0),
        ({"money": "union"}, 1),
        ({"first": THURSDAY.date(), "last": THURSDAY.date()}, 1),
        ({"last": THURSDAY.date() - DAY}, 0),
    ],
)
def test_statements(client, story, orders, asked, count):
    login(client, a_user("余出纳", Role.CASHIER, story.buyer))
    [statement] = statements_of(orders[0])

    assert numbers(client, "statement-list", **asked) == {statement.number for _n in range(count)}
    assert numbers(client, "statement-list", q=statement.number) == {statement.number}


@pytest.mark.parametrize("name", ["order-list", "delivery-list", "statement-list"])
@pytest.mark.parametrize("asked", [{"first": "昨天吃饭"}, {"status": "nothing", "state": "nothing", "view": "nothing"}])
def test_what_cannot_be_read_is_said_and_shows_nothing(client, story, orders, name, asked):
    login(client, a_user("陈会计", Role.CASHIER, story.buyer))

    page = client.get(reverse(name), asked)

    assert page.status_code == 400
    assert not [order.number for order in PurchaseOrder.objects.all() if order.number in page.content.decode()]
    assert client.get(reverse(f"api-{name}"), {"buyer": "1"}).status_code == 400
    assert client.get(reverse(f"api-{name}"), asked).status_code == 400


@pytest.mark.parametrize("asked", [{"first": "0001-01-01"}, {"last": "9999-12-31"}])
@pytest.mark.parametrize("name", ["order-list", "delivery-list", "statement-list"])
def test_a_day_at_the_end_of_the_calendar_is_refused(client, story, name, asked):
    login(client, a_user("陈会计", Role.CASHIER, story.buyer))

    assert [client.get(reverse(door), asked).status_code for door in (name, f"api-{name}")] == [400, 400]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("order-list", "first", "last"),
        ("delivery-list", "first", "last"),
        ("statement-list", "first", "last"),
        ("invoice-list", "from_on", "to_on"),
    ],
)
def test_a_span_upside_down_is_refused_rather_than_shown_empty(client, story, name, first, last):
    login(client, a_user("陈会计", Role.CASHIER, story.buyer))
    asked = {first: DELIVER_ON, last: DELIVER_ON - DAY}

    page = client.get(reverse(name), asked)
    answer = client.get(reverse(f"api-{name}"), asked)

    assert (page.status_code, answer.status_code) == (400, 400)
    assert "最后一天比第一天还早" in page.content.decode() and last in answer.json()["fields"]
    assert client.get(reverse(name), {first: DELIVER_ON, last: DELIVER_ON}).status_code == 200
