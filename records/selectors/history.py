"""Does history still say what was written? Rows are held against traces, traces against seals, seals against heads.

Everything is asked in batches by number, so that millions of rows need no more memory than a few thousand.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from kernel.sealing import blind_index
from kernel.traced import Traced
from records.models import HistorySeal, Trace

ROWS, SEALS, SEAL_TRACES = 5_000, 50, 2_000
LATE = dt.timedelta(hours=1)  # so long may an act be older than its trace, and a trace older than the last seal


@dataclass(frozen=True)
class Break:
    """The first row that is not what was written."""

    table: str
    row_id: int
    what: str


@dataclass(frozen=True)
class Wall:
    """What rows are held against besides their digests: who may write, and whether acts are dated by the clock."""

    role: str
    by_the_clock: bool


def traced_models() -> list[type[models.Model]]:
    """Return the models whose rows leave traces."""
    return [model for model in apps.get_models() if hasattr(model, "TRACED")]


def newest_seal() -> HistorySeal | None:
    """Return the head of the chain."""
    return HistorySeal.objects.order_by("-pk").first()


def first_break(wall: Wall, heads: Iterable[str]) -> Break | None:
    """Return the first row that is not what was written, None while all are; `heads` are the lines of the journal."""
    for model in traced_models():
        if broken := _changed_row(model.TRACED, wall):  # type: ignore[attr-defined]
            return broken
    return _lost_row() or _broken_seal() or _broken_after_the_last_seal() or _lost_head(heads)


def _changed_row(traced: Traced, wall: Wall) -> Break | None:
    """Return the first row of a table that is not what its newest trace says of it."""
    for after, last in _batches(traced.table):
        rows = _asked(
            f"""
            SELECT r.id, t.id IS NULL, t.digest <> {traced.digest("r")}, t.role <> %s, t.role
            FROM {traced.table} AS r
            LEFT JOIN LATERAL (
                SELECT * FROM records_trace WHERE place = '{traced.table}' AND row_id = r.id ORDER BY id DESC LIMIT 1
            ) AS t ON true
            WHERE r.id > %s AND r.id <= %s AND {traced.tells("r")}
              AND (t.id IS NULL OR t.digest <> {traced.digest("r")} OR t.role <> %s
                   OR %s AND {traced.moment("r")} < t.at - %s)
            ORDER BY r.id LIMIT 1
            """,  # noqa: S608
            [wall.role, after, last, wall.role, wall.by_the_clock, LATE],
        )
        for row_id, untraced, changed, other_role, role in rows:
            if untraced:
                return Break(traced.table, row_id, "was entered without leaving a trace")
            if changed:
                return Break(traced.table, row_id, "was changed after it was written")
            if other_role:
                return Break(traced.table, row_id, f"was written by {role}, not by the site")
            return Break(traced.table, row_id, "says that it was long before it was written")
    return None


def _lost_row() -> Break | None:
    """Return the first row of which there is a trace and nothing else any more."""
    cases = " ".join(
        f"WHEN '{traced.table}' THEN EXISTS (SELECT FROM {traced.table} AS r"
        f" WHERE r.id = t.row_id AND {traced.tells('r')})"
        for traced in (model.TRACED for model in traced_models())  # type: ignore[attr-defined]
    )
    for after, last in _batches("records_trace"):
        rows = _asked(
            f"""
            SELECT t.place, t.row_id FROM records_trace AS t
            WHERE t.id > %s AND t.id <= %s AND NOT CASE t.place {cases} ELSE false END ORDER BY t.id LIMIT 1
            """,  # noqa: S608
            [after, last],
        )
        for place, row_id in rows:
            return Break(place, row_id, "was taken away after it was written")
    return None


def body_of(traces: str) -> str:
    """Return the SQL of what a batch of traces says, in order."""
    columns = ", ".join(f"{traces}.{name}" for name in ("id", "place", "row_id", "digest", "role"))
    line = f"concat_ws('|', {columns}, extract(epoch FROM {traces}.at))"
    return f"encode(sha256(convert_to(coalesce(string_agg({line}, E'\\n' ORDER BY {traces}.id), ''), 'UTF8')), 'hex')"


def seal_digest(seal: HistorySeal, body: str, before: str) -> str:
    """Return the digest of a seal, under the site's own key: whoever owns the database alone cannot make one."""
    said = [before, seal.after, seal.last, seal.traces, seal.total, seal.at.astimezone(dt.UTC).isoformat(), body]
    return blind_index("history", "|".join(map(str, said)))


def _broken_seal() -> Break | None:
    """Return the first seal that is not over its traces, or not bound to the one before."""
    before, total, digest = 0, 0, ""
    earlier: dt.datetime | None = None
    for after, last in _batches(HistorySeal._meta.db_table, size=SEALS):
        found = _asked(
            f"""
            SELECT s.id, count(t.id), min(t.at), {body_of("t")}
            FROM records_historyseal AS s LEFT JOIN records_trace AS t ON t.id > s.after AND t.id <= s.last
            WHERE s.id > %s AND s.id <= %s GROUP BY s.id
            """,  # noqa: S608
            [after, last],
        )
        covered = {number: said for number, *said in found}
        for seal in HistorySeal.objects.filter(pk__gt=after, pk__lte=last).order_by("pk"):
            traces, begun_at, body = covered[seal.pk]
            total += traces
            whole = (seal.after, seal.traces, seal.total) == (before, traces, total)
            late = earlier is not None and traces and begun_at < earlier - LATE
            if not whole or late or seal.digest != seal_digest(seal, body, digest):
                what = f"is no longer over what was written: traces {seal.after + 1} to {seal.last}"
                return Break(seal._meta.db_table, seal.pk, what)
            before, digest, earlier = seal.last, seal.digest, seal.at
    return None


def _broken_after_the_last_seal() -> Break | None:
    """Return the first trace that no seal can ever cover, or that is dated before what was sealed already."""
    head = newest_seal()
    stray = Trace.objects.filter(pk__lt=1)
    if head is not None:
        stray = stray | Trace.objects.filter(pk__gt=head.last, at__lt=head.at - LATE)
    trace = stray.order_by("pk").first()
    return Break(trace.place, trace.row_id, "has a trace that was put in afterwards") if trace else None


def _lost_head(lines: Iterable[str]) -> Break | None:
    """Return the first head noted outside the database that is not in the chain: it was made anew, or is older.

    A restore that was marked takes back the heads that were noted before it beyond the seal to which it went back.
    """
    heads, back_to = [], sys.maxsize
    for line in map(json.loads, reversed(list(lines))):  # one a night
        back_to = min(back_to, line.get("back_to", back_to))
        if "digest" in line and line["seal"] <= back_to:
            heads.append(line)
    seals = HistorySeal.objects.in_bulk({head["seal"] for head in heads})
    for head in reversed(heads):
        seal = seals.get(head["seal"])
        if seal is None or (seal.digest, seal.total) != (head["digest"], head["total"]):
            what = f"is not what was noted on {head['at']}: the chain was made anew, or an older one restored"
            return Break(HistorySeal._meta.db_table, head["seal"], what)
    return None


def _batches(table: str, size: int = ROWS) -> Iterator[tuple[int, int]]:
    """Yield the numbers between which the rows of a table lie, so many at a time."""
    after = -(2**63)
    while True:
        asked = f"SELECT max(id) FROM (SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT %s) AS b"  # noqa: S608
        ((last,),) = _asked(asked, [after, size])
        if last is None:
            return
        yield after, last
        after = last


def _asked(question: str, values: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()
