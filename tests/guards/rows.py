"""What a test of a guard does to a row: change it or double it by force, and hear which guard refused."""

import copy
import datetime as dt
import itertools
import uuid
from contextlib import contextmanager

import pgtrigger
import pytest
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.db.models.expressions import RawSQL

_serial = itertools.count(1)


# --- Who writes -----------------------------------------------------------------------------------


@contextmanager
def as_owner():
    """Write as the owner of the tables, whom no grant stops."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        yield cursor
        cursor.execute(f'SET LOCAL ROLE "{settings.APP_ROLE}"')


def count_rows_of(*tables: str) -> None:
    """Let the server count what a test has written: it plans as a county's, whose statistics are a day old at most."""
    with as_owner() as cursor:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


@contextmanager
def past_triggers():
    """Write as the owner while our triggers look away: what still refuses is a constraint or an index."""
    with pgtrigger.ignore(), as_owner() as cursor:
        yield cursor


def force(row: models.Model, **columns) -> None:
    """Change columns of one row past grants and triggers."""
    with past_triggers():
        type(row)._base_manager.filter(pk=row.pk).update(**columns)


# --- Which row ------------------------------------------------------------------------------------


def _first_written(model: type[models.Model]) -> str | RawSQL:
    """Return what puts the first row first: keys drawn by lot are in no order, the places of rows are."""
    by_lot = isinstance(model._meta.pk, models.UUIDField)
    return RawSQL(f'"{model._meta.db_table}".ctid', []) if by_lot else "pk"  # noqa: S611  (our own table)


def a_row(model: type[models.Model], **where) -> models.Model:
    """Return the first row of the grown county; a table without one proves nothing, so that is an error."""
    row = model._base_manager.filter(**where).order_by(_first_written(model)).first()
    assert row is not None, f"no {model._meta.label} with {where} was grown"
    return row


def unique_sets(model: type[models.Model]) -> dict[str, tuple[str, ...]]:
    """Return the names of columns that are unique together, by what this guard is called."""
    alone = {
        f"{model._meta.db_table}({field.column})": (field.name,)
        for field in model._meta.local_fields
        if field.unique and not field.primary_key
    }
    return alone | {
        constraint.name: tuple(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    }


def twin(row: models.Model, equal: tuple[str, ...] = (), **columns) -> models.Model:
    """Return an unsaved second row like this one: equal in these columns, new wherever else rows must differ."""
    model = type(row)
    other = copy.copy(row)
    other._state = copy.copy(row._state)
    other._state.fields_cache = {}
    other._state.adding = True
    if model._meta.pk.name not in equal:
        other.pk = None if isinstance(model._meta.pk, models.AutoField) else another(model._meta.pk, row.pk)
    for names in unique_sets(model).values():
        free = [model._meta.get_field(name) for name in names if name not in equal]
        if set(names) != set(equal) and free and not {field.name for field in free} & set(columns):
            field = max(free, key=lambda field: isinstance(field, models.ForeignKey | models.CharField))
            value = getattr(row, field.attname)
            if value is not None:  # nothing never equals nothing
                setattr(other, field.attname, another(field, value))
    for name, value in columns.items():
        setattr(other, model._meta.get_field(name).attname, value)
    return other


def another(field: models.Field, value=None):
    """Return a value of this column that no row has; keys of other tables need not exist before the commit."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    number = next(_serial)
    if isinstance(target, models.UUIDField):
        return uuid.UUID(int=number)  # less than any that is drawn: pairs are kept in order
    if isinstance(target, models.DateTimeField):
        return (value or dt.datetime.now(dt.UTC)) + dt.timedelta(microseconds=number)
    if isinstance(target, models.DateField):
        return (value or dt.datetime.now(dt.UTC).date()) + dt.timedelta(days=number)
    if isinstance(target, models.BooleanField):
        return not value
    if isinstance(target, models.CharField | models.TextField):
        return uuid.uuid4().hex[: min(target.max_length or 12, 12)]
    if isinstance(target, ArrayField):
        return [another(target.base_field)]
    if isinstance(target, models.JSONField):
        return {"another": number}
    return 20_000 + number


def insert(row: models.Model) -> None:
    """Insert a row past grants and triggers, and take it back again."""
    with transaction.atomic():
        with past_triggers():
            type(row)._base_manager.bulk_create([row])
        transaction.set_rollback(True)


# --- Who refused ----------------------------------------------------------------------------------


@contextmanager
def refused_by(guard: str):
    """Expect the database to refuse, and that exactly this guard says so.

    A constraint or index is known by its name, or by `table(columns)` where Django named it; a trigger by
    `table.trigger`, as it stands in the call that was refused.
    """
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        yield
        transaction.set_rollback(True)
    assert name_of(refused.value.__cause__.diag) == guard, refused.value


def name_of(diagnosis) -> str:
    """Return by which name of ours a guard refused, from what the server says of its refusal."""
    if diagnosis.sqlstate == "P0001":
        trigger = diagnosis.context.partition("pgtrigger_")[2].partition("(")[0].rpartition("_")[0]
        return f"{_table_of_trigger(diagnosis.context)}.{trigger}"
    if diagnosis.constraint_name is None:
        return f"{diagnosis.sqlstate} {diagnosis.message_primary}"
    return short_name(diagnosis.table_name, diagnosis.constraint_name)


def short_name(table: str, constraint: str) -> str:
    """Return a constraint's own name, or its table and columns where Django made the name up from these."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT format('%%s(%%s)', c.conrelid::regclass, string_agg(a.attname, ', ' ORDER BY a.attnum))
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE c.conrelid = %s::regclass AND c.conname = %s GROUP BY c.oid
            """,
            [table, constraint],
        )
        row = cursor.fetchone()
    made_up = constraint.endswith(("_key", "_check", "_uniq", "_like")) and row is not None
    return row[0] if made_up else constraint


def _table_of_trigger(context: str) -> str:
    function = "pgtrigger_" + context.partition("pgtrigger_")[2].partition("(")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = to_regproc(%s)",
            [function],
        )
        return cursor.fetchone()[0]


def ask(sentence: str, *values) -> object:
    """Return the one value that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sentence, values)
        return cursor.fetchone()[0]
