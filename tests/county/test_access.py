"""Who gets in where: every address of the site × every kind of person, on the objects of the demo county.

"In" means that the door opened, whatever the room then said (a page, a form with errors, "not now"); all others get
404, 403 or the way to sign in, and changes nothing. An address that is missing from the table fails the test.
"""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Message
from marketplace.sessions import KEPT_FOR
from tests.conftest import standing
from tests.county.access_table import EVERYBODY, IN, POSTED, SIGNED_IN
from tests.county.world import NOBODY, STRANGER, World, addresses

SPEAKERS_FOR_ALL = {NOBODY, "xiuying", "director"}  # of those who signed in: they differ most

pytestmark = pytest.mark.django_db  # each knock is undone; the county below it stays until the package ends


@pytest.fixture(scope="module")
def world(county, django_db_blocker):
    """Let people and objects of every kind stand in the county, until the module ends."""
    with standing(django_db_blocker, World) as (people,):
        yield people


def test_every_address_is_in_the_table():
    assert set(addresses()) == set(IN)


def who_gets_in(world, name: str, keys, knocking: set[str]) -> set[str]:
    path = world.address(name, keys)
    found = set()
    Session.objects.update(expire_date=Now() + KEPT_FOR)  # nobody rested since the county was built
    for who in sorted(knocking):
        client = world.clients[who]
        with transaction.atomic():
            answer = client.post(path, {}) if name in POSTED else client.get(path)
            transaction.set_rollback(True)
        assert answer.status_code < 500, (name, who, answer.status_code)
        to_sign_in = answer.status_code == 302 and answer.url.startswith("/sign-in/?next=")
        if answer.status_code not in (401, 403, 404) and not to_sign_in:
            found.add(who)
    return found


def outsiders(world, name: str) -> set[str]:
    """Return who must stay outside an address."""
    if IN[name] == EVERYBODY:
        return set()
    return {STRANGER} if IN[name] == SIGNED_IN else set(world.clients) - IN[name]


def insiders(name: str) -> set[str]:
    """Return who must get in: where all may, a few speak for them."""
    if IN[name] in (EVERYBODY, SIGNED_IN):
        return SPEAKERS_FOR_ALL | ({STRANGER} if IN[name] == EVERYBODY else set())
    return IN[name]


def in_turn(people: set[str], name: str) -> set[str]:
    """Return one of these people, another one at the next address, and who is nobody."""
    first = sorted(IN).index(name) % (len(people) or 1)
    return set(sorted(people)[first : first + 1]) | (people & {NOBODY})


@pytest.mark.parametrize("name", sorted(IN))
def test_only_the_right_people_get_in(world, name):
    """Ask as one of those who must get in, one of the others and nobody; `make gates` asks as all."""
    inside, outside = insiders(name), outsiders(world, name)
    knocking = in_turn(inside, name) | in_turn(outside, name)

    assert who_gets_in(world, name, addresses()[name], knocking) == inside & knocking


@pytest.mark.gates
@pytest.mark.parametrize("name", sorted(IN))
def test_everybody_knocks(world, name):
    inside = insiders(name)

    assert who_gets_in(world, name, addresses()[name], inside | outsiders(world, name)) == inside


def test_no_text_of_the_county_names_a_clock_time_to_the_minute(world):
    """A deadline is said in the hours of an office, with its day: a text is read on whatever day it is found."""
    texts = {message.kind: re.sub(r"https?://\S+", "", message.body) for message in Message.objects.all()}

    assert {"order.shipped", "claim.filed", "claim.village_checked", "claim.drawn", "claim.sent_back"} <= texts.keys()
    assert [(kind, body) for kind, body in texts.items() if re.search(r"\d{1,2}[:：]\d{2}", body)] == []
