"""Places come from a file; a code keeps every name it had."""

import datetime as dt

import pytest

from accounts.models import Place
from accounts.services.places import load_places
from kernel.errors import BadValue

pytestmark = pytest.mark.django_db

HEAD = "code,level,parent,name,valid_from,valid_to"
COUNTY = "360735000000,county,,石城县,2020-01-01,"
TOWN = "360735102000,township,360735000000,屏山镇,2020-01-01,"


def test_a_village_keeps_the_name_it_had_before():
    load_places(
        [
            HEAD,
            COUNTY,
            TOWN,
            "360735102208,village,360735102000,长溪大队,1980-01-01,2000-01-01",
            "360735102208,village,360735102000,长溪村委会,2000-01-01,",
        ]
    )

    village = Place.objects.get(code="360735102208")
    assert (village.name, village.short_name, village.parent.name) == ("长溪村委会", "长溪村", "屏山镇")
    assert village.names.get(valid_to=dt.date(2000, 1, 1)).name == "长溪大队"


def test_loading_again_changes_nothing():
    load_places([HEAD, COUNTY, TOWN])

    load_places([HEAD, COUNTY, TOWN])

    assert Place.objects.count() == 2


@pytest.mark.parametrize(
    "line",
    [
        "360735102208,village,360735999000,长溪,2020-01-01,",
        "36073510220,village,360735102000,长溪,2020-01-01,",
        "360735102208,hamlet,360735102000,长溪,2020-01-01,",
        "360735102208,village,360735102000,,2020-01-01,",
        "360735102208,village,360735102000,长溪,2020-02-30,",
        "360735102208,township,360735000000,长溪,2020-01-01,",
    ],
)
def test_a_faulty_line_stops_the_file(line):
    with pytest.raises(BadValue):
        load_places([HEAD, COUNTY, TOWN, line])

    assert not Place.objects.exists()
