"""Two cadres at once over the same households, and one who presses twice; without its guard each race doubles lots."""

import contextlib
import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.selectors import standing
from catalog.models import Listing
from ledger.services.payables import payee_account
from produce.services.dictionary import note_listed
from selling.models import EntryRow, EntrySheet
from selling.services import entering, sheets
from tests.factories import MONDAY, a_household
from tests.races.crowd import patiently

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HOUSEHOLDS = 12


def at_once(*acts):
    """Let everybody act from one starting line, patiently; return what each one's act returned."""
    start = threading.Barrier(len(acts))

    def one(act):
        try:
            start.wait(timeout=60)
            return patiently(act)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(one, acts))


@pytest.fixture
def households(changxi):
    return [a_household(changxi, card=False) for _number in range(HOUSEHOLDS)]


@pytest.fixture
def sheet_of(changxi, cabbage, households):
    """Return a sheet of somebody with an amount for every household."""

    def made(cadre, kept=None):
        sheet = sheets.begin_sheet(
            uuid.uuid4(),
            village=changxi,
            produce=cabbage,
            harvested_on=dt.date(2026, 11, 2),
            price_fen=80,
            consent="visit",
            by=cadre,
            at=MONDAY,
        )
        sheets.save_rows(sheet, dict.fromkeys(kept or households, "100"), at=MONDAY)
        standing(cadre).household_id  # noqa: B018  (read once, as the door does)
        return sheet

    return made


def pressing(sheet):
    return lambda: sheets.list_sheet(sheet, by=sheet.by, at=MONDAY).new


def test_two_cadres_over_the_same_households_list_each_once_and_lose_nothing(sheet_of, cadre_liu, cadre_wu, households):
    first, second = sheet_of(cadre_liu), sheet_of(cadre_wu)

    listed = at_once(pressing(first), pressing(second))

    assert sum(listed) == Listing.objects.count() == HOUSEHOLDS
    assert set(Listing.objects.values_list("household_id", flat=True)) == {one.pk for one in households}
    assert EntryRow.objects.count() == 2 * HOUSEHOLDS
    for sheet in (first, second):
        waiting = [state for state in sheets.states_of(sheet, at=MONDAY) if state.listing is None]
        assert all(state.asked and state.row.typed == "100" for state in waiting), "asked about, not lost"


def test_control_without_the_lock_on_household_and_goods_some_are_listed_twice(
    sheet_of, cadre_liu, cadre_wu, cabbage, households, monkeypatch
):
    # What is written at the first listing alone would make the two wait for each other.
    note_listed(cabbage, None, at=MONDAY)
    for household in households:
        payee_account(household=household)
    meet = threading.Barrier(2)
    real = entering._ask_if_listed_today

    def looks_at_the_same_time(lot, day):
        real(lot, day)
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(timeout=30)
        meet.abort()  # at the first goods alone: who lists them keeps the household to the end

    monkeypatch.setattr(entering, "_alone_with", lambda lot: None)
    monkeypatch.setattr(entering, "_ask_if_listed_today", looks_at_the_same_time)

    at_once(pressing(sheet_of(cadre_liu)), pressing(sheet_of(cadre_wu)))

    assert Listing.objects.count() > HOUSEHOLDS, "the rush makes no race: the test above proves nothing"


def test_two_cadres_with_different_households_list_all_of_them(sheet_of, cadre_liu, cadre_wu, households):
    half = HOUSEHOLDS // 2

    listed = at_once(pressing(sheet_of(cadre_liu, households[:half])), pressing(sheet_of(cadre_wu, households[half:])))

    assert listed == [half, half]


def test_one_sheet_pressed_four_times_at_once_lists_each_row_once(sheet_of, cadre_liu):
    sheet = sheet_of(cadre_liu)

    listed = at_once(*[pressing(sheet)] * 4)

    assert sorted(listed) == [0, 0, 0, HOUSEHOLDS]
    assert Listing.objects.count() == HOUSEHOLDS
    assert not EntryRow.objects.filter(listing=None).exists()


def test_control_without_lock_and_key_one_sheet_lists_a_row_twice(sheet_of, cadre_liu, monkeypatch):
    sheet = sheet_of(cadre_liu)
    meet = threading.Barrier(2)

    def read_then_wait(states, *, at):
        found = real(states, at=at)
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(timeout=30)
        return found

    real = sheets.states_of
    monkeypatch.setattr(sheets, "lock", lambda document: EntrySheet.objects.get(pk=document.pk))
    monkeypatch.setattr(sheets, "states_of", read_then_wait)
    monkeypatch.setattr(entering, "_alone_with", lambda lot: None)
    monkeypatch.setattr(entering, "_ask_if_listed_today", lambda lot, day: None)
    monkeypatch.setattr(sheets, "_front", lambda sheet: f"sheet:{uuid.uuid4()}:")

    at_once(*[pressing(sheet)] * 2)

    assert Listing.objects.count() > HOUSEHOLDS, "the rush makes no race: the test above proves nothing"


def test_rows_saved_by_two_phones_at_once_are_all_kept(sheet_of, cadre_liu, households):
    sheet = sheet_of(cadre_liu, households[:1])

    at_once(*[lambda one=one: sheets.save_rows(sheet, {one: "250"}, at=MONDAY) for one in households[:8]])

    assert EntryRow.objects.filter(sheet=sheet, typed="250").count() == 8
