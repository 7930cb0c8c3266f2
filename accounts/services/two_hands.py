"""What two people decide: one proposes it, another agrees or says what does not match."""

import datetime as dt
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accounts.models import User
from kernel.errors import BadValue
from kernel.workflow import Workflow, lock
from records.services.participation import take_part

Proposed = TypeVar("Proposed", bound=Workflow)


def decide(
    proposed: Proposed, status: str, stage: str, *, by: User, at: dt.datetime, note: str = "", **found: Any
) -> Proposed:
    """Decide as the second person what another proposed; write down who did, when, and what was `found` then."""
    decided: Any = lock(proposed)
    take_part(decided.reference, stage, by=by, at=at)
    decided.decided_by, decided.decided_at = by, at
    for column, value in found.items():
        setattr(decided, column, value)
    return decided.move_to(status, by=by, at=at, note=note, along=["decided_by", "decided_at", *found])


def send_back(proposed: Proposed, status: str, *, why: str, by: User, at: dt.datetime) -> Proposed:
    """Send back with words what another proposed."""
    why = words_for_the_first(why)
    return lock(proposed).move_to(status, by=by, at=at, note=why)


def words_for_the_first(why: str) -> str:
    """Return what does not match, as the first person reads it; refuse to leave it out."""
    why = why.strip()
    if not why:
        raise BadValue(_("Write what does not match, for the first person to read."))
    return why
