"""A buyer's own hour: until then its goods of the next day are ordered, afterwards those of the day after at the
earliest."""

import datetime as dt

import pytest

from canteens.models import NO_LAST_HOUR
from canteens.services import register_canteen
from kernel.clock import COUNTY_ZONE
from orders.models import PurchaseOrder
from orders.services.last_hour import TooLateForTheDay, first_day, refuse_after_hour
from tests.factories import MONDAY, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
TODAY = MONDAY.astimezone(COUNTY_ZONE).date()
DAY = dt.timedelta(days=1)


def at_hour(hour, minute=0):
    return dt.datetime.combine(TODAY, dt.time(hour, minute), COUNTY_ZONE)


@pytest.fixture
def canteen(school):
    """Its kitchen orders until four in the afternoon."""
    return register_canteen(school, mode="own", heads=800, union_members=96, address="琴江镇", last_hour=16)


@pytest.mark.parametrize(
    ("last_hour", "at", "days"),
    [(16, (15, 59), 1), (16, (16, 0), 2), (1, (0, 59), 1), (23, (23, 0), 2), (24, (23, 59), 0)],
)
def test_the_first_day_counts_on_both_sides_of_the_hour(last_hour, at, days):
    assert first_day(last_hour, at_hour(*at)) == TODAY + days * DAY


def placed(story, lot, *, on, at):
    return story.place(wish((lot, 10)), deliver_on=on, at=at)


def test_an_order_after_the_hour_is_refused_naming_the_hour_and_the_next_day(story, canteen, cabbage_of_xiuying):
    placed(story, cabbage_of_xiuying, on=TODAY + DAY, at=at_hour(15, 59))

    with pytest.raises(TooLateForTheDay) as refused:
        placed(story, cabbage_of_xiuying, on=TODAY + DAY, at=at_hour(16))

    assert "16" in str(refused.value) and refused.value.first == TODAY + 2 * DAY
    placed(story, cabbage_of_xiuying, on=TODAY + 2 * DAY, at=at_hour(16))
    assert PurchaseOrder.objects.count() == 2


def test_a_buyer_without_an_hour_orders_at_any(story, canteen, cabbage_of_xiuying):
    register_canteen(story.buyer, mode="own", heads=800, union_members=96, address="琴江镇")

    assert placed(story, cabbage_of_xiuying, on=TODAY, at=at_hour(23)).deliver_on == TODAY


def test_the_page_says_the_hour_and_refuses_a_day_it_closed(client, story, canteen, cabbage_of_xiuying, now):
    now["at"] = at_hour(16)
    login(client, story.people["chef"])
    page = client.get("/orders/new/").content.decode()
    assert "第二天的货请在 16 点前下单" in page and f"{TODAY + 2 * DAY}" in page
    typed = {
        "produce": "cabbage", "quantity_0": "20", "quantity_1": "kg", "fund": story.fund.pk, "on": f"{TODAY + DAY}",
    }  # fmt: skip

    late = client.get("/orders/plan/", typed)

    assert late.status_code == 400 and "前一天 16 点前下单" in late.content.decode()
    assert client.get("/orders/plan/", typed | {"on": f"{TODAY + 2 * DAY}"}).status_code == 200


def test_a_day_that_is_over_names_no_hour_where_the_buyer_has_none():
    with pytest.raises(TooLateForTheDay) as refusal:
        refuse_after_hour(NO_LAST_HOUR, TODAY - DAY, at_hour(9))

    assert "24" not in str(refusal.value) and refusal.value.first == TODAY
