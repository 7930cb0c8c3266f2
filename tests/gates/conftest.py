"""The long checks: the demo county on a real server, walked by everybody; what was found is written down."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from demo.load import load_county, load_losses, load_market
from kernel import clock
from tests.conftest import empty_as_owner
from tests.county.world import World

RESULTS: dict[str, str] = {}  # heading → what the gate measured, in Markdown
BEGAN = time.monotonic()


def pytest_collection_modifyitems(items):
    """Everything in this folder is a gate."""
    for item in items:
        if "tests/gates" in str(item.path):
            item.add_marker(pytest.mark.gates)
            if item.get_closest_marker("django_db") is None:
                item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def demo(django_db_setup, django_db_blocker):
    """The demo county, written for good, and its people and objects; emptied again at the end."""
    with django_db_blocker.unblock():
        for load in (load_county, load_market, load_losses):
            load(clock.now())
        try:
            yield World()
        finally:
            empty_as_owner()


@pytest.fixture(scope="session")
def site(demo):
    """A server of its own in front of the demo county."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def pytest_sessionfinish(session, exitstatus):
    """Write what was measured where GATES_REPORT says, red or green."""
    target = os.environ.get("GATES_REPORT")
    if not (target and RESULTS):
        return
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], capture_output=True, text=True).stdout.strip()
    state = "all gates open" if exitstatus == 0 else "NOT all gates open"
    lines = [
        "# Gates",
        "",
        f"`make gates` on commit {commit}{' and changes on top' if changed else ''}, "
        f"{time.strftime('%Y-%m-%d')}: {state}, {(time.monotonic() - BEGAN) / 60:.0f} min.",
    ]
    for heading in sorted(RESULTS):
        lines += ["", f"## {heading}", "", RESULTS[heading]]
    Path(target).write_text("\n".join(lines) + "\n")
