"""Write confirmed proposals of many rows after their confirmation: each once, whole or not at all, also after a fall.

Whoever confirmed does not wait for hundreds of rows. The proposal waits in its status; a sweep takes it under a lock
that no second one gets, and writes its rows and its next status in one transaction: what falls midway wrote nothing
and is found again.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy

from kernel.errors import DomainError
from registers.models import ChangeStatus, RegisterChange
from registers.services.changes import end, first_title, tell_about, write_rows


def write_confirmed(*, at: dt.datetime) -> int:
    """Write the proposals that were confirmed and are in no register yet; return how many. May run twice at once."""
    waiting = RegisterChange.objects.filter(status=ChangeStatus.WRITING).order_by("decided_at", "pk")
    return sum(_write(change, at=at) for change in waiting)


def _write(change: RegisterChange, *, at: dt.datetime) -> bool:
    try:
        return _written(change, at=at)
    except DomainError as refusal:
        return _given_up(change, str(refusal), at=at)


@transaction.atomic
def _written(change: RegisterChange, *, at: dt.datetime) -> bool:
    taken = _taken(change)
    if taken is None or taken.decided_by is None or taken.decided_at is None:
        return False
    write_rows(taken, confirmed_by=taken.decided_by, at=taken.decided_at)
    taken.move_to(ChangeStatus.CONFIRMED, by=taken.decided_by, at=at)
    return True


@transaction.atomic
def _given_up(change: RegisterChange, why: str, *, at: dt.datetime) -> bool:
    """Refuse what the register no longer takes, and tell both people why."""
    taken = _taken(change)
    if taken is None:
        return False
    taken.move_to(ChangeStatus.REFUSED, by=None, at=at, note=why[:200])
    end(taken)
    sentence = gettext_lazy("%(title)s was confirmed but could not be written, so nothing changed: %(why)s")
    for user in (taken.by, taken.decided_by):
        if user is not None:
            tell_about(taken, user, sentence, {"title": first_title(taken), "why": why[:200]}, at=at)
    return True


def _taken(change: RegisterChange) -> RegisterChange | None:
    """Return the proposal under a lock, unless it is written already or somebody else is writing it."""
    free = RegisterChange.objects.select_for_update(skip_locked=True, of=("self",))
    return free.filter(pk=change.pk, status=ChangeStatus.WRITING).first()
