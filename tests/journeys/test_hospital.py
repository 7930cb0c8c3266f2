"""A hospital orders 500 kg of cabbage from two townships: one declines, one has less, two hauliers bring it, some is
rotten, some of a lower grade, and it pays two days late; every page, the purse, the statements, the file, the report
and what stands on invoices agree to the gram and the fen."""

import datetime as dt
import json
import uuid
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from canteens.selectors import figures
from kernel import clock, money, weight
from ledger.models import Payment, PayoutBatch, ReturnCase
from marketplace.audit import breaches
from orders.models import Delivery, HandOver, OrderLine, PurchaseOrder, ReceiptLine, SettlementStatement, StatementLine
from orders.selectors import money_of
from orders.selectors.ageing import interest_fen
from orders.selectors.dossier import agreements, gathered
from orders.selectors.invoicing import month_of, pack_of
from orders.tasks import look_again
from records.selectors.policy import policy
from reports.selectors.sales import Limits, sales
from tests import factories
from tests.factories import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, login
from tests.journeys.browsing import Person
from tests.ledger.steps import FAILED, answer_line, return_file
from tests.orders.conftest import first_grade, now  # noqa: F401
from tests.orders.steps import KG
from tests.orders.test_shown_again import a_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def send(user, name, *args, **body):
    """Send one act of this person, as a program does."""
    return login(Client(), user).post(
        reverse(f"api-{name}", args=args),
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )


def call(user, name, *args, **body):
    """Send one act that goes through, and return its answer."""
    answer = send(user, name, *args, **body)
    assert answer.status_code in (200, 201), answer.content.decode()
    return answer.json()


def read(user, name, *args, **asked):
    """Return what a program of this person reads."""
    answer = login(Client(), user).get(reverse(f"api-{name}", args=args), asked)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


@pytest.fixture
def people(hospital, coop, changxi, other_village):
    posts = {"buyer": "吴采购", "receiver": "王库管", "cashier": "余出纳", "payment_checker": "邱复核"}
    staff = {role: factories.a_user(name, role, hospital) for role, name in posts.items()}
    staff["second"] = factories.a_user("孙库管", "receiver", hospital)
    staff["near"] = factories.a_user("罗司机", "haulier", coop, changxi.parent)
    staff["far"] = factories.a_user("赖司机", "haulier", coop, other_village.parent)
    return staff


@pytest.fixture
def purse(hospital):
    return factories.a_fund(hospital, yuan=1_000)


@pytest.fixture
def sellers(changxi, other_village, cabbage, first_grade):  # noqa: F811
    """Eight households near and six far, each with 60 kg at 0.80 yuan a jin; the last one's is of the first grade."""
    villages = [changxi] * 8 + [other_village] * 6
    grades = [None] * 13 + [first_grade]
    return [
        factories.a_listing(factories.a_household(village), cabbage, kg=60, grade=grade)
        for village, grade in zip(villages, grades, strict=True)
    ]


def test_five_hundred_kilos_of_fourteen_households(people, purse, sellers, cabbage, other_village, now):  # noqa: F811
    now["at"] = MONDAY
    order = ordered_by_the_fair_rule(people)
    asked = list(order.allocations.select_related("listing__made_by").order_by("listing"))
    assert (len(asked), sum(lot.quantity for lot in asked)) == (14, 500 * KG)
    late = factories.a_listing(factories.a_household(other_village), cabbage, kg=80)

    # One declines, one has less, twelve say yes; a household that came later is asked for the rest.
    now["at"] = TUESDAY
    call(asked[0].listing.made_by, "sale-decline", asked[0].pk)
    call(asked[1].listing.made_by, "sale-less", asked[1].pk, kg="20")
    for lot in asked[2:]:
        call(lot.listing.made_by, "sale-confirm", lot.pk)
    assert look_again() == 1
    missing = asked[0].quantity + asked[1].quantity - 20 * KG
    [more] = OrderLine.objects.get(instead_of__isnull=False).allocations.all()
    assert (more.listing, more.quantity) == (late, missing)
    call(late.made_by, "sale-confirm", more.pk)

    # Two hauliers take it at the pick-ups, each what grows in the own township, and every seller says that it is right.
    now["at"] = WEDNESDAY
    trips = [sent_by(people[driver], order, village) for driver, village in (("near", sellers[0]), ("far", late))]
    assert sum(line.shipped_g for line in trips[0].lines.all() | trips[1].lines.all()) == 500 * KG

    # On one of the trips 3 % is rotten, on the other the lot of the first grade is taken as of the second.
    now["at"] = THURSDAY
    received(people, trips[0], dict.fromkeys(trips[0].lines.values_list("allocation", flat=True), rotten))
    received(people, trips[1], {order.allocations.get(listing=sellers[13]).pk: second_grade})
    order.refresh_from_db()
    assert order.status == "closed"

    paid_two_days_late(people, purse, sellers[2], cabbage, now)
    everything_agrees(people, purse, order)
    everybody_is_paid(purse, now["at"])


