"""Pay one payable: record a bank transfer by two people; or send it by a gateway, as no page does yet."""

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.two_hands import send_back
from kernel.errors import BadValue, DomainError
from kernel.numbers import letter_of
from kernel.workflow import lock
from ledger.gateways import Instruction, Outcome, Reply, gateway
from ledger.models import (
    LIVE_PAYMENTS,
    Payable,
    PayeeSnapshot,
    Payment,
    PaymentStatus,
    PayoutBatch,
)
from ledger.selectors import Reason, first_against, rests_of
from ledger.services import cases, journal, offsets, transfers
from ledger.services.transfers import Posting
from records.models import StoredFile
from records.services import events
from records.services.participation import take_part

STEM_DIGITS = 18  # of a payment's reference: decimal, so that it can be said


class AlreadyBeingPaid(DomainError):
    code = "already_being_paid"
    message = _("A payment for this is already under way or has arrived. Nothing was paid twice.")


class NothingLeft(DomainError):
    code = "nothing_left_to_pay"
    message = _("What the seller owes for goods sent back has used this up. Nothing is to be paid here any more.")


class ToBeMended(DomainError):
    code = "to_be_mended"
    message = _("The bank sent this money back. Two people mend the card first; then it is paid anew.")


class HeirNamed(DomainError):
    code = "heir_named"
    message = _("The payee died and an heir is named. A second person confirms the heir first; then it is paid.")


class Stopped(DomainError):
    code = "payable_stopped"
    message = _(
        "Something came to light of an award of this batch after it was made. Dissolve the batch and make it anew: it"
        " is left out until the bureau has looked."
    )


class BankContradicts(DomainError):
    code = "bank_contradicts"
    message = _("The bank contradicts itself about an earlier payment of this. Enter the bank's letter first.")


REFUSALS: dict[Reason, type[DomainError]] = {
    Reason.UNMENDED: ToBeMended,
    Reason.CONTRADICTED: BankContradicts,
    Reason.HEIR: HeirNamed,
    Reason.STOPPED: Stopped,
}


def refuse_while_open(payables: Sequence[Payable]) -> None:
    """Refuse to pay one whose card is being mended, which the bank contradicts, whose heir waits or that a room stops.

    One that the bank has not answered yet is refused in `_begin`, by the index of living payments.
    """
    against = first_against([payable.pk for payable in payables])
    if against is not None:
        raise REFUSALS[against]


def prepare_payment(
    payable: Payable,
    *,
    method: str,
    by: User,
    at: dt.datetime,
    voucher_number: str = "",
    slip: StoredFile | None = None,
) -> Payment:
    """Begin the one live payment of a payable; the database refuses a second one."""
    payment = Payment(method=method, voucher_number=voucher_number, slip=slip, maker=by, prepared_at=at)
    return _begin([(payment, payable)], by=by, at=at)[0]


def prepare_payments(
    payables: list[Payable], *, batch: PayoutBatch, by: User, at: dt.datetime, restore: int | None = None
) -> list[Payment]:
    """Begin the one live payment of each payable of a batch, in a few statements; one that is being paid stops all.

    References carry the letter of the last restore, or of `restore` where a batch is brought back from before it.
    """
    payments = [
        Payment(method=Payment.Method.BATCH, batch=batch, line_no=line_no, maker=by, prepared_at=at)
        for line_no in range(1, len(payables) + 1)
    ]
    return _begin(list(zip(payments, payables, strict=True)), by=by, at=at, restore=restore)


