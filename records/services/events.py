"""Facts set down for whoever reads them later; ids only."""

from records.models import Event


def record(kind: str, document: str, *, by, at, **data):
    """Write one event in the transaction of the change it tells of."""
    Event.objects.create(kind=kind, document=document, data=data, by=by, at=at)
