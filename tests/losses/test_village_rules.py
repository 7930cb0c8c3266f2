"""All that a village reports of a produce in a season is held beside what its written land gives."""

import datetime as dt

import pytest

from losses.models import LossClaim
from losses.services.village_rules import village_harvest
from records.selectors.policy import DEFAULTS
from tests.factories import MONDAY, a_season
from tests.losses.steps import a_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def seen(claim):
    return village_harvest(LossClaim.objects.get(pk=claim.pk))


@pytest.fixture
def field(xiuying_household, cabbage):
    """0.02 mu of cabbage: 80 kg at the most, all that is written down in the village."""
    return a_season(xiuying_household, cabbage, area_cmu=2)


@pytest.mark.parametrize(("kg", "colour"), [(49, "green"), (50, "green"), (51, "amber")])
def test_the_report_with_which_a_village_passes_what_its_land_gives_is_held(
    story, field, lot, neighbours_lot, kg, colour
):
    first = story.filed(neighbours_lot, kg=30)
    claim = story.filed(lot, kg=kg, at=MONDAY + MINUTE)

    found = seen(claim)
    assert (found.colour, seen(first).colour) == (colour, "green")
    assert f"村里 180 天内 2 份一共报了 {30 * 2 + kg * 2} 斤" in found.detail
    assert "的地有 0.02 亩，最多出 160 斤（80 公斤）" in found.detail
    assert "超过百分之 100 要细看（石城县农产品滞销损失救助办法（2026 版））" in found.detail


@pytest.mark.parametrize(("permille", "colour"), [(999, "amber"), (1000, "green"), (1001, "green")])
def test_the_county_says_from_which_part_on(story, field, lot, monkeypatch, permille, colour):
    monkeypatch.setitem(DEFAULTS, "village_claims_permille", permille)

    assert seen(story.filed(lot, kg=80)).colour == colour


def test_what_was_taken_back_does_not_count(story, field, lot, neighbours_lot):
    old = story.filed(neighbours_lot, kg=60)
    claim = story.filed(lot, kg=60, at=MONDAY + DAY)
    assert seen(claim).colour == "amber"

    LossClaim.objects.filter(pk=old.pk).update(status="withdrawn")
    assert seen(claim).colour == "green"


def test_what_was_reported_a_season_ago_does_not_count(story, field, lot, neighbours_lot, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "season_days", 30)
    story.filed(neighbours_lot, kg=60)

    assert seen(story.filed(lot, kg=60, at=MONDAY + 31 * DAY)).colour == "green"


def test_land_that_nobody_wrote_down_or_of_another_season_is_unknown(story, lot, xiuying_household, cabbage):
    claim = story.filed(lot)
    assert seen(claim).detail.startswith("说不清")

    day = MONDAY.date() - dt.timedelta(days=181)
    a_season(xiuying_household, cabbage, harvest_from=day - dt.timedelta(days=20), harvest_to=day)
    assert seen(claim).detail.startswith("说不清")


def test_animals_take_no_land(story, xiuying, xiuying_household, duck):
    claim = story.filed(a_lot(xiuying_household, duck, kg=40, by=xiuying), quantity=20)

    assert (seen(claim).colour, seen(claim).detail) == ("green", "活畜禽不按村里的地算。")
