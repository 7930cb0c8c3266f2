"""Documents with a status: one field, one table of legal moves, one verb that writes it, one history row a move.

The same MOVES become database triggers, so that no path around `move_to` can take an illegal edge.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError

Moves = Mapping[Any, set[Any]]  # from which status to which others
Document = TypeVar("Document", bound=models.Model)
AT_ONCE = 5_000  # rows in one statement: more of them, each asked by its triggers, may take longer than one may run


class IllegalMove(DomainError):
    code = "illegal_move"
    message = _("Somebody has already moved this on. Open it again to see where it stands.")


class _StatusEdges(pgtrigger.FSM):
    """Legal edges, checked only when the status column is written (inserts are guarded apart)."""

    operation = pgtrigger.UpdateOf("status")


class Workflow(models.Model):
    """A document that moves along MOVES and leaves a row behind at each step."""

    MOVES: Moves = {}
    REFERENCE = "document"

    status = models.CharField(max_length=24, editable=False)

    class Meta:
        abstract = True

    @property
    def reference(self) -> str:
        """Name this document in text, as every room below it may."""
        return f"{self.REFERENCE}:{self.pk}"

    def can_move(self, status: str) -> bool:
        """Return whether this edge is legal from where the document stands."""
        return status in self.MOVES[type(next(iter(self.MOVES)))(self.status)]

    def move_to(self, status: str, *, by: Any, at: dt.datetime, note: str = "", along: Sequence[str] = ()) -> Self:
        """Take one legal edge, save it and write its history row; refuse any other edge.

        `along` names columns that change with the status, in the same statement.
        """
        if not self.can_move(status):
            raise IllegalMove
        before, self.status = self.status, status
        self.save(update_fields=["status", *along])
        self._record(before, by=by, at=at, note=note)
        return self

    def begin(self, *, by: Any, at: dt.datetime, note: str = "") -> Self:
        """Insert the document in its first status and write the first history row."""
        self.begin_untold()._record("", by=by, at=at, note=note)
        return self

    def begin_untold(self) -> Self:
        """Insert the document in its first status; `begin_all` writes its first history row `beside` others'."""
        self.status = next(iter(self.MOVES))
        self.save(force_insert=True)
        return self

    @classmethod
    def begin_all(cls, rows: list[Self], *, beside: Sequence["Workflow"] = (), by: Any, at: dt.datetime) -> list[Self]:
        """Insert many documents in their first status, with their history, in two statements for each 5,000 of them.

        Documents `beside` them were begun untold in this transaction: their history begins in the same statement.
        """
        for row in rows:
            row.status = next(iter(cls.MOVES))
        cls._base_manager.bulk_create(rows, batch_size=AT_ONCE)
        cls._record_all([*beside, *rows], "", by=by, at=at, note="")
        return rows

    @classmethod
    def move_all(
        cls,
        rows: Iterable[Self],
        status: str,
        *,
        by: Any,
        at: dt.datetime,
        note: str | Mapping[Any, str] = "",
        along: Sequence[str] = (),
    ) -> list[Self]:
        """Take the same edge with many locked documents in two statements; refuse if one may not.

        `note` is one for all, or each document's own by its key; `along` names columns that change with the status,
        in the same statement.
        """
        rows = list(rows)
        if not all(row.can_move(status) for row in rows):
            raise IllegalMove
        befores = {row.pk: row.status for row in rows}
        for row in rows:
            row.status = status
        if along:
            cls._base_manager.bulk_update(rows, ["status", *along])
        else:
            cls._base_manager.filter(pk__in=list(befores)).update(status=status)
        cls._record_all(rows, befores, by=by, at=at, note=note)
        return rows

    def _record(self, before: str, *, by: Any, at: dt.datetime, note: str) -> None:
        self._record_all([self], before, by=by, at=at, note=note)

    @staticmethod
    def _record_all(
        rows: Sequence["Workflow"],
        before: str | Mapping[Any, str],
        *,
        by: Any,
        at: dt.datetime,
        note: str | Mapping[Any, str],
    ) -> None:
        history = apps.get_model(settings.WORKFLOW_HISTORY_MODEL)
        steps = (
            history(
                document=row.reference,
                before=before if isinstance(before, str) else before[row.pk],
                after=row.status,
                by=by,
                at=at,
                note=note if isinstance(note, str) else note.get(row.pk, ""),
            )
            for row in rows
        )
        history.objects.bulk_create(steps, batch_size=AT_ONCE)


def lock(document: Document) -> Document:
    """Re-read this document under a row lock, so that what follows sees and keeps the truth."""
    return type(document)._base_manager.select_for_update(of=("self",)).get(pk=document.pk)


def change(row: Document, values: Mapping[str, Any]) -> Document:
    """Write these columns of a row and no other: the app role may change only those that its model names."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def status_guards(moves: Moves) -> list[pgtrigger.Trigger]:
    """Return the triggers that keep a status column on the edges of MOVES."""
    first = next(iter(moves))
    edges = [(str(a.value), str(b.value)) for a, after in moves.items() for b in sorted(after, key=str)]
    return [
        _StatusEdges(name="status_edges", field="status", transitions=edges),
        pgtrigger.Protect(
            name="first_status",
            operation=pgtrigger.Insert,
            condition=~pgtrigger.Q(new__status=str(first.value)),
        ),
    ]


def legal_statuses(moves: Moves, name: str) -> models.CheckConstraint:
    """Return the constraint that a status column holds one of the words of MOVES."""
    return models.CheckConstraint(condition=models.Q(status__in=[s.value for s in moves]), name=name)


def append_only(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows are written once and stay."""
    return [
        pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete),
        no_truncate(),
    ]


def never_deleted() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows may change and stay."""
    return [pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete), no_truncate()]


def final_once(column: str, name: str) -> pgtrigger.Trigger:
    """Return the trigger that lets nothing of a row change once this column is filled in."""
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update, condition=pgtrigger.Q(**{f"old__{column}__isnull": False})
    )


def no_truncate() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE (row triggers do not see it)."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
    )
