"""Two appointments of one person at once: the second waits, so that no administrator gets a second post."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from accounts.models import Membership, Person
from accounts.services import people
from tests import factories
from tests.factories import LONG_AGO
from tests.guards.rows import name_of
from tests.races.crowd import LOCK_NOT_FREE, sqlstate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(school, bureau, county):
    return {
        "buyer": (school, county),
        "auditor": (factories.an_organisation("platform", "石城县审计局", county), county),
    }


def appointed_elsewhere(person, places, role):
    """Give the person a post in a session of its own that waits for nobody; return what stopped it, if anything."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(_appoint, person, places, role).result()


def _appoint(person, places, role):
    office, area = places[role]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            people.appoint(person, office, role, area=area, from_on=LONG_AGO)
    except OperationalError as error:
        return sqlstate(error)
    except DatabaseError as error:
        return name_of(error.__cause__.diag)
    finally:
        connection.close()
    return "appointed"


def test_the_second_appointment_waits_for_the_first_and_is_refused(places, db):
    person = factories.a_person("黎晓光")
    with transaction.atomic():
        people.appoint(person, places["buyer"][0], "buyer", area=places["buyer"][1], from_on=LONG_AGO)
        meanwhile = appointed_elsewhere(person, places, "auditor")
    afterwards = appointed_elsewhere(person, places, "auditor")

    assert (meanwhile, afterwards) == (LOCK_NOT_FREE, "accounts_membership.exclusive_posts")
    assert list(Membership.objects.filter(person=person).values_list("role", flat=True)) == ["buyer"]


def test_control_another_person_waits_for_nobody(places, db):
    first, second = factories.a_person("黎晓光"), factories.a_person("古秋月")
    with transaction.atomic():
        people.appoint(first, places["buyer"][0], "buyer", area=places["buyer"][1], from_on=LONG_AGO)
        meanwhile = appointed_elsewhere(second, places, "auditor")

    assert meanwhile == "appointed"
    assert Person.objects.filter(memberships__isnull=False).count() == 2
