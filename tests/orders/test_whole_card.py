"""Whoever types a transfer at the bank sees the whole card number once asked for, on the record."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import BankCard
from kernel import clock
from ledger.models import CardShown
from ledger.services.showing import ManyCardsShown
from orders.models import SettlementStatement
from orders.services import paying
from records.models import PolicyValue, Trace
from records.services.participation import AlreadyTookPart
from tests import factories
from tests.factories import FRIDAY, MONDAY, login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def statement(story, cabbage_of_xiuying):
    story.signed(wish((cabbage_of_xiuying, 40)))
    return SettlementStatement.objects.get()


@pytest.fixture
def card(statement):
    return BankCard.objects.get(household=statement.household).number


def in_fours(card):
    return " ".join(card[place : place + 4] for place in range(0, len(card), 4))


def ask(client, statement, **sent):
    return client.post(reverse("payment-card", args=[statement.pk]), {"idem": "k", "why": "transfer"} | sent)


def test_the_cashier_sees_it_by_asking_and_that_is_on_record(client, now, statement, card, cashier_yu):
    now["at"] = FRIDAY
    login(client, cashier_yu)
    masked = client.get(reverse("payment-record", args=[statement.pk])).content.decode()
    assert in_fours(card) not in masked and card not in masked and "****" in masked
    assert not CardShown.objects.exists()

    page = ask(client, statement)

    assert page.status_code == 200 and in_fours(card) in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    shown = CardShown.objects.get()
    assert (shown.by, shown.payable, shown.why, shown.at) == (cashier_yu, statement.payable, "transfer", FRIDAY)
    assert Trace.objects.filter(place="ledger_cardshown", row_id=shown.pk).exists()
    assert ask(client, statement).status_code == 200 and CardShown.objects.count() == 1  # the page loaded anew


def test_no_address_and_no_reason_left_out_shows_it(client, now, statement, card, cashier_yu):
    now["at"] = FRIDAY
    login(client, cashier_yu)

    assert client.get(reverse("payment-card", args=[statement.pk])).url == reverse(
        "payment-record", args=[statement.pk]
    )
    for why in ("", "curious"):
        refused = ask(client, statement, why=why)
        assert refused.status_code == 400 and in_fours(card) not in refused.content.decode()
    assert not CardShown.objects.exists()


def test_an_asking_that_is_over_shows_it_no_more(client, now, statement, card, cashier_yu):
    now["at"] = FRIDAY
    login(client, cashier_yu)
    ask(client, statement)
    now["at"] = FRIDAY + dt.timedelta(minutes=11)

    late = ask(client, statement)

    assert late.status_code == 409 and in_fours(card) not in late.content.decode()


def test_only_who_records_the_transfer_and_only_until_it_is_recorded(
    client, now, statement, cashier_yu, second_qiu, finance_maker, story
):
    now["at"] = FRIDAY
    for other in (second_qiu, finance_maker):
        assert ask(login(client, other), statement).status_code == 403
    factories.people.appoint(
        story.people["weigher"].person, statement.buyer, "cashier", area=statement.buyer.place,
        from_on=factories.LONG_AGO,
    )  # fmt: skip
    with pytest.raises(AlreadyTookPart):
        paying.show_card(statement, why="transfer", by=story.people["weigher"], at=FRIDAY)
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)

    assert ask(login(client, cashier_yu), statement).status_code == 409
    assert not CardShown.objects.exists()


def test_one_person_sees_so_many_a_day(statement, cashier_yu, treasurer_zhou):
    PolicyValue.objects.create(
        name="cards_shown_a_day", value="2", from_on=MONDAY.date(), confirmed_by=treasurer_zhou, confirmed_at=MONDAY
    )
    for minute in range(2):
        paying.show_card(statement, why="transfer", by=cashier_yu, at=FRIDAY + dt.timedelta(minutes=minute))

    with pytest.raises(ManyCardsShown, match=f"{clock.county_day(FRIDAY + DAY)} 09:00"):
        paying.show_card(statement, why="transfer", by=cashier_yu, at=FRIDAY + dt.timedelta(hours=5))
    paying.show_card(statement, why="bank_asks", by=cashier_yu, at=FRIDAY + DAY + dt.timedelta(minutes=1))


def test_programs_ask_as_the_page_does(client, now, statement, card, cashier_yu, xiuying):
    now["at"] = FRIDAY
    path, send = reverse("api-payment-card", args=[statement.pk]), {"content_type": "application/json"}
    send["headers"] = {"Idempotency-Key": "a"}
    assert login(client, xiuying).post(path, {"why": "transfer"}, **send).status_code == 403
    login(client, cashier_yu)
    assert client.post(path, {"why": "curious"}, **send).status_code == 400

    shown = client.post(path, {"why": "transfer"}, **send)

    assert (shown.status_code, shown.json()["number"], shown["Cache-Control"]) == (200, card, "no-store")
    assert CardShown.objects.count() == 1
