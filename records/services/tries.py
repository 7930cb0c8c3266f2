"""A refused try is written down once everything else of it is undone: who, when, at which door, what, why."""

import datetime as dt

from django.db import connection, transaction

from records.models import SomeAccount

MOST_A_MINUTE = 30  # different tries of one person; what goes beyond is one row a door
MANY = "many"


@transaction.atomic
def note_refusal(*, by: SomeAccount, door: str, document: str, code: str, at: dt.datetime) -> None:
    """Write one refused try; the same within a minute counts on the row that is there."""
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_refusedtry AS r (by_id, door, document, code, minute, at, times)
            SELECT %(by)s, %(door)s, CASE WHEN c.crowded THEN '' ELSE %(document)s END,
                   CASE WHEN c.crowded THEN %(many)s ELSE %(code)s END, %(minute)s, %(at)s, 1
            FROM (
                SELECT count(*) >= %(most)s AND NOT bool_or((door, document, code) = (%(door)s, %(document)s, %(code)s))
                FROM records_refusedtry WHERE by_id = %(by)s AND minute = %(minute)s
            ) AS c (crowded)
            ON CONFLICT (by_id, minute, door, document, code) DO UPDATE SET times = r.times + 1
            """,
            {
                "by": by.pk,
                "door": door,
                "document": document[:64],
                "code": code[:48],
                "minute": minute,
                "at": at,
                "many": MANY,
                "most": MOST_A_MINUTE,
            },
        )
