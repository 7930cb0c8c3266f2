"""Payments to oneself: of which it is asked whether they arrived, and which were answered."""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.selectors import Standing
from accounts.selectors.grievances import PAYEES
from kernel import clock
from ledger.models import Payment, PaymentStatus
from records.selectors.policy import policy


def own_payments(who: Standing) -> QuerySet[Payment]:
    """Return the payments to this person's household, or to the co-operative this person speaks for."""
    own = Q(payable__organisation_id__in=who.organisations(*PAYEES))
    if who.households:
        own |= Q(payable__household_id__in=who.households)
    return Payment.objects.filter(own).select_related("payable__payer", "snapshot", "payee_answer").order_by("-pk")


def payments_to_ask(who: Standing) -> QuerySet[Payment]:
    """Return what was paid to this person of late and of which nobody said yet whether it arrived."""
    at = clock.now()
    since = at - dt.timedelta(days=policy("payee_asked_days", clock.county_day(at)))
    return own_payments(who).filter(status=PaymentStatus.PAID, paid_at__gte=since, payee_answer=None)


def payments_answered(who: Standing) -> QuerySet[Payment]:
    """Return what this person has said of the payments to them, the newest first."""
    return own_payments(who).filter(payee_answer__isnull=False)


def may_be_paid(who: Standing) -> bool:
    """Return whether this person is paid at all: a household's, or who speaks for a co-operative."""
    return who.household_id is not None or who.has(*PAYEES)
