"""The way of a day of visits: nearest next, how far it is, and that what nobody knows is called unknown."""

import datetime as dt

import pytest
from django.urls import reverse

from losses.pages.words import day_time
from losses.route import way_of
from records.selectors.policy import DEFAULTS
from tests.factories import login

OFFICE, NEAR, FAR, FARTHER = (26_300_000, 116_300_000), (26_310_000, 116_300_000), (26_330_000, 116_300_000), (
    26_400_000, 116_300_000,
)  # fmt: skip


def test_the_nearest_is_next_and_the_way_back_counts():
    way = way_of(OFFICE, {"farther": FARTHER, "near": NEAR, "far": FAR})

    assert [(leg.key, leg.metres) for leg in way.legs] == [("near", 1112), ("far", 2224), ("farther", 7784)]
    assert (way.metres, way.unknown) == (22_239, 0)


def test_places_of_one_village_follow_each_other_and_unknown_ones_come_last():
    way = way_of(OFFICE, {"where?": None, "a": NEAR, "b": NEAR})

    assert [(leg.key, leg.metres) for leg in way.legs] == [("a", 1112), ("b", 0), ("where?", None)]
    assert (way.metres, way.unknown) == (2224, 1)


def test_without_an_office_the_most_pressing_goes_first():
    way = way_of(None, {"pressing": FAR, "near": NEAR})

    assert [(leg.key, leg.metres) for leg in way.legs] == [("pressing", None), ("near", 2224)]
    assert way.metres == 2224


@pytest.mark.parametrize("office", [None, OFFICE])
def test_nothing_is_no_way(office):
    assert way_of(office, {}).metres == 0 and way_of(office, {"a": None}).metres == 0


@pytest.mark.django_db
def test_the_list_says_how_far_it_is_and_what_is_not_known(client, story, lot, now):
    visit = story.drawn(story.filed(lot))
    now.at = visit.drawn_at
    page = reverse("visit-list")
    login(client, visit.first)

    assert "不知道多远" in client.get(page).content.decode()
    village, office = visit.claim.household.village, visit.first.person.memberships.get().organisation.place
    for place, (latitude, longitude) in ((village, NEAR), (office, OFFICE)):
        place.latitude_e6, place.longitude_e6 = latitude, longitude
        place.save(update_fields=["latitude_e6", "longitude_e6"])

    told = client.get(page).content.decode()
    assert "离单位 1.1 公里" in told and "一圈大约 2.2 公里（直线）" in told


@pytest.mark.django_db
def test_before_leaving_each_thing_is_said_in_a_sentence(client, story, lot, now):
    visit = story.drawn(story.filed(lot))
    now.at = visit.drawn_at

    page = login(client, visit.first).get(reverse("visit-ready")).content.decode()

    assert all(f'data-check="{key}"' in page for key in ("pack", "room", "battery", "place", "camera", "session"))
    assert f"和您一起去的：{visit.second.person.name}（1 户）" in page
    rests_at = day_time(visit.drawn_at + dt.timedelta(hours=DEFAULTS["field_idle_hours"]))
    assert f"登录到 {rests_at}。" in page
