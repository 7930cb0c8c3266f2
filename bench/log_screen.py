"""P16: how long does a page of the auditor's log take, whatever it is narrowed to, with ten million rows?

Four in five rows are steps of documents, the rest events; the newest page, one deep in the past, and each filter alone
and together are read through the page's own question. The rows are made by the server itself. Prints one JSON line a
question with the time in the database.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/log_screen.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import datetime as dt
import json
import os

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from reports.filters import log_asked
from reports.pages.log import kinds
from reports.selectors.log import log_page

ROWS = int(os.environ.get("BENCH_ROWS", "10000000"))
TARGET_MS = 300
PEOPLE = 500
KINDS = ["order", "allocation", "receipt", "payment", "listing", "claim", "registerchange"]
# One row every six seconds: ten million are two years. Few steps are of batches, one in ten thousand.
FILL = """
INSERT INTO records_move (document, before, after, by_id, at, note)
SELECT (CASE WHEN g %% 10000 = 0 THEN 'batch' ELSE (%(kinds)s::text[])[1 + g %% 7] END) || ':' || g / 5, 'a', 'b',
       (%(people)s::uuid[])[1 + g %% %(many)s], now() - g * interval '6 seconds', ''
FROM generate_series(1, %(moves)s) g;
INSERT INTO records_event (kind, document, data, by_id, at)
SELECT 'claim.filed', 'claim:' || g, '{}', (%(people)s::uuid[])[1 + g %% %(many)s], now() - g * interval '30 seconds'
FROM generate_series(1, %(events)s) g;
"""


def fill() -> list:
    """Write the rows past the triggers and return the keys of the accounts that acted."""
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        link.execute(
            "INSERT INTO accounts_user (password, is_active, id, phone_sealed, phone_index, phone_verified, elder_mode,"
            " created_at) SELECT '', true, gen_random_uuid(), '', 'bench' || g, true, false, now()"
            " FROM generate_series(1, %s) g",
            [PEOPLE],
        )
        people = [row[0] for row in link.execute("SELECT id FROM accounts_user WHERE phone_index LIKE 'bench%'")]
        for table in ("records_move", "records_event"):
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        values = {"people": people, "many": PEOPLE, "kinds": KINDS, "moves": ROWS * 4 // 5, "events": ROWS // 5}
        for statement in FILL.split(";\n")[:-1]:
            link.execute(statement, values)
        for table in ("records_move", "records_event"):
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            link.execute(f"VACUUM ANALYZE {table}")
    return people


def measure(name: str, asked: dict[str, str], *, deep: bool = False) -> None:
    """Read one page, and with `deep` the one that lies a year back, and print its time in the database."""
    acts, _form = log_asked(asked, kinds())
    if acts is None:
        raise SystemExit(f"{asked} was not understood")
    cursor = log_page(acts).next or "" if deep else ""
    with CaptureQueriesContext(connection) as statements:
        page = log_page(acts, cursor=cursor)
    milliseconds = sum(float(statement["time"]) for statement in statements) * 1000
    print(
        json.dumps(
            {
                "question": "P16 log_screen",
                "asked": name,
                "rows_on_file": ROWS,
                "rows": len(page.rows),
                "database_ms": round(milliseconds, 1),
                "target_ms": TARGET_MS,
                "met": milliseconds <= TARGET_MS,
            }
        ),
        flush=True,
    )


def main() -> None:
    """Fill, then ask."""
    people = fill()
    today, somebody = clock.county_day(clock.now()), str(people[7])
    long_ago = (today - dt.timedelta(days=365)).isoformat()
    measure("newest", {})
    measure("next page", {}, deep=True)
    measure("one day a year ago", {"first": long_ago, "last": long_ago})
    measure("until a year ago", {"last": long_ago})
    measure("orders", {"kind": "order"})
    measure("batches, one row in ten thousand", {"kind": "batch"})
    measure("batches until a year ago", {"kind": "batch", "last": long_ago})
    measure("one document", {"document": "order:77"})
    measure("one person", {"person": somebody})
    measure("one person until a year ago", {"person": somebody, "last": long_ago})
    measure("what one person did to batches", {"person": somebody, "kind": "batch"})
    measure(
        "what one person did to claims on one day",
        {"person": somebody, "kind": "claim", "first": long_ago, "last": long_ago},
    )


if __name__ == "__main__":
    main()
