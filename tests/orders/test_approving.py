"""Approval does not wait for ever: after a day others may approve, after three the order ends and gives all back."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.services import load_default_tiers
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from orders import permissions
from orders.models import PurchaseOrder
from orders.selectors.approvers import orders_to_approve
from orders.services import approving, sweeping
from orders.services.hands import OwnOrder
from produce.models import ReferencePrice
from tests import factories
from tests.factories import MONDAY, a_fund, a_listing, a_user, login
from tests.orders.steps import KG, purse, totals, wish

pytestmark = pytest.mark.django_db
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    return a_listing(xiuying_household, cabbage, kg=8000, by=xiuying)


@pytest.fixture
def order(story, lot, approver_peng):
    """An order of meal money above the first tier."""
    load_default_tiers()
    story.fund = a_fund(story.buyer, "canteen", yuan=20_000)
    return story.place(wish((lot, 7000)))


def told(kind, user):
    return [message for message in Message.objects.filter(kind=f"order.{kind}") if message.phone == user.phone]


def test_the_approvers_are_told_at_once_and_until_when(approver_peng, chair_tan, order):
    [message] = told("waits", approver_peng)

    assert "11,200.00" in message.body and "11 月 5 日（周四）上午 9 点" in message.body
    assert not told("waits", chair_tan)


def test_after_a_day_the_other_approvers_see_it_and_may_approve(approver_peng, chair_tan, chef_chen, order):
    assert not orders_to_approve(chair_tan).exists()
    assert sweeping.show_unapproved(at=MONDAY + 24 * HOUR - SECOND) == 0

    assert sweeping.show_unapproved(at=MONDAY + 24 * HOUR) == 1
    assert sweeping.show_unapproved(at=MONDAY + 25 * HOUR) == 0  # once

    assert orders_to_approve(chair_tan).get() == order
    assert permissions.can_approve(chair_tan, orders_to_approve(chair_tan).get())
    assert told("still_waits", chair_tan) and told("still_waits", approver_peng) and told("shown_on", chef_chen)
    assert approving.approve(order, by=chair_tan, at=MONDAY + 26 * HOUR).status == "asking"


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
        approving.approve(order, by=approver_peng, at=MONDAY + 74 * HOUR)


def test_what_was_approved_does_not_end(approver_peng, order):
    approving.approve(order, by=approver_peng, at=MONDAY)

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


class TestSentBack:
    """The approver sends an order back with words."""

    def test_everything_is_free_again_and_the_buyer_reads_why(self, story, lot, approver_peng, chef_chen, order):
        approving.refuse(order, why="价贵了，再问一家", by=approver_peng, at=MONDAY + HOUR)

        order.refresh_from_db()
        assert order.status == "cancelled"
        assert purse(story.fund) == (0, 0, 20_000_00) and totals(lot) == (8000 * KG, 0, 0)
        [message] = told("refused", chef_chen)
        assert "价贵了，再问一家" in message.body

    def test_not_without_a_word_not_by_the_requester_and_not_twice(self, approver_peng, chef_chen, order):
        with pytest.raises(BadValue):
            approving.refuse(order, why="  ", by=approver_peng, at=MONDAY)
        with pytest.raises(OwnOrder):
            approving.refuse(order, why="算了", by=chef_chen, at=MONDAY)
        approving.refuse(order, why="算了", by=approver_peng, at=MONDAY)
        with pytest.raises(approving.NotWaiting):
            approving.refuse(order, why="算了", by=approver_peng, at=MONDAY)

    def test_the_page_shows_the_purse_before_and_after_and_the_reference_price(
        self, client, now, approver_peng, cabbage, order
    ):
        ReferencePrice.objects.create(
            produce=cabbage, day=MONDAY.date(), source="城南市场", low_fen=60, avg_fen=70, high_fen=90
        )
        login(client, approver_peng)

        page = client.get(reverse("order-detail", args=[order.pk])).content.decode()

        assert "20,000.00 → 8,800.00 元" in page
        assert "1.60" in page and "1.40" in page and "贵 0.20" in page

    def test_the_buyer_finds_what_was_typed_in_the_form_again(self, client, now, approver_peng, chef_chen, order):
        login(client, approver_peng)
        refuse = reverse("order-refuse", args=[order.pk])
        client.post(refuse, {"idem": "r"})
        order.refresh_from_db()
        assert order.status == "awaiting"  # without a word nothing is sent back
        client.post(refuse, {"why": "改到下周", "idem": "r2"})
        login(client, chef_chen)

        page = client.get(reverse("order-detail", args=[order.pk]))
        assert "改到下周" in page.content.decode()
        again = client.get(page.context["again"].url).content.decode()

        assert 'value="7000"' in again and order.deliver_on.isoformat() in again

    def test_a_program_sends_it_back_once(self, client, now, approver_peng, order):
        login(client, approver_peng)
        door = reverse("api-order-refuse", args=[order.pk])

        for _again in range(2):
            answer = client.post(door, {"why": "价贵了"}, "application/json", headers={"Idempotency-Key": "k"})
            assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_before_its_approval_an_order_says_so_of_its_lots_and_lets_nothing_be_changed(client, now, order, chef_chen):
    login(client, chef_chen)

    page = client.get(reverse("order-detail", args=[order.pk])).content.decode()
    amend = client.get(reverse("order-amend", args=[order.pk]), follow=True).content.decode()

    assert "等审批" in page and "等卖家回话" not in page
    assert "这张订单还在等审批，审批之前不能改" in amend


def test_an_endpoint_says_in_words_that_there_is_nothing(client, chef_chen):
    answer = login(client, chef_chen).get(reverse("api-order-detail", args=[999_999]))

    assert (answer.status_code, answer.json()["message"]) == (404, "没有这一项，或者您不能看。")
