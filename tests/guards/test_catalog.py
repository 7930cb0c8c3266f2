"""What the tables of produce, lots and entry sheets refuse, whoever writes."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import F

from accounts.models import Household, Mandate
from catalog.models import MOST_G, Listing, Movement, NotServed, Paper, PlotSeason, Recognition, Sanction, SellerPause
from kernel import clock
from produce.models import MOST_PRICE_FEN, Grade, PriceMedian, Produce, ProduceCategory, ProduceChange, ReferencePrice
from selling.models import EntryRow, EntrySheet, ListingDraft
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, as_owner, force, insert, refused_by, twin

DAY = dt.timedelta(days=1)
SUM = F("listed") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")

CHECKS = [
    check("not_served_in_order", NotServed, {"to_on": F("from_on")}),
    check("not_served_says_why", NotServed, {"why": ""}),
    check("not_served_two_hands", NotServed, {"by": F("confirmed_by")}),
    check("sanction_has_one_party", Sanction, {"household": None}),
    check("sanction_fits_its_party", Sanction, {"code": "warning"}, {"code": "no_ordering", "produce": None}),
    check("sanction_ends", Sanction, {"to_on": F("from_on") - dt.timedelta(days=1)}),
    check("sanction_says_why", Sanction, {"reason": ""}),
    check("sanction_two_hands", Sanction, {"by": F("confirmed_by")}),
    check("forbidden_says_why", Produce, {"forbidden": True}),
    check(
        "pieces_have_a_weight", Produce,
        {"piece_g": 1_750}, {"stock_unit": "piece", "count_word": "animal", "piece_g": 0},
        {"stock_unit": "piece", "count_word": "animal", "piece_g": None}, {"stock_unit": "box"},
    ),
    check(
        "pieces_have_their_word", Produce,
        {"count_word": "animal"}, {"stock_unit": "piece", "piece_g": 50},
        {"stock_unit": "piece", "piece_g": 50, "count_word": "barrel"},
    ),
    bounds("shelf_days_bounded", Produce, "shelf_days", 1, 3650),
    check(
        "produce_change_status_legal", ProduceChange, {"status": "elsewhere"}, status="refused",
    ),
    check("produce_change_two_hands", ProduceChange, {"decided_by": F("proposed_by")}, status="refused"),
    check("produce_change_is_decided_by_somebody", ProduceChange, {"decided_by": None}, status="refused"),
    bounds("reference_price_bounded", ReferencePrice, "avg_fen", 1, MOST_PRICE_FEN),
    check(
        "price_median_lies_between", PriceMedian,
        {"low_fen": 0}, {"low_fen": F("median_fen") + 1}, {"high_fen": F("median_fen") - 1}, {"prices": 0},
    ),
    check("listing_status_legal", Listing, {"status": "elsewhere"}),
    check("listing_has_one_owner", Listing, {"household": None}, household__isnull=False),
    check(
        "an_agent_sells_for_a_household", Listing, {"household": None, "cooperative": F("agent")}, agent__isnull=False,
    ),
    check("listed_bounded", Listing, {"listed": 0, "reserved": 0, "sold": 0, "claimed": 0}, {"listed": MOST_G + 1}),
    check("no_track_without_a_recognition", Listing, {"track": "self_grown", "recognition": None}),
    check(
        "no_kilo_twice", Listing,
        {"reserved": SUM + 1}, {"reserved": -1}, {"sold": -1}, {"claimed": -1}, {"written_off": -1}, {"withdrawn": -1},
    ),
    check("recalled_is_off_sale", Listing, {"recalled_at": F("listed_at")}, status="on_sale"),
    check("smallest_within_what_is_listed", Listing, {"smallest": -1}, {"smallest": F("listed") + 1}),
    check("price_bounded", Listing, {"price_fen": 0}, {"price_fen": MOST_PRICE_FEN + 1}, {"price_unit_g": 0}),
    check(
        "listing_pieces_have_a_weight", Listing,
        {"piece_g": 1_750}, {"stock_unit": "piece", "piece_g": 0}, {"stock_unit": "piece", "piece_g": None},
        {"stock_unit": "box"},
    ),
    check("listing_is_harvested_or_expected", Listing, {"harvested_on": None}, expected_to=None),
    check(
        "expected_from_before_to", Listing,
        {"expected_from": dt.date(2026, 11, 9), "expected_to": dt.date(2026, 11, 8)},
    ),
    bounds("grade_worth_bounded", Grade, "worth_percent", 1, 100),
    bounds("sheet_smallest_bounded", EntrySheet, "smallest", 0, MOST_G),
    bounds("movement_bounded", Movement, "quantity", 1, MOST_G),
    check("movement_moves", Movement, {"source": F("target")}),
    check(
        "movement_priced_when_sold", Movement,
        {"price_fen": None}, {"price_fen": 0}, {"price_fen": MOST_PRICE_FEN + 1}, {"price_unit_g": None},
        {"price_unit_g": 0}, {"target": "claimed"}, price_fen__isnull=False,
    ),
    check("reported_as_sold_low_is_sold", Listing, {"sold_low": -1}, {"sold_low": F("sold") + 1}),
    words("paper_status_legal", Paper),
    check(
        "a_commitment_has_wording_and_quantity", Paper, {"wording": ""}, {"quantity": 0}, {"quantity": None},
        kind="conformity",
    ),
    check("recognition_has_one_holder", Recognition, {"household": None}),
    check("recognition_ends_after_it_begins", Recognition, {"to_on": F("from_on") - DAY}),
    check("a_certificate_names_its_produce", Recognition, {"track": "certified", "produce": None}),
    check(
        "plot_season_bounded", PlotSeason,
        {"area_cmu": 0}, {"area_cmu": 100_001}, {"capacity_g": 0}, {"capacity_g": MOST_G + 1}, listed_g=0,
    ),
    words("plot_season_capacity_has_a_reason", PlotSeason, "capacity_reason"),
    check(
        "no_more_than_the_season_gives", PlotSeason,
        {"listed_g": F("capacity_g") + 1}, {"claimed_g": F("capacity_g") - F("listed_g") + 1},
        {"contracted_g": F("capacity_g") - F("listed_g") + 1}, {"contracted_g": -1}, {"listed_g": -1},
        {"claimed_g": -1},
        superseded_at=None,
    ),
    check(
        "a_replaced_season_counts_nothing", PlotSeason, {"listed_g": 1}, {"claimed_g": 1}, {"contracted_g": 1},
        superseded_at__isnull=False,
    ),
    check("plot_season_two_hands", PlotSeason, {"confirmed_by": F("by")}),
    check("plot_season_ends_after_it_begins", PlotSeason, {"harvest_to": F("harvest_from") - DAY}),
    check("pause_has_one_seller", SellerPause, {"household": None}),
]  # fmt: skip

UNIQUES = [
    unique("not_served_stands_once", NotServed),
    unique("position", ProduceCategory),
    unique("code", Produce),
    unique("name", Produce),
    unique("produce_change_one_at_a_time", ProduceChange, status="proposed"),
    unique("grade_once", Grade),
    unique("reference_price_once", ReferencePrice),
    unique("price_median_once", PriceMedian),
    unique("number", Listing),
    unique("listing_once_for_each_row", Listing, entry_key="sheet:1:1"),
    unique("reference", Movement),
    unique("number", Paper),
    unique("code", Paper),
    unique("plot_season_once", PlotSeason, superseded_at=None),
    unique("replaces", PlotSeason, replaces__isnull=False),
    unique("listing", ListingDraft),
    unique("listing", EntryRow),
    unique("one_row_a_household", EntryRow),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger catalog_listing.agent_has_a_mandate")
def test_no_agent_stands_on_a_lot_without_a_mandate_of_that_day():
    lot = a_row(Listing, agent__isnull=False)
    mandate = Mandate.objects.get(household=lot.household, cooperative=lot.agent)
    other = Household.objects.exclude(mandates__isnull=False).first()
    day = clock.county_day(lot.listed_at)
    for columns, to_on in (({"household": other.pk}, None), ({}, day), ({}, mandate.from_on)):
        with transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(to_on=to_on)
            with refused_by("catalog_listing.agent_has_a_mandate"), as_owner():
                Listing.objects.bulk_create([twin(lot, **columns)])
            transaction.set_rollback(True)
    with transaction.atomic():
        with as_owner():
            Listing.objects.bulk_create([twin(lot)])
        transaction.set_rollback(True)


@pytest.mark.guard("check recognised_once_a_day")
def test_a_seller_is_recognised_for_one_thing_once_a_day():
    row = a_row(Recognition)
    force(row, to_on=row.from_on + DAY)
    for same in ({}, {"produce": None, "track": "self_grown"}):
        force(row, **same)
        with refused_by("recognised_once_a_day"):
            insert(twin(row, from_on=row.from_on + DAY, **same))
        insert(twin(row, from_on=row.from_on + 2 * DAY, to_on=None, **same))
    insert(twin(row, household=Household.objects.exclude(pk=row.household_id).first().pk))


@pytest.mark.guard("trigger catalog_listing.recall_stays")
def test_a_lot_that_was_called_back_stays_so():
    lot = a_row(Listing, status="on_sale")
    force(lot, status="stopped", recalled_at=lot.listed_at)
    for changes in ({"recalled_at": None}, {"recalled_at": lot.listed_at + DAY}):
        with refused_by("catalog_listing.recall_stays"), as_owner():
            Listing.objects.filter(pk=lot.pk).update(**changes)


@pytest.mark.guard("trigger catalog_plotseason.replaced_for_good")
def test_a_season_that_was_corrected_comes_back_no_more():
    old = a_row(PlotSeason, superseded_at__isnull=False)
    for columns in ({"superseded_at": None}, {"superseded_at": old.at}):
        with refused_by("catalog_plotseason.replaced_for_good"), as_owner():
            PlotSeason.objects.filter(pk=old.pk).update(**columns)


@pytest.mark.guard("trigger catalog_listing.new_lot_counts_in_its_season")
def test_a_new_lot_counts_in_its_season_whoever_writes_it():
    lot = a_row(Listing, plot_season__isnull=False)
    with transaction.atomic():
        counted = lot.plot_season.listed_g
        with as_owner():
            Listing.objects.bulk_create([twin(lot, reserved=0, sold=0, claimed=0, written_off=0, withdrawn=0)])
        lot.plot_season.refresh_from_db()
        assert lot.plot_season.listed_g == counted + lot.grams(lot.listed)
        transaction.set_rollback(True)


@pytest.mark.guard("trigger catalog_listing.lot_counts_in_its_season")
def test_what_leaves_the_market_counts_no_more_whoever_writes_it():
    lot = a_row(Listing, plot_season__isnull=False)
    with transaction.atomic():
        counted = lot.plot_season.listed_g
        with as_owner():
            Listing.objects.filter(pk=lot.pk).update(status="stopped", recalled_at=lot.listed_at)
        lot.plot_season.refresh_from_db()
        assert lot.plot_season.listed_g == counted - lot.grams(lot.free())
        transaction.set_rollback(True)
