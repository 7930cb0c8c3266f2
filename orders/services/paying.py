"""Pay what a statement owes: one person records the bank transfer, a second confirms it, the seller is told."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import money
from kernel.errors import BadValue, DomainError
from kernel.present import known
from ledger.selectors import payables_paid_by
from ledger.services import payments, showing
from ledger.services.arriving import arrived_link
from orders.models import SettlementStatement
from orders.selectors.statements import live_payment, numbers_on, orders_on, to_pay_fen
from orders.services.hands import CONFIRM, PAY, take_hand
from orders.services.telling import tell_owner
from records.models import StoredFile
from records.selectors.participation import documents_barred
from records.services.participation import AlreadyTookPart

PAID = _("%(buyer)s paid you %(amount)s yuan by bank for order %(number)s. Did it arrive? Say yes or no: %(link)s")


class NothingRecorded(DomainError):
    code = "nothing_recorded"
    message = _("No transfer waits to be confirmed here. Open the page again to see how things stand.")


class PaidAlready(DomainError):
    code = "paid_already"
    message = _("A transfer is already recorded here, so the card number is not needed any more.")


class SameVoucher(BadValue):
    code = "same_voucher"

    def __init__(self, other: SettlementStatement) -> None:
        super().__init__(
            _(
                "This voucher number already stands on the payment of statement %(number)s. Look at the voucher again; "
                "if one transfer paid both, say so."
            )
            % {"number": other.number}
        )


@transaction.atomic
def show_card(statement: SettlementStatement, *, why: str, by: User, at: dt.datetime) -> int:
    """Show whoever records the transfer of a statement the whole card number, and write that down."""
    if live_payment(statement) is not None:
        raise PaidAlready
    if documents_barred([order.reference for order in orders_on(statement)], PAY, by=by):
        raise AlreadyTookPart
    return showing.show_card(known(statement.payable), why=why, by=by, at=at)


@transaction.atomic
def record_payment(
    statement: SettlementStatement,
    *,
    voucher_number: str,
    slip: StoredFile | None = None,
    sure: bool = False,
    by: User,
    at: dt.datetime,
) -> Any:
    """Write down the bank transfer that pays a statement; it counts once a second person has confirmed it.

    A voucher that stands on another payment is asked about, and `sure` answers that one transfer paid both.
    """
    _require_own_voucher(statement, voucher_number.strip(), sure)
    take_hands(statement, PAY, by=by, at=at)
    return payments.record_bank_transfer(
        known(statement.payable), voucher_number=voucher_number, slip=slip, by=by, at=at
    )


@transaction.atomic
def confirm_payment(statement: SettlementStatement, *, sure: bool = False, by: User, at: dt.datetime) -> Any:
    """Confirm that the transfer stands on the bank's account: the statement is paid and the seller told, once.

    Who confirms is asked about a voucher that stands on another payment as well, whatever the first person said.
    """
    _require_own_voucher(statement, _waiting(statement).voucher_number, sure)
    take_hands(statement, CONFIRM, by=by, at=at)
    payment = payments.confirm_bank_transfer(_waiting(statement), by=by, at=at)
    tell_paid(statement, at=at)
    return payment


@transaction.atomic
def reject_payment(statement: SettlementStatement, *, why: str, by: User, at: dt.datetime) -> Any:
    """Strike out a recorded transfer that the bank's account does not show; it can be paid anew."""
    return payments.reject_bank_transfer(_waiting(statement), why=why, by=by, at=at)


def tell_paid(statement: SettlementStatement, *, at: dt.datetime) -> None:
    """Tell the seller that the money left for the card on record."""
    values = {
        "buyer": statement.buyer.name,
        "amount": money.yuan(to_pay_fen(statement)),
        "number": numbers_on(statement),
        "link": arrived_link(),
    }
    tell_owner(statement, "sale.paid", PAID, values, document=f"statement:{statement.pk}", at=at)


def take_hands(statement: SettlementStatement, stage: str, *, by: User, at: dt.datetime) -> None:
    """Put this person down for a step of every order the money is for; they are locked by id."""
    for order in orders_on(statement).select_related("requester").select_for_update(of=("self",)):
        take_hand(order, stage, by=by, at=at)


def _require_own_voucher(statement: SettlementStatement, voucher_number: str, sure: bool) -> None:
    others = SettlementStatement.objects.filter(
        buyer=statement.buyer_id, payable_id__in=payables_paid_by(voucher_number)
    )
    other = others.exclude(pk=statement.pk).order_by("pk").first()
    if other is not None and not sure:
        raise SameVoucher(other)


def _waiting(statement: SettlementStatement) -> Any:
    payment = live_payment(statement)
    if payment is None or payment.status != "prepared":
        raise NothingRecorded
    return payment
