"""What is to change in a register: proposed by one person, written into it once a second one confirmed."""

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household
from kernel.constraints import within
from kernel.sealing import sealed
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards

# How the seats of a proposal are named: a role in an organisation or in whichever, a role over an area, a household.
ANYWHERE, AREA, HOUSEHOLD = "*", "@place:", "household@"
MOST_ROWS = 500  # of one change: a second person compares them with a document
AT_ONCE = 50  # rows that are written while whoever confirms waits; more would keep a page for minutes


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    WRITING = "writing", _("Confirmed, being written")
    CONFIRMED = "confirmed", _("In the register")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
    LAPSED = "lapsed", _("Not confirmed in time")


CHANGE_MOVES = {
    ChangeStatus.PROPOSED: {
        ChangeStatus.WRITING,
        ChangeStatus.CONFIRMED,
        ChangeStatus.REFUSED,
        ChangeStatus.WITHDRAWN,
        ChangeStatus.LAPSED,
    },
    ChangeStatus.WRITING: {ChangeStatus.CONFIRMED, ChangeStatus.REFUSED},
    ChangeStatus.CONFIRMED: set(),
    ChangeStatus.REFUSED: set(),
    ChangeStatus.WITHDRAWN: set(),
    ChangeStatus.LAPSED: set(),
}
DECIDED = [ChangeStatus.WRITING, ChangeStatus.CONFIRMED, ChangeStatus.REFUSED]
# What was confirmed or refused names another person than the one who proposed it.
_DECIDED_BY_ANOTHER = Q(decided_by__isnull=False) & ~Q(decided_by=F("by"))


class RegisterChange(Workflow):
    """Rows that one person wants in a register, and who may confirm them; what is in force stands in the register."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = CHANGE_MOVES
    REFERENCE = "registerchange"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    register = models.CharField(max_length=32)
    document_number = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField()
    confirmed_in = ArrayField(models.CharField(max_length=60))  # seats, any of which may decide: "head@12"
    seen_in = ArrayField(models.CharField(max_length=60))  # seats that may look into it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirm_by_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(CHANGE_MOVES, "register_change_status_legal"),
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.PROPOSED, decided_by=None, decided_at=None)
                | Q(decided_at__isnull=False, status__in=[ChangeStatus.WITHDRAWN, ChangeStatus.LAPSED])
                | Q(decided_at__isnull=False, status__in=DECIDED) & _DECIDED_BY_ANOTHER,
                name="register_change_two_hands",
            ),
            within("size", 1, MOST_ROWS, name="register_change_size_bounded"),
        ]
        indexes = [
            GinIndex(fields=["seen_in"], name="register_change_seen_in"),
            models.Index(fields=["confirm_by_at"], name="register_change_waiting", condition=Q(status="proposed")),
            models.Index(fields=["decided_at"], name="register_change_writing", condition=Q(status="writing")),
            models.Index(fields=["register", "-at"], name="register_change_by_register"),
        ]
        triggers = [
            *status_guards(CHANGE_MOVES),
            pgtrigger.ReadOnly(name="register_change_stays", exclude=["status", "decided_by", "decided_at"]),
            *never_deleted(),
        ]


FIRST_DAYS = ("from_on", "valid_from")  # how registers name the day from which a row of theirs holds


class RegisterChangeRow(models.Model):
    """One row of a change: what it is about, what stands there now and what is to stand there."""

    CHANGES = ("waits",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey(RegisterChange, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    register = models.CharField(max_length=32)
    subject = models.CharField(max_length=100)  # what may be changed by one proposal at a time: "fund:12"
    title = models.CharField(max_length=120)  # masked where it is about a person
    facts = models.JSONField()  # [field, old, new], masked where they are about a person
    content_sealed = models.TextField()
    content = sealed("content_sealed")  # JSON of what was asked for
    waits = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "position"], name="register_change_row_position"),
            models.UniqueConstraint(
                fields=["register", "subject"], condition=Q(waits=True), name="one_change_waits_a_subject"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="register_change_row_stays", exclude=["waits"]),
            *never_deleted(),
        ]

    def holds_from(self) -> dt.date | None:
        """Return the first day that a row names for itself; without one it holds as soon as it is confirmed."""
        days = (new for name, _old, new in self.facts if name in FIRST_DAYS and new)
        return next(map(dt.date.fromisoformat, days), None)


class Sign(models.TextChoices):
    """What two households have in common."""

    ID_NUMBER = "id_number", _("Who heads one belongs to the other")
    CARD = "card", _("The same bank card")
    NAME = "name", _("The same name in one village")
    SOUND = "sound", _("Names that sound the same")
    PHONE = "phone", _("The same phone")
    NEAR_NAME = "near_name", _("Names that sound nearly the same")
    NAME_AWAY = "name_away", _("The same name in another village")
    SHARED_PHONE = "shared_phone", _("A phone that many share")


class DuplicateStatus(models.TextChoices):
    OPEN = "open", _("To be compared")
    MERGED = "merged", _("One household")
    APART = "apart", _("Two households")
    GONE = "gone", _("No longer alike")


DUPLICATE_MOVES = {
    DuplicateStatus.OPEN: {DuplicateStatus.MERGED, DuplicateStatus.APART, DuplicateStatus.GONE},
    DuplicateStatus.MERGED: set(),
    DuplicateStatus.APART: {DuplicateStatus.OPEN},
    DuplicateStatus.GONE: {DuplicateStatus.OPEN, DuplicateStatus.APART},
}


class Duplicate(Workflow):
    """Two households that may be one: the signs of it, and what two clerks said; asked anew once a fact changes."""

    CHANGES = ("status", "reasons", "score", "facts", "found_at", "document", "why", "decided_at")
    MOVES = DUPLICATE_MOVES
    REFERENCE = "duplicate"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey(Household, models.PROTECT, related_name="+")
    other = models.ForeignKey(Household, models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=16, choices=Sign))
    score = models.PositiveSmallIntegerField()  # of a hundred
    facts = models.CharField(max_length=64)  # a digest of what stood of both when they were compared
    found_at = models.DateTimeField()
    document = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(DUPLICATE_MOVES, "duplicate_status_legal"),
            models.UniqueConstraint(fields=["one", "other"], name="pair_of_households_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_of_households_in_order"),
            within("score", 0, 100, name="duplicate_score_bounded"),
            models.CheckConstraint(
                condition=Q(status=DuplicateStatus.OPEN, decided_at=None)
                | Q(decided_at__isnull=False) & ~Q(status=DuplicateStatus.OPEN),
                name="duplicate_decided_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="duplicate_open", condition=Q(status="open"))]
        triggers = [*status_guards(DUPLICATE_MOVES), *never_deleted()]
