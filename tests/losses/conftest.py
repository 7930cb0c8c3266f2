"""A scheme, a lot and the people who carry its claim."""

import pytest
from PIL import Image

from records import photo_worker
from records.services import photos
from tests.losses.steps import Story, a_lot, a_scheme


@pytest.fixture
def scheme(finance_bureau, director_lin, cabbage, duck):
    return a_scheme(finance_bureau, director_lin, cabbage, duck)


@pytest.fixture
def cast(cadre_wu, township_officer, inspector_he, inspector_xu, clerk_ma, director_lin):
    return {
        "cadre": cadre_wu,
        "township": township_officer,
        "desk": clerk_ma,
        "approver": director_lin,
        "verifiers": {inspector_he, inspector_xu},
    }


@pytest.fixture
def story(cast, scheme):
    return Story(cast, scheme)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    """100 kg of cabbage of Xiuying's household."""
    return a_lot(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def neighbours_lot(guiying, guiying_household, cabbage):
    return a_lot(guiying_household, cabbage, kg=100, by=guiying)


@pytest.fixture
def opened_here(monkeypatch):
    """Let the worker's own code open photos without a process for each: thousands are sent to try the net, not it."""
    monkeypatch.setattr(photos, "answer_of_worker", lambda raw: photo_worker.written(raw, Image))