def ordered_by_the_fair_rule(people) -> PurchaseOrder:
    chef = Person(people["buyer"])
    chef.open("/orders/new/")
    day = clock.county_day(clock.now()) + 3 * DAY
    chef.press("quantity_0", produce="cabbage", quantity_0="500", quantity_1="kg", on=f"{day:%Y-%m-%d}")
    chef.press("shown", do="keep")
    chef.press("idem")
    return PurchaseOrder.objects.get()


def sent_by(driver, order, listing) -> Delivery:
    """Take at the pick-up and send off what this driver may: all promised lots of the listing's township."""
    own = order.allocations.filter(status="confirmed", listing__township=listing.township)
    loads = [{"lot": lot.pk, "kg": weight.kg(lot.weight_g).replace(",", "")} for lot in own]
    for load in loads:
        call(driver, "hand-over", load["lot"], kg=load["kg"])
    for row in HandOver.objects.filter(allocation__in=own).select_related("allocation__listing__made_by"):
        call(row.allocation.listing.made_by, "hand-over-confirm", row.pk)
    return Delivery.objects.get(pk=call(driver, "delivery-ship", order.pk, loads=loads)["id"])


def rotten(line) -> dict[str, str]:
    """Return what the scale's book says of a lot of which 3 % is rotten."""
    return {"refused": f"{line.shipped_g * 30 // 1000 / KG:.3f}", "reason": "rotten"}


def second_grade(_line) -> dict[str, str]:
    """Return what the scale's book says of a lot that is taken in the second grade."""
    return {"grade": "second"}


def received(people, trip: Delivery, said) -> None:
    """See a trip arrive, weigh it with what is said of some lots by their key, show those, and sign."""
    call(people["receiver"], "delivery-arrive", trip.pk)
    lines = list(trip.lines.order_by("pk"))
    lots = [
        {"lot": line.allocation_id, "gross": f"{(line.shipped_g + 500) / KG:.3f}", "tare": "0.5"}
        | said.get(line.allocation_id, lambda _line: {})(line)
        for line in lines
    ]
    unseen = send(people["receiver"], "delivery-weigh", trip.pk, lots=lots)
    assert unseen.status_code == 400 and "拍" in unseen.content.decode()
    for lot in said:
        shown = {"lot": lot, "shows": "refused", "photo": a_photo()}
        url, key = reverse("api-delivery-show", args=[trip.pk]), {"Idempotency-Key": uuid.uuid4().hex}
        assert login(Client(), people["receiver"]).post(url, shown, headers=key).status_code == 201
    receipt = call(people["receiver"], "delivery-weigh", trip.pk, lots=lots)
    call(people["second"], "receipt-sign", receipt["id"])


def paid_two_days_late(people, purse, listing, cabbage, now) -> None:  # noqa: F811
    """See the buyer locked out and the interest shown, then pay; one card is refused, mended, and paid anew."""
    statements = list(SettlementStatement.objects.order_by("pk"))
    last = max(row.payable.due_on for row in statements)
    now["at"] = clock.day_start(last) + 2 * DAY + dt.timedelta(hours=9)
    factories.a_listing(listing.household, cabbage, kg=60, at=now["at"])
    assert "已经晚付 2 天" in refused_to_order(people["buyer"])

    cashier = Person(people["cashier"])
    rate = policy("late_interest_bp", clock.county_day(now["at"]))
    for row in statements:
        assert cashier.open(f"/statements/{row.pk}/").says(money.yuan(interest_fen(row.total_fen, 2, rate)))

    first = run_of(people, purse, statements)
    file = [answer_line(payment) for payment in first.payments.order_by("line_no")[1:]]
    bad = first.payments.order_by("line_no")[0]
    answered(people, first, [answer_line(bad, FAILED), *file])
    assert bad.payable.statement.number in refused_to_order(people["buyer"])

    case = ReturnCase.objects.get(payment=bad)
    card = {"number": factories.a_card_number(880_001), "holder": bad.payee.payee_name, "bank": "农业银行"}
    call(people["cashier"], "return-case-propose", case.pk, **card)
    assert send(people["cashier"], "return-case-confirm", case.pk).status_code == 409
    call(people["payment_checker"], "return-case-confirm", case.pk)
    again = run_of(people, purse, [bad.payable.statement])
    assert again.payments.get().payee.card == card["number"]
    answered(people, again, [answer_line(payment) for payment in again.payments.all()])

    before = PurchaseOrder.objects.count()
    order_page(people["buyer"]).press("idem")
    assert PurchaseOrder.objects.count() == before + 1
    call(people["buyer"], "order-cancel", PurchaseOrder.objects.latest("pk").pk, why="试一试")


def order_page(user) -> Person:
    """Return the chef in front of a plan of 10 kg of cabbage for the day after tomorrow."""
    chef = Person(user)
    chef.open("/orders/new/")
    day = clock.county_day(clock.now()) + 2 * DAY
    chef.press("quantity_0", produce="cabbage", quantity_0="10", quantity_1="kg", on=f"{day:%Y-%m-%d}")
    chef.press("plan", do="keep")
    return chef


def refused_to_order(user) -> str:
    """Return what whoever orders is told; nothing is placed."""
    before = PurchaseOrder.objects.count()
    page = order_page(user).press("idem")
    assert PurchaseOrder.objects.count() == before
    return page.words


