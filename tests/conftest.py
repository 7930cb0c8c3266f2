"""What every test stands on: a migrated database, used as the app role, and empty again afterwards."""

import contextlib
import copy
import uuid
from collections.abc import Callable

import hypothesis
import pgtrigger
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.test import TransactionTestCase
from django.utils import translation

import marketplace.celery  # noqa: F401  (the queue whose tasks are called)
from kernel import clock, dates, entering, near
from records.services import photos
from tests.cast import *  # noqa: F403  (the people of every test)
from tests.chromium import chromium  # noqa: F401  (the one browser)
from tests.factories import MONDAY

# A busy machine draws cases slowly; that says nothing of the code.
hypothesis.settings.register_profile(
    "ours", hypothesis.settings.default, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")

DEADLOCKS = 3
KEPT = {"django_migrations"}  # and every table that has rows once it is migrated
SMALL = 4_000_000  # bytes of all tables, rows and what is left of deleted ones
SIZE = "SELECT sum(pg_relation_size(quote_ident(name)::regclass)) FROM unnest(%s::text[]) AS name"
DELETE_ROWS = """
DO $$
DECLARE name text; filled boolean;
BEGIN
    FOREACH name IN ARRAY %s::text[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %%I', name); END IF;
    END LOOP;
END $$
"""
BEGIN_AGAIN = """
SELECT setval(seqrelid::regclass, seqstart, false)
FROM pg_sequence JOIN pg_depend ON objid = seqrelid AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
    AND refobjid IN (SELECT quote_ident(name)::regclass FROM unnest(%s::text[]) AS name)
"""


@receiver(connection_created)
def _enter_freely(connection, **_signal):
    """Let tests write into registers: the two hands, and the refusal of every other writer, have tests of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'tests', false)", [entering.SETTING])


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Make a database as a new site does, then be the app role: tests meet the walls that production meets."""
    given, options = connection.settings_dict["NAME"], connection.settings_dict["OPTIONS"]
    with django_db_blocker.unblock():
        connection.settings_dict["NAME"] = connection.creation._create_test_db(verbosity=0, autoclobber=True)
        call_command("set_up_database")
        KEPT.update(table for table in connection.introspection.table_names() if _has_rows(table))
        connection.close()
    options["assume_role"] = settings.APP_ROLE
    original, TransactionTestCase._fixture_teardown = (
        TransactionTestCase._fixture_teardown,
        lambda case: empty_as_owner(),
    )
    yield
    TransactionTestCase._fixture_teardown = original
    del options["assume_role"]
    with django_db_blocker.unblock():
        connection.close()
        made, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], given
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{made}" WITH (FORCE)')  # whoever still looks in is sent away


quoted = connection.ops.quote_name


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')  # noqa: S608  (names from the catalogue)
        return cursor.fetchone()[0]


def empty_as_owner() -> None:
    """Empty what a test with committed rows left, but for the rows that migrations wrote."""
    for _try in range(DEADLOCKS):  # a request that is still on its way may hold what another waits for
        with contextlib.suppress(OperationalError):
            return _empty_as_owner()
    _empty_as_owner()


def _empty_as_owner() -> None:
    """Delete the few rows of most tests, which is much quicker than to truncate every table; truncate after the big."""
    tables = [table for table in connection.introspection.table_names() if table not in KEPT]
    # The owner may empty tables; the triggers that refuse it to everybody are told to look away.
    with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        # Whoever still writes is waited for: what it leaves goes too.
        cursor.execute(f"LOCK TABLE {', '.join(map(quoted, tables))} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(SIZE, [tables])
        if cursor.fetchone()[0] > SMALL:
            cursor.execute(f"TRUNCATE {', '.join(map(quoted, tables))} RESTART IDENTITY")
        else:
            cursor.execute(DELETE_ROWS, [tables])
            cursor.execute(BEGIN_AGAIN, [tables])
        cursor.execute(f"SET ROLE {quoted(settings.APP_ROLE)}")


@contextlib.contextmanager
def standing(django_db_blocker, *build: Callable[[], object]):
    """Keep what these write for the tests of one module, each undone within; then undo it.

    What was put off until the end is asked here, once: each test that is undone would ask it of all rows again.
    """
    with django_db_blocker.unblock(), contextlib.suppress(_Over), transaction.atomic():
        built = [write() for write in build]
        connection.check_constraints()
        yield built
        raise _Over


class _Over(Exception):
    """The module has ended."""


@pytest.fixture(autouse=True)
def _empty_cache():
    """Start every test without counted requests or cached answers."""
    cache.clear()
    near.forget_all()


class TheClock:
    """What every door reads as now."""

    def __init__(self, at):
        self.at = at


@pytest.fixture
def now(monkeypatch):
    """Stand at Monday, 9 o'clock, until the test moves on: working days cannot be waited for."""
    here = TheClock(MONDAY)
    monkeypatch.setattr(clock, "now", lambda: here.at)
    return here


@pytest.fixture(autouse=True)
def the_year_of_tests(monkeypatch):
    """Write days of the year in which tests play without it, whatever year it is."""
    monkeypatch.setattr(dates, "this_year", lambda: MONDAY.year)


@pytest.fixture(autouse=True)
def own_language(settings):
    """Speak the county's language first: what the page of another test was read in is over."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def own_journal(settings):
    """What leaves for the bank in one test is unknown in the next, as its rows are."""
    settings.PAYOUT_JOURNAL = settings.VAR_DIR / f"payouts-{uuid.uuid4().hex}.jsonl"


@pytest.fixture(scope="session", autouse=True)
def patient_sealing():
    """Sealing waits for whatever transaction is open in the server: in tests also for those of other workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("records.services.history.TRIES", 6000)
        yield


@pytest.fixture(scope="session", autouse=True)
def photos_opened_once():
    """Open the same bytes in one process a session: most tests send the same few photos."""
    opened = {}

    def open_once(raw):
        asked = photos._WORKER, raw
        if asked not in opened:
            opened[asked] = open_safely(raw)
        return copy.deepcopy(opened[asked])

    open_safely = photos.open_safely
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photos, "open_safely", open_once)
        yield
