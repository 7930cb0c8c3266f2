"""The bank contradicts itself about a payment: two people settle it by the bank's letter, and only so."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.two_hands import send_back
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.present import known
from kernel.workflow import lock
from ledger.models import (
    LIVE_PAYMENTS,
    BankReturnLine,
    CaseStatus,
    Contradiction,
    ContradictionStatus,
    Payable,
    Payment,
    PaymentStatus,
    ReturnCase,
)
from ledger.services import payments as paying
from ledger.services.mending import take_a_hand, tell_payee

PROPOSES, CONFIRMS = "letter_propose", "letter_confirm"
ARRIVED = {
    Payable.Kind.RELIEF.value: _(
        "The bank has confirmed: relief of %(amount)s yuan arrived on your card ending in %(tail)s."
    ),
    Payable.Kind.PURCHASE.value: _(
        "The bank has confirmed: %(amount)s yuan for your goods arrived on your card ending in %(tail)s."
    ),
}
NOT_ARRIVED = _(
    "The bank has confirmed that %(amount)s yuan did not arrive on your card ending in %(tail)s. You will be paid anew."
)


class LaterPayment(DomainError):
    code = "later_payment"
    message = _(
        "Another payment of the same money is under way or has arrived. If the bank paid twice, ask it to take the "
        "first one back and enter the letter that says so."
    )


def open_all(lines: Sequence[BankReturnLine], *, by: User, at: dt.datetime) -> None:
    """Open one contradiction for each payment that these lines contradict and that has none open."""
    open_ones = Contradiction.objects.filter(payment__in=[line.payment_id for line in lines])
    asked = set(open_ones.exclude(status=ContradictionStatus.SETTLED).values_list("payment", flat=True))
    rows = [
        Contradiction(payment=known(line.payment), line=line, opened_at=at)
        for line in lines
        if line.payment_id not in asked
    ]
    Contradiction.begin_all(rows, by=by, at=at)


@transaction.atomic
def propose_letter(
    contradiction: Contradiction, *, letter_number: str, letter_on: dt.date, holds: str, by: User, at: dt.datetime
) -> Contradiction:
    """Enter the bank's letter and which answer it says holds; a second person confirms it."""
    contradiction = lock(contradiction)
    letter_number = letter_number.strip()[:60]
    if not letter_number:
        raise BadValue(_("Write the number of the bank's letter."))
    if letter_on > clock.county_day(at):
        raise BadValue(_("The letter's day has not come yet. Write the day that stands on it."))
    if letter_on < clock.county_day(contradiction.opened_at) - dt.timedelta(days=365):
        raise BadValue(_("The letter is older than the payment it is about. Write the day that stands on it."))
    if holds not in Contradiction.Holds.values:
        raise BadValue(_("Say which of the two answers the letter confirms."))
    take_a_hand(contradiction, contradiction.payment.payable, PROPOSES, by=by, at=at)
    contradiction.letter_number, contradiction.letter_on, contradiction.holds = letter_number, letter_on, holds
    contradiction.proposed_by = by
    columns = ("letter_number", "letter_on", "holds", "proposed_by")
    return contradiction.move_to(ContradictionStatus.PROPOSED, by=by, at=at, along=columns)


@transaction.atomic
def reject_letter(contradiction: Contradiction, *, why: str, by: User, at: dt.datetime) -> Contradiction:
    """Send the entered letter back to whoever enters it better; the payable goes on waiting."""
    return send_back(contradiction, ContradictionStatus.OPEN, why=why, by=by, at=at)


@transaction.atomic
def confirm_letter(contradiction: Contradiction, *, by: User, at: dt.datetime) -> Contradiction:
    """Settle the contradiction as the second person: the payable is paid, or may be paid again."""
    contradiction = lock(contradiction)
    payment = lock(contradiction.payment)
    take_a_hand(contradiction, payment.payable, CONFIRMS, by=by, at=at)
    contradiction.confirmed_by = by
    contradiction.move_to(ContradictionStatus.SETTLED, by=by, at=at, along=("confirmed_by",))
    if contradiction.holds == Contradiction.Holds.PAID and payment.status != PaymentStatus.PAID:
        _let_it_have_arrived(payment, by=by, at=at)
    arrived = contradiction.holds == Contradiction.Holds.PAID
    sentence = ARRIVED[payment.payable.kind] if arrived else NOT_ARRIVED
    tell_payee(payment.payable, sentence, payment.amount_fen, payment.payee.card, "payment.settled", at=at)
    return contradiction


def _let_it_have_arrived(payment: Payment, *, by: User, at: dt.datetime) -> None:
    """Write a payment down as arrived that stood as refused or returned, and end the case of its payable."""
    if Payment.objects.filter(payable=payment.payable_id, status__in=LIVE_PAYMENTS).exists():
        raise LaterPayment
    living = (CaseStatus.OPEN, CaseStatus.PROPOSED, CaseStatus.MENDED)
    cases = ReturnCase.objects.select_for_update().filter(payable=payment.payable_id, status__in=living)
    ReturnCase.move_all(cases, CaseStatus.ARRIVED, by=by, at=at)
    paying.mark_paid(payment, by=by, at=at)
