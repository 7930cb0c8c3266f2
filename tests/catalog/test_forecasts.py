"""A lot may be announced before its harvest; recognised sellers' lots carry their track; a box says what it holds."""

import datetime as dt

import pytest

from catalog.models import Listing, Recognition, Storage, Track
from catalog.services import listings
from kernel.clock import county_day
from kernel.weight import parse_quantity
from tests.factories import MONDAY, a_listing

TODAY = county_day(MONDAY)
DAY = dt.timedelta(days=1)


def announce(household, produce, *, first=TODAY + 10 * DAY, last=TODAY + 14 * DAY, **values):
    values = {"quantity": parse_quantity("300", "jin"), "price_fen": 80, "by": household.head_user} | values
    return listings.put_on_sale(household=household, produce=produce, expected=(first, last), at=MONDAY, **values)


@pytest.fixture
def farm(xiuying_household, xiuying):
    xiuying_household.head_user = xiuying
    return xiuying_household


@pytest.mark.django_db
def test_a_forecast_keeps_as_long_as_its_kind_after_the_last_day_of_harvest(farm, cabbage):
    lot = announce(farm, cabbage)
    assert (lot.harvested_on, lot.expected_from, lot.expected_to) == (None, TODAY + 10 * DAY, TODAY + 14 * DAY)
    assert lot.sell_by == TODAY + (14 + cabbage.shelf_days) * DAY


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "last"), [(-1, 3), (5, 4), (0, 367)])
def test_a_harvest_in_the_past_backwards_or_far_away_is_refused(farm, cabbage, first, last):
    with pytest.raises(listings.BadExpectation):
        announce(farm, cabbage, first=TODAY + first * DAY, last=TODAY + last * DAY)
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_neither_harvested_nor_expected_is_refused(farm, cabbage):
    with pytest.raises(listings.BadHarvestDay):
        listings.put_on_sale(
            household=farm,
            produce=cabbage,
            quantity=parse_quantity("3", "jin"),
            price_fen=80,
            by=farm.head_user,
            at=MONDAY,
        )


@pytest.mark.django_db
def test_once_harvested_a_forecast_is_an_ordinary_lot_and_only_once(farm, cabbage):
    lot = announce(farm, cabbage)
    later = MONDAY + 11 * DAY
    lot = listings.harvest(lot, on=TODAY + 11 * DAY, by=farm.head_user, at=later)
    assert lot.harvested_on == TODAY + 11 * DAY
    assert lot.sell_by == TODAY + (11 + cabbage.shelf_days) * DAY
    assert lot.confirmed_at == later
    with pytest.raises(listings.AlreadyHarvested):
        listings.harvest(lot, on=TODAY + 11 * DAY, by=farm.head_user, at=later)


@pytest.mark.django_db
def test_goods_in_a_cold_store_keep_longer(farm, cabbage):
    lot = a_listing(farm, cabbage, kg=10)
    cold = listings.put_on_sale(
        household=farm, produce=cabbage, quantity=parse_quantity("20", "jin"), price_fen=80, harvested_on=TODAY,
        storage=Storage.COLD, by=farm.head_user, at=MONDAY,
    )  # fmt: skip
    assert cold.sell_by - lot.sell_by == (cabbage.shelf_days_cold - cabbage.shelf_days) * DAY > dt.timedelta()
    with pytest.raises(listings.BadStorage):
        announce(farm, cabbage, storage="cellar")


@pytest.mark.django_db
def test_a_box_remembers_its_net_weight(farm, cabbage):
    lot = announce(farm, cabbage, quantity=parse_quantity("12", "box", grams_per_unit=7500))
    assert (lot.listed, lot.typed_quantity, lot.typed_unit, lot.pack_g) == (90_000, "12", "box", 7500)


def recognise(household, officer, **values):
    values = {"track": Track.CERTIFIED, "from_on": TODAY, "to_on": None, "produce": None} | values
    return Recognition.objects.create(
        household=household, document="平山认定〔2026〕3号", by=officer, at=MONDAY, **values
    )


@pytest.mark.django_db
def test_a_lot_stands_on_the_recognition_in_force_on_its_day(farm, cabbage, duck, township_officer):
    recognise(farm, township_officer, track=Track.SELF_GROWN)
    recognise(farm, township_officer, produce=cabbage, from_on=TODAY - 9 * DAY, to_on=TODAY - DAY)
    lot = announce(farm, cabbage)
    assert (lot.track, lot.recognition.produce) == (Track.SELF_GROWN, None)
    certified = recognise(farm, township_officer, produce=cabbage)
    lot = announce(farm, cabbage)
    assert (lot.track, lot.recognition) == (Track.CERTIFIED, certified)


@pytest.mark.django_db
def test_the_certificate_of_a_neighbour_does_not_count(farm, guiying_household, cabbage, township_officer):
    recognise(guiying_household, township_officer, produce=cabbage)
    assert announce(farm, cabbage).recognition is None
