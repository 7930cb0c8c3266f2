"""Away for some days: nothing of a seller is offered meanwhile, what is promised stays promised, and it comes back."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import transaction

from accounts.models import Message
from accounts.services import households
from catalog.models import Listing, SellerPause
from catalog.selectors import market
from catalog.selectors.pauses import pause_of
from catalog.services import kilos, listings, pauses, stale
from catalog.services.kilos import KiloMove, SellerAway
from catalog.services.pauses import BadPause
from kernel import clock, weight
from kernel.entering import entering
from records.models import PolicyValue
from tests.factories import MONDAY, a_listing, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 2)
THURSDAY = dt.date(2026, 11, 5)


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage):
    return a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def neighbours_lot(guiying_household, guiying, cabbage):
    return a_listing(guiying_household, cabbage, kg=100, by=guiying)


def offered(day) -> set[int]:
    return set(market.open_lots(day).values_list("pk", flat=True))


def hold(lot, grams, at=MONDAY):
    with transaction.atomic():
        move = KiloMove(lot.pk, "free", "reserved", grams, f"allocation:{grams}:hold")
        kilos.move_kilos([move], by=lot.made_by, at=at)


def test_the_goods_of_a_household_merged_into_one_that_is_away_wait_too(lot, neighbours_lot, xiuying):
    with transaction.atomic(), entering("registerchange:0"):
        households.merge(neighbours_lot.household, lot.household, at=MONDAY)
    lot.household.refresh_from_db()

    pauses.go_away(household=lot.household, until=THURSDAY, by=xiuying, at=MONDAY)
    assert offered(TODAY) == set()
    pauses.come_back(household=lot.household, by=xiuying, at=MONDAY)
    assert offered(TODAY) == {lot.pk, neighbours_lot.pk}


def test_goods_of_a_household_that_is_away_are_not_offered_and_return_by_themselves(lot, neighbours_lot, xiuying):
    pauses.go_away(household=lot.household, until=THURSDAY, by=xiuying, at=MONDAY)

    assert offered(TODAY) == offered(THURSDAY) == {neighbours_lot.pk}
    assert offered(THURSDAY + DAY) == {lot.pk, neighbours_lot.pk}
    assert market._board(TODAY, MONDAY).lots == 1
    assert pause_of(THURSDAY, household=lot.household) == THURSDAY
    assert pause_of(THURSDAY + DAY, household=lot.household) is None


def test_nobody_takes_goods_of_somebody_away_and_what_is_promised_stays(lot, xiuying):
    hold(lot, 30_000)
    pauses.go_away(household=lot.household, until=THURSDAY, by=xiuying, at=MONDAY)

    with pytest.raises(SellerAway):
        hold(lot, 10_000)

    lot.refresh_from_db()
    assert (lot.reserved, lot.free()) == (30_000, 70_000)
    hold(lot, 10_000, at=MONDAY + 4 * DAY)
    lot.refresh_from_db()
    assert lot.reserved == 40_000


def test_coming_back_is_one_tap_and_says_that_the_goods_are_there(lot, xiuying):
    pauses.go_away(household=lot.household, until=THURSDAY, by=xiuying, at=MONDAY)

    pauses.come_back(household=lot.household, by=xiuying, at=MONDAY + DAY)

    lot.refresh_from_db()
    assert (lot.paused_until, lot.confirmed_at) == (None, MONDAY + DAY)
    assert offered(TODAY + DAY) == {lot.pk}
    assert pauses.come_back(household=lot.household, by=xiuying, at=MONDAY + DAY) is None
    assert SellerPause.objects.count() == 2


def test_a_later_word_about_the_same_absence_holds(lot, xiuying):
    pauses.go_away(household=lot.household, until=THURSDAY, by=xiuying, at=MONDAY)
    pauses.go_away(household=lot.household, until=TODAY, by=xiuying, at=MONDAY)

    assert offered(TODAY + DAY) == {lot.pk}


@pytest.mark.parametrize("days", [-1, 61])
def test_an_absence_ends_within_two_months(lot, xiuying, days):
    with pytest.raises(BadPause):
        pauses.go_away(household=lot.household, until=TODAY + days * DAY, by=xiuying, at=MONDAY)

    lot.refresh_from_db()
    assert lot.paused_until is None and not SellerPause.objects.exists()


@pytest.mark.parametrize(("from_on", "answer"), [(TODAY, pytest.raises(BadPause)), (TODAY + DAY, nullcontext())])
def test_the_county_says_how_long_and_the_rule_of_the_day_holds(lot, xiuying, director_lin, from_on, answer):
    PolicyValue.objects.create(
        name="away_days", value="10", from_on=from_on, set_by=xiuying, confirmed_by=director_lin, confirmed_at=MONDAY
    )

    pauses.go_away(household=lot.household, until=TODAY + 10 * DAY, by=xiuying, at=MONDAY)
    with answer:
        pauses.go_away(household=lot.household, until=TODAY + 11 * DAY, by=xiuying, at=MONDAY)


def test_nobody_asks_a_household_that_is_away_and_its_silence_counts_from_its_return(lot, xiuying):
    Listing.objects.update(sell_by=TODAY + 60 * DAY)
    until = TODAY + 9 * DAY
    pauses.go_away(household=lot.household, until=until, by=xiuying, at=MONDAY)

    assert stale.ask_stale(at=MONDAY + 5 * DAY) == stale.expire_stale(at=MONDAY + 9 * DAY) == 0
    assert stale.expire_stale(at=MONDAY + 12 * DAY) == 0
    assert stale.ask_stale(at=MONDAY + 10 * DAY) == 1
    assert Message.objects.filter(kind="still_there").count() == 1
    assert stale.expire_stale(at=MONDAY + 17 * DAY) == 1


def test_a_co_operative_is_away_without_its_members(coop, coop_manager, lot, cabbage):
    own = listings.put_on_sale(
        cooperative=coop,
        produce=cabbage,
        quantity=weight.parse_quantity("50", "kg"),
        price_fen=80,
        harvested_on=TODAY,
        by=coop_manager,
        at=MONDAY,
    )

    pauses.go_away(cooperative=coop, until=THURSDAY, by=coop_manager, at=MONDAY)

    assert offered(TODAY) == {lot.pk}
    own.refresh_from_db()
    assert own.paused_until == THURSDAY


def test_a_household_says_it_is_away_on_its_page_and_returns_with_one_tap(client, now, lot, xiuying):
    now.at = MONDAY
    login(client, xiuying)
    assert 'href="/goods/pause/"' in client.get("/goods/").content.decode()

    answer = client.post("/goods/pause/", {"idem": "1", "until": "2026-11-05"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/goods/" and 'action="/goods/pause/end/"' in page
    assert offered(TODAY) == set()
    answer = client.post("/goods/pause/end/", {"idem": "2"}, follow=True)
    assert answer.status_code == 200 and offered(TODAY) == {lot.pk}


def test_a_day_that_cannot_be_is_refused_beside_its_field(client, now, lot, xiuying):
    login(client, xiuying)

    for until in ("2026-11-01", "2027-11-01", "2026-02-30", ""):
        answer = client.post("/goods/pause/", {"idem": "1", "until": until})
        assert answer.status_code == 400, until
    assert offered(TODAY) == {lot.pk}


def test_a_manager_says_it_for_the_co_operative_and_nobody_for_others(client, now, coop, coop_manager, cadre_liu, olga):
    login(client, coop_manager)
    assert client.post("/goods/pause/", {"idem": "1", "until": "2026-11-05"}).status_code == 302
    assert pause_of(TODAY, cooperative=coop) == THURSDAY
    for other in (cadre_liu, olga):
        assert login(client, other).get("/goods/pause/").status_code == 403


def test_programs_say_it_too_once_a_key(client, now, lot, xiuying):
    login(client, xiuying)
    assert client.get("/api/v1/pause/").json() == {"away_until": None}

    for _again in range(2):
        form = {"until": "2026-11-05"}
        answer = client.post("/api/v1/pause/", form, "application/json", headers={"Idempotency-Key": "a"})
        assert (answer.status_code, answer.json()) == (200, {"away_until": "2026-11-05"})
    assert SellerPause.objects.count() == 1
    answer = client.post("/api/v1/pause/end/", {}, "application/json", headers={"Idempotency-Key": "b"})
    assert answer.json() == {"away_until": None}
    assert clock.county_day(MONDAY) == TODAY and offered(TODAY) == {lot.pk}
