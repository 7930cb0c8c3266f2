"""A statement is paid once: one person records the transfer, a second finds it on the bank's account."""

import pytest

from accounts.models import Message
from kernel.errors import BadValue
from ledger.models import Payment
from ledger.services.payments import AlreadyBeingPaid
from orders.models import SettlementStatement
from orders.selectors import money_of
from orders.services import paying
from records.services.participation import AlreadyTookPart
from tests.factories import FRIDAY, a_user, login
from tests.orders.steps import owed_to, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(story, cabbage_of_xiuying):
    story.signed(wish((cabbage_of_xiuying, 40)))
    return SettlementStatement.objects.get()


def test_the_money_counts_once_a_second_person_has_seen_it(
    statement, cashier_yu, second_qiu, xiuying_household, cabbage_of_xiuying
):
    paying.record_payment(statement, voucher_number="2026-1105-01", by=cashier_yu, at=FRIDAY)
    assert owed_to(cabbage_of_xiuying) == (64_00, 0)

    payment = paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

    assert (payment.status, payment.amount_fen, payment.voucher_number) == ("paid", 64_00, "2026-1105-01")
    assert owed_to(cabbage_of_xiuying) == (0, 0)
    [told] = Message.objects.filter(household=xiuying_household, kind="sale.paid")
    assert "64.00" in told.body


def test_nobody_confirms_the_own_transfer_whatever_the_account(statement, cashier_yu):
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)

    for account in (cashier_yu, a_user("余出纳", person=cashier_yu.person)):
        with pytest.raises(AlreadyTookPart):
            paying.confirm_payment(statement, by=account, at=FRIDAY)

    assert Payment.objects.get().status == "prepared"


def test_a_statement_is_not_paid_twice(statement, cashier_yu, second_qiu, cabbage_of_xiuying):
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    with pytest.raises(AlreadyBeingPaid):
        paying.record_payment(statement, voucher_number="2", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)
    with pytest.raises(AlreadyBeingPaid):
        paying.record_payment(statement, voucher_number="3", by=cashier_yu, at=FRIDAY)
    with pytest.raises(paying.NothingRecorded):
        paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

    assert Payment.objects.count() == 1
    assert owed_to(cabbage_of_xiuying) == (0, 0)


def test_a_transfer_the_bank_does_not_show_is_struck_out_and_paid_anew(statement, cashier_yu, second_qiu):
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    paying.reject_payment(statement, why="银行回单没有这一笔", by=second_qiu, at=FRIDAY)
    statement = SettlementStatement.objects.get()
    paying.record_payment(statement, voucher_number="2", by=cashier_yu, at=FRIDAY)
    statement = SettlementStatement.objects.get()
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

    assert sorted(Payment.objects.values_list("voucher_number", "status")) == [("1", "cancelled"), ("2", "paid")]


def test_a_transfer_has_a_voucher_number_and_a_rejection_a_reason(statement, cashier_yu, second_qiu):
    with pytest.raises(BadValue):
        paying.record_payment(statement, voucher_number=" ", by=cashier_yu, at=FRIDAY)
    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    with pytest.raises(BadValue):
        paying.reject_payment(statement, why="", by=second_qiu, at=FRIDAY)


def test_a_household_sees_what_came_and_what_is_due(statement, xiuying_household, cashier_yu, second_qiu):
    before = money_of(xiuying_household, FRIDAY)
    assert (before.arrived_fen, before.due_fen, str(before.due_on)) == (0, 64_00, "2026-12-05")

    paying.record_payment(statement, voucher_number="1", by=cashier_yu, at=FRIDAY)
    paying.confirm_payment(statement, by=second_qiu, at=FRIDAY)

    after = money_of(xiuying_household, FRIDAY)
    assert (after.arrived_fen, after.due_fen, after.due_on) == (64_00, 0, None)


class TestOneVoucherTwice:
    """A voucher number that stands on another payment is asked about, of both hands."""

    @pytest.fixture
    def both(self, story, cabbage_of_xiuying, cabbage_of_guiying):
        """Two statements of one order, the first recorded under voucher 7."""
        story.signed(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 20)))
        return SettlementStatement.objects.order_by("pk")

    def test_the_first_hand_is_asked(self, both, cashier_yu):
        first, second = both
        paying.record_payment(first, voucher_number="7", by=cashier_yu, at=FRIDAY)

        with pytest.raises(paying.SameVoucher, match=first.number):
            paying.record_payment(second, voucher_number=" 7 ", by=cashier_yu, at=FRIDAY)
        assert Payment.objects.count() == 1

        paying.record_payment(second, voucher_number="7", sure=True, by=cashier_yu, at=FRIDAY)
        assert Payment.objects.count() == 2

    def test_the_second_hand_is_asked_whatever_the_first_said(self, both, cashier_yu, second_qiu):
        for statement in both:
            paying.record_payment(statement, voucher_number="7", sure=True, by=cashier_yu, at=FRIDAY)

        with pytest.raises(paying.SameVoucher):
            paying.confirm_payment(both[0], by=second_qiu, at=FRIDAY)
        assert paying.confirm_payment(both[0], sure=True, by=second_qiu, at=FRIDAY).status == "paid"

    def test_a_transfer_that_was_struck_out_is_not_counted(self, both, cashier_yu, second_qiu):
        first, second = both
        paying.record_payment(first, voucher_number="7", by=cashier_yu, at=FRIDAY)
        paying.reject_payment(first, why="没有这笔", by=second_qiu, at=FRIDAY)

        assert paying.record_payment(second, voucher_number="7", by=cashier_yu, at=FRIDAY)

    def test_the_page_asks_both(self, client, both, cashier_yu, second_qiu):
        first, second = both
        paying.record_payment(first, voucher_number="7", by=cashier_yu, at=FRIDAY)
        record = f"/statements/{second.pk}/pay/"
        login(client, cashier_yu)

        asked = client.post(record, {"voucher_number": "7", "idem": "a" * 32})
        assert asked.status_code == 400 and 'name="sure"' in asked.content.decode()
        assert client.post(record, {"voucher_number": "7", "idem": "a" * 32, "sure": "on"}).status_code == 302

        confirm = f"/statements/{second.pk}/pay/confirm/"
        asked = login(client, second_qiu).post(confirm, {"idem": "b" * 32})
        assert asked.status_code == 400 and 'name="sure"' in asked.content.decode()
        assert client.post(confirm, {"idem": "b" * 32, "sure": "on"}).status_code == 302
        assert Payment.objects.get(payable=second.payable).status == "paid"
