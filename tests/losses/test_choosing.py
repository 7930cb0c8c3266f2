"""The farmer's row about spoiled goods leads to a report: of which lot, by its picture."""

import datetime as dt

import pytest
from django.urls import reverse

from catalog.models import Listing
from catalog.services import listings
from losses.models import LossClaim
from tests import factories
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
CHOOSE = "claim-choose"
DAY = dt.timedelta(days=1)


def offered(client, **asked):
    page = client.get(reverse(CHOOSE), asked).content.decode()
    lots = Listing.objects.order_by("pk")
    return [lot.pk for lot in lots if f'href="{reverse("claim-new", args=[lot.pk])}"' in page]


def test_from_the_list_of_losses_to_the_report_of_a_lot(client, xiuying, lot, neighbours_lot, scheme):
    login(client, xiuying)

    page = client.get(reverse("claim-list-mine")).content.decode()

    assert f'href="{reverse(CHOOSE)}"' in page
    assert offered(client) == [lot.pk]
    assert "还剩 200 斤" in client.get(reverse(CHOOSE)).content.decode()
    assert client.get(reverse("claim-new", args=[lot.pk])).status_code == 200


def test_only_what_is_harvested_and_left_is_offered(client, xiuying, xiuying_household, cabbage, lot):
    to_come = (MONDAY.date() + DAY, MONDAY.date() + 2 * DAY)
    factories.a_listing(xiuying_household, cabbage, expected=to_come)
    login(client, xiuying)
    assert offered(client) == [lot.pk]

    listings.withdraw(lot, reason="eaten", by=xiuying, at=MONDAY)

    assert offered(client) == []
    assert "你没有挂着的" in client.get(reverse(CHOOSE)).content.decode()


def test_a_report_that_is_open_is_said_beside_its_lot(client, story, xiuying, lot):
    story.filed(lot, by=xiuying)
    login(client, xiuying)

    assert LossClaim.objects.count() == 1
    assert "已经报过，正在办" in client.get(reverse(CHOOSE)).content.decode()


def test_a_cadre_looks_for_a_household_of_the_own_village(
    client, cadre_liu, xiuying_household, lot, other_village, cabbage
):
    far = factories.a_listing(factories.a_household(other_village), cabbage)
    login(client, cadre_liu)

    assert offered(client) == []
    assert offered(client, q=xiuying_household.number) == [lot.pk]
    assert offered(client, q=lot.number) == [lot.pk]
    assert offered(client, q="包菜") == [lot.pk]
    assert offered(client, q=far.number) == []
    assert "没找到" in client.get(reverse(CHOOSE), {"q": "没有这样"}).content.decode()


def test_who_reports_for_nobody_finds_nothing(client, treasurer_zhou, lot):
    login(client, treasurer_zhou)

    assert offered(client) == offered(client, q="包菜") == []


def test_the_page_asks_as_much_for_twenty_lots_as_for_one(
    client, xiuying, xiuying_household, cabbage, lot, django_assert_max_num_queries
):
    for _lot in range(20):
        factories.a_listing(xiuying_household, cabbage)
    login(client, xiuying)

    with django_assert_max_num_queries(12):
        assert len(offered(client)) == 20
