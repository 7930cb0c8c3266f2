"""Tables made straight from the models are the tables that the migrations make."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from psycopg import sql

# Django's own auth writes the key of this table as integer in its models and as bigint by its migrations.
FACTS = {
    "columns": """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
                         is_identity, generation_expression, collation_name
                  FROM information_schema.columns
                  WHERE table_schema = 'public' AND (table_name, column_name) <> ('auth_group_permissions', 'id')""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred
                      FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)
                   FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "grants": """SELECT table_name, privilege_type FROM information_schema.role_table_grants
                 WHERE table_schema = 'public' AND grantee = '{app}'""",
    "grants by column": """SELECT table_name, column_name FROM information_schema.column_privileges
                           WHERE table_schema = 'public' AND grantee = '{app}' AND privilege_type = 'UPDATE'""",
    "migrations noted": "SELECT app, name FROM django_migrations",
    "kinds of content": "SELECT app_label, model FROM django_content_type",
}


def facts(cursor):
    """Return what the catalogue says of a database, as sets of rows."""
    found = {}
    for name, question in FACTS.items():
        cursor.execute(question.replace("{app}", settings.APP_ROLE))
        found[name] = set(cursor.fetchall())
    return found


@pytest.fixture
def made_from_models(django_db_blocker):
    """An empty database on the test's server, set up by the command; its facts."""
    row = connection.settings_dict
    name = f"{row['NAME']}_models"
    login = {"host": row["HOST"], "port": row["PORT"] or None, "user": row["USER"], "password": row["PASSWORD"] or None}
    with psycopg.connect(**login, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
            base, _, query = owner.partition("?")
            url = base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
            subprocess.run(
                [sys.executable, "manage.py", "set_up_database"],
                env={**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url},
                check=True,
            )
            with psycopg.connect(**login, dbname=name) as made:
                yield facts(made.cursor())
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.django_db
def test_both_ways_end_in_the_same_schema(made_from_models):
    with connection.cursor() as cursor:
        migrated = facts(cursor)
    for name in FACTS:
        assert made_from_models[name] == migrated[name], name
        assert migrated[name]


def test_no_migration_writes_rows_or_sql_that_a_database_made_from_models_would_lack():
    """The day one does, `make_tables` has to write those rows too, or go."""
    ours = {app.rsplit(".", 1)[-1] for app in settings.OUR_APPS}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in ours:
            assert not [one for one in migration.operations if isinstance(one, RunPython | RunSQL)], f"{app} {name}"
