"""The ground of the order races: the school and its people, as in the tests of orders."""

from tests.orders.conftest import fund, now, story  # noqa: F401
