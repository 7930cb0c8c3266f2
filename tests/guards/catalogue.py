"""Every guard there is, read from the migrated database and from the running site, and how each is dropped alone."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from django.conf import settings
from psycopg import Connection, sql

from tests.guards.process import guards_of_the_site

# Tables of Django and of other people's packages are theirs to guard.
OURS = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname ~ ANY (%(rooms)s)
"""
# A count's own check is left to a check of ours that names the same column: that one says more.
CHECKS = f"""
    SELECT t.relname, c.conname, pg_get_constraintdef(c.oid),
           format('%%s(%%s)', t.relname, a.attname) AS made_up_from,
           EXISTS (
               SELECT FROM pg_constraint o WHERE o.conrelid = c.conrelid AND o.contype = 'c' AND o.oid <> c.oid
               AND c.conkey <@ o.conkey
           ) AS another_says_more
    FROM pg_constraint c JOIN ({OURS}) t ON t.oid = c.conrelid
    LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype IN ('c', 'x') ORDER BY 1, 2
"""  # noqa: S608
UNIQUES = f"""
    SELECT t.relname, i.relname, coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(x.indexrelid)),
           c.oid IS NOT NULL AS is_constraint,
           format('%%s(%%s)', t.relname, a.attname) AS made_up_from
    FROM pg_index x JOIN ({OURS}) t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.contype = 'u'
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
    WHERE x.indisunique AND NOT x.indisprimary ORDER BY 1, 2
"""  # noqa: S608
TRIGGERS = f"""
    SELECT t.relname, g.tgname FROM pg_trigger g JOIN ({OURS}) t ON t.oid = g.tgrelid
    WHERE NOT g.tgisinternal ORDER BY 1, 2
"""  # noqa: S608
# What the app role may not do to a table of ours, although it may add to it; and the columns that it may change.
WITHHELD = f"""
    SELECT t.relname, verb, ARRAY(
        SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0
        AND verb = 'UPDATE' AND has_column_privilege(%(role)s, t.oid, a.attnum, verb) ORDER BY 1
    )
    FROM ({OURS}) t CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) verb
    WHERE NOT has_table_privilege(%(role)s, t.oid, verb) ORDER BY 1, 2
"""  # noqa: S608
# All that a guard can be dropped from: equal before and after, or the mending left something behind. PostgreSQL casts
# the words of a list in another way when it reads its own sentence again; casts and brackets are left out.
STATE = f"""
    SELECT 'constraint', t.relname, c.conname,
           regexp_replace(pg_get_constraintdef(c.oid), '::[a-z ]+(\\[\\])?|[()]', '', 'g'), ''
    FROM pg_constraint c JOIN ({OURS}) t ON t.oid = c.conrelid
    UNION ALL
    SELECT 'index', t.relname, '', regexp_replace(pg_get_indexdef(x.indexrelid), '::[a-z ]+(\\[\\])?|[()]', '', 'g'), ''
    FROM pg_index x JOIN ({OURS}) t ON t.oid = x.indrelid
    UNION ALL
    SELECT 'trigger', t.relname, g.tgname, pg_get_triggerdef(g.oid), g.tgenabled::text
    FROM pg_trigger g JOIN ({OURS}) t ON t.oid = g.tgrelid
    UNION ALL
    SELECT 'grants', t.relname, '', array_to_string(c.relacl, ' '), '' FROM pg_class c JOIN ({OURS}) t ON t.oid = c.oid
    UNION ALL
    SELECT 'grants', t.relname, a.attname, array_to_string(a.attacl, ' '), ''
    FROM pg_attribute a JOIN ({OURS}) t ON t.oid = a.attrelid WHERE a.attacl IS NOT NULL
    ORDER BY 1, 2, 3, 4
"""  # noqa: S608


@dataclass(frozen=True)
class Guard:
    """One guard by its name, and what takes it away for as long as it is entered."""

    name: str
    dropped: Callable[[], AbstractContextManager]


def every_guard(database: Connection) -> list[Guard]:
    """Return all guards, in order; `database` is the owner's own connection, which commits each sentence."""
    return [*guards_of_the_database(database), *(Guard(name, dropped) for name, dropped in guards_of_the_site())]


def state(database: Connection) -> list[tuple]:
    """Return everything about our tables that a guard can be dropped from."""
    return database.execute(STATE, _names()).fetchall()


def guards_of_the_database(database: Connection) -> Iterator[Guard]:
    """Yield checks, unique indexes, triggers and withheld grants of our tables, as the catalogue has them."""
    names = _names()
    for table, name, definition, made_up, another in database.execute(CHECKS, names).fetchall():
        counts = name.endswith("_check")
        if not (counts and another):
            yield _constraint(database, f"check {made_up if counts else name}", table, name, definition)
    for table, name, definition, is_constraint, made_up in database.execute(UNIQUES, names).fetchall():
        guard = f"unique {made_up if name.endswith('_key') else name}"
        yield (
            _constraint(database, guard, table, name, definition)
            if is_constraint
            else Guard(guard, _swap(database, _sql("DROP INDEX {}", name), sql.SQL(definition)))
        )
    for table, name in database.execute(TRIGGERS, names).fetchall():
        ours = name.removeprefix("pgtrigger_").rpartition("_")[0]
        off, on = (_sql(f"ALTER TABLE {{}} {verb} TRIGGER {{}}", table, name) for verb in ("DISABLE", "ENABLE"))
        yield Guard(f"trigger {table}.{ours}", _swap(database, off, on))
    for table, verb, columns in database.execute(WITHHELD, names).fetchall():
        give = _sql(f"GRANT {verb} ON {{}} TO {{}}", table, settings.APP_ROLE)
        take = _sql(f"REVOKE {verb} ON {{}} FROM {{}}", table, settings.APP_ROLE)
        if columns:  # what is taken from the table is taken from its columns too
            some = sql.SQL(", ").join(map(sql.Identifier, columns))
            again = sql.SQL("; GRANT UPDATE ({}) ON {} TO {}")
            take += again.format(some, sql.Identifier(table), sql.Identifier(settings.APP_ROLE))
        yield Guard(f"grant no {'other ' if columns else ''}{verb} on {table}", _swap(database, give, take))


def _names() -> dict:
    return {"rooms": [f"^{room}_" for room in settings.OUR_APPS], "role": settings.APP_ROLE}


def _constraint(database, guard: str, table: str, name: str, definition: str) -> Guard:
    drop = _sql("ALTER TABLE {} DROP CONSTRAINT {}", table, name)
    add = _sql("ALTER TABLE {} ADD CONSTRAINT {} ", table, name) + sql.SQL(definition)
    return Guard(guard, _swap(database, drop, add))


def _sql(sentence: str, *names: str) -> sql.Composed:
    return sql.SQL(sentence).format(*map(sql.Identifier, names))


def _swap(database: Connection, drop: sql.Composable, mend: sql.Composable):
    @contextmanager
    def dropped():
        database.execute(drop)
        try:
            yield
        finally:
            database.execute(mend)

    return dropped
