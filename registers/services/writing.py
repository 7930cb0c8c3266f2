"""Write confirmed proposals of many rows after their confirmation: each once, whole or not at all, also after a fall.

Whoever confirmed does not wait for hundreds of rows. The proposal waits in its status; a sweep takes it under a lock
that no second one gets, and writes its rows and its next status in one transaction: what falls midway wrote nothing
and is found again.
"""

import datetime as dt
from contextlib import ExitStack

from django.db import DataError, IntegrityError, InternalError, transaction
from django.utils.translation import gettext_lazy

from accounts.services.messages import in_chinese
from kernel.errors import DomainError
from kernel.present import known
from registers.models import ChangeStatus, RegisterChange
from registers.services.changes import end, first_title, tell_about, write_rows

TRIED_FOR = dt.timedelta(days=1)  # what falls again and again for so long is given up, and its people are told
_NOT_TAKEN = gettext_lazy("the register does not take these rows. Compare them with the register, then propose anew.")


def write_confirmed(*, at: dt.datetime) -> int:
    """Write the proposals that were confirmed and are in no register yet; return how many. May run twice at once.

    One that falls keeps none of the others waiting: it is found again, and what fell is raised once they are written.
    """
    waiting = RegisterChange.objects.filter(status=ChangeStatus.WRITING).order_by("-decided_at", "-pk")
    done: list[bool] = []
    with ExitStack() as each:  # goes on with the next when one falls; the last one put on is the first
        for change in waiting:
            each.callback(lambda one: done.append(_write(one, at=at)), change)
    return sum(done)


def _write(change: RegisterChange, *, at: dt.datetime) -> bool:
    try:
        return _written(change, at=at)
    except DomainError as refusal:
        return _given_up(change, str(refusal), at=at)
    except (IntegrityError, InternalError, DataError):  # what the database itself does not take, it never takes
        return _given_up(change, in_chinese(_NOT_TAKEN), at=at)
    finally:
        if known(change.decided_at) + TRIED_FOR <= at:  # finds nothing to give up where it was written
            _given_up(change, in_chinese(_NOT_TAKEN), at=at)


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
