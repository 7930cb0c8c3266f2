"""Many buyers at one lot for a quarter of them: a quarter get theirs; two lots for a season's last room: one enters.

The controls show what a lot and a season without guard do.
"""

import pgtrigger
import pytest
from django.db import transaction

from catalog.models import Listing, Movement, PlotSeason
from catalog.services import kilos, plots
from catalog.services.kilos import KiloMove
from tests.factories import MONDAY, a_listing, a_season
from tests.races.crowd import Meeting, rush, side_by_side

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
BUYERS, HOLDS = 48, 12


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage):
    return a_listing(xiuying_household, cabbage, kg=HOLDS, by=xiuying)


def guarded(number: int, lot) -> None:
    move = KiloMove(lot.pk, "free", "reserved", 1_000, f"allocation:{number}:hold")
    with transaction.atomic():
        kilos.move_kilos([move], by=lot.made_by, at=MONDAY)


def unguarded(number: int, lot, both_have_read: Meeting) -> None:
    """Do the same without the lock and with a total computed beforehand, as a careless shop does."""
    with transaction.atomic():
        row = Listing.objects.get(pk=lot.pk)
        both_have_read.first_time()
        Movement.objects.create(
            listing=row,
            reference=f"allocation:{number}:hold",
            source="free",
            target="reserved",
            quantity=1_000,
            by=row.made_by,
            at=MONDAY,
        )
        Listing.objects.filter(pk=row.pk).update(reserved=row.reserved + 1_000)


def test_of_many_buyers_exactly_so_many_as_it_holds_get_a_kilogram(lot):
    met = rush(lambda number: guarded(number, lot), range(BUYERS))

    lot.refresh_from_db()
    assert met == {"done": HOLDS, "refused in words": BUYERS - HOLDS}
    assert (lot.reserved, lot.free()) == (HOLDS * 1_000, 0)
    assert Movement.objects.count() == HOLDS


def test_control_without_the_lock_two_are_promised_what_is_counted_once(lot):
    both_have_read = Meeting()

    met = side_by_side(*[lambda number=number: unguarded(number, lot, both_have_read) for number in range(2)])

    lot.refresh_from_db()
    assert met == {"done": 2}
    assert (lot.reserved, Movement.objects.count()) == (1_000, 2)


@pytest.fixture
def season(xiuying_household, xiuying, cabbage):
    """80 kg of cabbage."""
    return a_season(xiuying_household, cabbage, area_cmu=2, by=xiuying)


def test_of_two_lots_for_the_last_room_of_a_season_one_is_put_on_sale(season, xiuying):
    met = rush(lambda _number: a_listing(season.household, season.produce, kg=50, by=xiuying), range(8))

    season.refresh_from_db()
    assert met == {"done": 1, "refused in words": 7}
    assert (season.listed_g, season.lots.count()) == (50_000, 1)


def test_control_without_lock_and_count_a_season_is_put_on_sale_twice(season, xiuying, monkeypatch):
    a_listing(season.household, season.produce, kg=10, by=xiuying)  # its account is open by now
    both_have_read = Meeting()

    def careless(listing: Listing) -> None:
        there = PlotSeason.objects.get(pk=season.pk)
        both_have_read.first_time()
        assert there.left_g() >= listing.listed
        listing.plot_season = there
        PlotSeason.objects.filter(pk=there.pk).update(listed_g=there.listed_g + listing.listed)

    def put_on_sale() -> None:
        with pgtrigger.ignore("catalog.Listing:new_lot_counts_in_its_season"):
            a_listing(season.household, season.produce, kg=50, by=xiuying)

    monkeypatch.setattr("catalog.services.listings.take_room", careless)

    met = side_by_side(put_on_sale, put_on_sale)

    season.refresh_from_db()
    assert met == {"done": 2}
    assert (season.listed_g, season.capacity_g, season.lots.count()) == (60_000, 80_000, 3)


def test_a_correction_and_a_lot_at_once_leave_every_lot_in_the_season_that_stands(season, xiuying, cadre_liu):
    corrected = plots.SeasonAsked(
        season.produce, season.parcel, 4, season.harvest_from, season.harvest_to, capacity_reason="yield"
    )

    def act(number: int) -> None:
        if number % 2:
            a_listing(season.household, season.produce, kg=10, by=xiuying)
        else:
            newest = PlotSeason.objects.get(superseded_at=None)
            plots.enter_season(
                season.household, corrected, replaces=newest, by=xiuying, confirmed_by=cadre_liu, at=MONDAY
            )

    met = rush(act, range(16))

    newest = PlotSeason.objects.get(superseded_at=None)
    assert met["done"] >= 9 and set(met) <= {"done", "refused in words"}
    assert Listing.objects.filter(plot_season=newest).count() == 8 and newest.listed_g == 80_000


def test_a_season_confirmed_while_lots_are_put_on_sale_counts_them_all(xiuying_household, xiuying, cabbage, cadre_liu):
    def act(number: int) -> None:
        if number == 3:
            a_season(xiuying_household, cabbage, by=xiuying, confirmed_by=cadre_liu)
        else:
            a_listing(xiuying_household, cabbage, kg=10, by=xiuying)

    met = rush(act, range(8))

    season = PlotSeason.objects.get()
    assert met == {"done": 8}
    assert (season.listed_g, season.lots.count()) == (70_000, 7)
