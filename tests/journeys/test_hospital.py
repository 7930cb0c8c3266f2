"""A hospital orders 500 kg of cabbage from two townships: one declines, one has less, two hauliers bring it, some is
rotten; every page, the purse, the statements and the report agree to the gram and the fen."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from kernel import clock, money, weight
from marketplace.audit import breaches
from orders.models import Delivery, OrderLine, PurchaseOrder, ReceiptLine, SettlementStatement
from orders.tasks import look_again
from reports.selectors.sales import Limits, sales
from tests import factories
from tests.factories import login
from tests.journeys.browsing import Person
from tests.orders.steps import KG
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db


def call(user, name, *args, **body):
    """Send one act of this person, as a program does."""
    answer = login(Client(), user).post(
        reverse(f"api-{name}", args=args),
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert answer.status_code in (200, 201), answer.content.decode()
    return answer.json()


@pytest.fixture
def people(hospital, coop, changxi, other_village):
    posts = {"buyer": "吴采购", "receiver": "王库管", "cashier": "余出纳"}
    staff = {role: factories.a_user(name, role, hospital) for role, name in posts.items()}
    staff["second"] = factories.a_user("孙库管", "receiver", hospital)
    staff["near"] = factories.a_user("罗司机", "haulier", coop, changxi.parent)
    staff["far"] = factories.a_user("赖司机", "haulier", coop, other_village.parent)
    return staff


@pytest.fixture
def purse(hospital):
    now = clock.now()
    return factories.a_fund(hospital, yuan=1_000, year=clock.county_day(now).year, at=now)


@pytest.fixture
def sellers(changxi, other_village, cabbage):
    """Eight households near and six far, each with 60 kg at 0.80 yuan a jin."""
    villages = [changxi] * 8 + [other_village] * 6
    now = clock.now()
    return [factories.a_listing(factories.a_household(village), cabbage, kg=60, at=now) for village in villages]


def test_five_hundred_kilos_of_fourteen_households(people, purse, sellers, cabbage, other_village):
    order = ordered_by_the_fair_rule(people, purse)
    asked = list(order.allocations.select_related("listing__made_by").order_by("pk"))
    assert (len(asked), sum(lot.quantity for lot in asked)) == (14, 500 * KG)
    late = factories.a_listing(factories.a_household(other_village), cabbage, kg=80, at=clock.now())

    # One declines, one has less, twelve say yes; a household that came later is asked for the rest.
    call(asked[0].listing.made_by, "sale-decline", asked[0].pk)
    call(asked[1].listing.made_by, "sale-less", asked[1].pk, kg="20")
    for lot in asked[2:]:
        call(lot.listing.made_by, "sale-confirm", lot.pk)
    assert look_again() == 1
    missing = asked[0].quantity + asked[1].quantity - 20 * KG
    [more] = OrderLine.objects.get(instead_of__isnull=False).allocations.all()
    assert (more.listing, more.quantity) == (late, missing)
    call(late.made_by, "sale-confirm", more.pk)

    # Two hauliers bring it, each what grows in the own township; on one of the trips 3 % is rotten.
    trips = [sent_by(people[driver], order, village) for driver, village in (("near", sellers[0]), ("far", late))]
    assert sum(line.shipped_g for line in trips[0].lines.all() | trips[1].lines.all()) == 500 * KG
    for trip, permille, reason in zip(trips, (30, 0), ("rotten", ""), strict=True):
        received(people, trip, permille, reason)

    order.refresh_from_db()
    assert order.status == "closed"
    everything_agrees(people, purse, order)


def ordered_by_the_fair_rule(people, purse) -> PurchaseOrder:
    chef = Person(people["buyer"])
    chef.open("/orders/new/")
    day = clock.county_day(clock.now()) + dt.timedelta(days=3)
    chef.press("quantity_0", produce="cabbage", quantity_0="500", quantity_1="kg", on=f"{day:%Y-%m-%d}")
    chef.press("shown", do="keep")
    chef.press("idem")
    return PurchaseOrder.objects.get()


def sent_by(driver, order, listing) -> Delivery:
    """Send off what this driver may: all promised lots of the listing's township."""
    own = order.allocations.filter(status="confirmed", listing__township=listing.township)
    loads = [{"lot": lot.pk, "kg": weight.kg(lot.weight_g).replace(",", "")} for lot in own]
    return Delivery.objects.get(pk=call(driver, "delivery-ship", order.pk, loads=loads)["id"])


def received(people, trip: Delivery, permille: int, reason: str) -> None:
    """See a trip arrive, weigh it with so much of each lot rotten, and sign."""
    call(people["receiver"], "delivery-arrive", trip.pk)
    lots = [
        {
            "lot": line.allocation_id,
            "gross": f"{(line.shipped_g + 500) / KG:.3f}",
            "tare": "0.5",
            "refused": f"{line.shipped_g * permille // 1000 / KG:.3f}",
            "reason": reason,
        }
        for line in trip.lines.all()
    ]
    for lot in lots if permille else []:
        shown = {"lot": lot["lot"], "shows": "refused", "photo": a_photo()}
        url, key = reverse("api-delivery-show", args=[trip.pk]), {"Idempotency-Key": uuid.uuid4().hex}
        assert login(Client(), people["receiver"]).post(url, shown, headers=key).status_code == 201
    receipt = call(people["receiver"], "delivery-weigh", trip.pk, lots=lots)
    call(people["second"], "receipt-sign", receipt["id"])


def everything_agrees(people, purse, order) -> None:
    lines = list(ReceiptLine.objects.filter(receipt__status="signed").select_related("allocation__listing"))
    accepted = sum(line.accepted_g for line in lines)
    owed = sum(SettlementStatement.objects.values_list("total_fen", flat=True))
    purse.account.refresh_from_db()
    assert (purse.account.debits_posted_fen, purse.account.debits_pending_fen) == (owed, 0)
    assert accepted == sum(SettlementStatement.objects.values_list("weight_g", flat=True)) < 500 * KG

    month = f"{clock.county_day(clock.now()):%Y-%m}"
    figure = sales(Limits(first=month, last=month), cut_off=clock.now()).at()
    assert (figure.weight_g, figure.amount_fen, figure.households) == (accepted, owed, 14)

    for line in lines:
        lot = line.allocation.listing
        lot.refresh_from_db()
        assert (lot.reserved, lot.sold) == (0, line.accepted_g)
        page = Person(lot.made_by).open(f"/sales/{line.allocation_id}/")
        assert page.says(money.yuan(line.allocation.amount_for(line.accepted_g)))
    cashier = Person(people["cashier"])
    assert cashier.open("/statements/?view=due").says("JS")
    buyer = Person(people["buyer"]).open(f"/orders/{order.pk}/")
    assert buyer.says(weight.with_commas(weight.kg(accepted)))
    assert breaches() == []
