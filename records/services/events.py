"""Facts set down for whoever reads them later; ids only."""

import datetime as dt
from typing import Any

from records.models import Event, SomeAccount


def record(kind: str, document: str, *, by: SomeAccount, at: dt.datetime, **data: Any) -> None:
    """Write one event in the transaction of the change it tells of."""
    Event.objects.create(kind=kind, document=document, data=data, by=by, at=at)
