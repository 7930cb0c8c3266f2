"""A household that was entered shortly before its loss is looked at, unless its whole village is as new."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.services import households
from losses.services.register_rules import entered_before
from records.selectors.policy import DEFAULTS
from tests import factories
from tests.factories import MONDAY
from tests.losses.steps import a_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def entered(monkeypatch, changxi):
    """Enter a household of the village so many days before Monday."""

    def enter(days, **how):
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: MONDAY - days * DAY)
            return factories.a_household(changxi, **how)

    return enter


@pytest.fixture
def seen(story, cabbage, cadre_liu):
    """Let the cadre report a loss of a household on Monday; return what the rule sees."""

    def look(household):
        lot = a_lot(household, cabbage, kg=100, by=cadre_liu)
        return entered_before(story.filed(lot, by=cadre_liu, consent="phone"), MONDAY)

    return look


@pytest.mark.parametrize(("days", "colour"), [(31, "green"), (30, "green"), (29, "amber"), (0, "amber")])
def test_less_than_so_many_days_on_the_register_are_looked_at(entered, seen, days, colour):
    entered(365)

    assert seen(entered(days)).colour == colour


def test_the_sentence_says_how_many_were_entered_with_it(entered, seen):
    entered(365)
    entered(4)
    first, second = entered(3), entered(3)

    assert "当天全村共登记 2 户" in seen(first).detail
    assert "当天全村共登记 2 户" in seen(second).detail


@pytest.mark.parametrize(("days", "colour"), [(30, "green"), (31, "amber"), (32, "amber")])
def test_a_village_whose_register_is_as_new_holds_nobody(entered, seen, days, colour):
    entered(days)

    assert seen(entered(1)).colour == colour


def test_one_that_was_split_off_is_as_old_as_the_other(entered, seen, monkeypatch):
    entered(365)
    old = entered(300)
    son = factories.a_person("黄小明")
    movers = [old.members.create(household=old, person=son, from_on=MONDAY.date() - 200 * DAY)]
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: MONDAY - DAY)
        new = households.split(
            old, movers, number="360735102901", village=old.village, phone="", people=1, tier="lifted", cause="",
            from_on=MONDAY.date() - DAY,
        )  # fmt: skip

    assert seen(new).colour == "green"


def test_the_county_may_set_the_days(entered, seen, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "entered_before_days", 2)
    entered(365)

    assert seen(entered(2)).colour == "green"
    assert seen(entered(1)).colour == "amber"
