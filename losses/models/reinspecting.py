"""Awards that are looked at once more: how risky each claim was, what was drawn of a month, and what was found."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kernel.constraints import within
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from losses.models.amounts import Award


class ClaimScore(models.Model):
    """How risky a claim was as it was awarded: points of a hundred, and which rules gave them."""

    HISTORY = True

    award = models.OneToOneField(Award, models.PROTECT, related_name="score")
    points = models.SmallIntegerField()
    reasons = models.JSONField()  # the points by the name of the rule

    class Meta:
        constraints = [within("points", 0, 100, name="score_bounded")]
        triggers = append_only()


class ReinspectionDraw(models.Model):
    """The draw over the awards of one month: once, by a seed that nobody knew before."""

    HISTORY = True

    month = models.CharField(max_length=7, unique=True)  # "YYYY-MM"
    percent = models.SmallIntegerField()
    top_percent = models.SmallIntegerField()
    seed = models.CharField(max_length=64)
    awards = models.PositiveIntegerField()  # among which it was drawn
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("percent", 0, 100, name="reinspection_percent_bounded"),
            within("top_percent", 0, 100, name="reinspection_top_bounded"),
        ]
        triggers = append_only()


class ReinspectionWhy(models.TextChoices):
    CLEARED = "cleared", pgettext_lazy("re-inspection", "A check was cleared by hand")
    TOP = "top", pgettext_lazy("re-inspection", "Among the riskiest of its month")
    RANDOM = "random", pgettext_lazy("re-inspection", "Drawn by lot")


class ReinspectionStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("re-inspection", "To be looked at")
    DONE = "done", pgettext_lazy("re-inspection", "Looked at")
    MISSED = "missed", pgettext_lazy("re-inspection", "Not looked at in time")


REINSPECTION_MOVES = {
    ReinspectionStatus.WAITING: {ReinspectionStatus.DONE, ReinspectionStatus.MISSED},
    ReinspectionStatus.DONE: set(),
    ReinspectionStatus.MISSED: set(),
}


class ReinspectionOutcome(models.TextChoices):
    AS_AWARDED = "as_awarded", pgettext_lazy("re-inspection", "As it was awarded")
    LESS = "less", pgettext_lazy("re-inspection", "Less was lost than was awarded")
    NOT_THERE = "not_there", pgettext_lazy("re-inspection", "There was no such loss")
    CANNOT_TELL = "cannot_tell", pgettext_lazy("re-inspection", "It can no longer be told")


OVERPAID = [ReinspectionOutcome.LESS, ReinspectionOutcome.NOT_THERE]  # of which money is to be claimed back


class Reinspection(Workflow):
    """One award that somebody without a hand in it looks at once more, with the household and the papers."""

    CHANGES = ("status", "outcome", "words", "by", "ended_at")
    MOVES = REINSPECTION_MOVES
    REFERENCE = "reinspection"

    draw = models.ForeignKey(ReinspectionDraw, models.PROTECT, related_name="reinspections")
    award = models.OneToOneField(Award, models.PROTECT, related_name="reinspection")
    why = models.CharField(max_length=8, choices=ReinspectionWhy)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=ReinspectionOutcome, blank=True)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(REINSPECTION_MOVES, "reinspection_status_legal"),
            models.CheckConstraint(
                condition=Q(status="waiting", outcome="", words="", by=None, ended_at=None)
                | Q(status="missed", outcome="", words="", by=None, ended_at__isnull=False)
                | Q(
                    status="done",
                    outcome__in=["as_awarded", "less", "not_there", "cannot_tell"],
                    by__isnull=False,
                    ended_at__isnull=False,
                )
                & ~Q(words=""),
                name="reinspection_what_was_found",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="waiting"), name="reinspection_by_deadline")]
        triggers = [
            *status_guards(REINSPECTION_MOVES),
            pgtrigger.ReadOnly(name="reinspection_stays", fields=["draw", "award", "why", "at", "due_at"]),
        ]
