"""From a heap of cabbage in Changxi to money on Xiuying's card, over HTTP, as the cast would."""

import datetime as dt

import pytest

from accounts.models import Message
from kernel import clock
from ledger.models import Payment
from marketplace.audit import breaches
from orders.models import PurchaseOrder
from orders.tasks import ask_waiting
from tests import factories
from tests.journeys.browsing import Person
from tests.trips import statements_of, trip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse(school, treasurer_zhou):
    """The school's union has 1,000 yuan this year."""
    now = clock.now()
    return factories.a_fund(school, yuan=1_000, year=clock.county_day(now).year, by=treasurer_zhou, at=now)


def test_cabbage_is_listed_bought_weighed_and_paid(
    xiuying, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou, chair_tan, official, cabbage, purse
):
    # She lists 200 jin at 0.80 yuan.
    farmer = Person(xiuying)
    farmer.open("/sell/")
    farmer.follow("/produce/")
    farmer.press("produce", produce="cabbage")
    page = farmer.press("quantity_0", quantity_0="200", quantity_1="jin", price="0.80")
    assert page.path.endswith("/receipt/") and page.says("100", "0.80")
    lot = xiuying.person.household_memberships.get().household.listings.get()
    assert (lot.listed, lot.price_fen, lot.price_unit_g) == (100_000, 80, 500)

    # Anybody sees it, nobody sees her name.
    stranger = Person()
    board = stranger.open("/market/")
    assert board.says("包菜", "1.60") and "黄秀英" not in board.words

    # The canteen orders 60 kg from union funds.
    chef = Person(chef_chen)
    chef.open("/orders/new/")
    tomorrow = clock.county_day(clock.now()) + dt.timedelta(days=1)
    chef.press("quantity_0", produce="cabbage", quantity_0="60", quantity_1="kg", on=f"{tomorrow:%Y-%m-%d}")
    chef.press("plan", do="keep")
    page = chef.press("idem")
    order = PurchaseOrder.objects.get()
    assert page.path == f"/orders/{order.pk}/" and page.says("96.00")
    purse.account.refresh_from_db()
    assert purse.account.debits_pending_fen == 96_00

    # Going back and sending the same form again orders nothing more.
    ask_waiting()
    order.refresh_from_db()
    assert order.status == "asking"

    # She says yes from her first page.
    home = farmer.open("/")
    assert home.says("石城县第一中学", "96.00")
    farmer.press("/confirm/")
    order.refresh_from_db()
    assert order.status == "under_way"

    # The driver loads it; at the school's scale 2 kg are missing.
    driver = Person(haulier)
    driver.open(f"/orders/{order.pk}/ship/")
    driver.press("driver", driver="罗师傅")
    scale = Person(receiver_wang)
    scale.open(f"/deliveries/{trip_of(order).pk}/accept/")
    scale.press("gross", gross="60", tare="2", reason="short")
    if scale.page.path.endswith("/accept/"):
        scale.press("idem")
    receipt = trip_of(order).receipts.get()
    assert receipt.status == "weighed"
    second = Person(receiver_sun)
    second.open(f"/receipts/{receipt.pk}/sign/")
    second.press("idem")
    order.refresh_from_db()
    assert order.status == "closed"
    purse.account.refresh_from_db()
    assert (purse.account.debits_pending_fen, purse.account.debits_posted_fen) == (0, 92_80)

    # The treasurer records the transfer, the chair compares it with the bank.
    statement = statements_of(order).get()
    treasurer = Person(treasurer_zhou)
    treasurer.open(f"/statements/{statement.pk}/pay/")
    treasurer.press("voucher_number", voucher_number="20261125000123")
    chair = Person(chair_tan)
    chair.open(f"/statements/{statement.pk}/pay/confirm/")
    chair.press("idem", to=f"/statements/{statement.pk}/pay/confirm/")
    assert Payment.objects.get().status == "paid"

    # She reads it at home, in her goods, and as text messages.
    assert farmer.open("/").says("92.80")
    goods = farmer.open(f"/goods/{lot.pk}/")
    assert goods.says("116")  # jin that were paid
    bodies = [message.body for message in Message.objects.filter(household=lot.household)]
    assert any("92.80" in body for body in bodies)

    # The report counts it, and the books are clean.
    month = f"{clock.county_day(clock.now()):%Y-%m}"
    report = Person(official).open(f"/reports/sales/?first={month}&last={month}")
    assert report.says("92.80")
    assert breaches() == []


def test_a_form_sent_twice_orders_once(xiuying_household, xiuying, chef_chen, cabbage, purse):
    factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=clock.now())
    chef = Person(chef_chen)
    chef.open("/orders/new/")
    today = clock.county_day(clock.now())
    chef.press("quantity_0", produce="cabbage", quantity_0="30", quantity_1="kg", on=f"{today:%Y-%m-%d}")
    check = chef.press("plan", do="keep")

    first = chef.press("idem")
    chef.page = check
    again = chef.press("idem")

    assert PurchaseOrder.objects.count() == 1
    assert again.path == first.path


def test_an_order_beyond_the_purse_is_refused_in_words_and_nothing_is_held(
    xiuying_household, xiuying, chef_chen, cabbage, purse
):
    lot = factories.a_listing(xiuying_household, cabbage, kg=1000, by=xiuying, at=clock.now())
    chef = Person(chef_chen)
    chef.open("/orders/new/")
    today = clock.county_day(clock.now())
    chef.press("quantity_0", produce="cabbage", quantity_0="700", quantity_1="kg", on=f"{today:%Y-%m-%d}")
    chef.press("plan", do="keep")

    page = chef.press("idem")

    assert page.status == 409 and page.says("1,000.00", "1,120.00")
    lot.refresh_from_db()
    purse.account.refresh_from_db()
    assert (purse.account.debits_pending_fen, PurchaseOrder.objects.count()) == (0, 0)
    assert lot.reserved == 700_000  # kept for this buyer a while, so that a smaller order may still be made
    chef.press("kept", do="let_go")
    lot.refresh_from_db()
    assert lot.reserved == 0
