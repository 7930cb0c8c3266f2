"""Sentences are compared in the language of the code; property tests are not timed on a busy machine."""

import pytest
from django.utils import translation
from hypothesis import settings

settings.register_profile("kernel", deadline=None, database=None)
settings.load_profile("kernel")


@pytest.fixture(autouse=True)
def _english():
    """Speak the language the sentences are written in."""
    with translation.override("en"):
        yield
