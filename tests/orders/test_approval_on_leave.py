"""Who answers for an approver on leave: the deputy of the day, once, and never for an order of one of the two.

The whole way of such an order, to its answer or its end: `tests/journeys/test_approver_on_leave.py`.
"""

import datetime as dt

import pytest

from accounts.models import Message
from canteens.models import ApprovalTier
from canteens.services.deputies import name_deputy
from kernel.workflow import IllegalMove
from orders.selectors.approvers import orders_to_approve
from orders.services import approving, steps, sweeping
from orders.services.hands import OwnOrder
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_user
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
HOUR, DAY, SECOND = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(seconds=1)


@pytest.fixture
def lot(changxi, cabbage):
    return a_listing(a_household(changxi), cabbage, kg=2000)


@pytest.fixture
def own_money(story, now):
    """Own money, of which every order needs the yes of the canteen's approver within twelve hours."""
    ApprovalTier.objects.create(
        fund_kind="own", from_fen=0, rule="审批人同意", posts=["buying_approver"], hours=12, from_on="2026-01-01"
    )
    story.fund = a_fund(story.buyer, "own", yuan=5_000)
    return story.fund


@pytest.fixture
def chair(school):
    return a_user("尹主席", "union_chair", school)


def told(kind):
    return {message.phone for message in Message.objects.filter(kind=f"order.{kind}")}


def on_leave(school, approver, deputy, days=7, at=MONDAY, first=MONDAY):
    return name_deputy(school, deputy.person, first.date(), (first + days * DAY).date(), by=approver, at=at)


def test_a_deputy_of_today_is_asked_at_once_beside_the_approver(
    story,
    own_money,
    lot,
    school,
    approver_peng,
    receiver_wang,
):
    on_leave(school, approver_peng, receiver_wang)
    order = story.place(wish((lot, 100)))

    assert told("waits") == {approver_peng.phone, receiver_wang.phone}
    assert orders_to_approve(receiver_wang).get() == order
    approving.approve(order, by=receiver_wang, at=MONDAY)

    step = order.steps.get()
    assert (step.person, step.for_person) == (receiver_wang.person, approver_peng.person)
    with pytest.raises(IllegalMove):
        approving.approve(order, by=approver_peng, at=MONDAY)


def test_nobody_answers_as_deputy_for_an_order_that_one_of_the_two_placed(
    story,
    own_money,
    lot,
    school,
    approver_peng,
    chef_chen,
):
    on_leave(school, approver_peng, chef_chen)
    order = story.place(wish((lot, 100)))

    assert told("waits") == {approver_peng.phone} and not orders_to_approve(chef_chen).exists()
    with pytest.raises(OwnOrder):
        approving.approve(order, by=chef_chen, at=MONDAY)


def test_a_deputy_whose_days_begin_later_is_asked_before_the_others(
    story,
    own_money,
    lot,
    school,
    approver_peng,
    receiver_wang,
    chair,
    now,
):
    order = story.place(wish((lot, 100)))
    on_leave(school, approver_peng, receiver_wang, at=MONDAY + HOUR)

    assert sweeping.show_unapproved(at=MONDAY + 12 * HOUR) == 1
    assert told("still_waits") == {approver_peng.phone, receiver_wang.phone}
    with pytest.raises(steps.NotAsked):
        approving.approve(order, by=chair, at=MONDAY + 12 * HOUR)

    assert sweeping.show_unapproved(at=MONDAY + 24 * HOUR) == 1
    assert chair.phone in told("still_waits")
    assert sweeping.show_unapproved(at=MONDAY + 48 * HOUR) == 0


def test_one_post_is_answered_for_once_by_its_holder_or_by_a_deputy(
    story,
    own_money,
    lot,
    school,
    approver_peng,
    receiver_wang,
):
    a_user("第二主任", "buying_approver", school)
    ApprovalTier.objects.create(
        fund_kind="own", from_fen=100_00, rule="两人", persons=2, posts=["buying_approver"], from_on="2026-01-01"
    )
    on_leave(school, approver_peng, receiver_wang)
    order = story.place(wish((lot, 100)))
    approving.approve(order, by=receiver_wang, at=MONDAY)

    with pytest.raises(steps.NotAsked):
        approving.approve(order, by=approver_peng, at=MONDAY)

    order.refresh_from_db()
    assert order.status == "awaiting"
