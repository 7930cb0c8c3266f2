"""Reports filed in bulk for others, and visits too many or too fast to have been on the spot, are looked at."""

import datetime as dt

import pytest

from losses.models import LossClaim, Visit
from losses.services import noticing, visiting
from losses.services.hand_rules import filed_in_bulk, visit_pace
from records.selectors.policy import DEFAULTS
from tests.factories import MONDAY
from tests.losses.steps import a_lot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("most", "colour"), [(1, "amber"), (2, "green"), (3, "green")])
def test_more_reports_for_others_an_hour_than_the_rule_says_are_looked_at(
    story, lot, neighbours_lot, cadre_liu, monkeypatch, most, colour
):
    monkeypatch.setitem(DEFAULTS, "proxy_reports_an_hour", most)
    story.filed(lot, by=cadre_liu, consent="phone", at=MONDAY)
    second = story.filed(neighbours_lot, by=cadre_liu, consent="phone", at=MONDAY + dt.timedelta(minutes=59))

    found = filed_in_bulk(second)
    assert (found.colour, found.detail) == (colour, f"这个人一小时内替别人报的第 2 份，超过 {most} 份要细看。")


def test_an_hour_later_is_another_hour_and_an_own_report_is_none(
    story, lot, neighbours_lot, xiuying, cadre_liu, monkeypatch
):
    monkeypatch.setitem(DEFAULTS, "proxy_reports_an_hour", 1)
    own = story.filed(lot, by=xiuying)
    story.filed(neighbours_lot, by=cadre_liu, consent="phone", kg=20, at=MONDAY)
    other = a_lot(lot.household, lot.produce, kg=40, by=cadre_liu)
    later = story.filed(other, by=cadre_liu, consent="phone", kg=20, at=MONDAY + dt.timedelta(hours=1))

    assert (filed_in_bulk(later).colour, filed_in_bulk(own).colour) == ("green", "green")


def pace_of(visit: Visit, *, minutes: int, north_e6: int = 0):
    """Move a second visit in time and place, and return what the rule sees on it."""
    visit.phone_at = visit.first_signed_at + dt.timedelta(minutes=minutes)
    visit.latitude_e6 += north_e6
    visit.save(update_fields=["phone_at", "latitude_e6"])
    return visit_pace(visit)


@pytest.fixture
def second_visit(story, lot, neighbours_lot) -> Visit:
    """Return the second of two visits of one verifier, both in one place at one moment as yet."""
    story.on_village_notice(story.filed(lot), story.filed(neighbours_lot))
    for claim in LossClaim.objects.order_by("pk"):
        claim = noticing.go_on_after_village_notice(claim, at=claim.village_notice.ends_at)
        visit = visiting.draw(claim, by=story.cast["desk"], at=claim.village_notice.ends_at, seed="one seed")
        visit = story.found(visit)
    return visit


@pytest.mark.parametrize(("most", "colour"), [(1, "amber"), (2, "green"), (3, "green")])
def test_more_visits_a_day_than_the_rule_says_are_looked_at(second_visit, monkeypatch, most, colour):
    monkeypatch.setitem(DEFAULTS, "visits_a_day", most)

    found = pace_of(second_visit, minutes=60)
    assert found.colour == colour and found.detail.startswith("这位核查人当天的第 2 次核查")


# 720,000 millionths of a degree north are 80.06 km; both phones know their place to 8 m.
@pytest.mark.parametrize(("minutes", "colour"), [(59, "amber"), (60, "green"), (61, "green")])
def test_a_way_faster_than_the_rule_says_is_looked_at(second_visit, minutes, colour):
    found = pace_of(second_visit, minutes=minutes, north_e6=720_000)

    assert found.colour == colour


def test_how_fast_it_was_is_said_in_kilometres(second_visit):
    found = pace_of(second_visit, minutes=30, north_e6=720_000)

    assert found.detail == "从上一处过来要每小时 160 公里，超过 80 公里要细看。"


def test_a_visit_that_does_not_know_its_place_is_judged_by_the_number_alone(second_visit):
    Visit.objects.filter(pk=second_visit.pk).update(latitude_e6=None, longitude_e6=None, accuracy_m=None)
    second_visit.refresh_from_db()

    assert visit_pace(second_visit).colour == "green"
