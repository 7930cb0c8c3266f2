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


def test_a_farmer_has_no_say_in_where_villages_lie(client, xiuying, changxi):
    assert login(client, xiuying).get(reverse("place-list")).status_code == 403
