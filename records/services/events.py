"""Facts set down for whoever reads them later; ids only."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from records.models import Event, SomeAccount


def record(kind: str, document: str, *, by: SomeAccount, at: dt.datetime, **data: Any) -> None:
    """Write one event in the transaction of the change it tells of."""
    Event.objects.create(kind=kind, document=document, data=data, by=by, at=at)


def record_once(kind: str, document: str, *, by: SomeAccount, at: dt.datetime) -> bool:
    """Write one event of this kind for a document that the caller has locked; return whether it is the first."""
    if Event.objects.filter(kind=kind, document=document).exists():
        return False
    record(kind, document, by=by, at=at)
    return True


def record_all(kind: str, facts: Iterable[tuple[str, dict[str, Any]]], *, by: SomeAccount, at: dt.datetime) -> None:
    """As `record`, for many documents, each with its own data, in one statement."""
    Event.objects.bulk_create(Event(kind=kind, document=name, data=data, by=by, at=at) for name, data in facts)
