"""Give the app role what it needs and nothing more; run after each migrate, as the owner.

Each model of ours says what may become of its rows: `HISTORY = True`, they are written once and stay; `CHANGES` names
the columns that may change, and no row is ever deleted; `FREE = True`, they tell nothing and may be rewritten.
"""

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, models, transaction
from psycopg import sql


def our_models() -> list[type[models.Model]]:
    """Return every model of our own rooms."""
    return [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]


def changeable_columns(model: type[models.Model]) -> list[str] | None:
    """Return the columns of a model's rows that may change, None where all may; refuse a model that says nothing."""
    told = [word for word in ("HISTORY", "CHANGES", "FREE") if hasattr(model, word)]
    if len(told) != 1:
        raise LookupError(f"{model._meta.label} must say one of HISTORY, CHANGES and FREE, and says {told}.")
    if told == ["FREE"]:
        return None
    changes = set(getattr(model, "CHANGES", ()))
    columns = [str(field.column) for field in model._meta.local_fields if field.name in changes]
    if len(columns) != len(changes):
        raise LookupError(f"{model._meta.label} names a column in CHANGES that it has not.")
    return columns


@transaction.atomic
def grant(role: str) -> None:
    """Let the role read and add to every table, change what its model names, delete what is free, and no structure."""
    changeable = {model._meta.db_table: changeable_columns(model) for model in our_models()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()} - {"django_migrations"}
        free = {table for table in tables if changeable.get(table) is None}
        wall = {
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}": [],
            "GRANT USAGE ON SCHEMA public TO {role}": [],
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}": [],
            "GRANT SELECT ON {table} TO {role}": tables | {"django_migrations"},
            "GRANT INSERT ON {table} TO {role}": tables,
            "GRANT UPDATE, DELETE ON {table} TO {role}": free,
            "GRANT UPDATE ({columns}) ON {table} TO {role}": {table for table in tables if changeable.get(table)},
        }
        for sentence, over in wall.items():
            for table in sorted(over) if "{table}" in sentence else [""]:
                columns = sql.SQL(", ").join(map(sql.Identifier, changeable.get(table) or []))
                names = {"role": sql.Identifier(role), "table": sql.Identifier(table), "columns": columns}
                cursor.execute(sql.SQL(sentence).format(**names))


class Command(BaseCommand):
    """Re-apply the grants of the app role."""

    help = __doc__

    def handle(self, *args, **options):
        """Grant, and say how many tables keep their rows."""
        grant(settings.APP_ROLE)
        kept = [columns for columns in map(changeable_columns, our_models()) if columns is not None]
        self.stdout.write(
            f"{settings.APP_ROLE}: deletes from none of {len(kept)} tables, and only adds to {kept.count([])} of them."
        )
