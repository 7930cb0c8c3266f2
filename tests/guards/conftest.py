"""One small county, committed once for all guards: each test starts from its rows and is undone."""

import pytest
from django.core.cache import cache
from django.test import override_settings

from kernel import near
from tests.conftest import empty_as_owner
from tests.guards.grown import grow

COLLECTED = pytest.StashKey[list[pytest.Item]]()  # every test that this run found, before any is left out


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session, items):
    """Keep what was found, for the test that asks each guard for its owner."""
    session.stash[COLLECTED] = list(items)


@pytest.fixture(scope="package", autouse=True)
def grown(django_db_setup, django_db_blocker, tmp_path_factory):
    """Build the county and commit it, so that a guard can be dropped by another connection; empty it at the end."""
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"), PAYOUT_JOURNAL=tmp_path_factory.mktemp("journal") / "payouts.jsonl"
    ):
        cache.clear()  # of a module before, whose rows are gone
        near.forget_all()
        with django_db_blocker.unblock():
            grow()
        yield
        with django_db_blocker.unblock():
            empty_as_owner()


@pytest.fixture(autouse=True)
def _rows(db):
    """Every guard stands over rows."""
