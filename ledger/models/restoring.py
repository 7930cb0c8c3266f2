"""After a restored backup nothing goes to the bank until two people have compared it with what the bank has.

The number of the last restore stands, as a letter, in every reference of a payment begun after it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people
from kernel.workflow import Workflow, legal_statuses, status_guards
from ledger.models.money import PayoutBatch


class RestoreStatus(models.TextChoices):
    OPEN = "open", _("To be compared with the bank")
    PROPOSED = "proposed", _("Compared by one person, a second confirms it")
    CLOSED = "closed", pgettext_lazy("restore", "Compared by two people")


RESTORE_MOVES = {
    RestoreStatus.OPEN: {RestoreStatus.PROPOSED},
    RestoreStatus.PROPOSED: {RestoreStatus.OPEN, RestoreStatus.CLOSED},
    RestoreStatus.CLOSED: set(),
}


class Restore(Workflow):
    """The data were brought back from a backup; closed when two people have the bank's letter about what was lost."""

    CHANGES = ("status", "letter_number", "proposed_by", "confirmed_by")
    MOVES = RESTORE_MOVES
    REFERENCE = "restore"

    number = models.PositiveIntegerField(unique=True)
    marked_at = models.DateTimeField()
    lost = models.JSONField(default=list)  # batches that went further after the backup: number, lines, fen, no person
    letter_number = models.CharField(max_length=60, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(RESTORE_MOVES, "restore_status_legal"),
            two_people("proposed_by", "confirmed_by", name="restore_two_hands"),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | Q(proposed_by__isnull=False, confirmed_by__isnull=False) & ~Q(letter_number=""),
                name="restore_closed_by_letter",
            ),
        ]
        triggers = status_guards(RESTORE_MOVES)


class FrozenStatus(models.TextChoices):
    FROZEN = "frozen", _("Frozen until compared with the bank")
    PROPOSED = "proposed", _("Compared by one person, a second confirms it")
    THAWED = "thawed", _("Compared by two people, goes on")


FROZEN_MOVES = {
    FrozenStatus.FROZEN: {FrozenStatus.PROPOSED},
    FrozenStatus.PROPOSED: {FrozenStatus.FROZEN, FrozenStatus.THAWED},
    FrozenStatus.THAWED: set(),
}


class FrozenBatch(Workflow):
    """A batch that a restore found prepared or sent: it may have gone further in the hours that are lost."""

    CHANGES = ("status", "found", "proposed_by", "confirmed_by")
    MOVES = FROZEN_MOVES
    REFERENCE = "frozen"

    class Found(models.TextChoices):
        AT_BANK = "at_bank", _("The bank has this batch")
        NOT_AT_BANK = "not_at_bank", _("The bank never got this batch")

    restore = models.ForeignKey(Restore, models.PROTECT, related_name="frozen")
    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="frozen")
    found = models.CharField(max_length=12, choices=Found, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(FROZEN_MOVES, "frozen_status_legal"),
            models.UniqueConstraint(fields=["restore", "batch"], name="frozen_once_a_restore"),
            two_people("proposed_by", "confirmed_by", name="frozen_two_hands"),
            models.CheckConstraint(
                condition=~Q(status="thawed")
                | Q(found__in=["at_bank", "not_at_bank"], proposed_by__isnull=False, confirmed_by__isnull=False),
                name="frozen_thawed_by_two",
            ),
        ]
        triggers = status_guards(FROZEN_MOVES)
