"""Give the app role what it needs and nothing more; run after each migrate, as the owner."""

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql


def history_tables() -> set[str]:
    """Return the tables whose rows are written once and stay: models that say `HISTORY = True`."""
    return {model._meta.db_table for model in apps.get_models() if getattr(model, "HISTORY", False)}


@transaction.atomic
def grant(role: str) -> None:
    """Let the role read and write ordinary tables, only add to history, and change no structure."""
    history = history_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
        wall = {
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}": [],
            "GRANT USAGE ON SCHEMA public TO {role}": [],
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}": [],
            "GRANT SELECT ON {table} TO {role}": tables,
            "GRANT INSERT ON {table} TO {role}": tables - {"django_migrations"},
            "GRANT UPDATE, DELETE ON {table} TO {role}": tables - history - {"django_migrations"},
        }
        for sentence, over in wall.items():
            for table in sorted(over) if "{table}" in sentence else [""]:
                cursor.execute(sql.SQL(sentence).format(role=sql.Identifier(role), table=sql.Identifier(table)))


class Command(BaseCommand):
    """Re-apply the grants of the app role."""

    help = __doc__

    def handle(self, *args, **options):
        """Grant, and say how many tables are history."""
        grant(settings.APP_ROLE)
        self.stdout.write(f"{settings.APP_ROLE}: {len(history_tables())} history tables may only be added to.")
