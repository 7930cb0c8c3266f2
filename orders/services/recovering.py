"""End what is claimed from a seller: one person of the buyer says how, a second one confirms it, the seller is told.

Nothing else ends a claim. Money that came back is written against the bank; what is waived, the fund bears.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import money
from kernel.errors import BadValue, DomainError
from kernel.workflow import IllegalMove, lock
from ledger.services import transfers
from ledger.services.payables import payee_account
from orders.models import EndHow, EndStatus, Recovery, RecoveryEnd
from orders.services.hands import CONFIRM, PAY
from orders.services.paying import take_hands
from orders.services.telling import tell_owner

PAID_BACK = _("%(buyer)s has %(amount)s yuan back from you (statement %(number)s). You owe nothing more for it.")
WAIVED = _("%(buyer)s no longer asks you for %(amount)s yuan (statement %(number)s): %(why)s")


class EndingAlready(DomainError):
    code = "claim_ending_already"
    message = _("Somebody has already written down how this claim ends. Open it again to see where it stands.")


@transaction.atomic
def propose_paid_back(recovery: Recovery, *, voucher_number: str, by: User, at: dt.datetime) -> RecoveryEnd:
    """Write down that a seller gave the money back by bank, with the number of the voucher."""
    if not voucher_number.strip():
        raise BadValue(_("Write the number of the bank's voucher."))
    return _propose(recovery, EndHow.PAID_BACK, voucher_number=voucher_number.strip(), by=by, at=at)


@transaction.atomic
def propose_waiver(recovery: Recovery, *, why: str, by: User, at: dt.datetime) -> RecoveryEnd:
    """Propose that the buyer asks for the money no longer, with the reason."""
    if not why.strip():
        raise BadValue(_("Write why the money is not asked for any more. The second person and the seller read it."))
    return _propose(recovery, EndHow.WAIVED, why=why.strip()[:200], by=by, at=at)


@transaction.atomic
def confirm_end(end: RecoveryEnd, *, by: User, at: dt.datetime) -> RecoveryEnd:
    """Confirm for the buyer, as the second person, how a claim ends; its money moves at once."""
    statement = end.recovery.statement
    take_hands(statement, CONFIRM, by=by, at=at)
    end = _decide(end, EndStatus.CONFIRMED, by=by, at=at)
    recovery, fund = end.recovery, statement.fund
    seller = payee_account(household=statement.household, cooperative=statement.cooperative)
    source = fund.bank_account_id if end.how == EndHow.PAID_BACK else fund.account_id
    transfers.transfer(
        reference=f"{end.reference}:{end.how}",
        debit_id=source,
        credit_id=seller.pk,
        amount_fen=recovery.amount_fen,
        at=at,
    )
    values = {
        "buyer": statement.buyer.name,
        "amount": money.yuan(recovery.amount_fen),
        "number": statement.number,
        "why": end.why,
    }
    sentence = PAID_BACK if end.how == EndHow.PAID_BACK else WAIVED
    tell_owner(statement, "sale.claim_ended", sentence, values, document=statement.reference, at=at)
    return end


@transaction.atomic
def reject_end(end: RecoveryEnd, *, why: str, by: User, at: dt.datetime) -> RecoveryEnd:
    """Strike out, as the second person, how a claim was to end; it stands as before."""
    if not why.strip():
        raise BadValue(_("Write why it does not end so. The first person reads it."))
    return _decide(end, EndStatus.REJECTED, by=by, at=at, note=why.strip()[:200])


def _propose(recovery: Recovery, how: EndHow, *, by: User, at: dt.datetime, **said: str) -> RecoveryEnd:
    take_hands(recovery.statement, PAY, by=by, at=at)
    if RecoveryEnd.objects.filter(recovery=recovery).exclude(status=EndStatus.REJECTED).exists():
        raise EndingAlready
    return RecoveryEnd(recovery=recovery, how=how, proposed_by=by, proposed_at=at, **said).begin(by=by, at=at)


def _decide(end: RecoveryEnd, status: EndStatus, *, by: User, at: dt.datetime, note: str = "") -> RecoveryEnd:
    end = lock(end)
    if end.status != EndStatus.PROPOSED:
        raise IllegalMove
    end.decided_by, end.decided_at = by, at
    return end.move_to(status, by=by, at=at, note=note, along=["decided_by", "decided_at"])
