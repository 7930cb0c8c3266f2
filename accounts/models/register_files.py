"""A file of households and its rows, until a second clerk decided it."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.households import Cause, Household, Tier
from accounts.models.people import Organisation, Place
from kernel.sealing import sealed
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards


class RegisterFileStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    ENTERED = "entered", _("In the register")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Not confirmed in time")


REGISTER_FILE_MOVES = {
    RegisterFileStatus.PROPOSED: {RegisterFileStatus.ENTERED, RegisterFileStatus.REFUSED, RegisterFileStatus.LAPSED},
    RegisterFileStatus.ENTERED: set(),
    RegisterFileStatus.REFUSED: set(),
    RegisterFileStatus.LAPSED: set(),
}


class RegisterFile(Workflow):
    """A file of households that one clerk brought; in the register once another of the office confirmed it."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = REGISTER_FILE_MOVES
    REFERENCE = "registerfile"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="register_files")
    digest = models.CharField(max_length=64)  # of the file and of what was answered about it
    rows = models.PositiveIntegerField()
    households = models.PositiveIntegerField()  # of them to be entered
    changed = models.PositiveIntegerField(default=0)  # of them in the register, and written otherwise in the file
    registered = models.PositiveIntegerField()  # of them in the register already, as they are written
    remarks = models.JSONField(default=dict)  # faults left out, shared phones: masked
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirm_by_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(REGISTER_FILE_MOVES, "register_file_status_legal"),
            models.CheckConstraint(
                condition=Q(status=RegisterFileStatus.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(status=RegisterFileStatus.PROPOSED)
                    & Q(decided_at__isnull=False)
                    & (Q(status=RegisterFileStatus.LAPSED) | Q(decided_by__isnull=False))
                ),
                name="register_file_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="register_file_two_hands"
            ),
            models.CheckConstraint(
                condition=Q(households__gte=1) | Q(changed__gte=1), name="register_file_has_households"
            ),
            models.UniqueConstraint(
                fields=["organisation", "digest"],
                condition=Q(status=RegisterFileStatus.PROPOSED),
                name="register_file_waits_once",
            ),
        ]
        triggers = [
            *status_guards(REGISTER_FILE_MOVES),
            pgtrigger.ReadOnly(name="register_file_stays", exclude=["status", "decided_by", "decided_at"]),
            *never_deleted(),
        ]


class RegisterFileRow(models.Model):
    """One household of a file that waits; forgotten once the file is decided."""

    FREE = True
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=60)  # the cell it stands in
    number = models.CharField(max_length=20)
    key = models.CharField(max_length=64)  # HMAC of the head's ID number
    people = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=12, choices=Tier)
    cause = models.CharField(max_length=12, choices=Cause, blank=True)
    from_on = models.DateField(null=True)  # from when another kind counts
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")  # known already: it changes
    facts = models.JSONField(default=list)  # [field, old, new] of what changes, masked
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    content_sealed = models.TextField()  # name, ID number and phone
    content = sealed("content_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="register_file_row_position"),
            models.UniqueConstraint(fields=["file", "key"], name="register_file_row_head_once"),
        ]
        triggers = [pgtrigger.ReadOnly(name="register_file_row_stays")]
