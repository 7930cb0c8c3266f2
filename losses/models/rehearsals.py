"""Rehearsals of drafts: which rules were run over which past season, and what came of it, by township and tier."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, Tier
from kernel.workflow import append_only
from losses.models.schemes import ReliefScheme
from losses.relief import Why
from records.models import MOST_FEN


class Basis(models.TextChoices):
    """Which losses of the season are looked at."""

    REPORTED = "reported", _("What was reported")
    ALL = "all", _("If everything unsold had been reported")


class FellBy(models.TextChoices):
    """Why a loss would get nothing under the draft."""

    WINDOW = Why.WINDOW.value, _("Outside the days of the scheme")
    TIER = Why.TIER.value, _("Not a household of these kinds")
    TOWNSHIP = Why.TOWNSHIP.value, _("Not in these townships")
    NO_RATE = Why.NO_RATE.value, _("No rate for this produce and kind of loss")
    TOO_LITTLE = Why.TOO_LITTLE.value, _("Below the least loss")
    ELSEWHERE = Why.ELSEWHERE.value, _("Got as much elsewhere")
    CAP = Why.CAP.value, _("The household had its most already")


class Rehearsal(models.Model):
    """A draft as it stood when somebody asked to run it over a past season, with the money it then had."""

    HISTORY = True

    scheme = models.ForeignKey(ReliefScheme, models.PROTECT, related_name="rehearsals")
    rules = models.JSONField()  # the draft as it stood
    version = models.CharField(max_length=16)  # the same rules, the same version
    money_fen = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="rehearsal_in_order"),
            models.CheckConstraint(
                condition=Q(money_fen__gte=0, money_fen__lte=MOST_FEN), name="rehearsal_money_bounded"
            ),
        ]
        triggers = append_only()


class RehearsalResult(models.Model):
    """That a rehearsal has run to its end: over how many losses, and what was really awarded in that season."""

    HISTORY = True

    rehearsal = models.OneToOneField(Rehearsal, models.PROTECT, related_name="result")
    losses = models.PositiveIntegerField()
    reported = models.PositiveIntegerField()  # how many of them somebody reported
    awarded_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reported__lte=F("losses")), name="rehearsal_reported_are_losses"),
        ]
        triggers = append_only()


class RehearsalCell(models.Model):
    """What the households of one township and tier would get."""

    HISTORY = True

    rehearsal = models.ForeignKey(Rehearsal, models.PROTECT, related_name="cells")
    basis = models.CharField(max_length=12, choices=Basis)
    township = models.ForeignKey(Place, models.PROTECT, related_name="+")
    tier = models.CharField(max_length=12, choices=Tier)
    rows = models.PositiveIntegerField()
    grams = models.BigIntegerField()
    households = models.PositiveIntegerField()
    need_fen = models.BigIntegerField()  # if the money never ended
    paid_fen = models.BigIntegerField()  # of the money there is, who comes first
    shared_fen = models.BigIntegerField()  # of the money there is, all alike
    capped = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rehearsal", "basis", "township", "tier"], name="rehearsal_cell_once"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("need_fen"), capped__lte=F("households")),
                name="rehearsal_cell_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(shared_fen__gte=0, shared_fen__lte=F("need_fen")), name="rehearsal_cell_shares"
            ),
        ]
        triggers = append_only()


class RehearsalFall(models.Model):
    """What of one township would get nothing, and why."""

    HISTORY = True

    rehearsal = models.ForeignKey(Rehearsal, models.PROTECT, related_name="falls")
    basis = models.CharField(max_length=12, choices=Basis)
    township = models.ForeignKey(Place, models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=FellBy)
    rows = models.PositiveIntegerField()
    grams = models.BigIntegerField()
    households = models.PositiveIntegerField()  # that would get nothing at all, by their first reason

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rehearsal", "basis", "township", "why"], name="rehearsal_fall_once"),
            models.CheckConstraint(condition=Q(households__lte=F("rows")), name="rehearsal_fall_adds_up"),
        ]
        triggers = append_only()
