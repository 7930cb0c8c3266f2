"""Goods put on sale beside a report that they were never harvested: the season gives each kilo once.

The control shows what a season without its lock is told: both acts stand on the same room.
"""

import datetime as dt

import pytest

from catalog.models import PlotSeason
from losses.models import LossClaim
from marketplace.audit import breaches
from tests.factories import MONDAY, a_listing, a_season
from tests.losses.steps import Story, a_photo, a_scheme
from tests.races.crowd import Meeting, rush, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def season(xiuying_household, xiuying, cabbage):
    """80 kg of cabbage, written down long before."""
    return a_season(xiuying_household, cabbage, area_cmu=2, by=xiuying, harvest_to=MONDAY.date() + dt.timedelta(20))


@pytest.fixture
def story(finance_bureau, director_lin, cabbage):
    return Story({}, a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60))


def test_of_a_lot_and_a_report_for_the_same_room_one_is_done(season, story, xiuying, cabbage):
    causes = ("unsold", "road", "field")
    photos = [a_photo(by=xiuying) for _report in range(4)]

    def act(number: int) -> None:
        if number % 2:
            a_listing(season.household, cabbage, kg=50, by=xiuying)
        else:
            half = number // 2
            story.filed(season, kg=50, by=xiuying, cause=causes[half % 3], photos=[photos[half]])

    met = rush(act, range(8))

    there = PlotSeason.objects.get(pk=season.pk)
    assert met == {"done": 1, "refused in words": 7}
    assert there.listed_g + there.claimed_g == 50_000 and there.claimed_g == 50_000 * LossClaim.objects.count()
    assert breaches() == []


def test_of_two_reports_of_one_crop_and_cause_one_is_taken(season, story, xiuying):
    photos = [a_photo(by=xiuying) for _report in range(8)]

    met = rush(lambda number: story.filed(season, kg=10, by=xiuying, photos=[photos[number]]), range(8))

    assert met == {"done": 1, "refused in words": 7}
    assert PlotSeason.objects.get(pk=season.pk).claimed_g == 10_000


def test_control_without_the_lock_two_reports_hold_what_is_counted_once(season, story, xiuying, monkeypatch):
    both_have_read = Meeting()
    photos = [a_photo(by=xiuying) for _report in range(2)]

    def careless(held: PlotSeason, grams: int) -> None:
        there = PlotSeason.objects.get(pk=held.pk)
        both_have_read.first_time()
        assert there.left_g() >= grams
        PlotSeason.objects.filter(pk=held.pk).update(claimed_g=there.claimed_g + grams)

    monkeypatch.setattr("losses.services.holding.move_claimed", careless)
    monkeypatch.setattr("losses.services.claiming.lock_newest", lambda held: held)

    met = side_by_side(
        lambda: story.filed(season, kg=50, by=xiuying, cause="road", photos=[photos[0]]),
        lambda: story.filed(season, kg=50, by=xiuying, cause="unsold", photos=[photos[1]]),
    )

    assert met == {"done": 2} and LossClaim.objects.count() == 2
    assert PlotSeason.objects.get(pk=season.pk).claimed_g == 50_000
