"""「不是我」: a household says that it did not let somebody do something in its name."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.households import Consent, Household
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards


class DisputeStatus(models.TextChoices):
    OPEN = "open", _("Being looked into")
    UPHELD = "upheld", _("Right: it was not the household")
    EXPLAINED = "explained", _("Explained: it stands")


DISPUTE_MOVES = {
    DisputeStatus.OPEN: {DisputeStatus.UPHELD, DisputeStatus.EXPLAINED},
    DisputeStatus.UPHELD: set(),
    DisputeStatus.EXPLAINED: set(),
}


class Dispute(Workflow):
    """A household answers 「不是我」 to one act; it stands until an officer who did not act answers in words."""

    CHANGES = ("status", "answer", "answered_by", "answered_at", "told_at")
    MOVES = DISPUTE_MOVES
    REFERENCE = "dispute"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consent = models.OneToOneField(Consent, models.PROTECT, related_name="dispute")
    household = models.ForeignKey(Household, models.PROTECT, related_name="disputes")
    acted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    held = models.CharField(max_length=200, blank=True)  # what is held until then, in words
    told_at = models.DateTimeField()  # when the officers were told last
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(DISPUTE_MOVES, "dispute_status_legal"),
            models.CheckConstraint(
                condition=Q(status=DisputeStatus.OPEN, answered_by=None, answered_at=None, answer="")
                | ~Q(status=DisputeStatus.OPEN)
                & Q(answered_at__isnull=False)
                & Q(answered_by__isnull=False)
                & ~Q(answer="")
                & ~Q(answered_by=F("acted_by"))
                & ~Q(answered_by=F("by")),
                name="dispute_answered_by_another",
            ),
        ]
        indexes = [models.Index(fields=["at", "id"], name="dispute_open", condition=Q(status="open"))]
        triggers = [
            *status_guards(DISPUTE_MOVES),
            pgtrigger.ReadOnly(
                name="dispute_stays", exclude=["status", "answer", "answered_by", "answered_at", "told_at"]
            ),
            *never_deleted(),
        ]
