"""The demo county stands at whatever hour it is begun."""

import pytest
from PIL import Image

from demo.load import load_county, load_losses, load_market
from kernel import clock
from losses.models import LossClaim, Rehearsal
from records import photo_worker
from records.services import photos


@pytest.mark.gates
@pytest.mark.django_db
@pytest.mark.parametrize(
    "begun",
    [
        pytest.param({"hour": 0, "minute": 10}, id="after midnight"),
        pytest.param({"hour": 23, "minute": 55}, id="before midnight"),
        pytest.param({"month": 1, "day": 1, "hour": 0, "minute": 10}, id="as the year begins"),
    ],
)
def test_it_stands_at_whatever_hour_it_is_begun(monkeypatch, begun):
    monkeypatch.setattr(photos, "answer_of_worker", lambda raw: photo_worker.written(raw, Image))
    at = clock.now().astimezone(clock.COUNTY_ZONE).replace(**begun)
    monkeypatch.setattr(clock, "now", lambda: at)

    for load in (load_county, load_market, load_losses):
        load(at)

    assert LossClaim.objects.exists()
    assert Rehearsal.objects.exists()
