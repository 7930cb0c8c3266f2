"""Seasons where something is there already: goods on sale, merged households, kin, other days, goods off the market."""

import datetime as dt

import pytest
from django.db.models import Q
from django.urls import reverse

from accounts.models import Kin
from accounts.services import households
from catalog.models import PlotSeason
from catalog.selectors.match import who_grows
from catalog.selectors.watch import Odd, worth_a_look
from catalog.services import kilos, listings, plots, stale
from catalog.services.plot_register import TiedToHousehold
from kernel.entering import entering
from registers.services import changes
from tests.catalog.test_plots import DAY, KG, TODAY, counted, propose, said
from tests.factories import MONDAY, a_listing, a_season, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_5_t_a_mu(cabbage):
    cabbage.yield_g_per_mu = 5_000_000
    cabbage.save()
    return cabbage


@pytest.fixture
def merged(xiuying_household, guiying_household):
    """Guiying's household counts by Xiuying's from now on."""

    def merge():
        with entering("test"):
            households.merge(guiying_household, xiuying_household, at=MONDAY)
        for one in (guiying_household, xiuying_household):
            one.refresh_from_db()

    return merge


class TestOnSaleAlready:
    """What is on sale when a season is confirmed comes in, oldest first, as far as there is room."""

    def test_lots_of_these_days_come_in_as_far_as_there_is_room(
        self, client, xiuying, xiuying_household, of_5_t_a_mu, duck, township_officer, now
    ):
        lots = [a_listing(xiuying_household, of_5_t_a_mu, kg=kg, by=xiuying) for kg in (60, 50, 30)]
        other = a_listing(xiuying_household, duck, kg=3, by=xiuying)
        later = a_listing(xiuying_household, of_5_t_a_mu, kg=5, by=xiuying, at=MONDAY + 40 * DAY)
        change = propose(xiuying, said(household=xiuying_household.number, area=2))
        notes = changes.notes_of(change, at=MONDAY)
        assert any("180 斤" in note for note in notes) and any("100 斤" in note for note in notes)

        changes.confirm(change, by=township_officer, at=MONDAY)

        season = PlotSeason.objects.get()
        for lot in (*lots, other, later):
            lot.refresh_from_db()
        assert [lot.plot_season for lot in (*lots, other, later)] == [season, None, season, None, None]
        assert counted(season) == 90
        shown = login(client, xiuying).get(reverse("plot-list"))
        assert "另有 100 斤" in shown.content.decode()

    def test_a_forecast_comes_in_and_what_left_the_market_counts_what_it_sold(
        self, xiuying, xiuying_household, of_5_t_a_mu
    ):
        ahead = (TODAY + 30 * DAY, TODAY + 35 * DAY)
        forecast = a_listing(xiuying_household, of_5_t_a_mu, kg=30, by=xiuying, expected=ahead)
        gone = a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        type(gone).objects.filter(pk=gone.pk).update(sold=20 * KG)
        gone.refresh_from_db()
        listings.withdraw(gone, reason="eaten", by=xiuying, at=MONDAY)
        season = a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying)
        forecast.refresh_from_db()
        gone.refresh_from_db()
        assert (forecast.plot_season, gone.plot_season) == (season, season)
        assert counted(season) == 50

    def test_a_correction_that_gives_more_takes_in_what_stood_outside(
        self, xiuying, xiuying_household, of_5_t_a_mu, township_officer
    ):
        lots = [a_listing(xiuying_household, of_5_t_a_mu, kg=kg, by=xiuying) for kg in (60, 50)]
        season = a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying)
        assert counted(season) == 60
        change = propose(xiuying, said(season=season.pk, area=4))
        changes.confirm(change, by=township_officer, at=MONDAY)
        newest = PlotSeason.objects.get(superseded_at=None)
        for lot in lots:
            lot.refresh_from_db()
        assert [lot.plot_season for lot in lots] == [newest, newest]
        assert counted(newest) == 110


class TestMerged:
    """Seasons of a household that was merged go on: the survivor's goods count in them, and it corrects them."""

    def test_goods_of_the_survivor_count_and_the_survivor_corrects(
        self, client, xiuying, guiying, xiuying_household, guiying_household, of_5_t_a_mu, township_officer, merged, now
    ):
        season = a_season(guiying_household, of_5_t_a_mu, area_cmu=2, by=guiying)
        earlier = a_listing(guiying_household, of_5_t_a_mu, kg=10, by=guiying)
        merged()
        assert a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying).plot_season == season
        with pytest.raises(plots.SeasonFull):
            a_listing(xiuying_household, of_5_t_a_mu, kg=31, by=xiuying)
        [grower] = who_grows(of_5_t_a_mu, TODAY, TODAY)
        assert (grower.household_id, grower.on_sale_g) == (xiuying_household.pk, 70 * KG)
        rows = login(client, xiuying).get(reverse("plot-list")).context["rows"]
        assert [row.listed for row in rows] == ["已上架140斤"]

        changes.confirm(propose(xiuying, said(season=season.pk, area=4)), by=township_officer, at=MONDAY)

        newest = PlotSeason.objects.get(superseded_at=None)
        earlier.refresh_from_db()
        assert (newest.household, earlier.plot_season, counted(newest)) == (xiuying_household, newest, 70)

    def test_a_cadre_corrects_it_too_and_the_same_land_is_not_written_down_again(
        self, xiuying, guiying, cadre_liu, xiuying_household, guiying_household, of_5_t_a_mu, merged
    ):
        season = a_season(guiying_household, of_5_t_a_mu, by=guiying)
        merged()
        with pytest.raises(plots.StandsAlready):
            propose(xiuying, said(household=xiuying_household.number))
        assert propose(cadre_liu, said(season=season.pk, area=4)).status == "proposed"

    def test_goods_beyond_the_land_of_a_merged_household_are_worth_a_look(
        self, xiuying, guiying, xiuying_household, guiying_household, of_5_t_a_mu, merged
    ):
        a_season(guiying_household, of_5_t_a_mu, area_cmu=1, by=guiying, harvest_to=TODAY - DAY)
        merged()
        lot = a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        [watched] = worth_a_look(Q(), MONDAY)
        assert (watched.listing.pk, watched.why) == (lot.pk, (Odd.MORE_THAN_LAND,))


