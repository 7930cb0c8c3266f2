"""Objections to a line of a public notice: what was said, by when it is answered, and what became of it."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.numbers import NumberField, RunningField, numbered
from kernel.sealing import sealed
from kernel.workflow import Workflow, legal_statuses, status_guards
from records.models.documents import NoticeLine


class ObjectionStatus(models.TextChoices):
    OPEN = "open", _("Being looked into")
    UPHELD = "upheld", _("Right: the line is stopped")
    REJECTED = "rejected", _("Looked into: the line stands")


OBJECTION_MOVES = {
    ObjectionStatus.OPEN: {ObjectionStatus.UPHELD, ObjectionStatus.REJECTED},
    ObjectionStatus.UPHELD: set(),
    ObjectionStatus.REJECTED: set(),
}


class ObjectionReason(models.TextChoices):
    """Why an objection was right or was not, as everybody reads it: words that name nobody."""

    AS_SHOWN = "as_shown", _("What the notice says is so")
    UNFOUNDED = "unfounded", _("Nothing bears it out")
    WITHIN_RULES = "within_rules", _("The rules allow it")
    QUANTITY = "quantity", _("The quantity is not right")
    SOLD = "sold", _("The goods were sold")
    NOT_COVERED = "not_covered", _("The rules do not cover it")
    OTHER = "other", _("Another reason")


WHY_REJECTED = [
    ObjectionReason.AS_SHOWN, ObjectionReason.UNFOUNDED, ObjectionReason.WITHIN_RULES, ObjectionReason.OTHER,
]  # fmt: skip
WHY_UPHELD = [
    ObjectionReason.QUANTITY, ObjectionReason.SOLD, ObjectionReason.NOT_COVERED, ObjectionReason.OTHER,
]  # fmt: skip


class Objection(Workflow):
    """Somebody says a line is wrong, with or without a name; while open it stops that line only."""

    CHANGES = ("status", "reason", "answer", "answered_by", "answered_at", "settled_at")
    MOVES = OBJECTION_MOVES
    REFERENCE = "objection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = NumberField()
    running = RunningField()
    line = models.ForeignKey(NoticeLine, models.PROTECT, related_name="objections")
    words_sealed = models.TextField()
    words = sealed("words_sealed")
    contact_sealed = models.TextField(blank=True)
    contact = sealed("contact_sealed")
    at = models.DateTimeField()
    due_at = models.DateTimeField()  # by then it is to be answered
    reason = models.CharField(max_length=12, choices=ObjectionReason, blank=True)  # of relief: what everybody reads
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # one that was right: when its document was sent back or refused

    class Meta:
        constraints = [
            legal_statuses(OBJECTION_MOVES, "objection_status_legal"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(status="upheld"), name="settled_where_it_was_right"
            ),
        ]
        triggers = [
            *status_guards(OBJECTION_MOVES),
            numbered("running"),
            pgtrigger.ReadOnly(
                name="words_stay", fields=["number", "line", "words_sealed", "contact_sealed", "at", "due_at"]
            ),
        ]
