"""A canteen of four people, each with every post: who orders does nothing else, and each next hand is another's.

Whoever tries the next hand too is told in words what it is that bars the way.
"""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import people
from canteens.services import load_default_tiers
from ledger.models import Payment
from marketplace.audit import breaches
from orders.models import PurchaseOrder, SettlementStatement
from records.models import Participation
from tests import factories
from tests.factories import FRIDAY, LONG_AGO, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.journeys.browsing import Person
from tests.journeys.test_hospital import call, send
from tests.orders.conftest import now  # noqa: F401
from tests.orders.steps import DELIVER_ON

pytestmark = pytest.mark.django_db
POSTS = ("buyer", "buying_approver", "receiver", "cashier", "payment_checker")
OWN_ORDER = "这张订单是你下的"


@pytest.fixture
def four(school, county):
    """Four people who may do everything the canteen does."""
    found = [factories.a_user(name, POSTS[0], school) for name in ("陈师傅", "彭主任", "王保管", "余出纳")]
    for user in found:
        for role in POSTS[1:]:
            people.appoint(user.person, school, role, area=county, from_on=LONG_AGO)
    return found


def refused(user, name, *args, **body) -> str:
    """Return the sentence with which an act is refused."""
    answer = send(user, name, *args, **body)
    assert answer.status_code == 409, answer.content.decode()
    return answer.json()["message"]


def test_four_people_buy_weigh_and_pay_and_nobody_does_two_steps_that_check_each_other(
    four,
    school,
    xiuying_household,
    xiuying,
    cabbage,
    haulier,
    now,  # noqa: F811
):
    chef, head, keeper, cashier = four
    load_default_tiers()
    factories.a_fund(school, yuan=10_000)
    lot = factories.a_listing(xiuying_household, cabbage, kg=2500, by=xiuying)

    now["at"] = MONDAY
    order = ordered(chef, kg=2000)
    assert OWN_ORDER in refused(chef, "order-approve", order.pk)
    call(head, "order-approve", order.pk)

    now["at"] = TUESDAY
    [asked] = order.allocations.all()
    call(xiuying, "sale-confirm", asked.pk)
    now["at"] = WEDNESDAY
    trip = call(haulier, "delivery-ship", order.pk, loads=[{"lot": asked.pk, "kg": "2000"}])["id"]

    now["at"] = THURSDAY
    call(keeper, "delivery-arrive", trip)
    weighing = {"lots": [{"lot": asked.pk, "gross": "2000"}]}
    assert OWN_ORDER in refused(chef, "delivery-weigh", trip, **weighing)
    receipt = call(keeper, "delivery-weigh", trip, **weighing)["id"]
    assert "过过秤" in refused(keeper, "receipt-sign", receipt)
    assert OWN_ORDER in refused(chef, "receipt-sign", receipt)
    call(head, "receipt-sign", receipt)

    now["at"] = FRIDAY
    owed = SettlementStatement.objects.get()
    for user, why in ((chef, OWN_ORDER), (head, "批准过"), (keeper, "过过秤")):
        assert why in refused(user, "payment-record", owed.pk, voucher_number="1")
    call(cashier, "payment-record", owed.pk, voucher_number="1")
    for user, why in ((chef, OWN_ORDER), (keeper, "过过秤"), (cashier, "登记过付款")):
        assert why in refused(user, "payment-confirm", owed.pk)
    call(head, "payment-confirm", owed.pk)

    assert (Payment.objects.get().status, Payment.objects.get().amount_fen) == ("paid", owed.total_fen)
    lot.refresh_from_db()
    assert owed.total_fen == asked.amount_for(lot.sold)
    everybody_reads_whose_hands_they_were(order, four, xiuying, haulier)
    assert breaches() == []


def ordered(chef, *, kg: int) -> PurchaseOrder:
    page = Person(chef)
    page.open("/orders/new/")
    page.press("quantity_0", produce="cabbage", quantity_0=f"{kg}", quantity_1="kg", on=f"{DELIVER_ON}")
    page.press("plan", do="keep")
    page.press("idem")
    return PurchaseOrder.objects.get()


def everybody_reads_whose_hands_they_were(order, four, seller, haulier) -> None:
    chef, head, keeper, cashier = four
    hands = dict(Participation.objects.filter(document=order.reference).values_list("stage", "person_key"))
    took = {
        "request": chef, "approve": head, "answer": seller, "ship": haulier, "weigh": keeper, "sign": head,
        "pay_make": cashier, "pay_check": head,
    }  # fmt: skip
    assert hands == {stage: user.person.key for stage, user in took.items()}
    for user in four:
        assert Person(user).open(reverse("order-detail", args=[order.pk])).says(order.number)
    assert Client().get(reverse("order-detail", args=[order.pk])).status_code == 302
