"""Build once for a module what each of its tests stands on, and give every test its own copy.

A fixture is built once when every test of the module that uses the database asks for it, when it needs nothing but the
database and other such fixtures, and when it returns rows. The tests undo what they write down to where they began; the
rows of these fixtures stay until the module has ended. A module some test of which commits builds each time anew.
"""

import contextlib
import copy
import dataclasses
import inspect
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.utils import translation

from kernel import near

COMMITS = {"transactional_db", "live_server", "django_db_serialized_rollback", "django_db_reset_sequences"}
PLAIN = (str, bytes, int, float, type(None))


class _Stage:
    """The values of one module's fixtures, and the copies that the running test has of them."""

    def __init__(self) -> None:
        self.built: dict[pytest.FixtureDef, object] = {}
        self.copies: dict[pytest.FixtureDef, object] | None = None

    def copy_of(self, fixture: pytest.FixtureDef) -> object:
        """Return this test's own copy: what two fixtures share stays shared."""
        if self.copies is None:
            self.copies = copy.deepcopy(self.built, {id(known): known for known in self.built})
        return self.copies[fixture]


_stage = _Stage()


def pytest_runtest_setup() -> None:
    """Let no test see what another one did to a row that it held."""
    _stage.copies = None


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """Hand out a copy of what stands already."""
    if fixturedef not in _stage.built:
        return None
    value = _stage.copy_of(fixturedef)
    fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
    return value


@pytest.fixture(scope="module", autouse=True)
def _build_stage(request):
    """Build what all tests of this module ask for before the first, and undo it after the last."""
    asking = [item for item in request.session.items if item.path == request.path and _asks_database(item)]
    shared = _shared_by(asking)
    # Guards are dropped under the tests' feet by another connection: nothing may hold their tables.
    if not shared or request.config.pluginmanager.has_plugin("tests.guards.run"):
        yield
        return
    for name in ("django_db_setup", "django_db_blocker"):
        request.getfixturevalue(name)
    with request.getfixturevalue("django_db_blocker").unblock(), _undone():
        cache.clear()
        near.forget_all()
        with translation.override(settings.LANGUAGE_CODE):
            _build(asking[0], shared)
        connection.check_constraints()
        yield
        _stage.built, _stage.copies = {}, None


@contextlib.contextmanager
def _undone() -> Iterator[None]:
    """Open a transaction that is undone in the end; tests open theirs within."""
    outermost = transaction.atomic()
    outermost._from_testcase = True  # what may only run outermost may run in it, as in a test's own
    with outermost:
        yield
        transaction.set_rollback(True)


def _asks_database(item) -> bool:
    return "_django_db_helper" in item.fixturenames or item.get_closest_marker("django_db") is not None


def _shared_by(items) -> dict[str, pytest.FixtureDef]:
    """Return the fixtures that all of these ask for and that can be built before any, what needs others last."""
    if not items or any(map(_commits, items)):
        return {}
    known = [item._fixtureinfo.name2fixturedefs for item in items]
    if any(_has_stage_of_its_own(fixtures) for fixtures in known):
        return {}
    first, *others = [{name: fixtures[-1] for name, fixtures in of.items()} for of in known]
    shared: dict[str, pytest.FixtureDef] = {}

    def can_be_built(name: str) -> bool:
        if name == "db" or name in shared:
            return True
        fixture = first.get(name)
        if fixture is None or any(other.get(name) is not fixture for other in others):
            return False
        if not _builds_rows(fixture) or not all(map(can_be_built, fixture.argnames)):
            return False
        shared[name] = fixture
        return True

    for name in first:
        can_be_built(name)
    return shared


def _commits(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(COMMITS & set(item.fixturenames)) or bool(marker and (marker.args or marker.kwargs))


def _has_stage_of_its_own(fixtures) -> bool:
    return any(
        fixture.scope != "function" and "django_db_blocker" in fixture.argnames and fixture.func.__module__ != __name__
        for of_name in fixtures.values()
        for fixture in of_name[-1:]
        if fixture.func.__module__.startswith("tests.") and fixture.argname != "django_db_setup"
    )


def _builds_rows(fixture) -> bool:
    return (
        fixture.scope == "function"
        and fixture.params is None
        and bool(fixture.argnames)
        and fixture.argname not in fixture.argnames
        and fixture.func.__module__.startswith("tests.")
        and not inspect.isgeneratorfunction(fixture.func)
    )


def _build(item, shared: dict[str, pytest.FixtureDef]) -> None:
    values: dict[str, object] = {}
    for name, fixture in shared.items():
        if not set(fixture.argnames) <= {"db", *values}:
            continue  # it needs one that cannot be copied
        with transaction.atomic():
            value = fixture.func(**{need: values.get(need) for need in fixture.argnames})
            if value is None or not _can_be_copied(value):
                transaction.set_rollback(True)
                continue
        values[name] = _stage.built[fixture] = value


def _can_be_copied(value: object) -> bool:
    """Whether a copy is as good: rows, and plain collections of them."""
    if isinstance(value, (models.Model, *PLAIN)):
        return True
    if isinstance(value, dict):
        return all(map(_can_be_copied, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_can_be_copied, value))
    return dataclasses.is_dataclass(value) and all(map(_can_be_copied, vars(value).values()))
