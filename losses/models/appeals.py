"""Appeals against refused claims: once, decided by people without a hand in the claim, never without an end."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from kernel.workflow import Workflow, legal_statuses, status_guards
from losses.models.claims import LossClaim


class AppealStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("appeal", "Waits for the bureau")
    ESCALATED = "escalated", pgettext_lazy("appeal", "Waits for the head")
    UPHELD = "upheld", pgettext_lazy("appeal", "Right: reported anew")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "The refusal stands")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Taken back")
    UNANSWERED = "unanswered", pgettext_lazy("appeal", "Nobody decided in time")


_ENDS = {AppealStatus.UPHELD, AppealStatus.DISMISSED, AppealStatus.WITHDRAWN}
APPEAL_MOVES = {
    AppealStatus.OPEN: {AppealStatus.ESCALATED, *_ENDS},
    AppealStatus.ESCALATED: {AppealStatus.UNANSWERED, *_ENDS},
    AppealStatus.UPHELD: set(),
    AppealStatus.DISMISSED: set(),
    AppealStatus.WITHDRAWN: set(),
    AppealStatus.UNANSWERED: set(),
}
WAITING_APPEALS = [AppealStatus.OPEN, AppealStatus.ESCALATED]


class LossAppeal(Workflow):
    """What a household says against the refusal of its claim, and what became of it; photos hang on the claim."""

    CHANGES = ("status", "decide_by_at", "escalated_at", "answer", "decided_by", "ended_at", "anew")
    MOVES = APPEAL_MOVES
    REFERENCE = "appeal"

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="appeals")
    words = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    at = models.DateTimeField()
    decide_by_at = models.DateTimeField()  # whose turn it is has until then
    escalated_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    anew = models.OneToOneField(LossClaim, models.PROTECT, null=True, related_name="reopens")  # the claim it opened

    class Meta:
        constraints = [
            legal_statuses(APPEAL_MOVES, "appeal_status_legal"),
            models.UniqueConstraint(
                fields=["claim"],
                condition=~Q(status__in=["withdrawn", "unanswered"]),  # nobody decided those
                name="appeal_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "escalated"], ended_at=None, decided_by=None, answer="", anew=None)
                | Q(
                    status__in=["withdrawn", "unanswered"],
                    ended_at__isnull=False,
                    decided_by=None,
                    answer="",
                    anew=None,
                )
                | Q(status="dismissed", ended_at__isnull=False, decided_by__isnull=False, anew=None)
                & ~Q(answer="")
                & ~Q(decided_by=F("by"))
                | Q(status="upheld", ended_at__isnull=False, decided_by__isnull=False, anew__isnull=False)
                & ~Q(answer="")
                & ~Q(decided_by=F("by")),
                name="appeal_who_decided",
            ),
            models.CheckConstraint(condition=Q(decide_by_at__gt=F("at")), name="appeal_has_time"),
        ]
        indexes = [
            models.Index(
                fields=["decide_by_at"], condition=Q(status__in=["open", "escalated"]), name="appeal_by_deadline"
            ),
        ]
        triggers = [
            *status_guards(APPEAL_MOVES),
            pgtrigger.ReadOnly(name="appeal_stays", fields=["claim", "words", "by", "by_proxy", "at"]),
        ]
