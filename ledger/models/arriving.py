"""What a payee answers to 「钱到了吗?」 about one payment."""

import pgtrigger
from django.conf import settings
from django.db import models

from kernel.workflow import append_only
from ledger.models.money import Payment

_ANSWERS_A_PAID_ONE = """
IF NOT EXISTS (SELECT FROM ledger_payment WHERE id = NEW.payment_id AND status = 'paid') THEN
    RAISE EXCEPTION 'pgtrigger: payment % is not paid, nobody is asked whether it arrived', NEW.payment_id;
END IF;
RETURN NEW;
"""


class PayeeAnswer(models.Model):
    """Whoever was paid says whether it arrived; no opens a grievance."""

    HISTORY = True

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="payee_answer")
    arrived = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="answers_a_paid_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_ANSWERS_A_PAID_ONE,
            ),
        ]
