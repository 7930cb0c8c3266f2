"""A backup is restored: no number that the lost hours had given comes back with other content."""

import pytest

from kernel.numbers import read_number
from ledger.models import Restore
from ledger.services import payouts, restoring
from records.models import NumberLetter, PublicNotice
from records.services import notices
from tests.factories import FRIDAY, MONDAY
from tests.guards.rows import past_triggers

pytestmark = pytest.mark.django_db


def publish(clerk, place, at=FRIDAY):
    line = notices.Line("claim:1", "黄*英", "长溪村", "包菜", 1000)
    return notices.publish(
        round="village", title="公示", basis="办法", place=place, lines=[line], working_days=5, by=clerk, at=at
    )


def test_after_a_restore_a_number_of_the_lost_hours_does_not_come_back(clerk_ma, changxi):
    lost = publish(clerk_ma, changxi)
    running = lost.pk
    with past_triggers():  # the backup is from before it: neither the row nor its count is there
        lost.lines.all().delete()
        PublicNotice.objects.filter(pk=running).delete()
    restoring.mark_restored(by=None, at=FRIDAY)

    notice = publish(clerk_ma, changxi)
    again = PublicNotice(number=lost.number[:8], pk=running)
    for name in ("title", "round", "place_code", "place_name", "basis", "published_at", "working_days", "starts_on"):
        setattr(again, name, getattr(notice, name))
    again.ends_on, again.ends_at, again.by = notice.ends_on, notice.ends_at, clerk_ma
    again.begin(by=clerk_ma, at=FRIDAY)

    assert again.pk == running and again.number != lost.number
    assert again.number.replace("-B", "-")[:-1] == lost.number[:-1]
    assert read_number(notice.number).startswith("GS261106-B")


def test_each_restore_has_the_letter_of_its_payments(relief, finance_bureau, finance_maker, finance_checker):
    first, second = (restoring.mark_restored(by=None, at=FRIDAY) for _restore in range(2))
    for restore in (first, second):
        restoring.propose_close(restore, letter_number="8号", by=finance_maker, at=FRIDAY)
        restoring.confirm_close(restore, by=finance_checker, at=FRIDAY)

    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=FRIDAY)

    assert list(NumberLetter.objects.order_by("number").values_list("letter", flat=True)) == ["B", "C"]
    assert batch.number.startswith("PF261106-C")
    assert {payment.line_reference[19:20] for payment in batch.payments.all()} == {"C"}


def test_before_any_restore_numbers_carry_no_letter(clerk_ma, changxi):
    assert publish(clerk_ma, changxi, at=MONDAY).number[8:10] == "-0"


def test_a_restore_to_before_the_last_one_takes_a_letter_that_was_never_used(
    clerk_ma, changxi, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        restoring.mark_restored(by=None, at=FRIDAY)
    with past_triggers():  # the backup is older than the first restore: its mark and its letter are not there
        Restore.objects.all().delete()
        NumberLetter.objects.all().delete()

    restoring.mark_restored(by=None, at=FRIDAY)

    assert publish(clerk_ma, changxi).number.startswith("GS261106-C")