def run_of(people, purse, statements) -> PayoutBatch:
    """Make a run of these statements by one person and confirm it by another."""
    keys = [row.pk for row in statements]
    made = call(people["cashier"], "run-list", fund=purse.pk, statements=keys)
    assert send(people["cashier"], "run-confirm", made["id"]).status_code == 403
    call(people["payment_checker"], "run-confirm", made["id"])
    return PayoutBatch.objects.get(pk=made["id"])


def answered(people, run, lines) -> None:
    """Load the bank's answer to a run."""
    file = SimpleUploadedFile("a.txt", return_file(run, lines))
    answer = login(Client(), people["payment_checker"]).post(reverse("run-return", args=[run.pk]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()


def price_of(line: ReceiptLine) -> int:
    """Return what the goods of a weighing cost: all of it at the price of the lot, or at that of a lower grade."""
    lot = line.allocation
    prices = {"": lot.amount_for} | {
        code: partial(lot.lowered_for, step.percent) for code, step in lot.listing.steps().items()
    }
    return prices[line.grade](line.accepted_g)


def everything_agrees(people, purse, order) -> None:
    """Hold each sum against each other: scale, statements, purse, report, file, invoices, and each household's page."""
    lines = list(ReceiptLine.objects.filter(receipt__status="signed").select_related("allocation__listing"))
    statements = list(SettlementStatement.objects.select_related("household", "payable").order_by("pk"))
    accepted, owed = sum(line.accepted_g for line in lines), sum(price_of(line) for line in lines)
    assert accepted == sum(row.weight_g for row in statements) == 500 * KG - sum(line.refused_g for line in lines)
    assert owed == sum(row.total_fen for row in statements) == sum(row.payable.amount_fen for row in statements)
    assert owed == sum(StatementLine.objects.values_list("amount_fen", flat=True))
    purse.refresh_from_db()
    assert (figures(purse).spent_fen, purse.account.debits_pending_fen) == (owed, 0)
    assert figures(purse).left_fen == figures(purse).budget_fen - owed

    day = clock.county_day(THURSDAY)
    month = f"{day:%Y-%m}"
    figure = sales(Limits(first=month, last=month), cut_off=clock.now()).at()
    assert (figure.weight_g, figure.amount_fen, figure.households) == (accepted, owed, len(statements))
    assert sum(row.total_fen for row in month_of(people["cashier"], day.replace(day=1))) == owed
    shown = read(people["cashier"], "statement-month", month=month)
    assert sorted(row["amount"] for row in shown) == sorted(money.yuan(row.total_fen) for row in statements)

    the_file_agrees(people, purse, day, accepted)
    for line in lines:
        a_household_reads_the_same(people, line)
    assert Person(people["cashier"]).open("/statements/").says(*[row.number for row in statements])
    assert Person(people["buyer"]).open(f"/orders/{order.pk}/").says(weight.with_commas(weight.kg(accepted)))
    assert breaches() == []


def the_file_agrees(people, purse, day, accepted: int) -> None:
    """See that the whole file of the fund says what its trips say, and that papers and books agree in both."""
    keys = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    for found in (gathered(keys, purse), *(gathered([key]) for key in keys)):
        assert [row.what for row in agreements(found) if not row.agrees] == []
    [weighed] = [row for row in agreements(gathered(keys, purse)) if row.what == "weight"]
    assert weighed.papers == accepted
    told = read(people["cashier"], "fund-dossier", purse.pk, first=f"{day}", last=f"{day}")
    assert told["agrees"] and {row["agrees"] for row in told["checks"]} == {True}
    for key in keys:
        assert read(people["cashier"], "delivery-dossier", key)["agrees"]


def a_household_reads_the_same(people, line: ReceiptLine) -> None:
    """See that the lot, the sale's page, the statement and what stands on the invoice say the same to its seller."""
    lot, amount = line.allocation.listing, price_of(line)
    lot.refresh_from_db()
    assert lot.sold == line.accepted_g
    statement = SettlementStatement.objects.get(household=lot.household)
    assert (statement.total_fen, statement.weight_g) == (amount, line.accepted_g)
    pack = pack_of(statement)
    assert (pack.total_fen, pack.others_fen) == (amount, 0)
    seller = Person(lot.made_by)
    assert seller.open(f"/sales/{line.allocation_id}/").says(money.yuan(amount))
    assert seller.open(f"/statements/{statement.pk}/").says(statement.number, money.yuan(amount))
    assert read(lot.made_by, "statement-papers", statement.pk)["total"] == money.yuan(amount)


def everybody_is_paid(purse, at) -> None:
    """See that each statement left the bank once, and that each household reads that it came."""
    paid = Payment.objects.filter(status="paid")
    statements = SettlementStatement.objects.select_related("household")
    assert sorted(paid.values_list("payable", flat=True)) == sorted(row.payable_id for row in statements)
    assert sum(paid.values_list("amount_fen", flat=True)) == figures(purse).spent_fen
    for row in statements:
        came = money_of(row.household, at)
        assert (came.arrived_fen, came.due_fen) == (row.total_fen, 0)
