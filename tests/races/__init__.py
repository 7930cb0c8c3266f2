"""Races: who acts at the same moment, and what then counts."""

import pytest

pytest.register_assert_rewrite("tests.races.pairs")
