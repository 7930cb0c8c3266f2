"""Every movement of a purse, with what was used, held and left after it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Cast

from ledger.models import Transfer

MOST_IN_A_FILE = 50_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of a purse, all in fen; after it `budget = used + held + left`."""

    pk: int
    at: dt.datetime
    reference: str  # `allocation:7:hold`, `budget:3`: of the document that moved the money
    budget_by: int
    held_by: int
    used_by: int
    budget_fen: int
    held_fen: int
    used_fen: int

    @property
    def left_fen(self) -> int:
        """Return what could still be spent or held after it."""
        return self.budget_fen - self.held_fen - self.used_fen


def entry_rows(own: int, source: int) -> QuerySet[Transfer]:
    """Return the movements of a purse, by how much each changed it, and how it stood after it.

    `own` is its account, `source` the one its budget comes from. The sums run from the first movement on: a page may
    be cut after any row, never before one.
    """
    into, out = Q(credit=own), Q(debit=own)
    of_budget = Q(debit=source) | Q(credit=source)
    moved, resolved = F("amount_fen"), F("resolves__amount_fen")
    now = Q(kind=Transfer.Kind.POSTED)
    by = {
        "budget_by": Case(
            When(now & into & of_budget, then=moved),
            When(now & out & of_budget, then=-moved),
            default=Value(0),
            output_field=BigIntegerField(),
        ),
        "held_by": Case(
            When(out & Q(kind=Transfer.Kind.PENDING), then=moved),
            When(out & Q(resolves__isnull=False), then=-resolved),
            default=Value(0),
            output_field=BigIntegerField(),
        ),
        "used_by": Case(
            When(of_budget | Q(kind=Transfer.Kind.PENDING), then=Value(0)),
            When(out, then=moved),
            When(into, then=-moved),
            output_field=BigIntegerField(),
        ),
    }
    runs = {
        name: Cast(Window(Sum(changed), order_by=F("pk").asc()), BigIntegerField())
        for name, changed in (("budget_fen", "budget_by"), ("held_fen", "held_by"), ("used_fen", "used_by"))
    }
    return Transfer.objects.filter(into | out).annotate(**by).annotate(**runs)


def entry_of(row: Transfer) -> Entry:
    """Return a row of `entry_rows` as what it says of its purse."""
    figures = {name: getattr(row, name) for name in Entry.__slots__ if name.endswith(("_by", "_fen"))}
    return Entry(pk=row.pk, at=row.at, reference=row.reference, **figures)


def all_entries(own: int, source: int) -> Iterator[Entry]:
    """Return what a purse moved, the oldest first, for a file: at most ⟨MOST_IN_A_FILE⟩ rows."""
    return map(entry_of, entry_rows(own, source).order_by("pk")[:MOST_IN_A_FILE].iterator())
