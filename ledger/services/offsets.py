"""Lessen what a payee is still to be paid by what the payee owes the same fund."""

import datetime as dt

from ledger.models import Account, Payable, PayableOffset
from ledger.selectors import untouched_payables
from ledger.services import transfers


def lessen(
    *, account: Account, bank_account: Account, document: str, amount_fen: int, at: dt.datetime
) -> list[PayableOffset]:
    """Take this much off the payee's payables of one purse that nobody has begun to pay, the first due first.

    Returns a row for each payable that was lessened; together they may be less than was asked for. The payee's account
    is locked, as it is by whoever begins a payment.
    """
    transfers.lock_accounts([account.pk])
    rows, left = [], amount_fen
    for payable in untouched_payables(account, bank_account).order_by("due_on", "at", "pk"):
        taken = min(left, payable.rest_fen)
        if taken:
            rows.append(PayableOffset(payable=payable, document=document, amount_fen=taken, at=at))
        left -= taken
    return PayableOffset.objects.bulk_create(rows)


def lock_payees(payables: list[Payable]) -> None:
    """Let nobody lessen these payables until their payments are begun."""
    transfers.lock_accounts({payable.account_id for payable in payables})
