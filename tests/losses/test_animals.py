"""Losses of animals are said of animals: heads, not weights or mu; they die and have no harvest."""

import datetime as dt

import pytest
from django.urls import reverse

from losses.models import Cause, LossClaim
from losses.services import claiming
from losses.services.rules import look
from records.selectors.policy import DEFAULTS
from tests import factories
from tests.factories import MONDAY, login
from tests.losses.steps import LOST_ON, a_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ducks(xiuying_household, xiuying, duck):
    """Thirty ducks of Xiuying's household."""
    return a_lot(xiuying_household, duck, kg=30, by=xiuying)


def seen(claim, rule):
    return next(row for row in look(LossClaim.objects.get(pk=claim.pk), at=MONDAY) if row.rule == rule)


def test_the_page_says_that_they_died(client, now, story, ducks, xiuying):
    login(client, xiuying)
    form = client.get(reverse("claim-new", args=[ducks.pk])).content.decode()
    assert "死了" in form and "放坏了" not in form

    claim = story.filed(ducks, quantity=18, cause="spoiled")

    assert claim.get_cause_display() == "死了"
    shown = client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert "土鸭死了" in shown and "18 只" in shown


def test_cabbage_still_goes_bad(story, lot):
    assert story.filed(lot, cause="spoiled").get_cause_display() == str(Cause.SPOILED.label)


def test_checks_count_heads_and_speak_of_no_land(story, ducks):
    claim = story.filed(ducks, quantity=18)

    found = seen(claim, "capacity")
    assert (found.colour, found.title) == ("green", "数量说得过去")
    assert found.detail == "180 天内共挂出 30 只。养的不按田亩算。"
    assert seen(claim, "quantity").detail == "报损 18 只，挂出 30 只。"


@pytest.mark.parametrize(("heads", "colour"), [(19, "green"), (20, "green"), (21, "amber")])
def test_neighbours_are_compared_by_the_head(story, ducks, changxi, duck, monkeypatch, heads, colour):
    monkeypatch.setitem(DEFAULTS, "neighbours_least", 1)
    household = factories.a_household(changxi, name="邻居")
    user = factories.a_user("邻居", person=household.head)
    story.filed(a_lot(household, duck, kg=30, by=user), quantity=10)

    found = seen(story.filed(ducks, quantity=heads), "neighbours")

    assert found.colour == colour and f"{heads} 只" in found.detail and "中间数是 10 只" in found.detail


def test_the_day_before_they_were_ready_is_impossible(story, ducks):
    claim = story.filed(ducks, quantity=18, happened_on=ducks.harvested_on - DAY)

    found = seen(claim, "time_of_loss")
    assert (found.colour, found.detail) == ("red", "出事的日子比出栏还早。")


def test_what_is_not_ready_is_refused_in_its_own_words(story, ducks):
    ducks.harvested_on = None
    with pytest.raises(claiming.NotReady, match="出栏"):
        story.filed(ducks, quantity=18, happened_on=LOST_ON)


def test_anybody_tries_heads(client, story, duck):
    rate = story.scheme.rates.get(produce=duck)
    asked = {"rate": rate.pk, "quantity_0": "18", "quantity_1": "piece"}

    page = client.get(reverse("scheme-detail", args=[story.scheme.pk]), asked).content.decode()

    assert "土鸭，18 只" in page
