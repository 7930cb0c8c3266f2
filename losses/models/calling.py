"""Calls to households whose claims nobody visits: the draw of each, who called, and what the household said."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from losses.models.claims import LossClaim


class CallDraw(models.Model):
    """That a claim which nobody visits was drawn for a call, or was not; the seed proves it."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="call_draws")
    round = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    picked = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], name="one_call_draw_a_round"),
            models.CheckConstraint(
                condition=Q(percent__lte=100)
                & (Q(percent__lt=100) | Q(picked=True))
                & (~Q(percent=0) | Q(picked=False)),
                name="call_draw_bounded",
            ),
        ]
        triggers = append_only()


class CallStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("call", "To be called")
    CALLED = "called", pgettext_lazy("call", "Called")
    NOT_CALLED = "not_called", pgettext_lazy("call", "Not called in time")


CALL_MOVES = {
    CallStatus.WAITING: {CallStatus.CALLED, CallStatus.NOT_CALLED},
    CallStatus.CALLED: set(),
    CallStatus.NOT_CALLED: set(),
}


class CallOutcome(models.TextChoices):
    AS_REPORTED = "as_reported", pgettext_lazy("call", "As reported")
    LESS = "less", pgettext_lazy("call", "Less than reported")
    NOT_OURS = "not_ours", pgettext_lazy("call", "“Not me”: the household did not report it")
    NO_ANSWER = "no_answer", pgettext_lazy("call", "Cannot be reached")


DOUBTFUL = [CallOutcome.LESS, CallOutcome.NOT_OURS]  # what somebody must look at before any money is awarded


class CallBack(Workflow):
    """A household that is asked by telephone whether its report is right, by somebody without a hand in it."""

    CHANGES = ("status", "outcome", "words", "by", "ended_at")
    MOVES = CALL_MOVES
    REFERENCE = "call"

    draw = models.OneToOneField(CallDraw, models.PROTECT, related_name="call")
    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    call_by_at = models.DateTimeField()  # from then on it is not made any more
    outcome = models.CharField(max_length=12, choices=CallOutcome, blank=True)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(CALL_MOVES, "call_status_legal"),
            models.CheckConstraint(
                condition=Q(status="waiting", outcome="", words="", by=None, ended_at=None)
                | Q(status="not_called", outcome="", words="", by=None, ended_at__isnull=False)
                | Q(
                    status="called",
                    outcome__in=["as_reported", "less", "not_ours", "no_answer"],
                    by__isnull=False,
                    ended_at__isnull=False,
                )
                & ~Q(words=""),
                name="call_what_was_said",
            ),
        ]
        indexes = [models.Index(fields=["call_by_at"], condition=Q(status="waiting"), name="call_by_deadline")]
        triggers = [
            *status_guards(CALL_MOVES),
            pgtrigger.ReadOnly(name="call_stays", fields=["draw", "claim", "at", "call_by_at"]),
        ]
