"""The year of a shared canteen: it declares its share by 20 February, buys, corrects in place for whom a delivery
counts, and reaches its share in December; the board of finance shows it among those behind before, and not after."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import ShareDeclaration
from kernel import clock
from marketplace.audit import breaches
from orders.models import OrderUnit
from orders.services import asking, delivering, placing, receiving
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from registers.models import RegisterChange
from registers.services import changes
from reports.services.shares import remind_shares
from tests import factories
from tests.factories import MONDAY, login
from tests.journeys.browsing import Page, Person
from tests.journeys.test_hospital import read
from tests.orders.steps import purse, wish

pytestmark = pytest.mark.django_db
YEAR = MONDAY.year
COLLEGE = "石城县教师进修学校"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def day(month: int, number: int) -> dt.datetime:
    """Return nine o'clock in the county on a day of the year."""
    return dt.datetime(YEAR, month, number, 9, tzinfo=clock.COUNTY_ZONE)


@pytest.fixture
def college(county, relief_clerk, director_lin):
    """A college that eats in the school's canteen: the school reports for it since January."""
    made = factories.an_organisation("buyer", COLLEGE, county, channel="school")
    content = {"organisation": COLLEGE, "superior": "", "reported_by": "石城县第一中学", "run_by": ""}
    content["from_on"] = f"{YEAR}-01-01"
    change = changes.propose("share-units", [content], document_number="3号", by=relief_clerk, at=day(1, 10))
    changes.confirm(change, by=director_lin, at=day(1, 10))
    return made


@pytest.fixture
def kitchens(school, college, hospital, chef_chen, receiver_wang, receiver_sun, haulier):
    """Who orders, weighs and signs at the school, the college and the hospital, each from a purse of its own."""
    others = {
        unit: [factories.a_user(f"{family}师傅", role, unit) for family, role in people]
        for unit, people in {
            college: (("温", "buyer"), ("柯", "receiver"), ("康", "receiver")),
            hospital: (("范", "buyer"), ("安", "receiver"), ("盛", "receiver")),
        }.items()
    }
    hands = {school: [chef_chen, receiver_wang, receiver_sun], **others}
    return {unit: [factories.a_fund(unit, "canteen"), haulier, *people] for unit, people in hands.items()}


def ordered(kitchens, unit, lot, kg, at):
    """Order of one lot for a unit; the seller says yes within the hour."""
    fund, _haulier, buyer, *_others = kitchens[unit]
    goods = {"buyer": unit, "fund": fund, "deliver_on": at.date() + DAY, "lines": [wish((lot, kg))]}
    order = asking.ask_sellers(placing.place(**goods, by=buyer, at=at), at=at)
    asking.confirm(order.allocations.get(), by=lot.made_by, at=at + HOUR)
    order.refresh_from_db()
    return order


def brought(kitchens, order, at):
    """Bring an order, weigh it and sign for it, each in another hand."""
    _fund, haulier, _buyer, weigher, signer = kitchens[order.buyer]
    row = order.allocations.get()
    trip = delivering.ship([order], {row.pk: Loaded(row.weight_g)}, driver="罗师傅", by=haulier, at=at)
    receipt = receiving.weigh(trip, {row.pk: Weighed(row.weight_g)}, by=weigher, at=at + HOUR)
    receiving.sign(receipt, by=signer, at=at + HOUR)


def laggards(person: Person) -> Page:
    return person.open(f"{reverse('shares')}?state=behind")


def test_a_shared_canteen_reaches_its_share_in_december(
    client, now, school, college, hospital, kitchens, xiuying, xiuying_household, cabbage, cashier_yu, second_qiu,
    finance_checker,
):  # fmt: skip
    finance = Person(finance_checker)
    declare(client, now, cashier_yu, second_qiu, school)
    now.at = day(2, 20)
    assert laggards(finance).says(school.name, "落后")  # a twelfth is due, and nothing is bought

    # In November the school buys, and so does the college, whose goods count for the school.
    lot = factories.a_listing(xiuying_household, cabbage, kg=300, by=xiuying, at=day(11, 2))
    brought(kitchens, ordered(kitchens, school, lot, 20, day(11, 3)), day(11, 4))
    brought(kitchens, ordered(kitchens, college, lot, 10, day(11, 3)), day(11, 4))
    now.at = day(12, 1)
    assert read(cashier_yu, "share", school.pk)["counted"] == "48.00"
    assert laggards(finance).says(school.name, "落后") and not finance.page.says(COLLEGE)
    assert remind_shares(at=now.at) >= 1

    # A delivery that the hospital ordered by mistake is the school's: two hands say so before it is settled.
    fresh = factories.a_listing(xiuying_household, cabbage, kg=50, by=xiuying, at=day(12, 1))
    order = ordered(kitchens, hospital, fresh, 20, day(12, 1))
    before = purse(order.fund)
    corrected(client, order, school, by=kitchens[school][2], then=hospital)
    assert purse(order.fund) == before  # whose money it is stays
    brought(kitchens, order, day(12, 2))
    now.at = day(12, 3)
    assert read(cashier_yu, "share", school.pk)["counted"] == "80.00"
    assert laggards(finance).says(school.name)
    assert Person(kitchens[hospital][2]).open(reverse("order-detail", args=[order.pk])).says(school.name)
    row = OrderUnit.objects.get()
    assert (row.organisation, row.document, row.by == row.confirmed_by) == (school, "石中9号", False)
    late = {"order": order.number, "organisation": hospital.name, "why": "又改"}
    with pytest.raises(changes.DomainError):
        changes.propose("order-units", [late], document_number="9号", by=kitchens[hospital][2], at=now.at)

    # With the last delivery of the year the share is reached.
    brought(kitchens, ordered(kitchens, school, fresh, 20, day(12, 3)), day(12, 4))
    now.at = day(12, 7)
    said = read(cashier_yu, "share", school.pk)
    assert (said["state"], said["counted"], said["due"]) == ("reached", "112.00", "100.00")
    assert not laggards(finance).says(school.name)
    assert Person(cashier_yu).open(reverse("share", args=[school.pk])).says("112.00", "112%")
    assert breaches() == []


def declare(client, now, cashier, second, school) -> None:
    """Declare on the page by 20 February what the canteen spends, confirmed by the second person of the school."""
    now.at = day(2, 19)
    typed = {"organisation": school.name, "year": YEAR, "total": "1000", "union": "", "ratio": "10%"}
    typed |= {"document_number": "石中1号", "idem": uuid.uuid4().hex}
    assert login(client, cashier).post(reverse("register-new", args=["shares"]), typed).status_code == 302
    confirmed(client, second)
    assert clock.county_day(ShareDeclaration.objects.get().at) <= dt.date(YEAR, 2, 20)


def corrected(client, order, unit, *, by, then) -> None:
    """Say for whom an order counts, asked by that unit and agreed to by the one that gives it up."""
    typed = {"order": order.number, "organisation": unit.name, "why": "下单时点错了单位"}
    typed |= {"document_number": "石中9号", "idem": uuid.uuid4().hex}
    assert login(client, by).post(reverse("register-new", args=["order-units"]), typed).status_code == 302
    confirmed(client, factories.a_user("喻主任", "buying_approver", then))


def confirmed(client, by) -> None:
    change = RegisterChange.objects.get(status="proposed")
    address = reverse("register-change-confirm", args=[change.pk])
    assert login(client, by).post(address, {"idem": uuid.uuid4().hex}).status_code == 302
