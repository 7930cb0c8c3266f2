"""Drop every guard alone and run the test that owns it, which must go red: `make guards`, loaded by `-p`.

The guards are read from the database and the site as they stand, the owners from the marks of the tests. Each owner is
green first, red while its guard is gone, and the database is afterwards what it was before. The table of it all goes
to the file that GUARDS_REPORT names.
"""

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from _pytest.runner import runtestprotocol

HEAD = """# Guards, each seen to fail

Written by `make guards`. Each guard was dropped alone, in a migrated database or in the running site, and the test that
owns it went red; with the guard back it is green, and the database is what it was before. Not among them: what a
column's type says (NOT NULL), primary keys and keys to other tables, and a count's own check where a named check says
more about the same column.

{guards} guards, {red} of them seen red.

| Guard | Owner | Seen red |
|---|---|---|
"""
REDS = {AssertionError: "its assertion failed", pytest.fail.Exception: "nothing refused"}


def owners_of(items) -> dict[str, pytest.Item]:
    """Return the test that owns each guard; two owners of one guard are a mistake."""
    owners: dict[str, pytest.Item] = {}
    for item in items:
        for mark in item.iter_markers("guard"):
            other = owners.setdefault(mark.args[0], item)
            if other is not item:
                raise pytest.UsageError(f"{mark.args[0]!r} is owned by {other.nodeid} and by {item.nodeid}")
    return owners


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Keep the owners alone, in an order that sets each package up once."""
    owners = dict.fromkeys(owners_of(items).values())
    items[:] = sorted(owners, key=lambda item: (str(item.path.parent), item.nodeid))


def pytest_collection_finish(session):
    """Write who owns what where GUARD_OWNERS names a file: the ordinary suite compares it with the guards."""
    if path := os.environ.get("GUARD_OWNERS"):
        Path(path).write_text(json.dumps({name: item.nodeid for name, item in owners_of(session.items).items()}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call):
    """Keep what a test went red by."""
    report = yield
    report.raised = call.excinfo.type if call.excinfo else None
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Go through the guards instead of through the tests."""
    if session.config.option.collectonly or not session.items:
        return None
    began = time.monotonic()
    run(session.items[0])  # brings the database up
    owned: dict[pytest.Item, list[str]] = {item: [] for item in session.items}
    for name, item in owners_of(session.items).items():
        owned[item].append(name)
    with own_database() as database:
        seen = see_all(database, session.items, owned)
    tell(seen)
    session.testscollected = len(seen)
    session.testsfailed = sum(answer not in REDS.values() for _name, _owner, answer in seen)
    print(f"\n{len(seen)} guards, {session.testsfailed} not seen red, in {time.monotonic() - began:.0f} s")
    return True


def see_all(database, items, owned) -> list[tuple[str, str, str]]:
    """Return for each guard, and for each name that a test owns, its owner and what was seen."""
    from tests.guards.catalogue import every_guard

    guards = {guard.name: guard for guard in every_guard(database)}
    seen = []
    for item, after in zip(items, [*items[1:], None], strict=True):
        for name in owned[item]:
            answer = see(guards.pop(name), item, database) if name in guards else "NO SUCH GUARD"
            seen.append((name, item.nodeid, answer))
            print(f"{answer:22} {name}", flush=True)
        item.session._setupstate.teardown_exact(after)
    seen += [(name, "nobody", "NOBODY OWNS IT") for name in guards]
    return seen


def see(guard, item, database) -> str:
    """Return how the owner went red while its guard, and nothing else, was gone."""
    from tests.guards.catalogue import state

    if run(item) is not None:
        return "RED WITH ITS GUARD"
    before = state(database)
    with guard.dropped():
        raised = run(item)
    if state(database) != before:
        return "NOT MENDED"
    if raised is None:
        return "GREEN WITHOUT IT"
    return REDS.get(raised, f"FAILED BY {raised.__name__}")


def run(item) -> type[BaseException] | None:
    """Run one test, leaving what its module stands on for the next, and return what it went red by."""
    reports = runtestprotocol(item, log=False, nextitem=item.parent)
    return next((report.raised for report in reports if report.raised is not None), None)


@contextmanager
def own_database():
    """Connect to the tests' database as the owner of its tables, each sentence committed at once."""
    from django.db import connection

    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as database:
        yield database


def tell(seen) -> None:
    """Write the table of guards, and say which were not seen red."""
    for name, owner, answer in seen:
        if answer not in REDS.values():
            print(f"{answer}: {name} ({owner})")
    if path := os.environ.get("GUARDS_REPORT"):
        red = sum(answer in REDS.values() for _name, _owner, answer in seen)
        rows = [f"| {name} | `{owner}` | {answer} |\n" for name, owner, answer in sorted(seen)]
        Path(path).write_text(HEAD.format(guards=len(seen), red=red) + "".join(rows))
