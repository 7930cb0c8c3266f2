"""Where villages lie is said by the bureau; distances follow from it, and what is unknown stays unknown."""

import pytest
from django.urls import reverse

from accounts.services.places import BadPoint, set_point
from kernel.distance import metres
from records.models import Event
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db


def test_distance_as_the_crow_flies():
    beijing, shanghai = (39_904_200, 116_407_400), (31_230_400, 121_473_700)
    assert abs(metres(beijing, shanghai) - 1_067_000) < 5_000
    assert metres(beijing, beijing) == 0
    assert metres(beijing, shanghai) == metres(shanghai, beijing)
    assert abs(metres((26_000_000, 116_000_000), (26_009_000, 116_000_000)) - 1_001) <= 1


def test_a_point_outside_china_or_without_a_sensible_radius_is_refused(changxi, director_lin):
    for latitude, longitude, radius in ((0, 0, 500), (116_361_200, 26_294_100, 500), (26_294_100, 116_361_200, 99)):
        with pytest.raises(BadPoint):
            set_point(
                changxi, latitude_e6=latitude, longitude_e6=longitude, radius_m=radius, by=director_lin, at=MONDAY
            )
    changxi.refresh_from_db()
    assert changxi.latitude_e6 is None


def test_the_bureau_sets_a_point_on_the_page_and_it_is_written_down_who(client, director_lin, changxi, now):
    bureau = login(client, director_lin)
    address = reverse("place-point", args=[changxi.code])
    typed = {"latitude": "26.2941", "longitude": "116.3612", "radius_m": "2500"}
    wrong = bureau.post(address, typed | {"latitude": "116.3612", "longitude": "26.2941"})
    assert wrong.status_code == 400 and 'value="116.3612"' in wrong.content.decode()

    assert bureau.post(address, typed).status_code == 302

    changxi.refresh_from_db()
    assert (changxi.latitude_e6, changxi.longitude_e6, changxi.radius_m) == (26_294_100, 116_361_200, 2500)
    event = Event.objects.get(kind="place_point_set")
    assert (event.document, event.by) == (f"place:{changxi.code}", director_lin)
    assert "26.2941, 116.3612" in bureau.get(reverse("place-list")).content.decode()
    assert bureau.post(reverse("place-point", args=[changxi.parent_id]), typed).status_code == 404


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("26.2941234567", "116.3612345678"), ("２６.２９４１２３", "116.361235"), (" 26.294123°", "\u200b116.361235°")],
    ids=ascii,
)
def test_degrees_are_read_as_maps_and_people_write_them(client, director_lin, changxi, now, latitude, longitude):
    typed = {"latitude": latitude, "longitude": longitude, "radius_m": "2500"}

    assert login(client, director_lin).post(reverse("place-point", args=[changxi.code]), typed).status_code == 302

    changxi.refresh_from_db()
    assert (changxi.latitude_e6, changxi.longitude_e6) == (26_294_123, 116_361_235)


@pytest.mark.parametrize("latitude", ["1e3", "-26.2", "26,29", "91", "26°17'39\""])
def test_what_is_no_number_of_degrees_is_refused_and_kept(client, director_lin, changxi, now, latitude):
    typed = {"latitude": latitude, "longitude": "116.3612", "radius_m": "2500"}

    answer = login(client, director_lin).post(reverse("place-point", args=[changxi.code]), typed)

    assert (answer.status_code, answer.context["failed"]["latitude"].value()) == (400, latitude)


def test_a_point_far_from_the_county_is_asked_about(client, director_lin, changxi, other_village, now):
    set_point(other_village, latitude_e6=26_300_000, longitude_e6=116_350_000, radius_m=900, by=director_lin, at=MONDAY)
    bureau, address = login(client, director_lin), reverse("place-point", args=[changxi.code])
    typed = {"latitude": "35.2941", "longitude": "116.3612", "radius_m": "2500"}

    asked = bureau.post(address, typed)
    assert asked.status_code == 400 and 'name="sure"' in asked.content.decode() and "1000 km" in asked.content.decode()
    changxi.refresh_from_db()
    assert changxi.latitude_e6 is None

    assert bureau.post(address, typed | {"sure": "on"}).status_code == 302
    changxi.refresh_from_db()
    assert changxi.latitude_e6 == 35_294_100


def test_a_farmer_has_no_say_in_where_villages_lie(client, xiuying, changxi):
    assert login(client, xiuying).get(reverse("place-list")).status_code == 403
