"""Money that came back: two people mend the card, and the next payment goes to it; what was before stays readable."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from accounts.models import BankCard, Message, Organisation
from accounts.services import people
from accounts.services.people import CardTaken
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import PayeeSnapshot, Payment, ReturnCase
from ledger.services import mending, payouts
from ledger.services.mending import SecondPersonNeeded
from records.models import Move
from records.services.files import read_original
from records.services.participation import HasInterest
from tests import factories
from tests.audit import broken_promises
from tests.factories import FRIDAY, MONDAY
from tests.ledger.steps import FAILED, RETURNED, answer_line, load, mended, owed, return_file, sent

pytestmark = pytest.mark.django_db
NEW = {"number": factories.a_card_number(770_077), "holder": "黄秀英", "bank": "农业银行"}
NEXT_WEEK = FRIDAY + dt.timedelta(days=7)


@pytest.fixture
def batch(relief, finance_bureau, finance_maker, finance_checker):
    return sent(finance_bureau, finance_maker, finance_checker)


def answered(batch, payable, code, by, at=FRIDAY):
    return load(return_file(batch, [answer_line(batch.payments.get(payable=payable), code)]), by, at)


@pytest.fixture
def case(batch, relief, finance_checker):
    answered(batch, relief[0], FAILED, finance_checker)
    return ReturnCase.objects.get(payable=relief[0])


def test_a_cooperative_hears_of_its_own_account_whom_to_ask_and_that_it_was_mended(
    coop, finance_bureau, finance_maker, finance_checker
):
    phone = "0797-5712345"
    Organisation.objects.filter(pk=coop.pk).update(phone=phone)
    coop.refresh_from_db()
    number = factories.a_card_number(770_031)
    people.set_card(organisation=coop, number=number, holder=coop.name, bank="石城农商银行", at=MONDAY)
    payable = owed(None, finance_bureau, 80_00, cooperative=coop)
    batch = payouts.begin_batch(finance_bureau, [payable], by=finance_maker, at=FRIDAY, seen_fen=None)
    answered(payouts.send_batch(batch, by=finance_checker, at=FRIDAY), payable, FAILED, finance_checker)
    mended(payable, finance_maker, finance_checker, at=NEXT_WEEK, **NEW | {"holder": coop.name})

    refused, paid_anew = Message.objects.order_by("created_at")
    assert refused.phone == paid_anew.phone == phone
    assert finance_bureau.name in refused.body and "村干部" not in refused.body and number[-4:] in refused.body
    assert (paid_anew.kind, NEW["number"][-4:] in paid_anew.body) == ("payment.mended", True)


def test_a_refused_payment_opens_a_case_with_its_reason_and_waits(case, relief, finance_bureau, finance_maker):
    assert (case.status, case.reason, case.payment.status) == ("open", "卡已注销", "failed")
    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=NEXT_WEEK)


def test_the_payment_after_a_return_goes_to_the_new_card_and_the_old_one_stays_readable(
    case, relief, finance_bureau, finance_maker, finance_checker, xiuying_household
):
    old_card = relief[0].card
    mended(relief[0], finance_maker, finance_checker, **NEW)

    follow_up = sent(finance_bureau, finance_maker, finance_checker)

    payment = follow_up.payments.get()
    text = read_original(follow_up.file).decode("gb18030")
    assert f"|{NEW['number']}|黄秀英|农业银行|80.00" in text and old_card not in text
    assert (payment.payee.card, case.payment.payee.card, relief[0].card) == (NEW["number"], old_card, old_card)
    assert BankCard.objects.get(household=xiuying_household, to_at=None).number == NEW["number"]
    load(return_file(follow_up, [answer_line(payment)]), finance_checker, NEXT_WEEK)
    case.refresh_from_db()
    assert case.status == "paid"
    assert list(Move.objects.filter(document=case.reference).order_by("pk").values_list("after", flat=True)) == [
        "open", "proposed", "mended", "paid",
    ]  # fmt: skip
    assert broken_promises() & {"I8", "I11", "I12"} == set()


def test_without_a_typed_card_the_one_on_record_now_is_proposed(
    case, relief, finance_maker, finance_checker, xiuying_household
):
    people.set_card(household=xiuying_household, **NEW, at=FRIDAY)

    mended(relief[0], finance_maker, finance_checker)

    assert PayeeSnapshot.objects.get().card == NEW["number"]
    assert BankCard.objects.filter(household=xiuying_household, to_at=None).count() == 1


def test_the_household_is_told_on_which_card_it_is_paid_anew(case, relief, finance_maker, finance_checker):
    mended(relief[0], finance_maker, finance_checker, **NEW)

    message = Message.objects.get(kind="payment.mended")
    assert message.body == f"80.00 元救助款会重新打到你尾号 {NEW['number'][-4:]} 的卡上。"


def test_one_person_does_not_mend_alone_not_even_under_another_account(case, finance_maker):
    mending.propose_payee(case, **NEW, by=finance_maker, at=FRIDAY)
    second_account = factories.a_user("高出纳", person=finance_maker.person)

    for somebody in (finance_maker, second_account):
        with pytest.raises(SecondPersonNeeded):
            mending.confirm_payee(case, by=somebody, at=FRIDAY)

    assert not PayeeSnapshot.objects.exists()


def test_a_proposal_that_is_sent_back_may_be_made_by_the_other(case, relief, finance_maker, finance_checker):
    mending.propose_payee(case, **NEW, by=finance_maker, at=FRIDAY)
    mending.reject_payee(case, why="卡号少一位", by=finance_checker, at=FRIDAY)

    mended(relief[0], finance_checker, finance_maker, **NEW)

    assert Move.objects.get(document=case.reference, note="卡号少一位").after == "open"


def test_a_card_of_another_household_is_refused_at_once(case, relief, finance_maker):
    with pytest.raises(CardTaken):
        mending.propose_payee(
            case, number=relief[1].card, holder="黄秀英", bank="农业银行", by=finance_maker, at=FRIDAY
        )


@pytest.mark.parametrize("change", [{"number": "12"}, {"bank": " "}, {"holder": "123"}])
def test_what_is_no_card_is_refused_in_words(case, finance_maker, change):
    with pytest.raises(BadValue):
        mending.propose_payee(case, **NEW | change, by=finance_maker, at=FRIDAY)


def test_whoever_shares_the_household_does_not_mend(case, monkeypatch, finance_maker):
    monkeypatch.setattr(mending, "documents_of_interest", lambda documents, _stage, by: set(documents))

    with pytest.raises(HasInterest):
        mending.propose_payee(case, **NEW, by=finance_maker, at=FRIDAY)


def test_a_mended_case_is_confirmed_once(case, relief, finance_maker, finance_checker):
    mended(relief[0], finance_maker, finance_checker, **NEW)

    with pytest.raises(IllegalMove):
        mending.confirm_payee(case, by=finance_checker, at=FRIDAY)

    assert PayeeSnapshot.objects.count() == 1


def test_what_comes_back_again_opens_the_next_case(case, relief, finance_bureau, finance_maker, finance_checker):
    mended(relief[0], finance_maker, finance_checker, **NEW)
    follow_up = sent(finance_bureau, finance_maker, finance_checker)

    answered(follow_up, relief[0], FAILED, finance_checker, NEXT_WEEK)

    assert list(ReturnCase.objects.order_by("opened_at").values_list("status", flat=True)) == ["again", "open"]
    mended(relief[0], finance_maker, finance_checker, NEXT_WEEK, **NEW | {"number": factories.a_card_number(770_078)})
    assert relief[0].payee.card == factories.a_card_number(770_078)
    assert broken_promises() & {"I8", "I12"} == set()


def test_money_that_comes_back_twice_moves_there_and_back_twice(
    batch, relief, finance_bureau, finance_maker, finance_checker
):
    answered(batch, relief[0], "0000", finance_checker)
    answered(batch, relief[0], RETURNED, finance_checker)
    mended(relief[0], finance_maker, finance_checker)
    follow_up = sent(finance_bureau, finance_maker, finance_checker)
    answered(follow_up, relief[0], "0000", finance_checker)
    answered(follow_up, relief[0], RETURNED, finance_checker)

    relief[0].account.refresh_from_db()
    assert relief[0].account.credits_posted_fen - relief[0].account.debits_posted_fen == 80_00
    assert broken_promises() & {"I1", "I8"} == set()


def test_the_database_itself_lets_no_payment_go_to_the_old_card(case, relief, finance_maker, finance_checker):
    mended(relief[0], finance_maker, finance_checker, **NEW)
    old = Payment(
        payable=relief[0], method="transfer", amount_fen=80_00, line_reference="P1", maker=finance_maker,
        prepared_at=MONDAY, status="prepared",
    )  # fmt: skip

    with pytest.raises(DatabaseError, match="another payee"), transaction.atomic():
        old.save(force_insert=True)


def test_the_database_itself_lets_no_payment_begin_while_a_case_is_open(case, relief, finance_maker):
    early = Payment(
        payable=relief[0], method="transfer", amount_fen=80_00, line_reference="P1", maker=finance_maker,
        prepared_at=MONDAY, status="prepared",
    )  # fmt: skip

    with pytest.raises(DatabaseError, match="is open"), transaction.atomic():
        early.save(force_insert=True)
