"""Whether anything at all was written since somebody last asked: the tag of an answer that need not be made again."""

import hashlib

from django.db import connection
from django.utils.http import quote_etag


def tag_of(*parts: object) -> str:
    """Return the ETag of an answer made of these parts and of what the database holds now.

    The database's own snapshot is part of it: any transaction that wrote and ended changes the tag, none is missed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
    said = "\n".join([snapshot, *map(str, parts)])
    return quote_etag(hashlib.sha256(said.encode()).hexdigest()[:32])
