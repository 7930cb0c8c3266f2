"""Values that may be absent in the table, but not in the state a document has reached."""

from typing import TypeVar

Kind = TypeVar("Kind")


def known(value: Kind | None) -> Kind:
    """Return a value whose presence the document's state promises; its absence is a bug, never a refusal."""
    if value is None:
        raise LookupError("a value is absent where the state of its document promises it")
    return value
