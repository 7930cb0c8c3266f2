"""Open and close the cases of money that came back, as the bank's answers are applied: many at once."""

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from ledger.models import CaseStatus, Payment, ReturnCase


def open_returned(payments: Sequence[Payment], *, by: User, at: dt.datetime) -> list[ReturnCase]:
    """Open the case of each payment that was refused or came back; a mended case of its payable ends as such."""
    _end_mended(payments, CaseStatus.AGAIN, by=by, at=at)
    return ReturnCase.begin_all(
        [
            ReturnCase(payment=payment, payable_id=payment.payable_id, reason=payment.failure, opened_at=at)
            for payment in payments
        ],
        by=by,
        at=at,
    )


def close_paid(payments: Sequence[Payment], *, by: User, at: dt.datetime) -> None:
    """Close the mended cases whose payables these payments pay anew."""
    _end_mended(payments, CaseStatus.PAID, by=by, at=at)


def _end_mended(payments: Sequence[Payment], status: CaseStatus, *, by: User, at: dt.datetime) -> None:
    payables = [payment.payable_id for payment in payments]
    mended = ReturnCase.objects.select_for_update().filter(payable__in=payables, status=CaseStatus.MENDED)
    ReturnCase.move_all(mended.order_by("pk"), status, by=by, at=at)
