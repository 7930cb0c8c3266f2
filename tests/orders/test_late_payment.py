"""A buyer who owes sellers money past the day orders nothing new, and is told why; interest is shown, not booked."""

import datetime as dt

import pytest

from kernel import clock
from ledger.models import Transfer
from orders.models import PurchaseOrder, SettlementStatement
from orders.selectors.ageing import interest_fen
from orders.services import paying
from orders.services.ageing import OwesSellers
from records.models import PolicyValue
from tests.factories import MONDAY, a_fund, an_organisation, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def owed(story, cabbage_of_xiuying):
    """64.00 yuan of a signed trip."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    return SettlementStatement.objects.get()


@pytest.fixture
def due(owed):
    """The noon of the last day on which the statement is paid in time."""
    return clock.day_end(owed.payable.due_on) - dt.timedelta(hours=12)


def order(story, lot, at):
    type(lot).objects.filter(pk=lot.pk).update(sell_by=(at + 20 * DAY).date())
    return story.place(wish((lot, 10)), at=at, deliver_on=(at + DAY).date())


def test_on_the_due_day_a_buyer_still_orders(story, owed, due, cabbage_of_guiying):
    assert order(story, cabbage_of_guiying, due)


def test_the_day_after_it_orders_nothing_and_reads_what_to_do(story, owed, due, cabbage_of_guiying):
    with pytest.raises(OwesSellers) as refused:
        order(story, cabbage_of_guiying, due + 3 * DAY)

    assert owed.number in str(refused.value)
    assert "64.00" in str(refused.value)
    assert "3 天" in str(refused.value)
    assert PurchaseOrder.objects.count() == 1


def test_another_buyer_orders_as_before(story, owed, due, cabbage_of_guiying, school):
    story.buyer = an_organisation("buyer", "隔壁小学", school.place, channel="school")
    story.fund = a_fund(story.buyer, "canteen", yuan=500)

    assert order(story, cabbage_of_guiying, due + 3 * DAY)


def test_a_recorded_transfer_alone_opens_nothing_its_confirmation_does(
    story, owed, due, cabbage_of_guiying, cashier_yu, second_qiu
):
    paying.record_payment(owed, voucher_number="1", by=cashier_yu, at=due + DAY)
    with pytest.raises(OwesSellers):
        order(story, cabbage_of_guiying, due + 2 * DAY)

    paying.confirm_payment(owed, by=second_qiu, at=due + 2 * DAY)

    assert order(story, cabbage_of_guiying, due + 2 * DAY)


def test_the_county_may_give_some_days_more(story, owed, due, cabbage_of_guiying, clerk_ma, director_lin):
    PolicyValue.objects.create(
        name="ordering_lock_days",
        value=5,
        from_on=MONDAY.date(),
        set_by=clerk_ma,
        confirmed_by=director_lin,
        confirmed_at=MONDAY,
    )

    assert order(story, cabbage_of_guiying, due + 5 * DAY)
    with pytest.raises(OwesSellers):
        order(story, cabbage_of_guiying, due + 6 * DAY)


@pytest.mark.parametrize(("fen", "days", "interest"), [(64_00, 1, 3), (64_00, 10, 32), (100_000_00, 30, 1_500_00)])
def test_interest_is_five_in_ten_thousand_a_day(fen, days, interest):
    assert interest_fen(fen, days, 1825) == interest


def test_a_late_statement_shows_its_interest_and_books_none(client, owed, due, now, cashier_yu):
    now["at"] = due + 10 * DAY
    booked = Transfer.objects.count()
    login(client, cashier_yu)

    page = client.get(f"/statements/{owed.pk}/").content.decode()

    assert "0.32" in page
    assert "18.25" in page
    assert Transfer.objects.count() == booked


def test_a_statement_in_time_shows_no_interest(client, owed, due, now, cashier_yu):
    now["at"] = due
    login(client, cashier_yu)

    assert "利息" not in client.get(f"/statements/{owed.pk}/").content.decode()
