"""Quotes of a purchase plan: what a supplier asks for its goods, with a photo of what it wrote."""

import pgtrigger
from django.conf import settings
from django.db import models

from canteens.models.purchase_plans import PurchasePlan
from kernel.constraints import within
from kernel.workflow import append_only
from records.models import MOST_FEN, Attachment

_OF_A_WAITING_PLAN = """
IF NOT EXISTS (
    SELECT FROM canteens_purchaseplan AS p JOIN records_attachment AS a ON a.id = NEW.photo_id
    WHERE p.id = NEW.plan_id AND p.status = 'sent' AND a.document = 'purchase-plan:' || p.id
) THEN
    RAISE EXCEPTION 'pgtrigger: a quote is of a plan that waits, with a photo of that plan';
END IF;
RETURN NEW;
"""


class PlanQuote(models.Model):
    """What one supplier asks for the goods of one plan, as its quote says; the latest of a supplier counts."""

    HISTORY = True

    plan = models.ForeignKey(PurchasePlan, models.PROTECT, related_name="quotes")
    supplier = models.CharField(max_length=80)
    amount_fen = models.BigIntegerField()
    photo = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [within("amount_fen", 1, MOST_FEN, name="plan_quote_bounded")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="quote_of_waiting_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_OF_A_WAITING_PLAN,
            ),
        ]
