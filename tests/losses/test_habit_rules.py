"""Habits of hands are looked at: reports in like words, checks by the minute, two who always go and always agree."""

import datetime as dt

import pytest

from losses.models import LossClaim, Visit
from losses.services.habit_rules import check_pace, copied_report, pair_habits
from records.selectors.policy import DEFAULTS
from tests import factories
from tests.factories import MONDAY, TUESDAY
from tests.guards.rows import force
from tests.losses.steps import KG, a_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BASIS = "石城县农产品滞销损失救助办法（2026 版）"


@pytest.fixture
def by_cadre(story, changxi, cabbage, cadre_liu):
    """Return what files a report for a household of its own, in the words of `story`."""

    def file(kg=50, at=MONDAY, by=cadre_liu, **more):
        household = factories.a_household(changxi, name="邻居")
        goods = a_lot(household, cabbage, kg=500, by=by)
        return story.filed(goods, by=by, consent="phone", kg=kg, at=at, **more)

    return file


@pytest.mark.parametrize(("households", "colour"), [(2, "green"), (3, "green"), (4, "amber")])
def test_more_households_in_like_words_than_the_rule_says_are_looked_at(by_cadre, households, colour):
    claims = [by_cadre(at=MONDAY + n * dt.timedelta(minutes=1)) for n in range(households)]

    found = copied_report(claims[-1])
    assert found.colour == colour
    assert f"一样的数量代报的第 {households} 户，超过 3 户要细看（{BASIS}）" in found.detail
    assert copied_report(claims[0]).colour == "green"


def test_another_quantity_other_words_or_a_week_before_are_no_pattern(by_cadre, story, lot, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "proxy_alike_most", 1)
    by_cadre()
    assert copied_report(by_cadre(kg=40)).colour == "green"
    assert copied_report(story.filed(lot)).colour == "green"  # its own
    assert copied_report(by_cadre(at=MONDAY + 7 * DAY)).colour == "green"
    other = by_cadre(at=MONDAY + 7 * DAY)
    assert copied_report(other).colour == "amber"
    LossClaim.objects.filter(pk=other.pk).update(words="雨太大")
    assert copied_report(LossClaim.objects.get(pk=other.pk)).colour == "green"


STORM = "大雨三天，路断了，包菜没人来收"
COPIES = [
    "大雨三天,路断了,白菜没人來收。",
    "大雨两天，路断了，包菜没有人来收",
    "大雨三天，路断了，包菜没人来收，请核实",
]
HONEST = ["下了三天雨，地里积水，包菜全烂了", "大雨把路冲了，车进不来", "连着下雨，收菜的车没来"]


@pytest.mark.parametrize(
    ("words", "colour"), [*((copy, "amber") for copy in COPIES), *((own, "green") for own in HONEST)]
)
def test_copied_words_are_known_with_a_word_changed_and_others_of_the_same_storm_are_not(
    by_cadre, monkeypatch, words, colour
):
    monkeypatch.setitem(DEFAULTS, "proxy_alike_most", 1)
    first = by_cadre(words=STORM)

    assert copied_report(by_cadre(words=words)).colour == colour
    assert copied_report(first).colour == "green"


# One letter of ten is another: nine of ten are alike.
@pytest.mark.parametrize(("permille", "colour"), [(899, "amber"), (900, "amber"), (901, "green")])
def test_the_county_says_how_much_alike(by_cadre, monkeypatch, permille, colour):
    monkeypatch.setitem(DEFAULTS, "proxy_alike_most", 1)
    monkeypatch.setitem(DEFAULTS, "proxy_alike_permille", permille)
    by_cadre(words="大雨三天路断没人来收")

    assert copied_report(by_cadre(words="大雨两天路断没人来收")).colour == colour


def test_another_cadre_of_the_township_copies_too_unless_many_say_as_little(by_cadre, cadre_wu, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "proxy_alike_most", 1)
    by_cadre(words=STORM)
    assert copied_report(by_cadre(words=STORM, by=cadre_wu)).colour == "amber"

    by_cadre(words="路断了没人收")
    assert copied_report(by_cadre(words="路断了没人收", by=cadre_wu)).colour == "green"
    assert copied_report(by_cadre(words="路断了没人收")).colour == "amber"


