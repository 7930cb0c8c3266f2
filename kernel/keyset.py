"""Cut a long list into pages by the last row seen, so that page 1,000 costs what page 1 costs and nothing shifts."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

_LONGEST = 400


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursor of the next and the one before; a cursor is None where there is no page."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Found:
    """Rows brought for a page, and how far was looked where looking stopped before the end of the list."""

    rows: list[Any]
    looked_to: dict[str, Any] | None = None  # column → value


def cut(rows: QuerySet, order: tuple[str, ...], *, cursor: str = "", size: int = 20) -> Page:
    """Return the page a cursor points at, in one query; an unreadable cursor is the first page.

    `order` names columns, `-` in front for falling; the last one must be unique.
    """
    backwards, seen = opened(cursor, len(order))
    if seen is not None:
        try:
            rows = beyond(rows, order, seen, backwards)
        except (ValidationError, ValueError, TypeError):  # a cursor made by hand: no such day, no such number
            backwards, seen = False, None
    brought = Found(list(rows.order_by(*read_order(order, backwards))[: size + 1]))
    return page(brought, order, size=size, backwards=backwards, first=seen is None)


def opened(cursor: str, columns: int) -> tuple[bool, list | None]:
    """Return whether a cursor reads backwards and the values of the row it was cut at; None: it is the first page."""
    if not cursor or len(cursor) > _LONGEST:
        return False, None
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return False, None
    if direction not in ("a", "b") or len(values) != columns:
        return False, None
    if not all(isinstance(v, str) or (isinstance(v, int) and abs(v) < 2**62) for v in values):
        return False, None
    return direction == "b", values


def beyond(rows: QuerySet, order: tuple[str, ...], seen: Sequence, backwards: bool) -> QuerySet:
    """Return the rows after the row with these values, before it when read backwards."""
    return rows.filter(_from(order[0], seen[0], backwards) & _beyond(order, seen, backwards))


def read_order(order: tuple[str, ...], backwards: bool) -> list[str]:
    """Return the order in which a page is read."""
    if not backwards:
        return list(order)
    return [column.removeprefix("-") if column.startswith("-") else f"-{column}" for column in order]


def page(brought: Found, order: tuple[str, ...], *, size: int, backwards: bool, first: bool) -> Page:
    """Return the page of what was brought, of which the last row beyond `size` only says that there is more."""
    rows = brought.rows[:size]
    full = len(brought.rows) > size
    # Where the page ends in the direction it was read: its last row, or as far as was looked.
    end = rows[-1] if full else brought.looked_to
    begin = rows[0] if rows else None
    if backwards:
        rows.reverse()
        return Page(rows, _written("a", order, begin), _written("b", order, end))
    return Page(rows, _written("a", order, end), None if first else _written("b", order, begin))


def _from(column: str, value: Any, backwards: bool) -> Q:
    """Return what follows from _beyond of the first column alone: with it the index is entered at the right place."""
    falls = column.startswith("-") != backwards
    return Q(**{f"{column.removeprefix('-')}__{'lte' if falls else 'gte'}": value})


def _beyond(order: Sequence[str], seen: Sequence[Any], backwards: bool) -> Q:
    after, equal = Q(), Q()
    for column, value in zip(order, seen, strict=True):
        name = column.removeprefix("-")
        falls = column.startswith("-") != backwards
        after |= equal & Q(**{f"{name}__{'lt' if falls else 'gt'}": value})
        equal &= Q(**{name: value})
    return after


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> int | str:
    """Return a value as a cursor carries it; days and instants in the form in which they are read back."""
    if isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _written(direction: str, order: Sequence[str], row: Any) -> str | None:
    if row is None:
        return None
    values = [_value(row, column.removeprefix("-")) for column in order]
    cursor = json.dumps([direction, *[_plain(value) for value in values]])
    return base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
