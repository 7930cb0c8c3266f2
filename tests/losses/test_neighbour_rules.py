"""A claim beside those of others: far above its neighbours, split over kin, figures and photos that are copied."""

import datetime as dt

import pytest

from accounts.models import Household, Place
from losses.models import ClaimFigure, LossClaim
from losses.services import schemes
from losses.services.rules import look
from records.models import StoredFile
from records.selectors.policy import DEFAULTS
from records.services.files import store_bytes
from tests import factories
from tests.factories import MONDAY
from tests.losses.steps import KG, a_lot, a_scheme

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def seen(claim, rule):
    return next(row for row in look(LossClaim.objects.get(pk=claim.pk), at=MONDAY) if row.rule == rule)


@pytest.fixture
def neighbours(story, changxi, cabbage):
    """Return what files claims of so many kilos, each of a household of its own in the village."""

    def file(*kilos):
        claims = []
        for kg in kilos:
            household = factories.a_household(changxi, name="邻居")
            user = factories.a_user("邻居", person=household.head)
            claims.append(story.filed(a_lot(household, cabbage, kg=500, by=user), kg=kg))
        return claims

    return file


@pytest.mark.parametrize(("kg", "colour"), [(79, "green"), (80, "green"), (81, "amber")])
def test_more_than_twice_the_middle_of_the_neighbours_is_looked_at(
    story, neighbours, xiuying, xiuying_household, cabbage, kg, colour
):
    neighbours(30, 40, 300)
    claim = story.filed(a_lot(xiuying_household, cabbage, kg=200, by=xiuying), kg=kg)

    found = seen(claim, "neighbours")
    assert found.colour == colour
    assert f"报了 {kg * 2} 斤" in found.detail and "3 户邻居的中间数是 80 斤" in found.detail
    assert "超过它的 2 倍要细看（石城县农产品滞销损失救助办法（2026 版））" in found.detail


def test_too_few_neighbours_say_that_it_is_unknown_and_two_halves_count_as_one(
    story, neighbours, xiuying, xiuying_household, cabbage, monkeypatch
):
    neighbours(30, 40)
    lots = [a_lot(xiuying_household, cabbage, kg=200, by=xiuying) for _n in range(2)]
    claim, half = (story.filed(one, kg=45) for one in lots)
    found = seen(claim, "neighbours")
    assert (found.colour, found.detail.partition("：")[0]) == ("green", "说不清")

    monkeypatch.setitem(DEFAULTS, "neighbours_least", 2)
    assert [seen(one, "neighbours").colour for one in (claim, half)] == ["amber", "amber"]
    LossClaim.objects.filter(pk=half.pk).update(happened_on=half.happened_on + 4 * DAY)
    assert seen(claim, "neighbours").colour == "green"


@pytest.mark.parametrize(("cap_fen", "colour"), [(159_99, "amber"), (160_00, "green"), (160_01, "green")])
def test_what_households_with_one_telephone_report_together_is_held_against_the_later_one(
    story, lot, neighbours_lot, finance_bureau, director_lin, cabbage, cap_fen, colour
):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, cap_fen=cap_fen)
    Household.objects.filter(pk=neighbours_lot.household_id).update(phone_index="one")
    Household.objects.filter(pk=lot.household_id).update(phone_index="one")
    first = story.filed(neighbours_lot, kg=50)
    claim = story.filed(lot, kg=50, at=MONDAY + MINUTE)

    assert seen(first, "split").colour == "green"
    found = seen(claim, "split")
    assert found.colour == colour and "一共 160.00 元" in found.detail


def test_reports_of_a_month_before_and_of_strangers_are_no_splitting(story, lot, neighbours_lot):
    claim = story.filed(lot, kg=50)
    story.filed(neighbours_lot, kg=50)
    assert "没有亲属" in seen(claim, "split").detail


