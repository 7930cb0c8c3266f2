"""What is done with a whole order costs as many statements with thirty lots as with three."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message, User
from canteens.services import load_default_tiers
from kernel import keyset
from orders.selectors.orders import BY_LINE, allocations_of
from orders.services import approving, asking, delivering, receiving, weighing
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, a_fund, a_household, a_listing, login
from tests.orders.steps import wish
from tests.trips import order_of, trip_of

pytestmark = pytest.mark.django_db
MOST_BYTES = 40_000
NEXT_WEEK = MONDAY + dt.timedelta(days=7)


def anew(account):
    """Return the account as a request finds it, with nothing looked up yet."""
    return User.objects.get(pk=account.pk)


def ask(story, order):
    asking.ask_sellers(order, at=MONDAY)


def call_off(story, order):
    asking.cancel(order, why="学校停课", by=story.people["chef"], at=TUESDAY)


def lapse(story, order):
    asking.lapse(order, at=TUESDAY)


def ship(story, order):
    loads = {lot.pk: delivering.Loaded(lot.weight_g) for lot in order.allocations.all()}
    delivering.ship([order], loads, by=anew(story.people["haulier"]), at=WEDNESDAY)


def weigh(story, order):
    weights = {lot.pk: weighing.Weighed(lot.weight_g) for lot in order.allocations.all()}
    receiving.weigh(trip_of(order), weights, by=anew(story.people["weigher"]), at=THURSDAY)


@pytest.fixture
def wish_of(changxi, cabbage):
    """Wishes for this many lots of as many households."""

    def of(many):
        lots = [a_listing(a_household(changxi), cabbage, kg=5) for _lot in range(many)]
        return wish(*((lot, 5) for lot in lots))

    return of


def statements_of(step, *given):
    with CaptureQueriesContext(connection) as asked:
        step(*given)
    return len(asked)


@pytest.mark.parametrize(
    ("stage", "step", "told"),
    [
        ("place", ask, "sale.asked"),
        ("asked", call_off, "sale.called_off"),
        ("asked", lapse, "sale.no_answer"),
        ("asked", lapse, "order.declined"),
        ("confirmed", ship, "sale.shipped"),
    ],
)
def test_each_seller_is_told_and_it_costs_what_three_cost(story, wish_of, stage, step, told):
    few, many = getattr(story, stage)(wish_of(3)), getattr(story, stage)(wish_of(30))
    before = Message.objects.filter(kind=told).count()

    of_few, of_many = statements_of(step, story, few), statements_of(step, story, many)

    assert of_many == of_few
    assert Message.objects.filter(kind=told).count() - before == 33


def approve(order, by):
    approving.approve(order, by=by, at=TUESDAY)


def refuse(order, by):
    approving.refuse(order, why="太多", by=by, at=TUESDAY)


def end(order, by):
    approving.end_unapproved(order, at=NEXT_WEEK)


@pytest.mark.parametrize("step", [approve, refuse, end])
def test_deciding_on_an_order_costs_what_three_lots_cost(story, changxi, cabbage, approver_peng, step):
    load_default_tiers()
    story.fund = a_fund(story.buyer, "canteen", yuan=200_000)
    big = a_listing(a_household(changxi), cabbage, kg=2000, price_fen=600)
    small = [a_listing(a_household(changxi), cabbage, kg=5) for _lot in range(31)]
    few = story.place(wish((big, 1000), *((lot, 5) for lot in small[:2])))
    many = story.place(wish((big, 1000), *((lot, 5) for lot in small[2:])))

    of_few, of_many = statements_of(step, few, anew(approver_peng)), statements_of(step, many, anew(approver_peng))

    assert of_many == of_few


def test_weighing_costs_what_three_lots_cost(story, wish_of):
    few, many = (order_of(story.shipped(wish_of(lots))) for lots in (3, 30))

    assert statements_of(weigh, story, few) == statements_of(weigh, story, many)


def test_what_a_household_is_told_is_said_of_its_own_lot(story, wish_of):
    order = story.asked(wish_of(3))

    for lot in order.allocations.select_related("listing__household"):
        [message] = Message.objects.filter(household=lot.listing.household)
        assert message.document == lot.reference
        assert message.phone == lot.listing.household.phone
        assert "5" in message.body and order.number in message.body


class TestPages:
    """Its page and its answer in the API are as long with many lots as with some."""

    @pytest.fixture
    def of_120(self, story, changxi, cabbage):
        households = [a_household(changxi) for _household in range(4)]
        lots = [a_listing(household, cabbage, kg=10) for household in households for _lot in range(30)]
        return story.asked(wish(*((lot, 5) for lot in lots)))

    def test_a_page_of_120_lots_is_cut_and_its_sums_are_of_all(self, client, of_120, chef_chen):
        login(client, chef_chen)
        url, seen = reverse("order-detail", args=[of_120.pk]), []

        page = client.get(url)
        for _page in range(6):
            content = page.content.decode()
            assert len(page.content) < MOST_BYTES
            assert "120 批" in content and "600 公斤" in content and "960.00" in content
            seen.append(len(page.context["lots"]))
            page = client.get(url + page.context["pages"].next_url)

        assert seen == [20] * 6

    def test_each_lot_stands_on_one_page(self, client, of_120, chef_chen):
        first = keyset.cut(allocations_of(of_120), BY_LINE)
        second = keyset.cut(allocations_of(of_120), BY_LINE, cursor=first.next)

        rows = [lot.pk for lot in (*first.rows, *second.rows)]

        assert rows == list(of_120.allocations.order_by("pk").values_list("pk", flat=True)[:40])

    def test_a_program_reads_the_first_lots_and_the_rest_page_by_page(self, client, of_120, chef_chen):
        login(client, chef_chen)
        every = list(of_120.allocations.order_by("pk").values_list("pk", flat=True))

        order = client.get(reverse("api-order-detail", args=[of_120.pk])).json()
        first = client.get(order["lots_url"]).json()
        second = client.get(first["next"]).json()
        third = client.get(second["next"]).json()

        assert [lot["id"] for lot in order["lots"]] == every[:50]
        assert order["lots_count"] == 120
        rows = [lot for page in (first, second, third) for lot in page["results"]]
        assert [lot["id"] for lot in rows] == every
        assert third["next"] is None
        assert rows[0] == order["lots"][0]

    def test_statements_stand_beside_the_lots_they_are_of(self, client, story, wish_of, chef_chen):
        order = order_of(story.signed(wish_of(22)).delivery)
        login(client, chef_chen)
        url = reverse("order-detail", args=[order.pk])

        first = client.get(url)
        second = client.get(url + first.context["pages"].next_url)

        counts = [(len(page.context["lots"]), len(page.context["statements"])) for page in (first, second)]
        assert counts == [(20, 20), (2, 2)]
        assert "收 110 公斤" in second.content.decode()

    def test_whoever_approves_sees_the_dearest_price_whatever_page_its_lot_is_on(
        self, client, now, story, changxi, cabbage, approver_peng
    ):
        load_default_tiers()
        story.fund = a_fund(story.buyer, "canteen", yuan=200_000)
        of_one = a_household(changxi)
        prices = [*range(100, 124), 900]
        lots = [a_listing(of_one, cabbage, kg=1000, price_fen=fen) for fen in prices]
        order = story.place(wish(*((lot, 900 if lot == lots[-1] else 5) for lot in lots)))
        login(client, approver_peng)

        page = client.get(reverse("order-detail", args=[order.pk]))

        decision = page.context["decision"]
        assert len(page.context["lots"]) == 20
        assert [decision.prices[0].price, decision.prices[-1].price] == ["2.10", "18.00"]
        assert "还有 5 个价" in page.content.decode()
