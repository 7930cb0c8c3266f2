"""Build what tests stand on once for as many tests as ask for it, and give every test its own copy.

A fixture is kept from one test of a module to the next when both ask for it, when it needs nothing but the database and
other such fixtures, and when it returns rows. The tests of a module run in the order in which they share most. Each
undoes what it wrote down to where it began, and what the next does not ask for is undone first: no row is ever there
that a test did not ask for. A test that commits finds the database empty, as ever.
"""

import copy
import dataclasses
import inspect
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.utils import translation

from kernel import near

COMMITS = {"transactional_db", "live_server", "django_db_serialized_rollback", "django_db_reset_sequences"}
PLAIN = (str, bytes, int, float, type(None))


@dataclasses.dataclass
class _Level:
    """One kept fixture: the transaction that undoes it, and what all kept fixtures returned once it was built."""

    fixture: pytest.FixtureDef
    transaction: transaction.Atomic
    values: dict[pytest.FixtureDef, Any]


class _Stage:
    """The kept fixtures, each within the one before, and the copies that the running test has of them."""

    def __init__(self) -> None:
        self.levels: list[_Level] = []
        self.uncopied: set[pytest.FixtureDef] = set()  # of these a copy would not be as good
        self.copies: dict[pytest.FixtureDef, Any] | None = None

    def built(self) -> dict[pytest.FixtureDef, Any]:
        """Return what stands, by fixture."""
        return self.levels[-1].values if self.levels else {}

    def copy_of(self, fixture: pytest.FixtureDef) -> Any:
        """Return this test's own copy; what two fixtures share stays shared."""
        if self.copies is None:
            self.copies = _copied(self.built())
        return self.copies[fixture]

    def stand(self, asked: dict[str, pytest.FixtureDef]) -> None:
        """Undo what is not asked for, then build what is missing of these, each after all that it needs."""
        wanted = set(asked.values())
        self.undo(next((at for at, level in enumerate(self.levels) if level.fixture not in wanted), len(self.levels)))
        missing = {name: fixture for name, fixture in asked.items() if fixture not in self.built()}
        if not missing:
            return
        cache.clear()
        near.forget_all()
        with translation.override(settings.LANGUAGE_CODE):
            for fixture in missing.values():
                self._build(fixture, asked)
        connection.check_constraints()

    def _build(self, fixture: pytest.FixtureDef, asked: dict[str, pytest.FixtureDef]) -> None:
        values = _copied(self.built())
        needs = {name: asked[name] for name in fixture.argnames if name != "db"}
        if fixture in self.uncopied or not set(needs.values()) <= set(values):
            return
        around = transaction.atomic()
        around._from_testcase = True  # what may only run outermost may run in it, as in a test's own
        around.__enter__()
        self.levels.append(_Level(fixture, around, values))
        given = {name: values.get(need) for name, need in needs.items()} | dict.fromkeys({"db"} & {*fixture.argnames})
        values[fixture] = fixture.func(**given)
        if not _can_be_copied(values[fixture]):
            self.uncopied.add(fixture)
            self.undo(len(self.levels) - 1)

    def undo(self, kept: int) -> None:
        """Undo all but the first so many, the last one first."""
        while len(self.levels) > kept:
            around = self.levels.pop().transaction
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


_stage = _Stage()


def _copied(values: dict[pytest.FixtureDef, Any]) -> dict[pytest.FixtureDef, Any]:
    return copy.deepcopy(values, {id(fixture): fixture for fixture in values})


@pytest.fixture(autouse=True)
def _stand(request):
    """Let stand, before the test's own transaction begins, what it asks for of what can be kept."""
    _stage.copies = None
    if not _asks_database(request.node):
        return
    asked = _kept_of(request.node)
    if asked or _stage.levels:
        request.getfixturevalue("django_db_setup")
        blocker = request.getfixturevalue("django_db_blocker")
        if not _stage.levels:
            request.node.getparent(pytest.Module).addfinalizer(lambda: _end(blocker))
        with blocker.unblock():
            _stage.stand(asked)


