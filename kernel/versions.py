"""Whether two things are the same: what was asked before and now, what the database held before and now."""

import datetime as dt
import hashlib
import json

from django.db import connection
from django.utils.http import quote_etag


def now() -> tuple[dt.datetime, str]:
    """Return this instant as the database sees it, as `clock.now` does, and its snapshot, in one question.

    The snapshot names every transaction that has ended: any that wrote changes it, none is missed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), pg_current_snapshot()::text")
        at, snapshot = cursor.fetchone()
        return at.astimezone(dt.UTC), snapshot


def tag_of(snapshot: str, *parts: object) -> str:
    """Return the ETag of an answer made of these parts and of what the database held at this snapshot."""
    text = "\n".join([snapshot, *map(str, parts)])
    return quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32])


def fingerprint(*parts: object) -> str:
    """Return a short print of what was asked, to tell a repeat from another request under the same key."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
