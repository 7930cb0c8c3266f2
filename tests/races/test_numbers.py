"""Two who place orders at once get different numbers, and neither waits; the control counts under a lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from kernel.numbers import begun, read_number
from orders.services import placing
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_user, an_organisation
from tests.orders.steps import DELIVER_ON, wish
from tests.races.crowd import LOCK_NOT_FREE, PATIENCE, sqlstate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def baskets(story, changxi, cabbage):
    """A buyer, its purse and a lot for each of two orders, so that they share nothing but the kind of their number."""
    second = an_organisation("buyer", "石城县第三中学", story.buyer.place, channel="school")
    placers = [
        (story.people["chef"], story.fund),
        (a_user("另厨师", "buyer", second), a_fund(second, "canteen", yuan=100)),
    ]
    return [(by, fund, wish((a_listing(a_household(changxi), cabbage, kg=50), 10))) for by, fund in placers]


def both_open(baskets, meeting):
    """Place both orders, each in a session of its own that stays open; return their numbers, or who had to wait."""

    def place(basket):
        by, fund, line = basket
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                order = placing.place(
                    buyer=fund.organisation,
                    fund=fund,
                    deliver_on=DELIVER_ON,
                    lines=[line],
                    by=by,
                    at=MONDAY,
                )
                meeting(order)
                return order.number
        except OperationalError as error:
            return sqlstate(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as crowd:
        return list(crowd.map(place, baskets))


def test_two_placers_get_different_numbers_and_neither_waits(baskets):
    both_placed = threading.Barrier(2)

    first, second = both_open(baskets, lambda _order: both_placed.wait(timeout=PATIENCE))

    assert read_number(first) == first != second == read_number(second)


def test_control_numbers_that_are_counted_under_a_lock_make_the_second_wait(baskets, monkeypatch):
    somebody_waited = threading.Event()

    def counted(kind, day):
        with connection.cursor() as cursor:
            try:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('numbers'))")
            except OperationalError:
                somebody_waited.set()
                raise
        return begun(kind, day)

    monkeypatch.setattr(placing, "begun", counted)

    met = both_open(baskets, lambda _order: somebody_waited.wait(timeout=PATIENCE))

    assert sorted(met, key=len)[0] == LOCK_NOT_FREE
