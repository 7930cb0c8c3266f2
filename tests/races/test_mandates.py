"""A household ends its mandate while its co-operative lists by it: one waits for the other, and only one holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from accounts.services import coops
from catalog.models import Listing
from catalog.services.listings import NoMandate
from tests import factories
from tests.factories import MONDAY, a_listing
from tests.races.crowd import LOCK_NOT_FREE, sqlstate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mandate(xiuying_household, coop):
    return factories.a_mandate(xiuying_household, coop)


def elsewhere(act):
    """Do this in a session of its own that waits for nobody; return what stopped it, if anything."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(_alone, act).result()


def _alone(act):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            cursor.execute("SELECT set_config('liujin.entering', 'tests', true)")
            act()
    except OperationalError as error:
        return sqlstate(error)
    except NoMandate:
        return "refused"
    finally:
        connection.close()
    return "done"


def test_whoever_ends_a_mandate_waits_for_the_lot_that_is_listed_by_it(
    mandate, xiuying_household, xiuying, coop_manager, cabbage
):
    with transaction.atomic():
        a_listing(xiuying_household, cabbage, by=coop_manager)
        meanwhile = elsewhere(lambda: coops.end_mandate(mandate, by=xiuying, at=MONDAY))
    afterwards = elsewhere(lambda: coops.end_mandate(mandate, by=xiuying, at=MONDAY))

    assert (meanwhile, afterwards) == (LOCK_NOT_FREE, "done")
    assert elsewhere(lambda: a_listing(xiuying_household, cabbage, by=coop_manager)) == "refused"
    assert Listing.objects.count() == 1


def test_whoever_lists_waits_for_the_household_that_ends_its_mandate(
    mandate, xiuying_household, xiuying, coop_manager, cabbage
):
    with transaction.atomic():
        coops.end_mandate(mandate, by=xiuying, at=MONDAY)
        meanwhile = elsewhere(lambda: a_listing(xiuying_household, cabbage, by=coop_manager))

    assert meanwhile == LOCK_NOT_FREE
    assert not Listing.objects.exists()


def test_control_another_member_is_listed_meanwhile(mandate, coop, guiying_household, xiuying, coop_manager, cabbage):
    factories.a_mandate(guiying_household, coop)
    with transaction.atomic():
        coops.end_mandate(mandate, by=xiuying, at=MONDAY)
        meanwhile = elsewhere(lambda: a_listing(guiying_household, cabbage, by=coop_manager))

    assert meanwhile == "done"
    assert Listing.objects.get().household == guiying_household
