"""What a channel may not serve: entered by two hands, refused at placing, hidden from its buyers alone."""

import datetime as dt

import pytest
from django.urls import reverse

from catalog.models import NotServed
from catalog.selectors import market
from kernel import clock
from kernel.errors import BadValue
from orders.services.serving import MayNotServe
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, login
from tests.guards.rows import force
from tests.orders.doors import by_page, by_program
from tests.orders.steps import DELIVER_ON, Story, purse, wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def story(school, chef_chen, treasurer_zhou):
    return Story(school, factories.a_fund(school, by=treasurer_zhou), {"chef": chef_chen})


@pytest.fixture
def lot(xiuying_household, cabbage, xiuying, now):
    made = factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying)
    force(made, sell_by=MONDAY.date() + 365 * 5 * DAY)  # the API of the board reads the clock of the database
    market.forget(clock.county_day(MONDAY))
    return made


def content(**values):
    return {
        "channel": "school",
        "produce": "包菜",
        "from_on": MONDAY.date().isoformat(),
        "why": "没煮透会中毒",
    } | values


@pytest.fixture
def forbid(relief_clerk, director_lin):
    def act(**values):
        change = changes.propose("not-served", [content(**values)], document_number="9号", by=relief_clerk, at=MONDAY)
        return changes.confirm(change, by=director_lin, at=MONDAY)

    return act


@pytest.mark.guard("line a channel is served nothing that is forbidden")
def test_no_order_of_that_channel_takes_it_and_nothing_is_held(story, lot, forbid):
    forbid()
    with pytest.raises(MayNotServe) as refused:
        story.place(wish((lot, 40)))
    assert "包菜" in str(refused.value) and "没煮透会中毒" in str(refused.value)
    assert purse(story.fund)[1] == 0


@pytest.mark.parametrize(("later", "program", "page"), [(-1, 409, 409), (0, 409, 409), (1, 201, 302)])
def test_the_day_of_delivery_decides_by_page_and_by_program(client, story, lot, forbid, later, program, page):
    forbid(from_on=(DELIVER_ON + later * DAY).isoformat())
    login(client, story.people["chef"])
    assert by_program(client, story.fund, lot).status_code == program
    assert by_page(client, story.fund, lot).status_code == page


def test_other_channels_order_it_and_see_it(client, lot, school, hospital, forbid):
    forbid()
    buyer = factories.a_user("范采购", "buyer", hospital)
    other = Story(hospital, factories.a_fund(hospital), {"chef": buyer})
    other.place(wish((lot, 10)))
    login(client, buyer)
    assert lot.number in str(client.get(reverse("api-listing-list")).json())


def test_it_is_hidden_from_the_buyer_and_named_where_searched_for(client, story, lot, forbid, official):
    forbid()
    login(client, story.people["chef"])
    api, page = reverse("api-listing-list"), reverse("market")
    assert client.get(api).json()["results"] == []
    assert "没煮透会中毒" in client.get(page, {"q": "包菜"}).content.decode()
    assert reverse("listing-detail", args=[lot.pk]) not in client.get(page).content.decode()
    seen = client.get(reverse("listing-detail", args=[lot.pk])).content.decode()
    assert "没煮透会中毒" in seen
    login(client, official)
    assert len(client.get(api).json()["results"]) == 1


def test_it_ends_on_a_day_to_come_and_stands_once(story, lot, forbid, relief_clerk, director_lin):
    forbid()
    row = NotServed.objects.get()
    with pytest.raises(BadValue):
        forbid()
    ending = {"row": row.pk, "to_on": MONDAY.date().isoformat()}
    with pytest.raises(BadValue):
        changes.propose("not-served", [ending], document_number="10号", by=relief_clerk, at=MONDAY)
    ending["to_on"] = DELIVER_ON.isoformat()
    change = changes.propose("not-served", [ending], document_number="10号", by=relief_clerk, at=MONDAY)
    changes.confirm(change, by=director_lin, at=MONDAY)
    story.place(wish((lot, 40)))
