"""Payout batches: built from payables alone, sent by a second person, one file with the same bytes for ever."""

import contextlib
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.services import people
from kernel.workflow import IllegalMove
from ledger.models import BatchStatus, Payable, Payment, PaymentStatus, PayoutBatch
from ledger.services import payments, payouts
from ledger.services.payments import AlreadyBeingPaid
from records.models import Participation
from records.services.files import read_original
from records.services.participation import AlreadyTookPart, NobodyKnown, take_part
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger.steps import owed, sent

pytestmark = pytest.mark.django_db


def test_a_batch_holds_every_waiting_payable_and_nothing_else(relief, finance_bureau, finance_maker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    assert (batch.status, batch.lines, batch.total_fen) == (BatchStatus.PREPARED, 2, 240_00)
    lines = batch.payments.order_by("line_no").values_list("line_no", "payable_id", "amount_fen", "status")
    assert list(lines) == [(1, relief[0].pk, 80_00, "prepared"), (2, relief[1].pk, 160_00, "prepared")]


def test_purchases_and_other_payers_are_left_alone(relief, finance_bureau, bureau, finance_maker, xiuying_household):
    theirs = owed(xiuying_household, bureau, 500_00)

    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    assert not batch.payments.filter(payable=theirs).exists()
    assert batch.total_fen == sum(p.amount_fen for p in relief)


def test_nothing_waiting_makes_no_batch(relief, finance_bureau, finance_maker):
    payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    assert PayoutBatch.objects.count() == 1


def test_another_collision_is_not_called_being_paid(relief, finance_bureau, finance_maker, monkeypatch):
    monkeypatch.setattr(payments, "reference_of", lambda *_try: "P0")

    with pytest.raises(IntegrityError, match="line_reference"):
        payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    assert not Payment.objects.exists()


def test_the_maker_cannot_send_not_even_under_another_account(relief, finance_bureau, finance_maker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)
    second_account = factories.a_user("高出纳", person=finance_maker.person)

    for somebody in (finance_maker, second_account):
        with pytest.raises(payouts.SecondHandNeeded):
            payouts.send_batch(batch, by=somebody, at=THURSDAY)

    batch.refresh_from_db()
    assert (batch.status, batch.file) == (BatchStatus.PREPARED, None)


def test_an_account_of_nobody_pays_nothing(relief, finance_bureau):
    nobody = people.register_account(phone="13700000009", at=MONDAY)

    with pytest.raises(NobodyKnown):
        payouts.build_batch(finance_bureau, by=nobody, at=WEDNESDAY)


def test_whoever_had_a_hand_in_the_claim_leaves_it_to_a_colleague(relief, finance_bureau, finance_maker):
    take_part(relief[0].document, "village", by=finance_maker, at=MONDAY)

    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    assert [p.payable_id for p in batch.payments.all()] == [relief[1].pk]


def test_whoever_had_a_hand_in_a_claim_cannot_send_it(relief, finance_bureau, finance_maker, finance_checker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)
    take_part(relief[0].document, "visit", by=finance_checker, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        payouts.send_batch(batch, by=finance_checker, at=THURSDAY)

    batch.refresh_from_db()
    assert batch.status == BatchStatus.PREPARED


def test_maker_and_checker_are_put_down_on_every_claim(relief, finance_bureau, finance_maker, finance_checker):
    sent(finance_bureau, finance_maker, finance_checker)

    for payable in relief:
        rows = Participation.objects.filter(document=payable.document).order_by("stage")
        assert list(rows.values_list("stage", "person_key")) == [
            ("payout_check", finance_checker.person.key),
            ("payout_make", finance_maker.person.key),
        ]


def test_the_file_says_who_gets_what_with_count_and_sum(relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)

    text = read_original(batch.file).decode("gb18030")
    first, second = batch.payments.order_by("line_no")
    assert text.split("\r\n") == [
        f"H|{batch.number}|2|240.00",
        f"D|1|{first.line_reference}|{relief[0].card}|黄秀英|石城农商银行|80.00",
        f"D|2|{second.line_reference}|{relief[1].card}|温桂英|石城农商银行|160.00",
        "T|2|240.00",
        "",
    ]


def test_the_file_is_the_same_for_ever(relief, finance_bureau, finance_maker, finance_checker, xiuying_household):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    before = read_original(batch.file)
    people.set_card(
        household=xiuying_household, number=factories.a_card_number(770_055), holder="黄秀英", bank="农行", at=FRIDAY
    )

    batch = PayoutBatch.objects.get(pk=batch.pk)

    assert read_original(batch.file) == before
    with pytest.raises(IllegalMove):
        payouts.send_batch(batch, by=finance_checker, at=FRIDAY)
    assert PayoutBatch.objects.get(pk=batch.pk).file_id == batch.file_id


def test_a_name_outside_gbk_is_written_whole(changxi, finance_bureau, finance_maker, finance_checker):
    household = factories.a_household(changxi, name="𠮷野英")
    owed(household, finance_bureau, 80_00)

    batch = sent(finance_bureau, finance_maker, finance_checker)

    assert "|𠮷野英|" in read_original(batch.file).decode("gb18030")


def test_a_bank_s_name_cannot_add_a_line_to_the_file(changxi, finance_bureau, finance_maker, finance_checker):
    household = factories.a_household(changxi, name="黄秀英", card=False)
    people.set_card(
        household=household,
        number=factories.a_card_number(770_066),
        holder="黄秀英",
        bank="农行|9.00\r\nD|9|x",
        at=MONDAY,
    )
    owed(household, finance_bureau, 80_00)

    lines = read_original(sent(finance_bureau, finance_maker, finance_checker).file).decode("gb18030").split("\r\n")

    assert len(lines) == 4
    assert lines[1].endswith("|农行9.00D9x|80.00")


def test_a_dissolved_batch_lets_its_payables_wait_again(relief, finance_bureau, finance_maker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)

    payouts.cancel_batch(batch, why="少了一户，重新做", by=finance_maker, at=WEDNESDAY)

    again = payouts.build_batch(finance_bureau, by=finance_maker, at=THURSDAY)
    assert again.lines == 2
    assert Payment.objects.filter(status=PaymentStatus.CANCELLED).count() == 2


def test_a_sent_batch_cannot_be_dissolved(relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)

    with pytest.raises(IllegalMove):
        payouts.cancel_batch(batch, why="算了", by=finance_maker, at=FRIDAY)

    assert set(batch.payments.values_list("status", flat=True)) == {"sent"}


def test_unknown_is_not_failed_and_is_never_paid_again(relief, finance_bureau, finance_maker, finance_checker):
    sent(finance_bureau, finance_maker, finance_checker)

    with pytest.raises(payouts.NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)


def test_nobody_adds_a_payee_or_changes_an_amount(relief, finance_bureau, finance_maker):
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)
    payment = batch.payments.first()

    for change in (
        lambda: Payable.objects.filter(pk=relief[0].pk).update(amount_fen=1),
        lambda: Payment.objects.filter(pk=payment.pk).update(amount_fen=1),
        lambda: PayoutBatch.objects.filter(pk=batch.pk).update(total_fen=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTwoBatchesBuiltAtOnce:
    """Each payable is paid once, and the slower of two makers is told that nothing waits."""

    def at_once(self, payer, makers, monkeypatch):
        ready, outcomes = threading.Barrier(2, timeout=10), []
        found = threading.Barrier(2)
        original = payouts.documents_barred

        def slow(*args, **more):
            """Hold both back after they have looked at what waits, if nothing keeps them apart."""
            with contextlib.suppress(threading.BrokenBarrierError):
                found.wait(timeout=1.5)
            return original(*args, **more)

        monkeypatch.setattr(payouts, "documents_barred", slow)

        def run(maker):
            try:
                ready.wait()
                outcomes.append(payouts.build_batch(payer, by=maker, at=WEDNESDAY))
            except Exception as error:
                outcomes.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(maker,)) for maker in makers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return sorted(type(outcome).__name__ for outcome in outcomes)

    def test_each_payable_is_paid_once(self, relief, finance_bureau, finance_maker, monkeypatch):
        colleague = factories.a_user("何出纳", "finance_maker", finance_bureau)

        assert self.at_once(finance_bureau, [finance_maker, colleague], monkeypatch) == ["NothingToPay", "PayoutBatch"]

        assert Payment.objects.count() == 2
        assert PayoutBatch.objects.get().total_fen == 240_00

    def test_control_without_the_lock_both_see_the_same_payables(
        self, relief, finance_bureau, finance_maker, monkeypatch
    ):
        """Then only the unique row of the database keeps the second payment out."""
        colleague = factories.a_user("何出纳", "finance_maker", finance_bureau)
        monkeypatch.setattr(
            payouts.Organisation.objects, "select_for_update", lambda **_how: payouts.Organisation.objects
        )

        outcomes = self.at_once(finance_bureau, [finance_maker, colleague], monkeypatch)

        assert outcomes == [AlreadyBeingPaid.__name__, "PayoutBatch"]
        assert Payment.objects.count() == 2


def test_a_household_s_money_owed_before_is_not_touched_by_building(relief, finance_bureau, finance_maker):
    payouts.build_batch(finance_bureau, by=finance_maker, at=TUESDAY)

    relief[0].account.refresh_from_db()
    assert (relief[0].account.credits_posted_fen, relief[0].account.debits_posted_fen) == (80_00, 0)
