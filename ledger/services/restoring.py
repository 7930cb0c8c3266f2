"""A backup was restored: what may have gone further is frozen, and two people compare each batch with the bank."""

import datetime as dt
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.two_hands import send_back
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from ledger.models import (
    BatchStatus,
    FrozenBatch,
    FrozenStatus,
    PayoutBatch,
    Restore,
    RestoreStatus,
)
from ledger.services import journal
from ledger.services.mending import SecondPersonNeeded
from records.services.numbers import change_letter

Compared = TypeVar("Compared", FrozenBatch, Restore)


class RestoredUnmarked(DomainError):
    code = "restored_unmarked"
    message = _(
        "The data are older than what has left for the bank: a backup was restored. Nothing leaves until the "
        "administrator has marked the restore and two people have compared the batches with the bank."
    )


class RestoreOpen(DomainError):
    code = "restore_open"
    message = _(
        "A backup was restored. No new batch is made until two people have compared with the bank what had left."
    )


class BatchFrozen(DomainError):
    code = "batch_frozen"
    message = _(
        "A backup was restored and this batch may have gone further than is known here. It is frozen until two "
        "people have compared it with the bank."
    )


class StillFrozen(DomainError):
    code = "still_frozen"
    message = _("Compare every frozen batch with the bank first.")


class StillLost(DomainError):
    code = "still_lost"
    message = _(
        "A batch that had left for the bank is missing here, and its households would be paid a second time. Hand in "
        "its file, or tick that the bank never got it."
    )


@transaction.atomic
def mark_restored(*, by: User | None, at: dt.datetime) -> Restore:
    """Mark that a backup was restored: a new letter for references, and every batch that may have gone on is frozen."""
    number = max(journal.last_restore(), journal.last_restore_written()) + 1
    lost = journal.missing_steps()
    restore = Restore(number=number, marked_at=at, lost=lost).begin(by=by, at=at)
    change_letter(number, at=at)
    batches = PayoutBatch.objects.filter(status__in=[BatchStatus.PREPARED, BatchStatus.SENT]).order_by("pk")
    FrozenBatch.begin_all([FrozenBatch(restore=restore, batch=batch) for batch in batches], by=by, at=at)
    journal.write_restore(restore)
    return restore


def refuse_unmarked() -> None:
    """Refuse whatever goes to the bank or comes from it while a restore is not marked."""
    if journal.is_behind():
        raise RestoredUnmarked


def refuse_new_batch() -> None:
    """Refuse a new batch while a restore is not marked, or marked and not closed."""
    refuse_unmarked()
    if Restore.objects.exclude(status=RestoreStatus.CLOSED).exists():
        raise RestoreOpen


def refuse_frozen(batch: PayoutBatch) -> None:
    """Refuse a step of a batch that is frozen."""
    refuse_unmarked()
    if is_frozen(batch):
        raise BatchFrozen


def is_frozen(batch: PayoutBatch) -> bool:
    """Return whether a batch waits to be compared with the bank."""
    return batch.frozen.exclude(status=FrozenStatus.THAWED).exists()


@transaction.atomic
def propose_found(frozen: FrozenBatch, *, found: str, by: User, at: dt.datetime) -> FrozenBatch:
    """Say whether the bank has a frozen batch, as one person; a second confirms it."""
    frozen = lock(frozen)
    if found not in FrozenBatch.Found.values:
        raise BadValue(_("Say whether the bank has this batch."))
    frozen.found, frozen.proposed_by = found, by
    return frozen.move_to(FrozenStatus.PROPOSED, by=by, at=at, along=("found", "proposed_by"))


@transaction.atomic
def reject_found(frozen: FrozenBatch, *, why: str, by: User, at: dt.datetime) -> FrozenBatch:
    """Send what one person found back with words; the batch stays frozen."""
    return send_back(frozen, FrozenStatus.FROZEN, why=why, by=by, at=at)


@transaction.atomic
def confirm_found(frozen: FrozenBatch, *, by: User, at: dt.datetime) -> FrozenBatch:
    """Confirm as the second person whether the bank has a frozen batch: it may go on."""
    return _confirm(frozen, FrozenStatus.THAWED, by=by, at=at)


def lost_batches(restore: Restore) -> list[dict[str, Any]]:
    """Return what is known of the batches that had left and that the backup does not have, brought back ones aside."""
    left = {line["batch"]: line for line in restore.lost if line["status"] == BatchStatus.SENT}
    here = set(PayoutBatch.objects.filter(number__in=left).values_list("number", flat=True))
    return [line for number, line in left.items() if number not in here]


@transaction.atomic
def propose_close(
    restore: Restore, *, letter_number: str, never_got: bool = False, by: User, at: dt.datetime
) -> Restore:
    """Enter the bank's letter about what had left after the backup, once every frozen batch is compared.

    A batch that had left and is not here is brought back from its file first, unless the bank never got it.
    """
    restore = lock(restore)
    if restore.frozen.exclude(status=FrozenStatus.THAWED).exists():
        raise StillFrozen
    if lost_batches(restore) and not never_got:
        raise StillLost
    if not letter_number.strip():
        raise BadValue(_("Write the number of the bank's letter."))
    restore.letter_number, restore.proposed_by = letter_number.strip()[:60], by
    return restore.move_to(RestoreStatus.PROPOSED, by=by, at=at, along=("letter_number", "proposed_by"))


@transaction.atomic
def reject_close(restore: Restore, *, why: str, by: User, at: dt.datetime) -> Restore:
    """Send the letter back with words; no new batch is made as before."""
    return send_back(restore, RestoreStatus.OPEN, why=why, by=by, at=at)


@transaction.atomic
def confirm_close(restore: Restore, *, by: User, at: dt.datetime) -> Restore:
    """Close a restore as the second person: batches are made again, under references with its letter."""
    return _confirm(restore, RestoreStatus.CLOSED, by=by, at=at)


def _confirm(document: Compared, status: str, *, by: User, at: dt.datetime) -> Compared:
    document = lock(document)
    first = document.proposed_by
    if first is not None and (by.person_id is None or first.person_id == by.person_id):
        raise SecondPersonNeeded
    document.confirmed_by = by
    return document.move_to(status, by=by, at=at, along=("confirmed_by",))
