"""The audit: every promise of every room, asked of the database alone, read-only, with the rows that break it."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from kernel.oracle import Oracle
from kernel.workflow import Workflow

MOST_SHOWN = 20


@dataclass(frozen=True)
class Breach:
    """A promise that does not hold, with some of the rows that break it."""

    promise: str
    rows: list[tuple]


# What no single room can be asked: statements and awards lie beside each other.
ACROSS_ROOMS = [
    Oracle(
        "I10 every payable is owed by a statement or an award",
        """
        SELECT p.id, p.document FROM ledger_payable p
        LEFT JOIN orders_settlementstatement s ON s.payable_id = p.id
        LEFT JOIN losses_award w ON w.payable_id = p.id
        WHERE (p.kind = 'purchase' AND s.id IS NULL) OR (p.kind = 'relief' AND w.id IS NULL)
        """,
    ),
]


def documents_match_their_history() -> Iterator[Oracle]:
    """Yield, for each kind of document, the oracle that its status is the last move of its history (I13, I16)."""
    for model in apps.get_models():
        if not issubclass(model, Workflow):
            continue
        table = model._meta.db_table
        yield Oracle(
            f"I13 I16 every {model.REFERENCE} stands where its last move left it",
            f"""
            SELECT d.id::text, d.status, m.after FROM {table} d
            LEFT JOIN LATERAL (
                SELECT after FROM records_move WHERE document = '{model.REFERENCE}:' || d.id ORDER BY id DESC LIMIT 1
            ) m ON true
            WHERE m.after IS DISTINCT FROM d.status
            """,  # noqa: S608  (names of our own models)
        )


def oracles() -> list[Oracle]:
    """Return what every room promises, what lies across them, and what every document does."""
    rooms = [import_module(f"{app}.promises") for app in settings.OUR_APPS if find_spec(f"{app}.promises")]
    return [*(oracle for room in rooms for oracle in room.ORACLES), *ACROSS_ROOMS, *documents_match_their_history()]


def breaches() -> list[Breach]:
    """Ask every oracle in one snapshot and return the promises that do not hold."""
    broken = []
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        for oracle in oracles():
            cursor.execute(f"SELECT * FROM ({oracle.query}) offending LIMIT {MOST_SHOWN}")  # noqa: S608
            rows = cursor.fetchall()
            if rows:
                broken.append(Breach(oracle.promise, rows))
    return broken
