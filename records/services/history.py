"""Seal what was written: traces that nobody can add to any more are bound to each other, batch by batch.

A trace takes its number while its transaction still runs, so that a later number may be there before an earlier one.
Sealed is therefore up to a number that every transaction of before has left behind. Nobody who writes ever waits.
"""

import datetime as dt
import json
import os
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from records.models import HistorySeal, Trace
from records.selectors.history import SEAL_TRACES, body_of, newest_seal, seal_digest

MOST_SEALS = 100  # a run; the next one goes on
TRIES, EVERY_SECONDS = 100, 0.05


@transaction.atomic(durable=True)
def seal_history() -> int:
    """Seal the traces that every transaction of before has left behind; return how many were sealed now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('seal history'))")
        if not cursor.fetchone()[0]:
            return 0
        begun = after = getattr(newest_seal(), "last", 0)
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM records_trace_id_seq")
        newest = cursor.fetchone()[0]
        if not Trace.objects.filter(pk__gt=after, pk__lte=newest).exists() or not _left_behind(cursor):
            return 0
        for _seal in range(MOST_SEALS):
            if (sealed := _seal_next(cursor, newest)) is None:
                break
            after = sealed
    return Trace.objects.filter(pk__gt=begun, pk__lte=after).count()


def _left_behind(cursor: CursorWrapper) -> bool:
    """Wait a little until every transaction that is older than this one has ended; return whether all have.

    This one takes its own number only now: whoever had taken the number of a trace before is older.
    """
    cursor.execute("SELECT pg_current_xact_id()::text")
    own = cursor.fetchone()[0]
    for _try in range(TRIES):
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [own])
        if cursor.fetchone()[0]:
            return True
        time.sleep(EVERY_SECONDS)
    return False


def _seal_next(cursor: CursorWrapper, newest: int) -> int | None:
    """Seal the next batch up to this trace and return its last number; None when there is nothing left."""
    before = newest_seal()
    after = before.last if before else 0
    cursor.execute(
        f"""
        SELECT max(t.id), count(*), {body_of("t")}, clock_timestamp()
        FROM (SELECT * FROM records_trace WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS t
        """,  # noqa: S608
        [after, newest, SEAL_TRACES],
    )
    last, traces, body, at = cursor.fetchone()
    if not traces:
        return None
    seal = HistorySeal(
        after=after,
        last=last if traces == SEAL_TRACES else newest,
        traces=traces,
        total=traces + (before.total if before else 0),
        at=at,
    )
    seal.digest = seal_digest(seal, body, before.digest if before else "")
    seal.save(force_insert=True)
    return seal.last


def note_head(journal: Path, *, at: dt.datetime) -> bool:
    """Write the newest seal into a file outside the database, after earlier ones; return whether there is a seal."""
    head = newest_seal()
    if head is None:
        return False
    _append(journal, {"at": at.isoformat(), "seal": head.pk, "total": head.total, "digest": head.digest})
    return True


def note_restore(journal: Path, *, at: dt.datetime) -> None:
    """Write that a backup was restored: heads noted beyond the newest seal there is now are gone with what was lost."""
    _append(journal, {"at": at.isoformat(), "back_to": getattr(newest_seal(), "pk", 0)})


def _append(journal: Path, line: dict[str, Any]) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(handle, "a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
