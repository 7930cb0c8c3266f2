"""The demo county, built once for all tests of this package."""

import pytest
from django.utils import translation

from demo.load import load_county, load_losses, load_market
from kernel import clock
from tests.conftest import standing


@pytest.fixture(scope="package")
def county(django_db_setup, django_db_blocker):
    """Build the demo county in one transaction that is rolled back at the end."""
    with translation.override("zh-hans"), standing(django_db_blocker, _build):
        yield


def _build() -> None:
    for load in (load_county, load_market, load_losses):
        load(clock.now())
