"""Every test has rows of its own in its hands, though they were written once for all tests of a module."""

import pytest

from accounts.models import Household, Organisation
from tests import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(school, chef_chen):
    return {"school": school, "people": [chef_chen]}


@pytest.mark.parametrize("turn", range(2))
def test_a_row_that_a_test_changes_is_as_it_was_for_the_next(pair, school, turn):
    assert (school.name, Organisation.objects.get().name) == ("石城县第一中学", "石城县第一中学")

    school.name = "别的学校"
    school.save(update_fields=["name"])

    assert Organisation.objects.get().name == "别的学校"


def test_what_two_fixtures_share_they_still_share(pair, school, chef_chen):
    assert pair["school"] is school
    assert pair["people"] == [chef_chen] and pair["people"][0] is chef_chen


def test_these_stand_before_the_test_begins(pair, school, request):
    [fixture] = [known for known in stage._stage.built if known.argname == "school"]

    assert stage._stage.built[fixture] == school
    assert stage._stage.built[fixture] is not school


def test_what_not_every_test_asks_for_is_built_where_it_is_asked_for(pair, school, xiuying_household):
    assert Household.objects.get() == xiuying_household
    assert "xiuying_household" not in {known.argname for known in stage._stage.built}