@pytest.mark.parametrize(("most", "colour"), [(1, "amber"), (2, "green"), (3, "green")])
def test_equal_figures_of_one_checker_on_one_day_are_held_against_the_later_ones(
    story, lot, neighbours_lot, monkeypatch, most, colour
):
    monkeypatch.setitem(DEFAULTS, "same_figures_a_day", most)
    first = story.village_checked(story.filed(lot))
    claim = story.filed(neighbours_lot)
    monkeypatch.setattr("tests.losses.steps.TUESDAY", factories.TUESDAY + MINUTE)
    claim = story.village_checked(claim)

    found = seen(claim, "same_figures_village")
    assert (found.colour, found.detail) == (colour, f"这个人当天第 2 份数量和话都一样的核实，超过 {most} 份要细看。")
    assert seen(first, "same_figures_village").colour == "green"
    assert ClaimFigure.objects.filter(claim=claim, stage="village", quantity=50 * KG).exists()


def placed(by, *, north_e6=0, minutes=0):
    """Return a photo whose camera said where and when it was taken."""
    taken = dt.datetime(2026, 11, 2, 9) + minutes * MINUTE
    facts = {
        "gps": "read",
        "latitude_e6": 26_300_000 + north_e6,
        "longitude_e6": 116_300_000,
        "taken": f"{taken:%FT%T}",
    }
    raw = f"{by.pk} {north_e6} {minutes}".encode()
    kind = StoredFile.Kind.PHOTO
    return store_bytes(raw, kind=kind, media_type="image/jpeg", by=by, at=MONDAY, facts=facts)


@pytest.mark.parametrize(
    ("north_e6", "minutes", "colour"), [(130, 30, "amber"), (130, 31, "green"), (140, 0, "green"), (0, -30, "amber")]
)
def test_a_photo_of_a_neighbour_s_heap_from_another_side_is_held_against_the_later_one(
    story, lot, neighbours_lot, xiuying, guiying, north_e6, minutes, colour
):
    first = story.filed(neighbours_lot, photos=[placed(guiying)])
    shot = placed(xiuying, north_e6=north_e6, minutes=minutes)
    claim = story.filed(lot, photos=[shot], at=MONDAY + MINUTE)

    assert seen(claim, "photo_place").colour == colour
    assert seen(first, "photo_place").colour == "green"


def test_both_are_told_of_each_other_and_the_first_is_not_held(story, lot, neighbours_lot, xiuying, guiying):
    first = story.filed(neighbours_lot, photos=[placed(guiying)])
    claim = story.filed(lot, photos=[placed(xiuying, minutes=1)], at=MONDAY + MINUTE)

    here, there = seen(first, "photo_place"), seen(claim, "photo_place")
    assert (here.colour, there.colour) == ("green", "amber")
    assert claim.number in here.detail and "那份后报" in here.detail
    assert first.number in there.detail and "那份先报" in there.detail


@pytest.mark.parametrize(("place", "colour"), [(0, "green"), (1, "amber")])
def test_one_heap_is_not_reported_for_two_plots_of_a_household(
    story, xiuying, xiuying_household, cabbage, place, colour
):
    plots = [factories.a_season(xiuying_household, cabbage, parcel=parcel) for parcel in ("村东大丘", "村西坡地")]
    lots = [a_lot(xiuying_household, cabbage, by=xiuying) for _n in range(2)]
    for lot, plot in zip(lots, (plots[0], plots[place]), strict=True):
        lot.plot_season = plot
        lot.save(update_fields=["plot_season"])
    story.filed(lots[0], photos=[placed(xiuying)])
    claim = story.filed(lots[1], photos=[placed(xiuying, minutes=1)], at=MONDAY + MINUTE)

    assert seen(claim, "photo_place").colour == colour


def test_a_photo_without_a_place_is_unknown_not_fine(story, lot):
    assert seen(story.filed(lot), "photo_place").detail.startswith("说不清")


@pytest.mark.parametrize(("kg", "colour"), [(79, "green"), (80, "green"), (81, "amber")])
def test_what_is_larger_than_nearly_all_of_a_season_is_looked_at(
    story, neighbours, xiuying, xiuying_household, cabbage, monkeypatch, kg, colour
):
    monkeypatch.setitem(DEFAULTS, "largest_least", 5)
    monkeypatch.setitem(DEFAULTS, "largest_permille", 800)
    neighbours(60, 70, 80, 50, 300)
    claim = story.filed(a_lot(xiuying_household, cabbage, kg=200, by=xiuying), kg=kg, at=MONDAY + MINUTE)

    found = seen(claim, "largest")
    assert found.colour == colour
    assert f"报了 {kg * 2} 斤" in found.detail and "先报的 5 份里百分之 80 不超过 160 斤（80 公斤）" in found.detail


