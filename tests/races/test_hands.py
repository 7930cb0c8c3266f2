"""One person, two tabs, two hands that exclude each other: one gets through, whichever pair it is.

The control takes the lock on the person out of the trigger: both tabs then look before either has written.
"""

import re

import pytest
from django.db import transaction

from orders.services.hands import APART
from records.models import Participation
from records.services.participation import AlreadyTookPart, take_part
from tests.factories import MONDAY, a_user
from tests.guards.rows import as_owner
from tests.races.crowd import Meeting, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FUNCTION = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger_incompatible_hands%'"
LOCKED = [pair for pair in APART if "request" not in pair]  # whoever places writes a row of an order nobody else sees


def tabs(person, document, pair, then=lambda: None):
    """Return the acts of two tabs of one person, each taking one of the pair; `then` is done before the commit."""

    def take(stage):
        with transaction.atomic():
            take_part(document, stage, by=a_user("彭主任", person=person), at=MONDAY)
            then()

    return [lambda stage=stage: refused_or(lambda: take(stage)) for stage in pair]


def refused_or(act):
    """Do something; whoever took part already is told so."""
    try:
        act()
    except AlreadyTookPart:
        return


@pytest.mark.parametrize("pair", LOCKED, ids="-".join)
def test_two_tabs_of_one_person_take_one_of_two_hands(approver_peng, pair):
    for number in range(5):
        side_by_side(*tabs(approver_peng.person, f"order:{number}", pair))

    assert Participation.objects.count() == 5


@pytest.fixture
def without_the_lock(transactional_db):
    """The trigger as it is, but for the lock on the person."""
    with as_owner() as cursor:
        cursor.execute(FUNCTION)
        [(whole,)] = cursor.fetchall()
        cursor.execute(re.sub(r"PERFORM pg_advisory_xact_lock.*?;", "", whole, flags=re.DOTALL))
    yield
    with as_owner() as cursor:
        cursor.execute(whole)


def test_control_without_the_lock_one_person_takes_both(approver_peng, without_the_lock):
    meeting = Meeting()

    side_by_side(*tabs(approver_peng.person, "order:1", ("weigh", "sign"), then=meeting.first_time))

    assert Participation.objects.filter(document="order:1").count() == 2
