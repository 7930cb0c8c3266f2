"""Bring tables, triggers and grants up to date, as the owner: what `migrate` and `grant_app_role` do, quicker at first.

An empty database gets its tables straight from the models instead of walking through every migration, which are then
noted as done; `tests/marketplace/test_set_up_database.py` proves that both ways end in the same schema.
"""

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from marketplace.management.commands.grant_app_role import grant


@transaction.atomic
def make_tables() -> None:
    """Make every table, constraint and trigger of the models in an empty database, and note all migrations as done."""
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    for guarded, trigger in pgtrigger.registered():
        trigger.install(guarded)  # type: ignore[arg-type]
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in sorted(MigrationLoader(None).disk_migrations):
        recorder.record_applied(app, name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)


class Command(BaseCommand):
    """Make the tables of an empty database, or migrate one that has some; then grant."""

    help = __doc__

    def handle(self, *args, **options):
        """Set up; say nothing when all went well."""
        if connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=0)
        else:
            make_tables()
        grant(settings.APP_ROLE)
