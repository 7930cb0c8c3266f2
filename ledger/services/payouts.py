"""Relief leaves in batches: built from payables alone, sent by a second person, one file of the same bytes for ever."""

import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import DomainError
from kernel.money import yuan_plain
from kernel.workflow import lock
from ledger.models import LIVE_PAYMENTS, BatchStatus, Payable, Payment, PaymentStatus, PayoutBatch
from ledger.services.payments import prepare_payment
from records.models import StoredFile
from records.services.files import store_bytes
from records.services.participation import AlreadyTookPart, took_part

SEPARATOR = "|"


class NothingToPay(DomainError):
    code = "nothing_to_pay"
    message = _("No award is waiting to be paid out.")


class SecondHandNeeded(DomainError):
    code = "second_hand_needed"
    message = _("The person who made a batch cannot send it. Ask your colleague to check and send it.")


def waiting_payables(payer):
    """Return relief payables of this payer that no living payment covers."""
    live = Payment.objects.filter(status__in=LIVE_PAYMENTS).values("payable")
    return Payable.objects.filter(kind=Payable.Kind.RELIEF, payer=payer).exclude(pk__in=live).order_by("at", "pk")


@transaction.atomic
def build_batch(payer, *, by, at):
    """Put every waiting relief payable of this payer into one batch, or refuse when there is none."""
    payables = list(waiting_payables(payer).select_for_update(of=("self",)))
    if not payables:
        raise NothingToPay
    for payable in payables:
        _distinct(payable, by)
    day = clock.county_day(at)
    batch = PayoutBatch(
        number=f"F{day:%Y%m%d}-{secrets.token_hex(2).upper()}",
        payer=payer,
        maker=by,
        lines=len(payables),
        total_fen=sum(p.amount_fen for p in payables),
        prepared_at=at,
    ).begin(by=by, at=at)
    for line_no, payable in enumerate(payables, 1):
        prepare_payment(payable, method=Payment.Method.BATCH, batch=batch, line_no=line_no, by=by, at=at)
    return batch


@transaction.atomic
def send_batch(batch: PayoutBatch, *, by, at):
    """Write the bank's file and mark the batch sent; the file is written once and handed out again unchanged."""
    batch = lock(batch)
    if batch.maker.person_id == by.person_id:
        raise SecondHandNeeded
    payments = list(batch.payments.filter(status=PaymentStatus.PREPARED).select_related("payable").order_by("line_no"))
    for payment in payments:
        _distinct(payment.payable, by)
    batch.move_to(BatchStatus.SENT, by=by, at=at)
    batch.file = store_bytes(
        bank_file(batch, payments),
        kind=StoredFile.Kind.BANK_FILE,
        media_type="text/plain",
        display_name=f"{batch.number}.txt",
        by=by,
        at=at,
    )
    batch.checker, batch.sent_at = by, at
    batch.save(update_fields=["file", "checker", "sent_at"])
    Payment.move_all(payments, PaymentStatus.SENT, by=by, at=at)
    return batch


@transaction.atomic
def cancel_batch(batch: PayoutBatch, *, why, by, at):
    """Dissolve a batch that was not sent; its payables wait again."""
    batch = lock(batch)
    batch.move_to(BatchStatus.CANCELLED, by=by, at=at, note=why)
    Payment.move_all(batch.payments.all(), PaymentStatus.CANCELLED, by=by, at=at, note=why)
    return batch


def bank_file(batch: PayoutBatch, payments) -> bytes:
    """Return the bank's delimited file (GB18030): a head, one line a payee, a foot with count and sum."""
    rows = [["H", batch.number, str(len(payments)), yuan_plain(batch.total_fen)]]
    for payment in payments:
        payable = payment.payable
        rows.append(
            [
                "D",
                str(payment.line_no),
                payment.line_reference,
                payable.card,
                payable.payee_name,
                payable.bank,
                yuan_plain(payment.amount_fen),
            ]
        )
    rows.append(["T", str(len(payments)), yuan_plain(batch.total_fen)])
    return "".join(SEPARATOR.join(row) + "\r\n" for row in rows).encode("gb18030")


def live_batches():
    """Return batches that were sent and still wait for the bank's word on some line."""
    return PayoutBatch.objects.filter(Q(status=BatchStatus.SENT)).order_by("-sent_at")


def _distinct(payable, user):
    """Refuse whoever had a hand in what led to this payable."""
    if user.person is None or took_part(payable.document, person_key=user.person.key):
        raise AlreadyTookPart