@transaction.atomic
def _begin(
    pairs: Sequence[tuple[Payment, Payable]], *, by: User, at: dt.datetime, restore: int | None = None
) -> list[Payment]:
    """Begin each payment of its payable: to the present payee, under a reference of its own."""
    payables = [payable for _payment, payable in pairs]
    offsets.lock_payees(payables)
    refuse_while_open(payables)
    snapshots = {}  # the last one stays
    for snapshot in PayeeSnapshot.objects.filter(payable__in=payables).order_by("number"):
        snapshots[snapshot.payable_id] = snapshot
    references = next_references(payables, journal.last_restore() if restore is None else restore)
    rests = rests_of(payables)
    if not all(rests.values()):
        raise NothingLeft
    for payment, payable in pairs:
        payment.payable, payment.snapshot = payable, snapshots.get(payable.pk)
        payment.amount_fen, payment.line_reference = rests[payable.pk], references[payable.pk]
    try:
        with transaction.atomic():
            return Payment.begin_all([payment for payment, _payable in pairs], by=by, at=at)
    except IntegrityError:
        # Two first tries have one reference, so either index may be the one that says it.
        if not Payment.objects.filter(payable__in=payables, status__in=LIVE_PAYMENTS).exists():
            raise
        raise AlreadyBeingPaid from None


def next_references(payables: Sequence[Payable], restore: int) -> dict[uuid.UUID, str]:
    """Return under which reference the next try to pay each payable goes, with the letter of a restore."""
    tries = Counter(Payment.objects.filter(payable__in=payables).values_list("payable", flat=True))
    return {payable.pk: reference_of(payable, tries[payable.pk] + 1, restore) for payable in payables}


def reference_of(payable: Payable, number: int, restore: int) -> str:
    """Name one try to pay a payable, the same whenever it is asked for, but for the letter of the last restore.

    So a payment that is begun again after a restored backup looks to the bank like the one it may already have.
    """
    stem = int.from_bytes(hashlib.blake2s(payable.pk.bytes, digest_size=8).digest()) % 10**STEM_DIGITS
    return f"P{stem:0{STEM_DIGITS}d}{letter_of(restore)}{number}"


@transaction.atomic
def record_bank_transfer(
    payable: Payable, *, voucher_number: str, slip: StoredFile | None = None, by: User, at: dt.datetime
) -> Payment:
    """Write down a transfer made at the bank: its voucher number, and the slip if there is one.

    It counts as paid only when a second person has compared it with the bank's account (`confirm_bank_transfer`).
    """
    voucher_number = voucher_number.strip()
    if not voucher_number:
        raise BadValue(_("Write the number of the bank's voucher."))
    take_part(payable.document, "pay_make", by=by, at=at)
    return prepare_payment(
        payable, method=Payment.Method.TRANSFER, voucher_number=voucher_number, slip=slip, by=by, at=at
    )


@transaction.atomic
def confirm_bank_transfer(payment: Payment, *, by: User, at: dt.datetime) -> Payment:
    """Confirm, as the second person, that the transfer stands on the bank's account: the payable is paid."""
    payment = lock(payment)
    take_part(payment.payable.document, "pay_check", by=by, at=at)
    payment.checker = by
    payment.save(update_fields=["checker"])
    return mark_paid(payment, by=by, at=at)


@transaction.atomic
def reject_bank_transfer(payment: Payment, *, why: str, by: User, at: dt.datetime) -> Payment:
    """Strike out a recorded transfer that the bank's account does not show; the payable can be paid anew."""
    return send_back(payment, PaymentStatus.CANCELLED, why=why, by=by, at=at)


def mark_paid(payment: Payment, *, by: User, at: dt.datetime) -> Payment:
    """Move the money from what is owed to what left through the bank, once."""
    return mark_all_paid([payment], by=by, at=at)[0]


def mark_failed(payment: Payment, *, reason: str, by: User, at: dt.datetime) -> Payment:
    """Write down that the bank refused; the payable is owed as before and may be paid anew."""
    return mark_all_failed([payment], {payment.pk: reason}, by=by, at=at)[0]


def mark_returned(payment: Payment, *, reason: str, by: User, at: dt.datetime) -> Payment:
    """Take money back that the bank returned after success (退票): what is owed stands again."""
    return mark_all_returned([payment], {payment.pk: reason}, by=by, at=at)[0]


