"""Midnight of the year in Beijing: the second before is paid from the old purse alone, midnight from the new one."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from kernel import clock
from kernel.errors import BadValue
from orders.models import PurchaseOrder
from tests.factories import MONDAY, a_fund, a_listing, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
YEAR = MONDAY.year
MIDNIGHT = dt.datetime(YEAR + 1, 1, 1, tzinfo=clock.COUNTY_ZONE)
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
ON = MIDNIGHT.date() + 3 * DAY
TURN = pytest.mark.parametrize(
    ("at", "own"), [(MIDNIGHT - SECOND, YEAR), (MIDNIGHT, YEAR + 1)], ids=["the second before", "midnight"]
)


@pytest.fixture
def lot(xiuying_household, cabbage):
    return a_listing(xiuying_household, cabbage, kg=100, at=MIDNIGHT - DAY)


@pytest.fixture
def purses(school, treasurer_zhou):
    """The union's purses of two years, each with its money, by year."""
    return {year: a_fund(school, year=year, by=treasurer_zhou) for year in (YEAR, YEAR + 1)}


@pytest.fixture
def other(purses, own):
    """The purse that pays nothing at this second."""
    return next(purse for year, purse in purses.items() if year != own)


@TURN
def test_the_service_takes_the_purse_of_the_year_alone(story, purses, other, lot, at, own):
    story.fund = other
    with pytest.raises(BadValue, match=str(own)):
        story.place(wish((lot, 10)), at=at, deliver_on=ON)
    story.fund = purses[own]
    assert story.place(wish((lot, 10)), at=at, deliver_on=ON).fund == purses[own]


@TURN
def test_the_page_offers_and_takes_the_purse_of_the_year_alone(client, now, purses, other, lot, chef_chen, at, own):
    now["at"] = at
    want = {"produce": lot.produce.code, "quantity_0": "10", "quantity_1": "kg", "on": ON.isoformat(), "plan": "fair"}
    login(client, chef_chen)
    offered = client.get(reverse("order-new")).context["form"].fields["fund"].queryset
    assert list(offered) == [purses[own]]
    check = client.get(reverse("order-plan"), want | {"fund": purses[own].pk})
    said = want | {"shown": check.context["shown"], "idem": uuid.uuid4().hex}

    assert client.post(reverse("order-plan"), said | {"fund": other.pk}).status_code == 400
    assert not PurchaseOrder.objects.exists()
    assert client.post(reverse("order-plan"), said | {"fund": purses[own].pk}).status_code == 302
    assert PurchaseOrder.objects.get().fund == purses[own]


@TURN
def test_programs_are_told_which_year_pays(client, now, purses, other, lot, chef_chen, at, own):
    now["at"] = at
    login(client, chef_chen)
    lines = [{"produce": lot.produce.code, "lots": [{"listing": lot.pk, "kg": "10", "price": "0.80"}]}]

    def order(fund):
        said = {"fund": fund.pk, "deliver_on": ON.isoformat(), "lines": lines}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return client.post(reverse("api-order-list"), said, "application/json", headers=headers)

    refused = order(other)
    assert (refused.status_code, str(own) in refused.content.decode()) == (400, True)
    assert order(purses[own]).status_code == 201
    assert PurchaseOrder.objects.get().fund == purses[own]
