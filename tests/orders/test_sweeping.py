"""Time alone: silence of sellers and buyers is an answer, and nothing left half-way stays there."""

import datetime as dt
from types import SimpleNamespace
from unittest import mock

import pytest
from django.db import OperationalError

from accounts.models import BankCard, Message
from accounts.services.people import set_card
from orders.services import sweeping
from orders.tasks import accept_silent, ask_waiting, lapse_unanswered, settle_late
from tests.factories import FRIDAY, MONDAY, TUESDAY, WEDNESDAY, a_card_number
from tests.orders.steps import purse, wish
from tests.trips import order_of

pytestmark = pytest.mark.django_db


def test_an_order_left_between_placing_and_asking_is_asked_once(story, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 40)))

    assert sweeping.ask_waiting(at=MONDAY) == 1
    assert sweeping.ask_waiting(at=MONDAY) == 0

    order.refresh_from_db()
    assert order.status == "asking"
    assert Message.objects.filter(kind="sale.asked").count() == 1


def test_unanswered_asks_lapse_when_their_hour_has_come(story, fund, cabbage_of_xiuying):
    story.asked(wish((cabbage_of_xiuying, 40)))

    assert sweeping.lapse_unanswered(at=TUESDAY - dt.timedelta(seconds=1)) == 0
    assert sweeping.lapse_unanswered(at=TUESDAY) == 1
    assert purse(fund) == (0, 0, 10_000_00)


def test_a_silent_buyer_has_accepted(story, fund, cabbage_of_xiuying):
    story.arrived(wish((cabbage_of_xiuying, 40)))

    assert sweeping.accept_silent(at=WEDNESDAY + dt.timedelta(hours=47)) == 0
    assert sweeping.accept_silent(at=WEDNESDAY + dt.timedelta(hours=48, minutes=1)) == 1
    assert sweeping.accept_silent(at=WEDNESDAY + dt.timedelta(hours=49)) == 0
    assert purse(fund) == (64_00, 0, 10_000_00 - 64_00)


def test_a_card_that_comes_late_gets_its_statement_and_one_reminder(story, xiuying_household, cabbage_of_xiuying):
    BankCard.objects.filter(household=xiuying_household).update(to_at=WEDNESDAY)
    receipt = story.signed(wish((cabbage_of_xiuying, 40)))
    order = order_of(receipt.delivery)

    assert sweeping.settle_late(at=FRIDAY) == 0
    set_card(
        household=xiuying_household, number=a_card_number(770_777), holder="黄秀英", bank="石城农商银行", at=FRIDAY
    )
    assert sweeping.settle_late(at=FRIDAY) == 1

    order.refresh_from_db()
    assert order.status == "closed"
    assert Message.objects.filter(kind="sale.card_missing").count() == 1


def test_the_tasks_find_nothing_where_there_is_nothing(db):
    assert [task() for task in (ask_waiting, lapse_unanswered, accept_silent, settle_late)] == [0, 0, 0, 0]


class _State(Exception):
    """What the database says beneath an error."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


def locked(state):
    error = OperationalError()
    error.__cause__ = _State(state)
    return error


TWO = [SimpleNamespace(reference="order:1"), SimpleNamespace(reference="order:2")]


@pytest.mark.parametrize("state", ["40P01", "55P03"])
def test_a_sweep_goes_on_where_a_lock_was_not_free(state):
    assert sweeping._each(TWO, mock.Mock(side_effect=[locked(state), True])) == 1


def test_a_sweep_stops_where_the_database_is_away():
    step = mock.Mock(side_effect=[locked("57P03"), True])

    with pytest.raises(OperationalError):
        sweeping._each(TWO, step)
    assert step.call_count == 1
