"""What was said of a loss each time its claim was filed; the claim itself says what is said now."""

from django.conf import settings
from django.db import models

from kernel.workflow import append_only
from losses.models.causes import Cause
from losses.models.claims import LossClaim


class ClaimRound(models.Model):
    """One filing of a claim: the first, or one after it was sent back, with its day, its cause and its words."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="rounds")
    round = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, choices=Cause)
    happened_on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "round"], name="said_once_a_round")]
        triggers = append_only()
