"""A backup is restored: it is noticed, nothing leaves twice, and two people compare each batch with the bank."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from ledger.models import BatchStatus, FrozenBatch, Payment, PayoutBatch, Restore
from ledger.services import journal, lost_batches, payments, payouts, restoring
from ledger.services.mending import SecondPersonNeeded
from ledger.services.payouts import NothingToPay
from ledger.services.restoring import BatchFrozen, RestoredUnmarked, RestoreOpen, StillFrozen, StillLost
from records.models import Move, Participation
from records.services.files import read_original
from tests import factories
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY, login
from tests.guards.rows import past_triggers
from tests.ledger.steps import answer_line, load, owed, return_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run what is written after a commit, as a commit would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def prepared(relief, finance_bureau, finance_maker, committed):
    with committed():
        return payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)


def send(batch, checker, committed):
    with committed():
        return payouts.send_batch(batch, by=checker, at=THURSDAY)


def bring_back_the_hour_before_sending(batch):
    """Put the rows back to where a backup has them that was made before the batch was sent."""
    with past_triggers():
        PayoutBatch.objects.filter(pk=batch.pk).update(status="prepared", checker=None, sent_at=None, file=None)
        Payment.objects.filter(batch=batch).update(status="prepared")
        Move.objects.filter(after="sent").delete()
        Participation.objects.filter(stage="payout_check").delete()


def bring_back_the_hour_before_making(batch):
    """Put the rows back to where a backup has them that was made before there was a batch."""
    with past_triggers():
        Payment.objects.filter(batch=batch).delete()
        PayoutBatch.objects.filter(pk=batch.pk).delete()


def compared(frozen, found, first, second):
    restoring.propose_found(frozen, found=found, by=first, at=FRIDAY)
    return payouts.confirm_found(frozen, by=second, at=FRIDAY)


def closed(restore, first, second, **asked):
    restoring.propose_close(restore, letter_number="8号", by=first, at=FRIDAY, **asked)
    return restoring.confirm_close(restore, by=second, at=FRIDAY)


def test_while_nothing_was_restored_the_journal_is_silent(prepared, finance_checker, committed):
    send(prepared, finance_checker, committed)

    assert journal.missing_steps() == [] and not journal.is_behind()


def test_a_restored_batch_is_not_sent_again_in_one_press(prepared, finance_checker, finance_maker, committed):
    file = read_original(send(prepared, finance_checker, committed).file)
    bring_back_the_hour_before_sending(prepared)

    for act in (payouts.send_batch, lambda batch, by, at: payouts.cancel_batch(batch, why="算了", by=by, at=at)):
        with pytest.raises(RestoredUnmarked):
            act(prepared, by=finance_checker, at=FRIDAY)
    restore = restoring.mark_restored(by=None, at=FRIDAY)
    for act in (payouts.send_batch, lambda batch, by, at: payouts.cancel_batch(batch, why="算了", by=by, at=at)):
        with pytest.raises(BatchFrozen):
            act(prepared, by=finance_checker, at=FRIDAY)

    assert [line["batch"] for line in restore.lost] == [prepared.number]
    compared(restore.frozen.get(), "at_bank", finance_maker, finance_checker)
    prepared.refresh_from_db()
    assert prepared.status == BatchStatus.SENT
    assert read_original(prepared.file) == file
    with pytest.raises(IllegalMove):
        payouts.send_batch(prepared, by=finance_checker, at=FRIDAY)


def test_a_batch_that_the_bank_never_got_is_sent_as_usual(prepared, finance_checker, finance_maker):
    restore = restoring.mark_restored(by=None, at=FRIDAY)

    compared(restore.frozen.get(), "not_at_bank", finance_maker, finance_checker)

    assert payouts.send_batch(prepared, by=finance_checker, at=FRIDAY).status == BatchStatus.SENT


def test_a_lost_batch_is_noticed_and_none_is_made_until_two_people_have_asked_the_bank(
    prepared, finance_bureau, finance_maker, finance_checker, committed
):
    send(prepared, finance_checker, committed)
    before = {payment.payable_id: payment.line_reference for payment in prepared.payments.all()}
    bring_back_the_hour_before_making(prepared)

    with pytest.raises(RestoredUnmarked):
        payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)
    with committed():
        restore = restoring.mark_restored(by=None, at=FRIDAY)
    assert restore.lost[0]["batch"] == prepared.number
    with pytest.raises(RestoreOpen):
        payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)
    closed(restore, finance_maker, finance_checker, never_got=True)

    anew = payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)
    for payment in anew.payments.all():
        old = before[payment.payable_id]
        assert (old[:19], old[19:], payment.line_reference) == (payment.line_reference[:19], "A1", old[:19] + "B1")


def test_a_second_restore_of_the_same_backup_has_a_letter_of_its_own(prepared, committed):
    with committed():
        first = restoring.mark_restored(by=None, at=FRIDAY)
    with past_triggers():
        FrozenBatch.objects.all().delete()
        Restore.objects.all().delete()

    assert journal.is_behind()
    assert restoring.mark_restored(by=None, at=FRIDAY).number == first.number + 1


def test_the_bank_s_answer_waits_while_its_batch_is_frozen(prepared, finance_maker, finance_checker, committed):
    send(prepared, finance_checker, committed)
    raw = return_file(prepared, [answer_line(payment) for payment in prepared.payments.all()])
    restore = restoring.mark_restored(by=None, at=FRIDAY)

    with pytest.raises(BatchFrozen):
        load(raw, finance_checker)

    compared(restore.frozen.get(), "at_bank", finance_maker, finance_checker)
    assert load(raw, finance_checker).outcome.arrived == 2


def test_one_person_compares_nothing_alone(prepared, finance_maker):
    restore = restoring.mark_restored(by=None, at=FRIDAY)
    frozen = restore.frozen.get()
    restoring.propose_found(frozen, found="at_bank", by=finance_maker, at=FRIDAY)

    for somebody in (finance_maker, factories.a_user("高出纳", person=finance_maker.person)):
        with pytest.raises(SecondPersonNeeded):
            payouts.confirm_found(frozen, by=somebody, at=FRIDAY)
    with pytest.raises(StillFrozen):
        restoring.propose_close(restore, letter_number="8号", by=finance_maker, at=FRIDAY)


def test_what_is_sent_back_is_compared_anew(prepared, finance_maker, finance_checker):
    frozen = restoring.mark_restored(by=None, at=FRIDAY).frozen.get()
    restoring.propose_found(frozen, found="at_bank", by=finance_maker, at=FRIDAY)
    restoring.reject_found(frozen, why="银行说没有", by=finance_checker, at=FRIDAY)

    assert compared(frozen, "not_at_bank", finance_checker, finance_maker).status == "thawed"


def test_the_database_itself_lets_no_frozen_batch_move(prepared):
    restoring.mark_restored(by=None, at=FRIDAY)

    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        PayoutBatch.objects.filter(pk=prepared.pk).update(status="sent")


def test_references_are_derived_and_never_the_same_for_two_tries(relief):
    same = {payments.reference_of(relief[0], 1, 0) for _again in range(3)}
    others = {payments.reference_of(payable, n, r) for payable in relief for n in (1, 2) for r in (0, 1, 25, 26)}

    assert len(same) == 1 and same < others and len(others) == 16
    assert payments.reference_of(relief[0], 1, 26)[19:] == "AA1"


def test_the_command_says_what_is_frozen(prepared):
    out = StringIO()
    call_command("mark_restored", stdout=out)

    assert f"Frozen: {prepared.number}, prepared" in out.getvalue()


def test_a_line_of_the_journal_that_was_cut_says_nothing(prepared, settings):
    with settings.PAYOUT_JOURNAL.open("a") as out:
        out.write('{"batch": "F2')

    assert not journal.is_behind()


def test_the_pages_show_it_and_two_people_bring_it_to_its_end(
    client, prepared, finance_maker, finance_checker, xiuying_household, finance_bureau
):
    restore = restoring.mark_restored(by=None, at=FRIDAY)
    frozen, owed_later = restore.frozen.get(), owed(xiuying_household, finance_bureau, 5_00)
    login(client, finance_maker)
    assert "系统恢复过备份" in client.get(reverse("problem-list")).content.decode()
    assert "这一批冻结" in client.get(reverse("batch-detail", args=[prepared.pk])).content.decode()
    page = reverse("frozen-batch", args=[frozen.pk])
    assert client.post(page, {"idem": "a"}).status_code == 400
    client.post(page, {"found": "not_at_bank", "idem": "a"})
    refused = client.post(reverse("batch-new"), {"sum": "500", "idem": "n"}, follow=True).content.decode()
    assert "不做新的批次" in refused
    login(client, finance_checker)
    client.post(reverse("frozen-batch-confirm", args=[frozen.pk]), {"idem": "b"})
    client.post(reverse("restore", args=[restore.pk]), {"letter_number": "8号", "idem": "c"})
    login(client, finance_maker)
    client.post(reverse("restore-confirm", args=[restore.pk]), {"idem": "d"})

    restore.refresh_from_db()
    assert restore.status == "closed"
    client.post(reverse("batch-new"), {"sum": "500", "idem": "m"})
    assert Payment.objects.filter(payable=owed_later, status="prepared").exists()


@pytest.fixture
def lost(prepared, finance_checker, committed):
    """A restore after which a batch that had left is missing, with the file that was given to the bank."""
    raw = read_original(send(prepared, finance_checker, committed).file)
    answers = return_file(prepared, [answer_line(payment) for payment in prepared.payments.all()])
    bring_back_the_hour_before_making(prepared)
    with committed():
        return restoring.mark_restored(by=None, at=FRIDAY), raw, answers


def test_a_lost_batch_comes_back_from_its_file_and_the_bank_s_answer_fits_it(lost, finance_maker, finance_checker):
    restore, raw, answers = lost
    with pytest.raises(StillLost):
        restoring.propose_close(restore, letter_number="8号", by=finance_maker, at=FRIDAY)

    frozen = lost_batches.bring_back(restore, raw, by=finance_maker, at=FRIDAY)
    with pytest.raises(SecondPersonNeeded):
        payouts.confirm_found(frozen, by=finance_maker, at=FRIDAY)
    payouts.confirm_found(frozen, by=finance_checker, at=FRIDAY)

    assert read_original(PayoutBatch.objects.get().file) == raw
    assert closed(restore, finance_maker, finance_checker).status == "closed"
    assert load(answers, finance_checker).outcome.arrived == 2


def test_what_a_lost_batch_paid_is_not_paid_again(lost, finance_bureau, finance_maker, finance_checker):
    restore, raw, _answers = lost
    payouts.confirm_found(
        lost_batches.bring_back(restore, raw, by=finance_maker, at=FRIDAY), by=finance_checker, at=FRIDAY
    )
    closed(restore, finance_maker, finance_checker)

    with pytest.raises(NothingToPay):
        payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)


def test_a_lost_batch_comes_back_once_and_only_from_its_own_bytes(lost, finance_maker):
    restore, raw, _answers = lost
    with pytest.raises(BadValue, match="不是所缺批次的原文件"):
        lost_batches.bring_back(restore, raw + b"\r\n", by=finance_maker, at=FRIDAY)

    lost_batches.bring_back(restore, raw, by=finance_maker, at=FRIDAY)

    with pytest.raises(BadValue, match="不是所缺批次的原文件"):
        lost_batches.bring_back(restore, raw, by=finance_maker, at=FRIDAY)


def test_a_file_that_pays_what_is_paid_already_does_not_come_back(lost, relief, finance_maker, finance_checker):
    restore, raw, _answers = lost
    payments.prepare_payment(
        relief[0], method=Payment.Method.TRANSFER, voucher_number="66", by=finance_maker, at=FRIDAY
    )

    with pytest.raises(lost_batches.AwardsLost):
        lost_batches.bring_back(restore, raw, by=finance_maker, at=FRIDAY)


def test_a_restore_closes_without_the_file_of_a_batch_that_the_bank_never_got(
    client, lost, finance_maker, finance_checker
):
    restore, _raw, _answers = lost
    page = reverse("restore", args=[restore.pk])
    login(client, finance_maker)
    refused = client.post(page, {"letter_number": "8号", "idem": "a"})
    assert refused.status_code == 409 and "会被再付一次" in refused.content.decode()
    client.post(page, {"letter_number": "8号", "never_got": "on", "idem": "b"})

    assert restoring.confirm_close(restore, by=finance_checker, at=FRIDAY).status == "closed"


def test_the_page_of_a_restore_takes_the_file(client, lost, finance_maker):
    restore, raw, _answers = lost
    login(client, finance_maker)
    page = client.get(reverse("restore", args=[restore.pk])).content.decode()
    assert "已交银行，这里没有" in page
    door = reverse("restore-file", args=[restore.pk])
    wrong = client.post(door, {"file": ContentFile(b"H|x", "F.txt"), "idem": "a"})
    assert wrong.status_code == 400 and "不要打开后另存" in wrong.content.decode()

    client.post(door, {"file": ContentFile(raw, "F.txt"), "idem": "b"})

    assert restore.frozen.get().status == "proposed"
