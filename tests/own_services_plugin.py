"""Bring up a throw-away database and broker before the settings are read; loaded by `-p` in pyproject.toml.

Under xdist every worker has servers of its own: sealing waits for whatever transaction is open in the whole server, and
would stand still while another worker keeps the demo county in one. The first worker uses those of the process that
began it. Servers that were given (DATABASE_URL, REDIS_URL) are shared; a REDIS_URL given to the tests names a server to
throw away: they empty its numbered databases.
"""

import gc
import os
import sys

import pytest

from launch import services as own_services

# What takes longest, the longest first: a worker that begins one of these last leaves the other one idle.
LONG = (
    "tests/county/",
    "tests/losses/test_walk.py",
    "tests/guards/",
    "tests/faults/",
    "tests/browser/",
    "tests/test_canary.py",
    "tests/races/test_orders.py",
    "tests/orders/test_lists_by_key.py",
    "tests/records/test_photos.py",
    "tests/test_doors.py",
    "tests/test_walls.py",
    "tests/catalog/test_search.py",
    "tests/produce/test_prices.py",
    "tests/ledger/test_returns.py",
)
# One county stands under all tests of such a folder: built once where they run in one worker.
TOGETHER = ("tests/guards/", "tests/county/")
EVERYBODY = "everybody"


def start() -> None:
    """Start servers for this process, and note whose they are for those that it begins."""
    try:
        services = own_services.start()
    except own_services.CannotStart as reason:
        sys.exit(str(reason))
    # The tests' login is the owner: it makes the test database, then steps down to the app role (see conftest.py).
    os.environ.update(services.environment() | {"DATABASE_URL": services.owner_url})
    os.environ["LIUJIN_TEST_FOLDER"] = str(services.folder)
    os.environ["LIUJIN_TEST_SERVERS_OF"] = worker if len(services.servers) == 2 else EVERYBODY


worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
if "LIUJIN_TEST_FOLDER" not in os.environ:
    start()
elif os.environ["LIUJIN_TEST_SERVERS_OF"] not in (worker, EVERYBODY):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        del os.environ[name]
    start()

os.environ["LIUJIN_VAR"] = f"{os.environ['LIUJIN_TEST_FOLDER']}/{worker}"
os.makedirs(f"{os.environ['LIUJIN_VAR']}/static", exist_ok=True)
os.environ["CACHE_DB"] = str(1 + int(worker.removeprefix("gw")) % 15)
os.environ["LIUJIN_DEMO"] = "1"
os.environ["STATIC_MANIFEST"] = "0"
os.environ["DATABASE_POOL"] = "0"  # an open pool would keep connections that never stepped down
os.environ["LOG_LEVEL"] = "WARNING"


# Thousands of tests, and all that they import, stay until the end: no use in walking through them again and again.
gc.disable()


def pytest_collection_finish():
    """Collect rubbish from now on, but seldom, and only what the tests themselves leave."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put the longest files first, the others behind them as they come."""
    items.sort(key=lambda item: next((at for at, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand files to the workers in the order of the collection, and each folder of those to one of them."""
    pytest_collection_finish()  # here the workers have collected
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # here, since the tests run without xdist too

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            together = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
            return together or super()._split_scope(nodeid)

    config.option.loadscopereorder = False
    return ByFile(config, log)
