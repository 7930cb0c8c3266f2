"""Approval does not wait for ever: after a day others may approve, after three the order ends and gives all back."""

import datetime as dt

import pytest

from accounts.models import Message
from canteens.services import load_default_tiers
from kernel.workflow import IllegalMove
from orders import permissions
from orders.models import PurchaseOrder
from orders.selectors.approvers import orders_to_approve
from orders.services import approving, asking, sweeping
from tests import factories
from tests.factories import MONDAY, a_fund, a_listing, a_user
from tests.orders.steps import KG, purse, totals, wish

pytestmark = pytest.mark.django_db
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    return a_listing(xiuying_household, cabbage, kg=8000, by=xiuying)


@pytest.fixture
def order(story, lot):
    """An order of meal money above the first tier."""
    load_default_tiers()
    story.fund = a_fund(story.buyer, "canteen", yuan=20_000)
    return story.place(wish((lot, 7000)))


def told(kind, user):
    return [message for message in Message.objects.filter(kind=f"order.{kind}") if message.phone == user.phone]


def test_the_approvers_are_told_at_once_and_until_when(approver_peng, chair_tan, order):
    [message] = told("waits", approver_peng)

    assert "11,200.00" in message.body and "11 月 5 日 09:00" in message.body
    assert not told("waits", chair_tan)


def test_after_a_day_the_other_approvers_see_it_and_may_approve(approver_peng, chair_tan, chef_chen, order):
    assert not orders_to_approve(chair_tan).exists()
    assert sweeping.show_unapproved(at=MONDAY + 24 * HOUR - SECOND) == 0

    assert sweeping.show_unapproved(at=MONDAY + 24 * HOUR) == 1
    assert sweeping.show_unapproved(at=MONDAY + 25 * HOUR) == 0  # once

    assert orders_to_approve(chair_tan).get() == order
    assert permissions.can_approve(chair_tan, orders_to_approve(chair_tan).get())
    assert told("still_waits", chair_tan) and told("still_waits", approver_peng) and told("shown_on", chef_chen)
    assert asking.approve(order, by=chair_tan, at=MONDAY + 26 * HOUR).status == "approved"


def test_before_that_they_may_not(chair_tan, order):
    assert not permissions.can_approve(chair_tan, order)


def test_after_three_days_it_ends_and_gives_everything_back(approver_peng, chef_chen, story, order, lot):
    assert totals(lot)[1] == 7000 * KG
    assert sweeping.end_unapproved(at=MONDAY + 72 * HOUR - SECOND) == 0

    assert sweeping.end_unapproved(at=MONDAY + 72 * HOUR) == 1
    assert sweeping.end_unapproved(at=MONDAY + 73 * HOUR) == 0

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert totals(lot) == (8000 * KG, 0, 0)
    assert purse(story.fund) == (0, 0, 20_000_00)
    assert told("not_approved", approver_peng) and told("not_approved", chef_chen)
    with pytest.raises(IllegalMove):
        asking.approve(order, by=approver_peng, at=MONDAY + 74 * HOUR)


def test_what_was_approved_does_not_end(approver_peng, order):
    asking.approve(order, by=approver_peng, at=MONDAY)

    assert sweeping.end_unapproved(at=MONDAY + 72 * HOUR) == 0
    assert not approving.end_unapproved(order, at=MONDAY + 72 * HOUR)


def test_an_order_that_needs_no_approval_has_no_such_end(story, lot):
    small = story.place(wish((lot, 10)))

    assert small.approve_by_at is None
    assert not orders_to_approve(a_user("彭主任", "buying_approver", story.buyer)).exists()


def test_nobody_is_asked_to_approve_the_own_order(order, chef_chen, school):
    factories.people.appoint(chef_chen.person, school, "buying_approver", area=school.place, from_on=factories.LONG_AGO)
    chef = type(chef_chen).objects.get(pk=chef_chen.pk)

    assert not orders_to_approve(chef).exists()
    assert PurchaseOrder.objects.get() == order
