"""A co-operative sells for its members by their mandates of that day, and never by area."""

import datetime as dt

import pytest

from accounts.models import Consent, Message
from accounts.services import coops
from catalog import permissions
from catalog.models import Listing
from catalog.services import listings
from tests import factories
from tests.factories import MONDAY, a_listing

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


@pytest.fixture
def mandate(xiuying_household, coop):
    factories.a_member(xiuying_household, coop)
    return factories.a_mandate(xiuying_household, coop)


def test_a_manager_lists_for_a_member_without_asking_each_time(mandate, xiuying_household, cabbage, coop_manager, coop):
    lot = a_listing(xiuying_household, cabbage, by=coop_manager)

    assert (lot.household, lot.cooperative, lot.agent, lot.by_proxy) == (xiuying_household, None, coop, True)
    assert lot.payee_account.code == f"payee:household:{xiuying_household.pk}"
    assert Consent.objects.get().how == "mandate"
    assert Message.objects.filter(kind="listed_for_you", household=xiuying_household).exists()


def test_without_a_mandate_a_manager_lists_for_nobody_of_the_village(xiuying_household, cabbage, coop_manager, mandate):
    neighbour = factories.a_household(xiuying_household.village, name="谢春生")

    with pytest.raises(listings.NoMandate):
        a_listing(neighbour, cabbage, by=coop_manager, consent="phone")
    assert list(permissions.households_served(coop_manager)) == [xiuying_household]
    assert not Listing.objects.exists()


def test_a_member_of_another_village_is_served_too(coop, coop_manager, cabbage, other_village):
    far = factories.a_household(other_village, name="曾水生")
    factories.a_mandate(far, coop)

    lot = a_listing(far, cabbage, by=coop_manager)

    assert list(permissions.managed_by(coop_manager)) == [lot]
    assert [village.code for village in permissions.villages_served(coop_manager)] == [other_village.code]


def test_from_the_day_a_mandate_ends_a_manager_changes_nothing_more(
    mandate, xiuying_household, xiuying, cabbage, coop_manager, now
):
    lot = a_listing(xiuying_household, cabbage, by=coop_manager)
    coops.end_mandate(mandate, by=xiuying, at=MONDAY)

    assert not permissions.managed_by(coop_manager).exists()
    assert not permissions.households_served(coop_manager).exists()
    with pytest.raises(listings.NoMandate):
        a_listing(xiuying_household, cabbage, by=coop_manager)
    assert list(permissions.managed_by(xiuying)) == [lot]


def test_what_a_mandate_does_not_allow_is_not_done(xiuying_household, xiuying, coop, cabbage, coop_manager):
    factories.a_mandate(xiuying_household, coop, may_list=False)

    with pytest.raises(listings.NoMandate):
        a_listing(xiuying_household, cabbage, by=coop_manager)
    own = a_listing(xiuying_household, cabbage, by=xiuying)

    assert own.agent == coop  # it answers buyers about it
    assert not permissions.managed_by(coop_manager).exists()


def test_what_a_household_lists_itself_has_no_agent_that_may_only_list(xiuying_household, xiuying, coop, cabbage):
    factories.a_mandate(xiuying_household, coop, may_confirm=False)

    assert a_listing(xiuying_household, cabbage, by=xiuying).agent is None


def test_goods_of_a_village_are_no_co_operative_s(xiuying_household, xiuying, cabbage, coop_manager):
    lot = a_listing(xiuying_household, cabbage, by=xiuying)

    assert lot not in permissions.managed_by(coop_manager)
    assert lot not in permissions.own_goods(coop_manager)
