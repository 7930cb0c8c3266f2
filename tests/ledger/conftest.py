"""Awarded relief that waits to be paid out."""

import pytest

from tests.ledger.steps import owed


@pytest.fixture
def relief(xiuying_household, guiying_household, finance_bureau):
    """80.00 yuan for Xiuying's household and 160.00 for Guiying's."""
    return [
        owed(xiuying_household, finance_bureau, 80_00),
        owed(guiying_household, finance_bureau, 160_00),
    ]