def _end(blocker) -> None:
    """Undo everything when a module has ended, before what stands around all its tests."""
    with blocker.unblock():
        _stage.undo(0)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """Hand out a copy of what stands already."""
    if fixturedef not in _stage.built():
        return None
    fixturedef.cached_result = (_stage.copy_of(fixturedef), fixturedef.cache_key(request), None)
    return True  # it is set up


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let the tests of a module that share most follow each other."""
    modules: dict[Any, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    for module in modules.values():
        asked = {item: _shared_of(item) for item in module}
        around = [frozenset(filter(_stands_around, _fixtures_of(item).values())) for item in module]
        if len(set(around)) > 1:  # what stands around only some would begin or end within what is kept
            asked = {item: {} for item in module}
        times = Counter(name for names in asked.values() for name in names)
        for item, fixtures in asked.items():
            needed_first = {name: place for place, name in enumerate(fixtures)}
            order = sorted(fixtures, key=lambda name: (-times[name], needed_first[name], name))
            item.stash[_KEPT] = {name: fixtures[name] for name in order}
        popular = sorted(times, key=lambda name: (-times[name], name))
        module.sort(key=lambda item: (_commits(item), [name not in asked[item] for name in popular]))
    items[:] = [item for module in modules.values() for item in module]


_KEPT = pytest.StashKey[dict[str, pytest.FixtureDef]]()


def _kept_of(item) -> dict[str, pytest.FixtureDef]:
    # Guards are dropped under the tests' feet by another connection: nothing may hold their tables.
    if item.config.pluginmanager.has_plugin("tests.guards.run"):
        return {}
    return item.stash.get(_KEPT, {})


def _asks_database(item) -> bool:
    return "_django_db_helper" in item.fixturenames or item.get_closest_marker("django_db") is not None


def _commits(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(COMMITS & {*item.fixturenames}) or bool(marker and (marker.args or marker.kwargs))


def _shared_of(item) -> dict[str, pytest.FixtureDef]:
    """Return the fixtures of a test that can be built before it, each after what it needs."""
    fixtures = _fixtures_of(item)
    if not _asks_database(item) or _commits(item):
        return {}
    shared: dict[str, pytest.FixtureDef] = {}

    def can_be_built(name: str) -> bool:
        if name == "db" or name in shared:
            return True
        fixture = fixtures.get(name)
        if fixture is None or not _builds_rows(fixture) or not all(map(can_be_built, fixture.argnames)):
            return False
        shared[name] = fixture
        return True

    for name in fixtures:
        can_be_built(name)
    return shared


def _fixtures_of(item) -> dict[str, pytest.FixtureDef]:
    """Return the fixtures of a test by the names under which it asks for them, also through others."""
    info = getattr(item, "_fixtureinfo", None)
    return {name: known[-1] for name, known in info.name2fixturedefs.items()} if info is not None else {}


def _stands_around(fixture) -> bool:
    """Whether a fixture keeps rows for many tests by itself."""
    own = fixture.func.__module__.startswith("tests.") and fixture.argname != "django_db_setup"
    return own and fixture.scope != "function" and "django_db_blocker" in fixture.argnames


def _builds_rows(fixture) -> bool:
    return (
        fixture.scope == "function"
        and fixture.params is None
        and bool(fixture.argnames)
        and fixture.argname not in fixture.argnames
        and fixture.func.__module__.startswith("tests.")
        and not inspect.isgeneratorfunction(fixture.func)
    )


def _can_be_copied(value: object) -> bool:
    """Whether a copy is as good: rows, and plain collections of them."""
    if isinstance(value, (models.Model, *PLAIN)):
        return True
    if isinstance(value, dict):
        return all(map(_can_be_copied, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(_can_be_copied, value))
    return dataclasses.is_dataclass(value) and all(map(_can_be_copied, vars(value).values()))
