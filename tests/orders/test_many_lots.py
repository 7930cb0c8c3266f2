"""What is done with a whole order costs as many statements with thirty lots as with three."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Message, User
from canteens.services import load_default_tiers
from orders.services import approving, asking, delivering, receiving
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, a_fund, a_household, a_listing
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
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
    delivering.ship(order, loads, by=anew(story.people["haulier"]), at=WEDNESDAY)


def weigh(story, order):
    weights = {lot.pk: receiving.Weighed(lot.weight_g) for lot in order.allocations.all()}
    receiving.weigh(order.delivery, weights, by=anew(story.people["weigher"]), at=THURSDAY)


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
    asking.approve(order, by=by, at=TUESDAY)


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
    few, many = story.shipped(wish_of(3)).order, story.shipped(wish_of(30)).order

    assert statements_of(weigh, story, few) == statements_of(weigh, story, many)


def test_what_a_household_is_told_is_said_of_its_own_lot(story, wish_of):
    order = story.asked(wish_of(3))

    for lot in order.allocations.select_related("listing__household"):
        [message] = Message.objects.filter(household=lot.listing.household)
        assert message.document == lot.reference
        assert message.phone == lot.listing.household.phone
        assert "5" in message.body and order.number in message.body