@transaction.atomic
def mark_all_paid(payments: Sequence[Payment], *, by: User, at: dt.datetime) -> Sequence[Payment]:
    """As `mark_paid`, for many locked payments in a few statements."""
    if not payments:
        return payments
    Payment.move_all(payments, PaymentStatus.PAID, by=by, at=at)
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(paid_at=at, arrivals=F("arrivals") + 1)
    for payment in payments:
        payment.paid_at, payment.arrivals = at, payment.arrivals + 1
    transfers.post_all(
        (
            Posting(
                _moved(payment, "paid"), payment.payable.account_id, payment.payable.bank_account_id, payment.amount_fen
            )
            for payment in payments
        ),
        at=at,
    )
    facts = [(payment.reference, {"payable": str(payment.payable_id)}) for payment in payments]
    events.record_all("payment.paid", facts, by=by, at=at)
    cases.close_paid(payments, by=by, at=at)
    return payments


@transaction.atomic
def mark_all_failed(
    payments: Sequence[Payment], reasons: Mapping[int, str], *, by: User, at: dt.datetime
) -> Sequence[Payment]:
    """As `mark_failed`, for many locked payments, each with its own reason by its key."""
    _move_with_reasons(payments, PaymentStatus.FAILED, reasons, by=by, at=at)
    return payments


@transaction.atomic
def mark_all_returned(
    payments: Sequence[Payment], reasons: Mapping[int, str], *, by: User, at: dt.datetime
) -> Sequence[Payment]:
    """As `mark_returned`, for many locked payments, each with its own reason by its key."""
    _move_with_reasons(payments, PaymentStatus.RETURNED, reasons, by=by, at=at)
    transfers.post_all(
        (
            Posting(
                _moved(payment, "returned"),
                payment.payable.bank_account_id,
                payment.payable.account_id,
                payment.amount_fen,
            )
            for payment in payments
        ),
        at=at,
    )
    return payments


def _move_with_reasons(
    payments: Sequence[Payment], status: str, reasons: Mapping[int, str], *, by: User, at: dt.datetime
) -> None:
    if not payments:
        return
    Payment.move_all(payments, status, by=by, at=at, note=reasons)
    for payment in payments:
        payment.failure = reasons[payment.pk][:120]
    Payment.objects.bulk_update(payments, ["failure"])
    cases.open_returned(payments, by=by, at=at)


def _moved(payment: Payment, way: str) -> str:
    """Name one movement of a payment's money; what arrives a second time has a name of its own."""
    again = f":{payment.arrivals}" if payment.arrivals > 1 else ""
    return f"payment:{payment.pk}:{way}{again}"


def pay_through_gateway(payable: Payable, *, by: User, at: dt.datetime) -> Payment:
    """Pay one payable through the gateway: mark it sent, ask outside any transaction, then write the answer.

    When the answer is lost the payment stays sent (unknown) until `ask_gateway_again` hears of it.
    """
    with transaction.atomic():
        payment = prepare_payment(payable, method=Payment.Method.GATEWAY, by=by, at=at)
        payment.move_to(PaymentStatus.SENT, by=by, at=at)
    instruction = Instruction(
        reference=payment.line_reference,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee.payee_name,
        card=payment.payee.card,
        bank=payment.payee.bank,
    )
    return _hear(payment, gateway().pay(instruction), by=by, at=at)


def ask_gateway_again(payment: Payment, *, by: User, at: dt.datetime) -> Payment:
    """Ask what became of a payment that was sent and never answered; never pays again."""
    return _hear(payment, gateway().look_up(payment.line_reference), by=by, at=at)


@transaction.atomic
def _hear(payment: Payment, reply: Reply, *, by: User, at: dt.datetime) -> Payment:
    payment = lock(payment)
    if payment.status != PaymentStatus.SENT or reply.outcome == Outcome.UNKNOWN:
        return payment
    if reply.outcome == Outcome.FAILED:
        return mark_failed(payment, reason=reply.reason, by=by, at=at)
    payment.voucher_number = reply.voucher_number
    payment.save(update_fields=["voucher_number"])
    return mark_paid(payment, by=by, at=at)
