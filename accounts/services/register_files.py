"""Households from a file come in by two hands: one brings the file, another of the same office confirms or refuses it.

Until then its rows wait, sealed, outside the register: nobody can list, claim or be paid by them. Once it is decided or
its time is over they are forgotten here.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Place, RegisterFile, RegisterFileRow, RegisterFileStatus, Role, User
from accounts.selectors import users_in_post
from accounts.services import register
from accounts.services.households import Moved, move, one_at_a_time
from accounts.services.messages import tell
from accounts.services.register import Answers, FaultyRows, Ready, Report, Unanswered
from accounts.services.two_hands import decide, words_for_the_first
from kernel import clock
from kernel.dates import message_deadline
from kernel.entering import entering
from kernel.errors import DomainError
from kernel.present import StrOrPromise
from kernel.slices import in_slices
from kernel.workflow import lock
from records.selectors.policy import policy
from records.services.participation import take_part

PROPOSES, DECIDES = "propose", "decide"
MOST_REMARKS = 200  # faults and shared phones shown to the second person; more are counted


class NothingNew(DomainError):
    code = "nothing_new"
    message = _("Every household of this file stands in the register as it is written. There is nothing to confirm.")


class TooLate(DomainError):
    code = "too_late"
    message = _("Nobody confirmed this file in time. Bring it again.")


class ChangedSince(DomainError):
    code = "changed_since"

    def __init__(self, places: list[str]) -> None:
        message = _(
            "The register has changed since: %(rows)s no longer fit. Refuse the file and have it brought again."
        )
        super().__init__(str(message) % {"rows": "、".join(places[:20])})


@transaction.atomic
def propose_file(
    raw: bytes,
    *,
    answers: Answers = register.NOTHING_SAID,
    skip_faulty: bool = False,
    office: Organisation,
    by: User,
    at: dt.datetime,
) -> RegisterFile:
    """Keep what a file of households would enter until another person of the office confirms it.

    What the file leaves open has to be answered first, and a faulty row stops it unless it was said that faulty rows
    are left out. The same file brought twice waits once.
    """
    report = register.check_file(raw, answers=answers, at=at)
    if report.faults and not skip_faulty:
        raise FaultyRows(len(report.faults))
    if report.is_open or (report.hidden_rows and answers.with_hidden is None):
        raise Unanswered
    if not report.ready and not report.changed:
        raise NothingNew
    one_at_a_time()
    digest = hashlib.sha256(raw + repr(answers).encode()).hexdigest()
    waiting = RegisterFile.objects.filter(organisation=office, digest=digest, status=RegisterFileStatus.PROPOSED)
    if (same := waiting.first()) is not None:
        return same
    days = policy("register_file_days", clock.county_day(at))
    file = RegisterFile(
        organisation=office,
        digest=digest,
        rows=report.rows,
        households=len(report.ready),
        changed=len(report.changed),
        registered=report.registered,
        remarks=_remarks(report),
        by=by,
        at=at,
        confirm_by_at=at + dt.timedelta(days=days),
    )
    file.begin(by=by, at=at)
    take_part(file.reference, PROPOSES, by=by, at=at)
    rows = (_row(file, position, ready) for position, ready in enumerate(chain(report.ready, report.changed), 1))
    for some in in_slices(rows, register.AT_A_TIME):
        RegisterFileRow.objects.bulk_create(some)
    values = {"n": _size(file), "until": message_deadline(file.confirm_by_at)}
    _tell_office(file, _("%(n)s households from a file wait until %(until)s for your yes or no."), values, at=at)
    return file


@transaction.atomic
def confirm_file(file: RegisterFile, *, by: User, at: dt.datetime) -> RegisterFile:
    """Enter, as the second person, the households of a file into the register."""
    file = decide(file, RegisterFileStatus.ENTERED, DECIDES, by=by, at=at)
    if file.confirm_by_at <= at:
        raise TooLate
    one_at_a_time()
    villages = {village.code: village for village in Place.objects.filter(level=Place.Level.VILLAGE)}
    rows = [_ready(row, villages) for row in file.lines.order_by("position").iterator(register.AT_A_TIME)]
    fresh, unfit = register.still_fitting([ready for ready in rows if ready.moved is None])
    changed = [ready for ready in rows if ready.moved is not None]
    unfit += register.no_longer_so(changed)
    if unfit:
        raise ChangedSince(unfit)
    with entering(file.reference):
        register.enter(fresh, at=at)
        move([ready.moved for ready in changed if ready.moved], at=at)
    done = {"n": len(fresh), "changed": len(changed)}
    sentence = _("Your file is confirmed: %(n)s households are new in the register, and %(changed)s are changed.")
    _tell_first(file, sentence, done, at=at)
    file.lines.all().delete()
    return file


@transaction.atomic
def refuse_file(file: RegisterFile, *, why: str, by: User, at: dt.datetime) -> RegisterFile:
    """Refuse, as the second person, a file of households; nothing of it is entered."""
    why = words_for_the_first(why)
    file = decide(file, RegisterFileStatus.REFUSED, DECIDES, by=by, at=at, note=why[:200])
    values = {"n": _size(file), "why": why[:200]}
    _tell_first(file, _("Your file of %(n)s households was refused: %(why)s"), values, at=at)
    file.lines.all().delete()
    return file


def lapse_unconfirmed(*, at: dt.datetime) -> int:
    """End the files that nobody confirmed in time, and tell their office; return how many. May run twice at once."""
    overdue = RegisterFile.objects.filter(status=RegisterFileStatus.PROPOSED, confirm_by_at__lte=at)
    return sum(_lapse(file, at=at) for file in overdue.order_by("confirm_by_at", "pk"))


@transaction.atomic
def _lapse(file: RegisterFile, *, at: dt.datetime) -> bool:
    file = lock(file)
    if file.status != RegisterFileStatus.PROPOSED:
        return False
    file.decided_at = at
    file.move_to(RegisterFileStatus.LAPSED, by=None, at=at, along=["decided_at"])
    file.lines.all().delete()
    sentence = _(
        "Nobody confirmed the file of %(n)s households in time, so nothing was entered. It may be brought again."
    )
    _tell_office(file, sentence, {"n": _size(file)}, at=at)
    _tell_first(file, sentence, {"n": _size(file)}, at=at)
    return True


def _size(file: RegisterFile) -> int:
    """Return how many households a file enters or changes."""
    return file.households + file.changed


def _remarks(report: Report) -> dict[str, Any]:
    """Return what the second person is to know of the file, masked where it is about a person."""
    faults = [[fault.cell, fault.value, fault.reason] for fault in report.faults]
    return {
        "faults": faults[:MOST_REMARKS],
        "faulty": len(faults),
        "shared_phones": report.shared_phones[:MOST_REMARKS],
        "left_out": report.left_out,
    }


def _row(file: RegisterFile, position: int, ready: Ready) -> RegisterFileRow:
    row = RegisterFileRow(
        file=file,
        position=position,
        place=ready.place,
        number=ready.number,
        key=ready.key,
        people=ready.people,
        tier=ready.tier,
        cause=ready.cause,
        from_on=ready.moved.from_on if ready.moved else None,
        household_id=ready.moved.household if ready.moved else None,
        facts=[list(fact) for fact in ready.facts],
        village=ready.village,
    )
    row.content = json.dumps([ready.name, ready.id_number, ready.phone], ensure_ascii=False)
    return row


def _ready(row: RegisterFileRow, villages: Mapping[str, Place]) -> Ready:
    name, id_number, phone = json.loads(row.content)
    village = villages[row.village_id]  # type: ignore[attr-defined]
    ready = Ready(row.place, row.number, name, id_number, row.key, phone, row.people, row.tier, village, row.cause)
    if row.household_id is None:  # type: ignore[attr-defined]
        return ready
    facts: list[Any] = [tuple(fact) for fact in row.facts]
    moved = Moved(
        household=row.household_id,  # type: ignore[attr-defined]
        village_id=village.code,
        people=row.people,
        phone=phone if any(name == "phone" for name, _old, _new in facts) else None,
        tier=row.tier,
        cause=row.cause,
        from_on=row.from_on,
    )
    return replace(ready, moved=moved, facts=facts)


def _tell_office(file: RegisterFile, sentence: StrOrPromise, values: dict[str, Any], *, at: dt.datetime) -> None:
    """Tell every other clerk of the office."""
    for user in users_in_post(file.organisation, [Role.RELIEF_CLERK], clock.county_day(at)):
        if user.person_id != file.by.person_id:
            tell(sentence, values, phone=user.phone, kind="register.file", document=file.reference, at=at)


def _tell_first(file: RegisterFile, sentence: StrOrPromise, values: dict[str, Any], *, at: dt.datetime) -> None:
    tell(sentence, values, phone=file.by.phone, kind="register.file", document=file.reference, at=at)
