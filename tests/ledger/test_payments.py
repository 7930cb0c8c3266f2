"""Paying through a gateway that fails, is slow or loses its answer: nobody is paid twice, nobody is forgotten."""

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Payment, ReturnCase
from ledger.services import payments
from ledger.services.payments import AlreadyBeingPaid, ToBeMended
from tests.factories import FRIDAY
from tests.gateway import MockGateway, PaymentFactory
from tests.ledger.steps import mended, owed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bank(settings):
    settings.PAYMENT_GATEWAY = "tests.gateway.MockGateway"
    MockGateway.reset()
    return MockGateway


@pytest.fixture
def payable(xiuying_household, finance_bureau):
    return owed(xiuying_household, finance_bureau, 64_00)


@pytest.fixture
def pay(payable, finance_maker):
    return lambda behaviour="paid": PaymentFactory(payable=payable, by=finance_maker, behaviour=behaviour)


def left(payable):
    payable.account.refresh_from_db()
    return payable.account.credits_posted_fen - payable.account.debits_posted_fen


def test_a_payment_that_arrives_is_written_with_its_voucher(pay, payable, bank):
    payment = pay()

    assert payment.status == "paid"
    assert payment.voucher_number.startswith("MOCK")
    assert left(payable) == 0
    assert bank.money_moved[payable.card] == 64_00


def test_a_payment_the_bank_refuses_leaves_the_debt_and_is_tried_anew_once_mended(
    pay, payable, bank, finance_maker, finance_checker
):
    first = pay("failed")
    assert (first.status, first.failure) == ("failed", "卡已注销")
    assert left(payable) == 64_00

    with pytest.raises(ToBeMended):
        pay()
    mended(payable, finance_maker, finance_checker)
    second = pay()

    assert second.status == "paid"
    assert bank.money_moved[payable.card] == 64_00


def test_another_collision_is_not_called_being_paid(pay, payable, bank, monkeypatch, finance_maker, finance_checker):
    monkeypatch.setattr(payments, "reference_of", lambda *_try: "P0")
    pay("failed")
    mended(payable, finance_maker, finance_checker)

    with pytest.raises(IntegrityError, match="line_reference"):
        pay()

    assert bank.money_moved == {}


def test_unknown_is_not_failed(pay, payable, bank, finance_maker):
    payment = pay("unknown")
    assert payment.status == "sent"

    with pytest.raises(AlreadyBeingPaid):
        pay()

    assert left(payable) == 64_00
    assert bank.money_moved == {}
    payments.ask_gateway_again(payment, by=finance_maker, at=FRIDAY)
    payment.refresh_from_db()
    assert payment.status == "sent"


def test_a_lost_reply_is_found_by_asking_and_the_money_left_once(pay, payable, bank, finance_maker):
    payment = pay("lost")
    assert payment.status == "sent"
    assert bank.money_moved[payable.card] == 64_00

    for _asked in range(3):
        payments.ask_gateway_again(payment, by=finance_maker, at=FRIDAY)

    payment.refresh_from_db()
    assert payment.status == "paid"
    assert left(payable) == 0
    assert bank.money_moved[payable.card] == 64_00
    with pytest.raises(AlreadyBeingPaid):
        pay()


def test_a_broken_line_leaves_the_payment_sent_never_gone(pay, payable, bank):
    with pytest.raises(ConnectionError):
        pay("down")

    payment = Payment.objects.get()
    assert payment.status == "sent"
    assert left(payable) == 64_00
    with pytest.raises(AlreadyBeingPaid):
        pay()


def test_a_paid_payable_is_never_paid_again(pay, payable, bank):
    pay()

    with pytest.raises(AlreadyBeingPaid):
        pay()
    with pytest.raises(AlreadyBeingPaid):
        payments.record_bank_transfer(payable, voucher_number="1", by=Payment.objects.get().maker, at=FRIDAY)

    assert bank.money_moved[payable.card] == 64_00
    assert Payment.objects.count() == 1


def test_money_that_came_back_is_owed_again(pay, payable, finance_maker, finance_checker):
    payment = pay()

    payments.mark_returned(payment, reason="账户已注销", by=finance_maker, at=FRIDAY)

    assert left(payable) == 64_00
    mended(payable, finance_maker, finance_checker)
    assert pay().status == "paid"


@pytest.mark.parametrize(
    "behaviours", [["lost", "failed"], ["unknown", "paid"], ["failed", "lost"], ["failed", "failed", "lost"]]
)
def test_whatever_the_bank_does_no_more_leaves_than_is_owed(payable, finance_maker, finance_checker, bank, behaviours):
    for behaviour in behaviours:
        try:
            with transaction.atomic():
                PaymentFactory(payable=payable, by=finance_maker, behaviour=behaviour)
        except AlreadyBeingPaid:
            bank.behaviour.clear()
        for payment in Payment.objects.filter(status="sent"):
            payments.ask_gateway_again(payment, by=finance_maker, at=FRIDAY)
        if ReturnCase.objects.filter(status="open").exists():
            mended(payable, finance_maker, finance_checker)

    assert bank.money_moved[payable.card] in (0, 64_00)
    assert left(payable) == 64_00 - bank.money_moved[payable.card]