def test_few_reports_or_those_of_a_season_before_say_that_it_is_unknown(
    story, neighbours, lot, neighbours_lot, monkeypatch
):
    monkeypatch.setitem(DEFAULTS, "largest_least", 5)
    monkeypatch.setitem(DEFAULTS, "season_days", 30)
    neighbours(11, 11, 11, 11, 11)
    later = story.filed(neighbours_lot, at=MONDAY + 31 * DAY)

    assert seen(story.filed(lot, at=MONDAY + MINUTE), "largest").colour == "amber"
    assert seen(later, "largest").detail.startswith("说不清")


@pytest.fixture
def asking_papers(story, finance_bureau, director_lin, cabbage):
    """A scheme that asks for a paper from 80 yuan on: 50 kg."""
    scheme = a_scheme(finance_bureau, director_lin, cabbage, publish=False)
    schemes.ask_for_paper(scheme, kind="weighed", from_fen=80_00, by=director_lin, at=MONDAY)
    story.scheme = schemes.publish_scheme(scheme, by=director_lin, at=MONDAY)
    return story


@pytest.mark.parametrize(("reports", "colour"), [(2, "green"), (3, "amber"), (4, "amber")])
def test_three_reports_just_below_an_amount_that_asks_for_papers_are_looked_at(
    asking_papers, xiuying, xiuying_household, cabbage, reports, colour
):
    claims = [
        asking_papers.filed(a_lot(xiuying_household, cabbage, kg=100, by=xiuying), kg=49, at=MONDAY + n * MINUTE)
        for n in range(reports)
    ]

    found = seen(claims[-1], "just_below")
    assert found.colour == colour
    assert f"有 {reports} 份" in found.detail and "80.00 元" in found.detail
    assert seen(claims[0], "just_below").colour == "green"


# From 80 yuan on a paper is asked for: 5 percent less are 76.00 yuan, 47.5 kg.
@pytest.mark.parametrize(("grams", "near"), [(47_499, False), (47_500, True), (49_999, True), (50_000, False)])
def test_just_below_is_within_five_percent(asking_papers, lot, monkeypatch, grams, near):
    monkeypatch.setitem(DEFAULTS, "just_below_reports", 1)
    claim = asking_papers.filed(lot, quantity=grams)

    assert (seen(claim, "just_below").colour == "amber") is near


def test_the_household_that_is_tied_counts_and_a_stranger_does_not(asking_papers, lot, neighbours_lot, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "just_below_reports", 2)
    asking_papers.filed(neighbours_lot, kg=49)
    claim = asking_papers.filed(lot, kg=49, at=MONDAY + MINUTE)
    assert seen(claim, "just_below").colour == "green"

    Household.objects.filter(pk__in=[lot.household_id, neighbours_lot.household_id]).update(phone_index="one")
    assert seen(claim, "just_below").colour == "amber"


# A thousandth of a degree of latitude is 111.2 m: 45,000 millionths are 5.0 km.
@pytest.mark.parametrize(("north_e6", "colour"), [(44_900, "green"), (45_000, "amber"), (200_000, "amber")])
def test_photos_taken_far_from_the_village_are_looked_at(story, lot, xiuying, north_e6, colour):
    village = Place.objects.get(pk=lot.village_id)
    Place.objects.filter(pk=village.pk).update(latitude_e6=26_300_000, longitude_e6=116_300_000, radius_m=None)
    claim = story.filed(lot, photos=[placed(xiuying, north_e6=north_e6), placed(xiuying)])

    found = seen(claim, "photo_far")
    assert found.colour == colour and "超过 5.0 公里要细看" in found.detail


def test_a_village_that_reaches_farther_or_lies_nowhere_is_not_far(story, lot, xiuying):
    Place.objects.filter(pk=lot.village_id).update(latitude_e6=26_300_000, longitude_e6=116_300_000, radius_m=9_000)
    claim = story.filed(lot, photos=[placed(xiuying, north_e6=60_000)])
    assert seen(claim, "photo_far").colour == "green"

    Place.objects.filter(pk=lot.village_id).update(latitude_e6=None, longitude_e6=None, radius_m=None)
    assert seen(claim, "photo_far").detail.startswith("说不清")
