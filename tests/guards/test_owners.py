"""No guard without a test that owns it: a new constraint, trigger, grant, promise or form needs one."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.guards.catalogue import every_guard
from tests.guards.conftest import COLLECTED
from tests.guards.run import owners_of

WHOLE = "tests"


@pytest.fixture
def owners(request, tmp_path):
    """Return every guard that some test owns: this run knows them all where it found every test, another one else."""
    if [os.path.relpath(found, settings.BASE_DIR) for found in request.config.args] == [WHOLE]:
        return set(owners_of(request.session.stash[COLLECTED]))
    return found_by_another_run(tmp_path / "owners.json")


def found_by_another_run(written):
    subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "tests.guards.run"],
        env=os.environ | {"GUARD_OWNERS": str(written)},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
    )
    return set(json.loads(written.read_text()))


def test_every_guard_has_an_owner_and_every_owner_a_guard(owners):
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as database:
        guards = {guard.name for guard in every_guard(database)}

    assert guards - owners == set(), "nobody owns these"
    assert owners - guards == set(), "these stand nowhere"
