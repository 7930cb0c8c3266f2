"""Relief and pay runs leave in batches built from payables alone: a second person sends one file, for ever the same."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.money import yuan_plain
from kernel.numbers import Kind, begun
from kernel.workflow import lock
from ledger.models import BatchStatus, FrozenBatch, Payable, Payment, PaymentStatus, PayoutBatch
from ledger.selectors import MAKES, HandsOf, hands_for, rests_of, waiting_payables
from ledger.services import offsets, restoring
from ledger.services.journal import write_after_commit
from ledger.services.payments import prepare_payments, refuse_while_open
from ledger.services.restoring import refuse_frozen, refuse_new_batch
from records.models import StoredFile
from records.selectors.participation import documents_barred
from records.services.files import store_bytes
from records.services.participation import NobodyKnown, take_part_in_all

SEPARATOR = "|"


class NothingToPay(DomainError):
    code = "nothing_to_pay"
    message = _("No award is waiting to be paid out.")


class WaitingChanged(DomainError):
    code = "waiting_changed"
    message = _("What waits has changed since the page was opened. Look at the new sum, then make the batch.")


class SecondHandNeeded(DomainError):
    code = "second_hand_needed"
    message = _("The person who made a batch cannot send it. Ask your colleague to check and send it.")


class BatchChanged(DomainError):
    code = "batch_changed"
    message = _("A line of this batch has changed since it was made. Dissolve it and make it anew.")


@transaction.atomic
def build_batch(payer: Organisation, *, by: User, at: dt.datetime, seen_fen: int | None = None) -> PayoutBatch:
    """Put every waiting relief payable of this payer into one batch, or refuse when there is none.

    A payable whose document the maker had a hand or an interest in is left for a colleague. `seen_fen` is the sum the
    maker was shown: when it is no longer what waits, nothing is made.
    """
    if by.person is None:
        raise NobodyKnown
    lock_payer(payer)
    waiting = list(waiting_payables(payer))
    own = documents_barred([p.document for p in waiting], MAKES, by=by)
    payables = [payable for payable in waiting if payable.document not in own]
    return begin_batch(payer, payables, by=by, at=at, seen_fen=seen_fen)


def lock_payer(payer: Organisation) -> None:
    """Let nobody else make a batch of this payer until this one is made."""
    refuse_new_batch()
    # Payables are history and cannot be locked; their payer can, so that two batches are built one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=payer.pk)


def begin_batch(
    payer: Organisation, payables: list[Payable], *, by: User, at: dt.datetime, seen_fen: int | None
) -> PayoutBatch:
    """Put these payables of one kind and a locked payer into a batch; its maker's hand falls on what is behind them."""
    if not payables:
        raise NothingToPay
    offsets.lock_payees(payables)
    total_fen = sum(rests_of(payables).values())
    if seen_fen not in (None, total_fen):
        raise WaitingChanged
    hands = hands_for(payables[0].kind)
    take_part_in_all(_documents(payables, hands), hands.makes, by=by, at=at)
    day = clock.county_day(at)
    batch = PayoutBatch(
        number=begun(Kind.BATCH, day),
        payer=payer,
        maker=by,
        lines=len(payables),
        total_fen=total_fen,
        prepared_at=at,
    ).begin(by=by, at=at)
    prepare_payments(payables, batch=batch, by=by, at=at)
    write_after_commit(batch)
    return batch


@transaction.atomic
def send_batch(batch: PayoutBatch, *, by: User, at: dt.datetime) -> PayoutBatch:
    """Write the bank's file and mark the batch sent; the file is written once and handed out again unchanged."""
    batch = lock(batch)
    refuse_frozen(batch)
    if batch.maker.person_id == by.person_id:
        raise SecondHandNeeded
    batch.move_to(BatchStatus.SENT, by=by, at=at)
    payments = list(batch.payments.filter(status=PaymentStatus.PREPARED).select_related("payable", "snapshot"))
    payments.sort(key=lambda payment: payment.line_no or 0)
    if (len(payments), sum(p.amount_fen for p in payments)) != (batch.lines, batch.total_fen):
        raise BatchChanged
    refuse_while_open([payment.payable for payment in payments])
    payables = [payment.payable for payment in payments]
    hands = hands_for(payables[0].kind)
    take_part_in_all(_documents(payables, hands), hands.checks, by=by, at=at)
    if batch.file is None:  # one that was brought back after a restore has its file
        batch.file = keep_file(batch, bank_file(batch, payments), by=by, at=at)
    batch.checker, batch.sent_at = by, at
    batch.save(update_fields=["file", "checker", "sent_at"])
    Payment.move_all(payments, PaymentStatus.SENT, by=by, at=at)
    write_after_commit(batch)
    return batch


@transaction.atomic
def confirm_found(frozen: FrozenBatch, *, by: User, at: dt.datetime) -> FrozenBatch:
    """Confirm what the bank has of a frozen batch; one that is at the bank and only prepared here is sent here too.

    Its references and its payees are what they were, so that its file has the same bytes again.
    """
    frozen = restoring.confirm_found(frozen, by=by, at=at)
    batch = frozen.batch
    if frozen.found == FrozenBatch.Found.AT_BANK and batch.status == BatchStatus.PREPARED:
        send_batch(batch, by=by, at=at)
    return frozen


@transaction.atomic
def cancel_batch(batch: PayoutBatch, *, why: str, by: User, at: dt.datetime) -> PayoutBatch:
    """Dissolve a batch that was not sent; its payables wait again."""
    batch = lock(batch)
    refuse_frozen(batch)
    why = why.strip()
    if not why:
        raise BadValue(_("Write why the batch is dissolved."))
    batch.move_to(BatchStatus.CANCELLED, by=by, at=at, note=why)
    Payment.move_all(batch.payments.all(), PaymentStatus.CANCELLED, by=by, at=at, note=why)
    return batch


def keep_file(batch: PayoutBatch, content: bytes, *, by: User, at: dt.datetime) -> StoredFile:
    """Store the file of a batch as it leaves for the bank."""
    return store_bytes(
        content,
        kind=StoredFile.Kind.BANK_FILE,
        media_type="text/plain",
        by=by,
        at=at,
    )


def bank_file(batch: PayoutBatch, payments: Sequence[Payment]) -> bytes:
    """Return the bank's delimited file (GB18030): a head, one line a payee, a foot with count and sum."""
    rows = [["H", batch.number, str(len(payments)), yuan_plain(batch.total_fen)]]
    for payment in payments:
        payee = payment.payee
        rows.append(
            [
                "D",
                str(payment.line_no),
                payment.line_reference,
                payee.card,
                _cell(payee.payee_name),
                _cell(payee.bank),
                yuan_plain(payment.amount_fen),
            ]
        )
    rows.append(["T", str(len(payments)), yuan_plain(batch.total_fen)])
    return "".join(SEPARATOR.join(row) + "\r\n" for row in rows).encode("gb18030")


def _documents(payables: Sequence[Payable], hands: HandsOf) -> list[str]:
    documents = [payable.document for payable in payables]
    return [*documents, *hands.behind(documents)]


def _cell(text: str) -> str:
    """Return text that cannot break the file's form: no separator, no line end, nothing unseen."""
    return "".join(c for c in text if c != SEPARATOR and c.isprintable())
