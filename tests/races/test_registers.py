"""Registers written by two at once: the second waits for the first, and then finds what that one did."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from accounts.models import Household, Membership, Person, RegisterFile
from accounts.services import people, register_files
from kernel.workflow import lock
from records.models import CalendarDay
from registers.models import AT_ONCE, RegisterChange
from registers.services import changes
from registers.services.writing import write_confirmed
from tests import factories
from tests.accounts.test_register import HEAD, a_row, as_csv
from tests.conftest import empty_as_owner
from tests.factories import LONG_AGO, MONDAY
from tests.guards.rows import as_owner, name_of
from tests.races.crowd import LOCK_NOT_FREE, side_by_side, sqlstate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ONE_WAITS = "one_change_waits_a_subject"


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


# --- One file of households, sent twice at once ---------------------------------------------------------


def brought_elsewhere(office, clerk, raw):
    """Bring a file in a session of its own; return which file waits, or what stopped it."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(_bring, office, clerk, raw).result()


def _bring(office, clerk, raw):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            return str(register_files.propose_file(raw, office=office, by=clerk, at=MONDAY).pk)
    except OperationalError as error:
        return sqlstate(error)
    finally:
        connection.close()


@pytest.fixture
def two_relief_clerks(relief_clerk):
    office = relief_clerk.person.memberships.get().organisation
    return office, relief_clerk, factories.a_user("肖干事", "relief_clerk", office)


def test_the_same_file_brought_twice_at_once_waits_once(changxi, two_relief_clerks):
    office, first, second = two_relief_clerks
    raw = as_csv(a_row(1), a_row(2))
    with transaction.atomic():
        mine = register_files.propose_file(raw, office=office, by=first, at=MONDAY)
        meanwhile = brought_elsewhere(office, second, raw)
    afterwards = brought_elsewhere(office, second, raw)

    assert (meanwhile, afterwards) == (LOCK_NOT_FREE, str(mine.pk))
    assert RegisterFile.objects.count() == 1 and mine.lines.count() == 2


def test_two_files_of_the_same_households_confirmed_at_once_enter_them_once(changxi, two_relief_clerks):
    office, first, second = two_relief_clerks
    rows = [a_row(number) for number in range(1, 4)]
    files = [
        register_files.propose_file(as_csv(*rows, head=head), office=office, by=first, at=MONDAY)
        for head in (HEAD, [*HEAD[:-1], "其他"])
    ]

    side_by_side(*(lambda file=file: register_files.confirm_file(file, by=second, at=MONDAY) for file in files))

    assert Household.objects.count() == 3
    assert {file.status for file in RegisterFile.objects.all()} == {"entered"}


def _sweep():
    try:
        return write_confirmed(at=MONDAY)
    finally:
        connection.close()


def swept_elsewhere():
    """Let another worker look for what is to be written; return how much it wrote."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(_sweep).result()


def test_a_second_sweep_leaves_alone_what_the_first_one_writes(bureau, director_lin, clerk_ma, db):
    days = [MONDAY.date().replace(year=MONDAY.year + 20) + dt.timedelta(days=n) for n in range(AT_ONCE + 1)]
    rows = [{"day": day.isoformat(), "is_workday": False} for day in days]
    change = changes.propose("calendar", rows, document_number="9号", by=clerk_ma, at=MONDAY)
    changes.confirm(change, by=director_lin, at=MONDAY)

    with transaction.atomic():
        lock(change)
        meanwhile = swept_elsewhere()
    afterwards = swept_elsewhere()

    assert (meanwhile, afterwards, CalendarDay.objects.count()) == (0, 1, AT_ONCE + 1)


# --- One share, declared twice at once ------------------------------------------------------------


@pytest.fixture
def declared(school, cashier_yu):
    """Two acts of two cashiers that declare the same share."""
    content = {"organisation": school.name, "year": MONDAY.year, "total": 920_000_00, "union": 0, "ratio": 10_00}
    cashiers = [cashier_yu, factories.a_user("温出纳", "cashier", school)]
    return [
        lambda by=by: changes.propose("shares", [content], document_number="7号", by=by, at=MONDAY) for by in cashiers
    ]


def test_a_share_declared_twice_at_once_waits_once(declared):
    assert side_by_side(*declared) == {"done": 1, "refused in words": 1}

    assert RegisterChange.objects.get().status == "proposed"


@pytest.fixture
def without_one_that_waits(transactional_db):
    with as_owner() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [ONE_WAITS])
        [(index,)] = cursor.fetchall()
        cursor.execute(f"DROP INDEX {ONE_WAITS}")
    yield
    empty_as_owner()
    with as_owner() as cursor:
        cursor.execute(index)


def test_control_without_that_index_two_wait(declared, without_one_that_waits):
    assert side_by_side(*declared) == {"done": 2}