class TestHands:
    """Nobody close to a household confirms what it grows."""

    def test_declared_kin_confirm_nothing(self, xiuying, xiuying_household, of_5_t_a_mu, township_officer):
        with entering("test"):
            Kin.objects.create(
                household=xiuying_household, person=township_officer.person, relation="侄子", from_on=TODAY
            )
        change = propose(xiuying, said(household=xiuying_household.number))
        with pytest.raises(TiedToHousehold):
            changes.confirm(change, by=township_officer, at=MONDAY)
        assert not PlotSeason.objects.exists()

    def test_what_another_household_has_on_sale_is_told_to_nobody_who_only_asks(
        self, xiuying, guiying, xiuying_household, of_5_t_a_mu
    ):
        season = a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying)
        a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        for asked in (said(season=season.pk, area=1), said(household=xiuying_household.number)):
            with pytest.raises(changes.NotYours):
                propose(guiying, asked)


class TestOtherDays:
    """A season counts the goods of its days, on its land once."""

    def test_a_correction_does_not_leave_goods_outside_its_days(self, xiuying, xiuying_household, of_5_t_a_mu):
        season = a_season(xiuying_household, of_5_t_a_mu, by=xiuying)
        lot = a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        assert lot.plot_season == season
        later = said(season=season.pk, harvest_from=(TODAY + 5 * DAY).isoformat())
        with pytest.raises(plots.GoodsOfOtherDays):
            propose(xiuying, later)
        with pytest.raises(plots.GoodsOfOtherDays):
            a_season(
                xiuying_household, of_5_t_a_mu, by=xiuying, replaces=season, harvest_from=TODAY + dt.timedelta(days=5)
            )

    def test_one_parcel_gives_the_same_produce_once_in_the_same_days(self, xiuying, xiuying_household, of_5_t_a_mu):
        a_season(xiuying_household, of_5_t_a_mu, by=xiuying)
        a_day_later = (TODAY - 19 * DAY).isoformat()
        with pytest.raises(plots.StandsAlready):
            propose(xiuying, said(household=xiuying_household.number, harvest_from=a_day_later))


class TestFull:
    """In a full season prices may change, and a loss of goods off the market is refused in words."""

    def test_another_price_is_asked_in_a_full_season(self, xiuying, xiuying_household, of_5_t_a_mu):
        season = a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying)
        lot = a_listing(xiuying_household, of_5_t_a_mu, kg=100, by=xiuying)
        assert listings.change_price(lot, price_fen=lot.price_fen + 1, by=xiuying, at=MONDAY).plot_season == season

    def test_a_loss_of_an_expired_lot_is_refused_in_words_where_its_room_is_taken(
        self, xiuying, xiuying_household, of_5_t_a_mu
    ):
        season = a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying)
        lot = a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        later = MONDAY + 8 * DAY
        assert stale.expire_stale(at=later) == 1
        a_listing(xiuying_household, of_5_t_a_mu, kg=80, by=xiuying, at=later)
        lost = kilos.KiloMove(lot.pk, "free", "claimed", 60 * KG, "claim:1:hold:1")
        with pytest.raises(plots.SeasonFull) as refused:
            kilos.move_kilos([lost], by=xiuying, at=later)
        assert refused.value.left_g == 20 * KG
        lost = kilos.KiloMove(lot.pk, "free", "claimed", 20 * KG, "claim:1:hold:1")
        kilos.move_kilos([lost], by=xiuying, at=later)
        assert counted(season) == 100


class TestNothingCounts:
    """What left the market and counts nothing neither holds a correction up nor comes along into what it is not."""

    @pytest.fixture
    def gone(self, xiuying, xiuying_household, of_5_t_a_mu):
        """A season whose one lot nobody confirmed: it left the market and counts nothing."""
        season = a_season(xiuying_household, of_5_t_a_mu, by=xiuying)
        lot = a_listing(xiuying_household, of_5_t_a_mu, kg=60, by=xiuying)
        assert stale.expire_stale(at=MONDAY + 8 * DAY) == 1
        season.refresh_from_db()
        assert (season.listed_g, season.lots.get()) == (0, lot)
        return season, lot

    def test_the_produce_is_corrected_and_goods_of_the_old_one_count_nowhere(
        self, gone, xiuying, duck, township_officer
    ):
        season, lot = gone
        changes.confirm(propose(xiuying, said(season=season.pk, produce=duck.name)), by=township_officer, at=MONDAY)
        lot.refresh_from_db()
        newest = PlotSeason.objects.get(superseded_at=None)
        assert (newest.produce, lot.plot_season, newest.lots.count()) == (duck, None, 0)

    def test_the_days_are_corrected(self, gone, xiuying, township_officer):
        season, lot = gone
        later = said(season=season.pk, harvest_from=(TODAY + 5 * DAY).isoformat())
        changes.confirm(propose(xiuying, later), by=township_officer, at=MONDAY)
        lot.refresh_from_db()
        assert lot.plot_season is None