def test_however_many_came_before_the_words_are_read_in_one_question(by_cadre, django_assert_max_num_queries):
    claims = [by_cadre() for _n in range(3)]
    claim = LossClaim.objects.select_related("scheme", "filed_by", "household__village").get(pk=claims[-1].pk)

    with django_assert_max_num_queries(3):  # the rule of the day, what was declared, what came before
        copied_report(claim)


@pytest.mark.parametrize(("most", "colour"), [(1, "amber"), (2, "green"), (3, "green")])
def test_more_checks_a_minute_than_the_rule_says_are_looked_at(story, lot, neighbours_lot, monkeypatch, most, colour):
    monkeypatch.setitem(DEFAULTS, "checks_a_minute", most)
    first = story.village_checked(story.filed(lot))
    second = story.filed(neighbours_lot)
    monkeypatch.setattr("tests.losses.steps.TUESDAY", TUESDAY + dt.timedelta(seconds=59))
    second = story.village_checked(second)

    [found] = check_pace(second)
    assert (found.rule, found.colour) == ("check_pace_village", colour)
    assert found.detail == f"这个人一分钟内的第 2 份核实，超过 {most} 份要细看（{BASIS}）。"
    assert check_pace(first)[0].colour == "green"


def test_a_minute_later_is_another_minute(story, lot, neighbours_lot, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "checks_a_minute", 1)
    story.village_checked(story.filed(lot))
    second = story.filed(neighbours_lot)
    monkeypatch.setattr("tests.losses.steps.TUESDAY", TUESDAY + dt.timedelta(seconds=60))

    assert check_pace(story.village_checked(second))[0].colour == "green"


@pytest.fixture
def visits(story, changxi, cabbage, inspector_he, inspector_xu, bureau):
    """Return ten visits: nine of one pair, which found what was reported, and one of the first with a third."""
    third = factories.a_user("韩核实", "verifier", bureau)
    made = []
    for number in range(10):
        household = factories.a_household(changxi, name="邻居")
        user = factories.a_user("邻居", person=household.head)
        claim = story.filed(a_lot(household, cabbage, kg=500, by=user))
        at = MONDAY + number * dt.timedelta(hours=3)
        made.append(
            Visit(claim=claim, first=inspector_he, second=inspector_xu, seed="", drawn_at=at, found=50 * KG,
                  conclusion="there", signed="paper", first_signed_at=at)
        )  # fmt: skip
    made[0].second = third
    return Visit.objects.bulk_create(made)


@pytest.mark.parametrize(("permille", "colour"), [(899, "amber"), (900, "green"), (901, "green")])
def test_two_who_go_together_more_often_than_the_rule_says_are_looked_at(visits, monkeypatch, permille, colour):
    monkeypatch.setitem(DEFAULTS, "pair_permille", permille)

    found, _exact = pair_habits(visits[-1])
    assert found.colour == colour
    assert f"10 次查看里，有 9 次和同一个人一起，超过百分之 {permille / 10:g} 要细看（{BASIS}）" in found.detail


def test_with_two_verifiers_or_few_visits_it_is_unknown(visits, monkeypatch):
    assert [found.detail[:3] for found in pair_habits(visits[-2])] == ["说不清", "说不清"]
    force(visits[0], second=visits[1].second)

    together, _exact = pair_habits(visits[-1])
    assert (together.colour, together.detail[:3]) == ("green", "说不清")


@pytest.mark.parametrize(("less", "colour"), [(0, "amber"), (1, "green"), (2, "green")])
def test_two_who_always_find_what_was_reported_are_looked_at(visits, monkeypatch, less, colour):
    monkeypatch.setitem(DEFAULTS, "pair_visits_least", 9)
    monkeypatch.setitem(DEFAULTS, "pair_exact_permille", 889)  # of nine, eight are 888.9
    for visit in visits[1 : 1 + less]:
        force(visit, found=49 * KG)

    _together, found = pair_habits(visits[-1])
    assert found.colour == colour
    assert f"9 次里，有 {9 - less} 次和报的一点不差" in found.detail


def test_what_lies_longer_back_is_no_habit(visits, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "pair_days", 7)
    force(visits[1], first_signed_at=visits[-1].first_signed_at - 7 * DAY)

    assert "9 次" in pair_habits(visits[-1])[0].detail
