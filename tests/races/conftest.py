"""The ground of the order races: the school and its people, as in the tests of orders; a check taken away."""

import pytest

from tests.conftest import empty_as_owner
from tests.guards.rows import as_owner
from tests.orders.conftest import fund, now, story  # noqa: F401


@pytest.fixture
def without():
    """Take one check away, and put it back once what it would refuse is gone."""
    taken = []

    def take(table: str, check: str) -> None:
        with as_owner() as cursor:
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [check])
            taken.append((table, check, cursor.fetchone()[0]))
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check}"')

    yield take
    empty_as_owner()
    for table, check, definition in taken:
        with as_owner() as cursor:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{check}" {definition}')
