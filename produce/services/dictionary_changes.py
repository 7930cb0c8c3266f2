"""The dictionary by two hands: one proposes what an entry becomes, another agrees or refuses; then it is written."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from produce.models import ChangeStatus, Grade, Produce, ProduceChange
from produce.selectors.dictionary import forget
from produce.selectors.dictionary_changes import COLUMNS, values_of
from produce.services.dictionary import pinyin_apart
from records.services import events
from records.services.participation import take_part

MOST_REASON = 200


class RefusedEntry(DomainError):
    """A rule about one column of an entry; `field` says beside which question it stands."""

    field = ""


class NothingChanges(BadValue):
    code = "nothing_changes"
    message = _("Nothing is different from what the dictionary says now. Change something, or leave the page.")


class ReasonNeeded(BadValue):
    code = "change_reason_needed"
    message = _("Write why, so that the second person can judge it.")


class UnitInUse(RefusedEntry):
    code = "unit_in_use"
    field = "stock_unit"
    message = _("Lots were listed in this unit, so it stays. Make a new entry for the other unit.")


class GradeInUse(RefusedEntry):
    code = "grade_in_use"
    field = "grades"

    def __init__(self, grades: list[Grade] | None = None) -> None:
        names = "、".join(grade.name for grade in grades or [])
        super().__init__(
            _("Lots were listed in the grade %(names)s, so it stays. It may be renamed.") % {"names": names}
        )


class NameTaken(RefusedEntry):
    code = "name_taken"

    def __init__(self, name: str, other: str, *, field: str) -> None:
        self.field = field
        super().__init__(_("%(name)s already leads to the entry %(other)s.") % {"name": name, "other": other})


class AlreadyProposed(DomainError):
    code = "already_proposed"
    message = _("A change of this entry waits for a second person already. It must be decided first.")


class ChangedMeanwhile(DomainError):
    code = "changed_meanwhile"
    message = _("The entry has changed since this was proposed. Refuse it and propose it again.")


@transaction.atomic
def propose(
    *, produce: Produce | None, values: dict[str, Any], reason: str, by: User, at: dt.datetime
) -> ProduceChange:
    """Write down what an entry shall become (a new one without `produce`); nothing is changed yet."""
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded
    before: dict[str, Any] = {}
    if produce is not None:
        produce = _locked(produce.pk)
        if produce.changes.filter(status=ChangeStatus.PROPOSED).exists():
            raise AlreadyProposed
        before = values_of(produce)
    becomes = {
        column: {"from": before.get(column), "to": values[column]}
        for column in COLUMNS
        if column in values and before.get(column) != values[column]
    }
    if not becomes:
        raise NothingChanges
    _check(produce, becomes)
    change = ProduceChange(produce=produce, becomes=becomes, reason=reason[:MOST_REASON], proposed_by=by, at=at)
    change.begin(by=by, at=at)
    take_part(change.reference, "propose", by=by, at=at)
    return change


def agree(change: ProduceChange, *, by: User, at: dt.datetime) -> Produce:
    """Write a proposed change into the dictionary; whoever proposed it may not."""
    words = _words(change)
    spelt = pinyin_apart(words) if words else None  # before anything is locked
    return _write(change, spelt, by=by, at=at)


@transaction.atomic
def refuse(change: ProduceChange, *, reason: str, by: User, at: dt.datetime) -> ProduceChange:
    """Leave the dictionary as it is; whoever proposed the change may not decide that either."""
    if not reason.strip():
        raise ReasonNeeded
    change = lock(change)
    take_part(change.reference, "decide", by=by, at=at)
    change.decided_by = by
    return change.move_to(ChangeStatus.REFUSED, by=by, at=at, note=reason.strip()[:MOST_REASON], along=["decided_by"])


@transaction.atomic
def _write(change: ProduceChange, spelt: tuple[str, str] | None, *, by: User, at: dt.datetime) -> Produce:
    change = lock(change)
    take_part(change.reference, "decide", by=by, at=at)
    change.decided_by = by
    change.move_to(ChangeStatus.IN_FORCE, by=by, at=at, along=["decided_by"])
    produce = _locked(change.produce_id) if change.produce_id else Produce(position=_last() + 1)
    if change.produce_id:
        now = values_of(produce)
        if any(now[column] != pair["from"] for column, pair in change.becomes.items()):
            raise ChangedMeanwhile
    _check(produce if change.produce_id else None, change.becomes)
    for column, pair in change.becomes.items():
        if column != "grades":
            setattr(produce, "category_id" if column == "category" else column, pair["to"])
    if spelt is not None:
        produce.pinyin, produce.initials = spelt
    produce.save()
    if "grades" in change.becomes:
        _write_grades(produce, change.becomes["grades"]["to"])
    events.record("produce.changed", change.reference, by=by, at=at, produce=produce.pk)
    transaction.on_commit(forget)
    return produce


def _locked(produce_id: int) -> Produce:
    """Return the entry under a lock that new lots of it wait for."""
    return Produce.objects.select_for_update(of=("self",)).get(pk=produce_id)


def _words(change: ProduceChange) -> list[str]:
    """Return every name the entry will have, empty when none of them changes."""
    becomes = change.becomes
    if not {"name", "aliases"} & becomes.keys():
        return []
    now = values_of(change.produce) if change.produce is not None else {"aliases": []}
    name = becomes["name"]["to"] if "name" in becomes else now["name"]
    return [name, *(becomes["aliases"]["to"] if "aliases" in becomes else now["aliases"])]


def _check(produce: Produce | None, becomes: dict[str, Any]) -> None:
    """Refuse what would leave lots without their unit or grade, or lead one name to two entries."""
    after = {column: pair["to"] for column, pair in becomes.items()}
    if "stock_unit" in after and produce is not None and produce.first_listed_at is not None:
        raise UnitInUse
    if "grades" in after and produce is not None:
        gone = produce.grades.exclude(code__in=[grade["code"] for grade in after["grades"]])
        if used := list(gone.exclude(first_listed_at=None)):
            raise GradeInUse(used)
    for field in ("name", "aliases"):
        value = after.get(field)
        for name in [value] if isinstance(value, str) else value or []:
            others = Produce.objects.filter(Q(name=name) | Q(aliases__contains=[name]))
            other = (others if produce is None else others.exclude(pk=produce.pk)).first()
            if other is not None:
                raise NameTaken(name, other.name, field=field)
    if produce is None and Produce.objects.filter(code=after["code"]).exists():
        raise NameTaken(after["code"], Produce.objects.get(code=after["code"]).name, field="name_en")


def _write_grades(produce: Produce, rows: list[dict[str, Any]]) -> None:
    try:
        produce.grades.exclude(code__in=[row["code"] for row in rows]).delete()
    except ProtectedError as held:
        raise GradeInUse(list(produce.grades.exclude(code__in=[row["code"] for row in rows]))) from held
    Grade.objects.bulk_create(
        [Grade(produce=produce, position=place, **row) for place, row in enumerate(rows, start=1)],
        update_conflicts=True,
        unique_fields=["produce", "code"],
        update_fields=["name", "name_en", "measure", "worth_percent", "position"],
    )


def _last() -> int:
    return Produce.objects.aggregate(last=Max("position"))["last"] or 0
