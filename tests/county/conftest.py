"""The demo county, built once for all tests of this package."""

import pytest
from django.core.cache import cache
from django.utils import translation
from PIL import Image

from demo import photos as drawings
from demo.load import load_county, load_losses, load_market
from kernel import clock, near
from records import photo_worker
from records.services import photos
from tests.conftest import standing


@pytest.fixture(scope="package")
def county(django_db_setup, django_db_blocker):
    """Build the demo county in one transaction that is rolled back at the end."""
    cache.clear()  # of a module before, whose rows are gone
    near.forget_all()
    with pytest.MonkeyPatch.context() as patch:
        # Its hundred photos are our own drawings: a process for each would take longer than the rest of the county.
        patch.setattr(photos, "answer_of_worker", lambda raw: photo_worker.written(raw, Image))
        patch.setattr(drawings, "SENT", (480, 360))
        with translation.override("zh-hans"), standing(django_db_blocker, _build):
            patch.undo()
            yield


def _build() -> None:
    for load in (load_county, load_market, load_losses):
        load(clock.now())
