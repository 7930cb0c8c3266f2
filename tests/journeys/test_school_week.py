"""A school's week of fifteen goods from forty households of one co-operative, which sells for them on three terms.

Some leave it a part of the money, some a few fen a kilogram, and of some it is paid itself. The list is pasted,
planned, placed, delivered together; each member has a statement, the co-operative one with what each of them leaves it.
"""

import itertools

import pytest
from django.urls import reverse

from canteens.selectors import figures
from catalog.services import papers
from kernel import money, weight
from ledger.models import Payable
from marketplace.audit import breaches
from orders.models import Delivery, PurchaseOrder, ReceiptLine, SettlementStatement
from orders.services import asking
from produce.models import Produce
from produce.services.dictionary import load
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.journeys.browsing import Person
from tests.journeys.test_hospital import call, send
from tests.orders.conftest import fund, now  # noqa: F401
from tests.orders.steps import DELIVER_ON, KG

pytestmark = pytest.mark.django_db
LINES, MEMBERS, LOTS, A_LINE_KG = 15, 40, 45, 30
PERCENT_BP, FEN_A_KG, OF_PAYEE_BP = 250, 20, 100
TERMS = (
    {"fee_bp": PERCENT_BP},
    {"fee_fen_per_kg": FEN_A_KG},
    {"payee_is_coop": True, "fee_bp": OF_PAYEE_BP},
)


@pytest.fixture
def goods(db):
    load()
    weighed = Produce.objects.filter(category__code="vegetable", stock_unit="g", forbidden=False, shelf_days__gte=4)
    return list(weighed.order_by("pk")[:LINES])


@pytest.fixture
def members(coop, coop_manager, changxi, goods):
    """Forty households under three kinds of terms in turn; each has 30 kg of one of the goods on sale, five of two."""
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="石城农商银行", at=MONDAY
    )
    households = [factories.a_household(changxi, name=f"温{chr(ord('一') + number)}") for number in range(MEMBERS)]
    for household, terms in zip(households, itertools.cycle(TERMS), strict=False):
        factories.a_member(household, coop)
        factories.a_mandate(household, coop, **terms)
    for number in range(LOTS):  # three of each of the goods
        lot = factories.a_listing(households[number % MEMBERS], goods[number % LINES], kg=30, by=coop_manager)
        papers.issue_commitment(lot, basis=papers.CONTROL, by=coop_manager, at=MONDAY)
    return households


def test_a_week_for_a_school(
    fund,  # noqa: F811
    chef_chen,
    receiver_wang,
    receiver_sun,
    coop,
    coop_manager,
    haulier,
    goods,
    members,
    now,  # noqa: F811
):
    now["at"] = MONDAY
    order = pasted_planned_and_placed(Person(chef_chen), goods)
    lots = list(order.allocations.select_related("listing"))
    assert {lot.listing.household for lot in lots} == set(members)
    assert sum(lot.weight_g for lot in lots) == LINES * A_LINE_KG * KG

    now["at"] = TUESDAY
    for lot in lots[: len(TERMS)]:
        call(coop_manager, "sale-confirm", lot.pk)
    for lot in lots[len(TERMS) :]:
        asking.confirm(lot, by=coop_manager, at=TUESDAY)

    now["at"] = WEDNESDAY
    loads = [{"lot": lot.pk, "kg": weight.kg(lot.weight_g)} for lot in lots]
    trip = Delivery.objects.get(pk=call(haulier, "delivery-ship", order.pk, loads=loads)["id"])
    assert trip.lines.count() == LOTS

    now["at"] = THURSDAY
    call(receiver_wang, "delivery-arrive", trip.pk)
    scale = [{"lot": lot.pk, "gross": f"{(lot.weight_g - 7) / KG:.3f}"} for lot in lots]
    receipt = call(receiver_wang, "delivery-weigh", trip.pk, lots=scale)
    assert send(receiver_wang, "receipt-sign", receipt["id"]).status_code == 409
    call(receiver_sun, "receipt-sign", receipt["id"])

    order.refresh_from_db()
    assert order.status == "closed"
    every_member_and_the_co_operative_are_owed_what_was_agreed(order, fund, coop, members)
    everybody_reads_it(coop_manager, coop, members)
    assert breaches() == []


def pasted_planned_and_placed(chef, goods) -> PurchaseOrder:
    """Paste the week's list, look at what each line is filled with, and order it."""
    chef.open(reverse("order-basket"))
    text = "下周要：" + "、".join(f"{A_LINE_KG}公斤{produce.name}" for produce in goods)
    chef.press("version", do="read", text=text)
    chef.press("version", do="check", on=f"{DELIVER_ON}")
    chef.press("shown")
    order = PurchaseOrder.objects.get()
    assert [line.produce for line in order.lines.order_by("position")] == goods
    assert {line.asked_g for line in order.lines.all()} == {A_LINE_KG * KG}
    return order


def every_member_and_the_co_operative_are_owed_what_was_agreed(order, fund, coop, members) -> None:  # noqa: F811
    theirs = SettlementStatement.objects.get(cooperative=coop)
    goods_fen = 0
    for household in members:
        own = SettlementStatement.objects.get(household=household)
        lines = ReceiptLine.objects.filter(receipt__status="signed", allocation__listing__household=household)
        weighed = list(lines.select_related("allocation__mandate", "allocation__listing"))
        amount = sum(line.allocation.amount_for(line.accepted_g) for line in weighed)
        to_coop = sum(theirs.lines.filter(counterpart__statement=own).values_list("amount_fen", flat=True))
        terms = weighed[0].allocation.mandate
        assert own.weight_g == sum(line.accepted_g for line in weighed)
        assert own.total_fen == sum(own.lines.values_list("amount_fen", flat=True)) == amount - to_coop
        assert agreed(terms, amount, own.weight_g) == pytest.approx(to_coop, abs=len(weighed))
        goods_fen += amount
    assert theirs.total_fen == sum(theirs.lines.values_list("amount_fen", flat=True))
    assert sum(SettlementStatement.objects.values_list("total_fen", flat=True)) == goods_fen
    assert sum(Payable.objects.values_list("amount_fen", flat=True)) == goods_fen
    assert order.allocations.count() == LOTS
    fund.refresh_from_db()
    assert (figures(fund).spent_fen, figures(fund).held_fen) == (goods_fen, 0)


def agreed(mandate, amount: int, grams: int) -> float:
    """Return what a member leaves its co-operative by its terms."""
    kept = {
        (PERCENT_BP, 0, False): amount * PERCENT_BP / 10_000,
        (0, FEN_A_KG, False): grams * FEN_A_KG / KG,
        (OF_PAYEE_BP, 0, True): amount,
    }
    return kept[mandate.fee_bp, mandate.fee_fen_per_kg, mandate.payee_is_coop]


def everybody_reads_it(coop_manager, coop, members) -> None:
    """See the co-operative's statement name each member, and one member of each kind read the own one."""
    theirs = SettlementStatement.objects.get(cooperative=coop)
    page = Person(coop_manager).open(reverse("statement-detail", args=[theirs.pk]))
    assert page.says(money.yuan(theirs.total_fen))
    assert {line.counterpart.statement.household for line in theirs.lines.all()} == set(members)
    assert page.says(*[household.head_name for household in members])
    for household in members[: len(TERMS)]:
        own = SettlementStatement.objects.get(household=household)
        head = factories.a_user(household.head.name, person=household.head)
        assert Person(head).open(reverse("statement-detail", args=[own.pk])).says(own.number, money.yuan(own.total_fen))
