"""The bank says failed and then paid: nothing is paid until two people have entered its letter."""

import datetime as dt

import pytest

from accounts.models import Message
from kernel.errors import BadValue
from ledger.models import Contradiction, Payment, ReturnCase
from ledger.services import contradictions, payouts
from ledger.services.contradictions import LaterPayment
from ledger.services.mending import SecondPersonNeeded
from ledger.services.payments import BankContradicts
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY
from tests.ledger.steps import FAILED, PAID, RETURNED, answer_line, load, mended, return_file, sent

pytestmark = pytest.mark.django_db
NEXT_WEEK = FRIDAY + dt.timedelta(days=7)
LETTER = {"letter_number": "石农商函〔2026〕7号", "letter_on": FRIDAY.date()}


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker):
    return sent(finance_bureau, finance_maker, finance_checker)


@pytest.fixture
def payment(batch, relief):
    return batch.payments.get(payable=relief[0])


def says(batch, payment, code, by):
    return load(return_file(batch, [answer_line(payment, code)], end="\n" if code == PAID else "\r\n"), by)


@pytest.fixture
def contradiction(batch, payment, finance_checker):
    says(batch, payment, FAILED, finance_checker)
    says(batch, payment, PAID, finance_checker)
    return Contradiction.objects.get()


def settled(contradiction, holds, first, second):
    contradictions.propose_letter(contradiction, **LETTER, holds=holds, by=first, at=FRIDAY)
    return contradictions.confirm_letter(contradiction, by=second, at=FRIDAY)


def owed_to(payable):
    payable.account.refresh_from_db()
    return payable.account.credits_posted_fen - payable.account.debits_posted_fen


def test_a_contradiction_keeps_the_payable_out_whatever_becomes_of_its_card(
    contradiction, relief, finance_bureau, finance_maker, finance_checker
):
    mended(relief[0], finance_maker, finance_checker)

    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)
    assert broken_promises() & {"I8", "I11"} == set()


def test_by_the_letter_the_money_had_arrived(contradiction, payment, relief, finance_maker, finance_checker):
    settled(contradiction, "paid", finance_maker, finance_checker)

    payment.refresh_from_db()
    assert (payment.status, owed_to(relief[0])) == ("paid", 0)
    assert ReturnCase.objects.get().status == "arrived"
    assert Message.objects.get(kind="payment.settled").body.startswith("银行已确认：80.00 元救助款已到")
    assert broken_promises() & {"I1", "I8", "I11", "I12"} == set()


def test_by_the_letter_the_money_had_not_arrived_and_is_paid_anew(
    contradiction, payment, relief, finance_bureau, finance_maker, finance_checker
):
    settled(contradiction, "not_paid", finance_maker, finance_checker)
    mended(relief[0], finance_maker, finance_checker)

    follow_up = payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)

    payment.refresh_from_db()
    assert (payment.status, follow_up.payments.get().payable) == ("failed", relief[0])
    assert broken_promises() & {"I8", "I11", "I12"} == set()


def test_returned_then_paid_by_the_letter_then_returned_again_balances(
    batch, payment, relief, finance_maker, finance_checker
):
    for code in (PAID, RETURNED):
        says(batch, payment, code, finance_checker)
    load(return_file(batch, [answer_line(payment)], encoding="utf-8"), finance_checker)
    settled(Contradiction.objects.get(), "paid", finance_maker, finance_checker)
    assert owed_to(relief[0]) == 0

    load(return_file(batch, [answer_line(payment, RETURNED)], encoding="utf-8"), finance_checker)

    assert owed_to(relief[0]) == 80_00
    assert list(ReturnCase.objects.order_by("pk").values_list("status", flat=True).order_by("opened_at")).count("open")
    assert broken_promises() & {"I1", "I8", "I11"} == set()


def test_one_person_does_not_settle_it_alone(contradiction, finance_maker):
    contradictions.propose_letter(contradiction, **LETTER, holds="paid", by=finance_maker, at=FRIDAY)

    for somebody in (finance_maker, factories.a_user("高出纳", person=finance_maker.person)):
        with pytest.raises(SecondPersonNeeded):
            contradictions.confirm_letter(contradiction, by=somebody, at=FRIDAY)

    assert not Payment.objects.filter(status="paid").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"letter_number": " "},
        {"letter_on": NEXT_WEEK.date()},
        {"letter_on": dt.date(2020, 1, 1)},
        {"holds": "perhaps"},
    ],
)
def test_a_letter_that_says_nothing_is_refused_in_words(contradiction, finance_maker, change):
    with pytest.raises(BadValue):
        contradictions.propose_letter(contradiction, **LETTER | {"holds": "paid"} | change, by=finance_maker, at=FRIDAY)


def test_a_letter_sent_back_may_be_entered_by_the_other(contradiction, finance_maker, finance_checker):
    contradictions.propose_letter(contradiction, **LETTER, holds="paid", by=finance_maker, at=FRIDAY)
    contradictions.reject_letter(contradiction, why="函上写的是退票", by=finance_checker, at=FRIDAY)

    assert settled(contradiction, "not_paid", finance_checker, finance_maker).status == "settled"


def test_while_a_later_payment_is_under_way_the_first_cannot_have_arrived(
    batch, payment, relief, finance_bureau, finance_maker, finance_checker
):
    says(batch, payment, FAILED, finance_checker)
    mended(relief[0], finance_maker, finance_checker)
    payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)
    says(batch, payment, PAID, finance_checker)

    with pytest.raises(LaterPayment):
        settled(Contradiction.objects.get(), "paid", finance_maker, finance_checker)


def test_a_batch_with_a_payable_contradicted_meanwhile_is_not_sent(
    batch, payment, relief, finance_bureau, finance_maker, finance_checker
):
    says(batch, payment, FAILED, finance_checker)
    mended(relief[0], finance_maker, finance_checker)
    follow_up = payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)
    says(batch, payment, PAID, finance_checker)

    with pytest.raises(BankContradicts):
        payouts.send_batch(follow_up, by=finance_checker, at=NEXT_WEEK)


def test_the_same_contradiction_said_twice_is_one(contradiction, batch, payment, finance_checker):
    load(return_file(batch, [answer_line(payment)], encoding="utf-8"), finance_checker)

    assert Contradiction.objects.get() == contradiction
    assert "I11" not in broken_promises()
