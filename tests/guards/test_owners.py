"""No guard without a test that owns it: a new constraint, trigger, grant, promise or form needs one."""

import json
import os
import subprocess
import sys

import psycopg
from django.conf import settings
from django.db import connection

from tests.guards.catalogue import every_guard


def test_every_guard_has_an_owner_and_every_owner_a_guard(tmp_path):
    written = tmp_path / "owners.json"
    subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "tests.guards.run"],
        env=os.environ | {"GUARD_OWNERS": str(written)},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
    )
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as database:
        guards = {guard.name for guard in every_guard(database)}

    owners = set(json.loads(written.read_text()))
    assert guards - owners == set(), "nobody owns these"
    assert owners - guards == set(), "these stand nowhere"
