"""A lot nobody speaks for is asked about, then leaves the market with its kilos untouched, and comes back on a word."""

import datetime as dt

import pytest

from accounts.models import Message
from catalog.models import Movement
from catalog.services import forbidden, kilos, listings, stale
from kernel.weight import parse_quantity
from tests.factories import MONDAY, a_listing

pytestmark = pytest.mark.django_db


def days(count: int) -> dt.datetime:
    return MONDAY + dt.timedelta(days=count)


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage):
    return a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


def test_after_three_days_the_household_is_asked_once(lot):
    assert stale.ask_stale(at=days(3) - dt.timedelta(seconds=1)) == 0

    assert stale.ask_stale(at=days(3)) == 1
    assert stale.ask_stale(at=days(4)) == 0

    message = Message.objects.get()
    assert (message.kind, message.household) == ("still_there", lot.household)
    assert "200" in message.body and lot.number in message.body


def test_an_answer_starts_the_days_anew(lot, xiuying):
    stale.ask_stale(at=days(3))

    listings.confirm_still_there(lot, by=xiuying, at=days(4))

    lot.refresh_from_db()
    assert (lot.confirmed_at, lot.asked_at) == (days(4), None)
    assert stale.expire_stale(at=days(10)) == 0
    assert stale.ask_stale(at=days(7)) == 1


def test_a_lot_with_nothing_free_is_not_asked_about(lot, xiuying):
    kilos.move_kilos([kilos.KiloMove(lot.pk, "free", "reserved", 100_000, "a:1")], by=xiuying, at=MONDAY)

    assert stale.ask_stale(at=days(3)) == 0


def test_after_seven_days_it_leaves_the_market_and_keeps_its_kilos(lot, xiuying):
    kilos.move_kilos([kilos.KiloMove(lot.pk, "free", "reserved", 40_000, "a:1")], by=xiuying, at=MONDAY)

    assert stale.expire_stale(at=days(7)) == 1

    lot.refresh_from_db()
    assert (lot.status, lot.reserved, lot.free()) == ("expired", 40_000, 60_000)
    assert Movement.objects.count() == 1
    # Still claimable: a loss draws on free kilos of a lot that is off the market.
    kilos.move_kilos([kilos.KiloMove(lot.pk, "free", "claimed", 10_000, "c:1")], by=xiuying, at=days(8))
    with pytest.raises(kilos.NotOnSale):
        kilos.move_kilos([kilos.KiloMove(lot.pk, "free", "reserved", 1_000, "a:2")], by=xiuying, at=days(8))


def test_goods_past_their_keeping_time_are_not_promised_to_come_back(lot):
    late = dt.datetime.combine(lot.sell_by + dt.timedelta(days=1), MONDAY.timetz())
    assert stale.expire_stale(at=late) == 1

    body = Message.objects.get(kind="expired").body
    assert "过了能放的日子" in body and "还在" not in body


def test_a_word_brings_it_back(lot, xiuying):
    stale.expire_stale(at=days(7))

    listings.confirm_still_there(lot, by=xiuying, at=days(8))

    lot.refresh_from_db()
    assert (lot.status, lot.confirmed_at) == ("on_sale", days(8))


def test_past_its_keeping_time_it_leaves_and_does_not_come_back(lot, xiuying):
    listings.confirm_still_there(lot, by=xiuying, at=days(10))  # the last day it keeps

    assert stale.expire_stale(at=days(11)) == 1

    with pytest.raises(listings.PastKeeping):
        listings.confirm_still_there(lot, by=xiuying, at=days(11))
    lot.refresh_from_db()
    assert lot.status == "expired"


def test_two_sweeps_tell_the_household_once(lot):
    stale.expire_stale(at=days(7))
    stale.expire_stale(at=days(7))

    assert Message.objects.filter(kind="expired").count() == 1


def test_a_forecast_is_asked_about_only_when_its_harvest_has_begun(xiuying_household, xiuying, cabbage):
    today = MONDAY.date()
    listings.put_on_sale(
        household=xiuying_household, produce=cabbage, quantity=parse_quantity("200", "jin"), price_fen=80,
        expected=(today + dt.timedelta(days=20), today + dt.timedelta(days=25)), by=xiuying, at=MONDAY,
    )  # fmt: skip

    assert (stale.ask_stale(at=days(19)), stale.expire_stale(at=days(19))) == (0, 0)
    assert stale.ask_stale(at=days(20)) == 1


@pytest.fixture
def banned(lot):
    """The lot, whose goods the dictionary forbids since it was listed."""
    lot.produce.forbidden, lot.produce.forbidden_reason = True, "受污染，停售。"
    lot.produce.save()
    return lot


def test_goods_forbidden_since_leave_the_market_once_and_their_household_hears_why(banned):
    assert forbidden.take_down_forbidden(at=days(1)) == 1
    assert forbidden.take_down_forbidden(at=days(1)) == 0

    banned.refresh_from_db()
    message = Message.objects.get()
    assert (banned.status, message.kind, message.household) == ("expired", "forbidden", banned.household)
    assert "受污染，停售。" in message.body and banned.number in message.body


def test_nobody_takes_forbidden_goods_before_they_have_left_the_market(banned, xiuying):
    with pytest.raises(kilos.ForbiddenProduce):
        kilos.move_kilos([kilos.KiloMove(banned.pk, "free", "reserved", 1_000, "a:1")], by=xiuying, at=MONDAY)


def test_a_yes_brings_forbidden_goods_back_only_once_they_are_allowed_again(banned, xiuying):
    forbidden.take_down_forbidden(at=days(1))
    with pytest.raises(kilos.ForbiddenProduce):
        listings.confirm_still_there(banned, by=xiuying, at=days(1))

    banned.produce.forbidden = False
    banned.produce.save()
    assert listings.confirm_still_there(banned, by=xiuying, at=days(2)).status == "on_sale"


def test_a_stopped_sale_of_forbidden_goods_is_not_resumed(banned, township_officer):
    stopped = listings.stop_sale(banned, reason="查一查", by=township_officer, at=days(1))
    with pytest.raises(kilos.ForbiddenProduce):
        listings.resume_sale(stopped, by=township_officer, at=days(1))
