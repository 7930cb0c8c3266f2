"""Payouts as finance reads them: what waits and why not, batches with their lines, answers of the bank; masked."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Household, Organisation, Role, Somebody, User
from accounts.selectors import standing
from ledger.models import LIVE_PAYMENTS, BankReturn, BankReturnLine, Payable, Payment, PaymentStatus, PayoutBatch
from records.selectors.participation import documents_barred

FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
MAKES, CHECKS = "payout_make", "payout_check"  # the stages of a claim that its payout is


class Reason(Enum):
    """Why the next batch leaves a payable out."""

    SENT = "sent and not answered"
    PREPARED = "in a batch that waits for its second person"
    OWN_HAND = "the maker had a hand in the claim"
    CONTRADICTED = "the bank contradicted itself"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One relief payable: whether the next batch takes it, and if not, the reason and the batch it is in."""

    payable: Payable
    blocked: Reason | None = None
    batch_number: str = ""


def payers_of(user: Somebody) -> QuerySet[Organisation]:
    """Return the organisations for which this person makes or checks payouts."""
    return Organisation.objects.filter(pk__in=standing(user).organisations(*FINANCE)).order_by("pk")


def batches_seen_by(user: Somebody) -> QuerySet[PayoutBatch]:
    """Return the payout batches this person may see: of the own finance office; bureau and auditor see their area's."""
    who = standing(user)
    own = Q(payer__in=who.organisations(*FINANCE))
    area = who.within("payer__place_id", Role.BUREAU_APPROVER, Role.AUDITOR)
    return PayoutBatch.objects.filter(own | area).select_related("payer", "maker__person", "checker__person", "file")


def relief_of(payer: Organisation) -> QuerySet[Payable]:
    """Return the relief payables of one payer, oldest first, with household and village."""
    payables = Payable.objects.filter(kind=Payable.Kind.RELIEF, payer=payer)
    return payables.select_related("household__village").order_by("at", "pk")


def unpaid(payer: Organisation, user: Somebody | None = None) -> list[Waiting]:
    """Return every relief payable of this payer that has not arrived, and why this person may not pay it now."""
    paid = Payment.objects.filter(payable=OuterRef("pk"), status=PaymentStatus.PAID)
    conflicts = BankReturnLine.objects.filter(payment__payable=OuterRef("pk"), outcome=BankReturnLine.Outcome.CONFLICT)
    live = Payment.objects.filter(status__in=[PaymentStatus.PREPARED, PaymentStatus.SENT], payable__payer=payer)
    in_batch = {
        payable: (status, number) for payable, status, number in live.values_list("payable", "status", "batch__number")
    }
    rows = list(relief_of(payer).exclude(Exists(paid)).annotate(contradicted=Exists(conflicts)))
    own = documents_barred([row.document for row in rows], MAKES, by=user) if isinstance(user, User) else set()
    return [_waiting(payable, in_batch.get(payable.pk), payable.document in own) for payable in rows]


def _waiting(payable: Payable, live: tuple[str, str] | None, own: bool) -> Waiting:
    if live is not None:
        status, number = live
        return Waiting(payable, Reason.SENT if status == PaymentStatus.SENT else Reason.PREPARED, number)
    if own:
        return Waiting(payable, Reason.OWN_HAND)
    return Waiting(payable, Reason.CONTRADICTED if payable.contradicted else None)  # type: ignore[attr-defined]


def payables_paid_by(voucher_number: str) -> QuerySet[Payment, UUID]:
    """Return the keys of the payables whose live payment carries this number of a bank's voucher."""
    live = Payment.objects.filter(voucher_number=voucher_number, status__in=LIVE_PAYMENTS)
    return live.values_list("payable_id", flat=True)


def lines_of(batch: PayoutBatch) -> QuerySet[Payment]:
    """Return the payments of a batch, in the order of its file, with household and village."""
    return batch.payments.select_related("payable__household__village").order_by("line_no")


def fate_of(payment: Payment) -> str:
    """Return what became of the money of one payment: arrived, returned or unknown; unknown is never failed."""
    if payment.status == PaymentStatus.PAID:
        return "arrived"
    if payment.status in (PaymentStatus.FAILED, PaymentStatus.RETURNED, PaymentStatus.CANCELLED):
        return "returned"
    return "unknown"


def answers_to_look_into(batch: PayoutBatch) -> QuerySet[BankReturnLine]:
    """Return the bank's answers of a batch that nobody could apply, newest first; of a file brought again its last."""
    open_ones = (BankReturnLine.Outcome.EXCEPTION, BankReturnLine.Outcome.CONFLICT)
    again = BankReturn.objects.filter(sha256=OuterRef("bank_return__sha256"), pk__gt=OuterRef("bank_return"))
    rows = BankReturnLine.objects.filter(~Exists(again), bank_return__batch=batch, outcome__in=open_ones)
    return rows.select_related("payment__payable__household__village").order_by("-pk")


def relief_money(household: Household, *, since: dt.datetime) -> tuple[int, int]:
    """Return a household's relief in fen: what arrived since an instant, and what is awarded and still to come."""
    awards = Payable.objects.filter(kind=Payable.Kind.RELIEF, household=household)
    paid = Payment.objects.filter(payable=OuterRef("pk"), status=PaymentStatus.PAID)
    arrived = awards.filter(Exists(paid.filter(paid_at__gte=since))).aggregate(fen=Sum("amount_fen"))["fen"]
    due = awards.exclude(Exists(paid)).aggregate(fen=Sum("amount_fen"))["fen"]
    return arrived or 0, due or 0
