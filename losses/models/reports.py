"""Reports of loss: what a household says at once of one harm, over as many goods as it took; its lines are claims."""

from django.conf import settings
from django.db import models

from accounts.models import Household
from kernel.numbers import NumberField, numbered
from kernel.workflow import append_only
from losses.models.causes import Cause

MOST_LINES = 20


class ClaimReport(models.Model):
    """One household, one cause, one day of loss: the document whose lines are claims, each with its own way."""

    HISTORY = True

    number = NumberField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="claim_reports")
    cause = models.CharField(max_length=12, choices=Cause)
    happened_on = models.DateField()  # as first reported; a line that was sent back may say another day since
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    filed_at = models.DateTimeField()
    # The report whose refused line it takes up again after an appeal: the two count as one.
    takes_up = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_up_by")

    class Meta:
        indexes = [models.Index(fields=["household", "-filed_at"], name="claim_report_by_household")]
        triggers = [*append_only(), numbered()]
