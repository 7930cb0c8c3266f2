"""The log: who did what to which document, read from the moves and the events of all rooms, newest first.

Both are read by index for as many rows as a page takes, and put together here: a page costs the same in a table of ten
million rows as in an empty one.
"""

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import Membership
from kernel import keyset
from kernel.masking import mask_name
from records.models import Event, MassReading, Move, Reading, RefusedTry
from records.selectors.tries import refused_tries

ORDER = ("-at", "-rank")
ROWS_AT_ONCE = 2_000
_WORKS = Exists(Membership.objects.filter(person=OuterRef("by__person")))


@dataclass(frozen=True, slots=True)
class Acts:
    """The moves and the events that were asked for."""

    moves: QuerySet[Move]
    events: QuerySet[Event]


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a document or one event about it; `rank` is unique among those of one instant."""

    at: dt.datetime
    rank: int
    document: str
    kind: str  # of an event; empty for a step
    before: str
    after: str
    note: str
    by_id: UUID | None
    by: str  # the name, masked of whoever holds no post; empty where the site itself acted


def log_page(acts: Acts, *, cursor: str = "", size: int = 50) -> keyset.Page:
    """Return one page of the log, newest first."""
    backwards, seen = keyset.opened(cursor, len(ORDER))
    try:
        rows = list(islice(_merged(acts, seen, backwards, size + 1), size + 1))
    except (ValueError, TypeError):  # a cursor made by hand
        backwards, seen = False, None
        rows = list(islice(_merged(acts, None, False, size + 1), size + 1))
    return keyset.page(keyset.Found(rows), ORDER, size=size, backwards=backwards, first=seen is None)


def log_rows(acts: Acts, most: int) -> Iterator[Act]:
    """Read the log from its newest row on, at most so many, some thousand at a time."""
    cursor: str | None = ""
    left = most
    while cursor is not None and left > 0:
        page = log_page(acts, cursor=cursor, size=min(ROWS_AT_ONCE, left))
        yield from page.rows
        left -= len(page.rows)
        cursor = page.next


def _merged(acts: Acts, seen: list[Any] | None, backwards: bool, most: int) -> Iterator[Act]:
    """Return the acts beyond those seen, in the order in which the page is read."""
    sources = [
        [_step(move) for move in _part(acts.moves, 0, seen, backwards, most)],
        [_event(event) for event in _part(acts.events, 1, seen, backwards, most)],
    ]
    return heapq.merge(*sources, key=lambda act: (act.at, act.rank), reverse=not backwards)


def _part(rows: QuerySet, place: int, seen: list[Any] | None, backwards: bool, most: int) -> QuerySet:
    """Return as many rows of one table as a page could need; their rank tells the two tables apart."""
    ranked = rows.select_related("by__person").annotate(rank=F("id") * 2 + place, works=_WORKS)
    if seen is not None:
        at, rank = dt.datetime.fromisoformat(seen[0]), int(seen[1])
        ranked = keyset.beyond(ranked, ORDER, [at, rank], backwards)
    return ranked.order_by(*keyset.read_order(ORDER, backwards))[:most]


def _step(move: Any) -> Act:
    return Act(move.at, move.rank, move.document, "", move.before, move.after, move.note, move.by_id, seen_name(move))


def _event(event: Any) -> Act:
    return Act(event.at, event.rank, event.document, event.kind, "", "", "", event.by_id, seen_name(event))


def seen_name(row: Any) -> str:
    """Return the name of whoever acted: of staff in full, of a household's people masked."""
    return name_of_hand(row) if row.works else mask_name(name_of_hand(row))


def name_of_hand(row: Any) -> str:
    """Return the name of whoever acted; empty where the site itself did."""
    return row.by.person.name if row.by is not None and row.by.person is not None else ""


def tries_seen() -> QuerySet[RefusedTry]:
    """Return every refused try with who tried, and whether that person works here."""
    return refused_tries().annotate(works=_WORKS)


def readings() -> QuerySet[Reading]:
    """Return who looked at personal data, with the person, for the auditor."""
    return Reading.objects.select_related("by__person")


def mass_readings() -> QuerySet[MassReading]:
    """Return who read of very many people, the open ones first."""
    return MassReading.objects.select_related("by__person", "asked_by__person").order_by(
        F("asked_at").desc(nulls_first=True), "-at", "-pk"
    )
