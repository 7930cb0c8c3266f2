"""Pay one payable: record a bank transfer by two people, or send it through the gateway and hear back."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from ledger.gateways import Instruction, Outcome, Reply, gateway
from ledger.models import Payable, Payment, PaymentStatus, PayoutBatch
from ledger.services import transfers
from records.models import StoredFile
from records.services import events
from records.services.participation import take_part


class AlreadyBeingPaid(DomainError):
    code = "already_being_paid"
    message = _("A payment for this is already under way or has arrived. Nothing was paid twice.")


@transaction.atomic
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
    payment = Payment(
        payable=payable,
        method=method,
        amount_fen=payable.amount_fen,
        line_reference=_line_reference(),
        voucher_number=voucher_number,
        slip=slip,
        maker=by,
        prepared_at=at,
    )
    try:
        with transaction.atomic():
            payment.begin(by=by, at=at)
    except IntegrityError as collision:
        if "one_live_payment_a_payable" not in str(collision):
            raise
        raise AlreadyBeingPaid from None
    return payment


@transaction.atomic
def prepare_payments(payables: list[Payable], *, batch: PayoutBatch, by: User, at: dt.datetime) -> list[Payment]:
    """Begin the one live payment of each payable of a batch, in two statements; one that is being paid stops all."""
    payments = [
        Payment(
            payable=payable,
            method=Payment.Method.BATCH,
            amount_fen=payable.amount_fen,
            batch=batch,
            line_no=line_no,
            line_reference=_line_reference(),
            maker=by,
            prepared_at=at,
        )
        for line_no, payable in enumerate(payables, 1)
    ]
    try:
        with transaction.atomic():
            return Payment.begin_all(payments, by=by, at=at)
    except IntegrityError as collision:
        if "one_live_payment_a_payable" not in str(collision):
            raise
        raise AlreadyBeingPaid from None


def _line_reference() -> str:
    return f"P{secrets.token_hex(8).upper()}"


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
    payment = lock(payment)
    if not why.strip():
        raise BadValue(_("Write what does not match, for the first person to read."))
    return payment.move_to(PaymentStatus.CANCELLED, by=by, at=at, note=why.strip())


@transaction.atomic
def mark_paid(payment: Payment, *, by: User, at: dt.datetime) -> Payment:
    """Move the money from what is owed to what left through the bank, once."""
    payment.move_to(PaymentStatus.PAID, by=by, at=at)
    payment.paid_at = at
    payment.save(update_fields=["paid_at"])
    transfers.transfer(
        reference=f"payment:{payment.pk}:paid",
        debit_id=payment.payable.account_id,
        credit_id=payment.payable.bank_account_id,
        amount_fen=payment.amount_fen,
        at=at,
    )
    events.record("payment.paid", payment.reference, by=by, at=at, payable=str(payment.payable_id))
    return payment


@transaction.atomic
def mark_failed(payment: Payment, *, reason: str, by: User, at: dt.datetime) -> Payment:
    """Write down that the bank refused; the payable is owed as before and may be paid anew."""
    payment.move_to(PaymentStatus.FAILED, by=by, at=at, note=reason)
    payment.failure = reason[:120]
    payment.save(update_fields=["failure"])
    return payment


@transaction.atomic
def mark_returned(payment: Payment, *, reason: str, by: User, at: dt.datetime) -> Payment:
    """Take money back that the bank returned after success (退票): what is owed stands again."""
    payment.move_to(PaymentStatus.RETURNED, by=by, at=at, note=reason)
    payment.failure = reason[:120]
    payment.save(update_fields=["failure"])
    transfers.transfer(
        reference=f"payment:{payment.pk}:returned",
        debit_id=payment.payable.bank_account_id,
        credit_id=payment.payable.account_id,
        amount_fen=payment.amount_fen,
        at=at,
    )
    return payment


def pay_through_gateway(payable: Payable, *, by: User, at: dt.datetime) -> Payment:
    """Pay one payable through the gateway: mark it sent, ask outside any transaction, then write the answer.

    When the answer is lost the payment stays sent (unknown) until `ask_gateway_again` hears of it.
    """
    with transaction.atomic():
        payment = prepare_payment(payable, method=Payment.Method.GATEWAY, by=by, at=at)
        payment.move_to(PaymentStatus.SENT, by=by, at=at)
    instruction = Instruction(
        reference=payment.line_reference,
        amount_fen=payable.amount_fen,
        payee_name=payable.payee_name,
        card=payable.card,
        bank=payable.bank,
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
