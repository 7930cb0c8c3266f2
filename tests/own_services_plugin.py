"""Bring up a throw-away database and broker before the settings are read; loaded by `-p` in pyproject.toml.

Under xdist the first process starts them, its workers find them in the environment. A REDIS_URL given to the tests
names a server to throw away: they empty its numbered databases.
"""

import os
import sys

from launch import services as own_services

if "LIUJIN_TEST_FOLDER" not in os.environ:
    try:
        services = own_services.start()
    except own_services.CannotStart as reason:
        sys.exit(str(reason))
    # The tests' login is the owner: it makes the test database, then steps down to the app role (see conftest.py).
    os.environ.update(services.environment() | {"DATABASE_URL": services.owner_url})
    os.environ["LIUJIN_TEST_FOLDER"] = str(services.folder)

worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
os.environ["LIUJIN_VAR"] = f"{os.environ['LIUJIN_TEST_FOLDER']}/{worker}"
os.makedirs(f"{os.environ['LIUJIN_VAR']}/static", exist_ok=True)
os.environ["CACHE_DB"] = str(1 + int(worker.removeprefix("gw")) % 15)
os.environ["LIUJIN_DEMO"] = "1"
os.environ["STATIC_MANIFEST"] = "0"
os.environ["DATABASE_POOL"] = "0"  # an open pool would keep connections that never stepped down
os.environ["LOG_LEVEL"] = "WARNING"
