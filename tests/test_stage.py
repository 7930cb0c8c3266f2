"""Every test has rows of its own in its hands, though they were written once for all that ask for them."""

import pytest

from accounts.models import Household, Organisation, Place
from tests.stage import _stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(school, chef_chen):
    return {"school": school, "people": [chef_chen]}


@pytest.fixture
def renamed(school):
    school.name = "一中"
    return school.name


def kept() -> set[str]:
    return {level.fixture.argname for level in _stage.levels}


@pytest.mark.parametrize("turn", range(2))
def test_a_row_that_a_test_changes_is_as_it_was_for_the_next(pair, school, turn):
    assert (school.name, Organisation.objects.get().name) == ("石城县第一中学", "石城县第一中学")

    school.name = "别的学校"
    school.save(update_fields=["name"])

    assert Organisation.objects.get().name == "别的学校"


def test_what_two_fixtures_share_they_still_share(pair, school, chef_chen):
    assert pair["school"] is school
    assert pair["people"] == [chef_chen] and pair["people"][0] is chef_chen


@pytest.mark.parametrize("turn", range(2))
def test_what_a_fixture_does_to_a_row_in_its_hand_ends_with_it(school, renamed, turn):
    assert school.name == "一中"


def test_what_others_asked_for_is_gone_and_what_is_asked_for_stands(school):
    assert kept() == {"county", "school"}
    assert Organisation.objects.get() == school
    assert not Household.objects.exists()


def test_what_asks_for_another_stands_on_it(xiuying_household):
    assert kept() == {"county", "pingshan", "changxi", "xiuying_household"}
    assert Place.objects.count() == 3 and not Organisation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_commits_finds_nothing():
    assert not kept() and not Place.objects.exists()
