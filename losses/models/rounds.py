"""What was said of a loss each time its claim was filed; the claim itself says what is said now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kernel.workflow import append_only
from losses.models.causes import Cause
from losses.models.claims import LossClaim
from records.models import MOST_FEN


class Elsewhere(models.TextChoices):
    """What a household says of money for its loss from others; a blank is who was not asked."""

    NO = "no", pgettext_lazy("money elsewhere", "No")
    INSURED = "insured", pgettext_lazy("money elsewhere", "Insured, not paid yet")
    GOT = "got", pgettext_lazy("money elsewhere", "Got money")


class ClaimRound(models.Model):
    """One filing of a claim: the first, or one after it was sent back, with what was said of the loss."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="rounds")
    round = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, choices=Cause)
    happened_on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    elsewhere = models.CharField(max_length=8, choices=Elsewhere, blank=True)
    elsewhere_from = models.CharField(max_length=60, blank=True)  # who insures it, or gave the money
    elsewhere_fen = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], name="said_once_a_round"),
            models.CheckConstraint(
                condition=Q(elsewhere__in=["", "no"], elsewhere_from="", elsewhere_fen=None)
                | Q(elsewhere="insured", elsewhere_fen=None)
                | Q(~Q(elsewhere_from=""), elsewhere="got", elsewhere_fen__isnull=False)
                & Q(elsewhere_fen__gte=1, elsewhere_fen__lte=MOST_FEN),
                name="got_elsewhere_says_what",
            ),
        ]
        triggers = append_only()
