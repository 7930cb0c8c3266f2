"""Placing holds money and kilos in one stroke, at the price that was shown, or holds nothing."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import standing
from canteens.services import load_default_tiers
from catalog.services import listings
from catalog.services.kilos import NotEnoughProduce, NotOnSale
from kernel.errors import BadValue
from ledger.models import Transfer
from ledger.services.transfers import NotEnoughMoney
from orders.models import Allocation, OrderLine, PurchaseOrder
from orders.selectors import union_share
from orders.services import placing
from records.models import IdempotencyKey, Move
from records.services.idempotency import KeyReused
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_season, a_user
from tests.orders.steps import DELIVER_ON, KG, owed_to, purse, take, totals, wish

pytestmark = pytest.mark.django_db


def test_placing_holds_the_money_and_the_kilos_of_each_lot(story, fund, cabbage_of_xiuying, cabbage_of_guiying):
    order = story.place(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 60.5)))

    assert order.status == "awaiting"
    assert order.held_fen == 64_00 + 90_75
    assert purse(fund) == (0, 154_75, 10_000_00 - 154_75)
    assert totals(cabbage_of_xiuying) == (60 * KG, 40 * KG, 0)
    assert totals(cabbage_of_guiying) == (19_500, 60_500, 0)
    assert owed_to(cabbage_of_xiuying) == (0, 64_00)
    assert owed_to(cabbage_of_guiying) == (0, 90_75)
    assert sorted(Transfer.objects.filter(kind="pending").values_list("reference", flat=True)) == sorted(
        f"allocation:{row.pk}:hold" for row in order.allocations.all()
    )


def test_every_step_has_its_history_row(story, chef_chen, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 40)))

    [allocation] = order.allocations.all()
    assert list(Move.objects.filter(document=order.reference).values_list("before", "after", "by")) == [
        ("", "awaiting", chef_chen.pk)
    ]
    assert list(Move.objects.filter(document=allocation.reference).values_list("after", flat=True)) == ["held"]


def test_ducks_are_held_by_the_head_and_priced_by_usual_weight(story, fund, ducks):
    order = story.place(placing.Wish(ducks.produce_id, (take(ducks, pieces=12),)))

    [allocation] = order.allocations.all()
    assert (allocation.quantity, allocation.weight_g) == (12, 21_000)
    assert allocation.amount_fen == 756_00
    assert totals(ducks) == (18, 12, 0)


def test_the_rule_of_the_day_is_copied_onto_the_order(story, approver_peng, cabbage_of_coop):
    load_default_tiers()

    small = story.place(wish((cabbage_of_coop, 10)))
    dear = a_listing(a_household(cabbage_of_coop.village), cabbage_of_coop.produce, kg=1000, price_fen=600)
    story.fund = a_fund(story.buyer, "canteen", yuan=200_000)
    large = story.place(wish((dear, 1000)))

    assert (small.needs_approval, small.approval_rule) == (False, "")
    assert (large.needs_approval, large.approval_rule) == (True, "一万元以上：三人小组、三家比价后审批")


def test_a_lot_that_stands_twice_in_a_line_counts_once_with_both_quantities(story, cabbage_of_xiuying):
    order = story.place(wish((cabbage_of_xiuying, 30), (cabbage_of_xiuying, 20)))

    [allocation] = order.allocations.all()
    assert allocation.quantity == 50 * KG


def test_a_lot_that_stands_twice_cannot_be_oversold(story, cabbage_of_xiuying):
    with pytest.raises(NotEnoughProduce):
        story.place(wish((cabbage_of_xiuying, 60), (cabbage_of_xiuying, 60)))
    with pytest.raises(NotEnoughProduce):
        story.place(wish((cabbage_of_xiuying, 60)), wish((cabbage_of_xiuying, 60)))

    _nothing_happened(story.fund, cabbage_of_xiuying)


def test_more_than_is_left_is_refused_whole(story, cabbage_of_xiuying, cabbage_of_guiying):
    with pytest.raises(NotEnoughProduce) as refusal:
        story.place(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 81)))

    assert refusal.value.left == 80 * KG
    _nothing_happened(story.fund, cabbage_of_xiuying, cabbage_of_guiying)


def test_more_than_the_fund_has_is_refused_whole(story, cabbage_of_xiuying):
    poor = a_fund(story.buyer, "canteen", yuan=63)
    story.fund = poor

    with pytest.raises(NotEnoughMoney) as refusal:
        story.place(wish((cabbage_of_xiuying, 40)))

    assert (refusal.value.left_fen, refusal.value.needed_fen) == (63_00, 64_00)
    _nothing_happened(poor, cabbage_of_xiuying, budget=63_00)


def test_a_changed_price_is_refused_with_the_new_one(story, cabbage_of_xiuying):
    with pytest.raises(placing.PriceChanged) as refusal:
        story.place(placing.Wish(cabbage_of_xiuying.produce_id, (take(cabbage_of_xiuying, 40, price_fen=70),)))

    assert "1.60" in str(refusal.value)
    _nothing_happened(story.fund, cabbage_of_xiuying)


def test_a_lot_that_left_the_market_cannot_be_ordered(story, xiuying, cabbage_of_xiuying):
    listings.withdraw(cabbage_of_xiuying, reason="eaten", by=xiuying, at=MONDAY)

    with pytest.raises(NotOnSale):
        story.place(wish((cabbage_of_xiuying, 40)))


def test_goods_that_spoil_before_the_day_are_refused(story, cabbage_of_xiuying):
    with pytest.raises(placing.SpoilsBefore):
        story.place(wish((cabbage_of_xiuying, 40)), deliver_on=dt.date(2026, 11, 13))

    _nothing_happened(story.fund, cabbage_of_xiuying)


def test_a_lot_of_other_goods_does_not_fill_a_line(story, cabbage_of_xiuying, duck):
    with pytest.raises(NotOnSale):
        story.place(wish((cabbage_of_xiuying, 40), produce=duck))


def test_a_ceiling_price_holds_for_every_lot(story, cabbage_of_xiuying, cabbage_of_guiying):
    with pytest.raises(BadValue):
        story.place(wish((cabbage_of_xiuying, 40), (cabbage_of_guiying, 40), ceiling_fen_per_kg=159))

    assert story.place(wish((cabbage_of_guiying, 40), ceiling_fen_per_kg=150)).held_fen == 60_00


@pytest.mark.parametrize("day", [dt.date(2026, 11, 1), dt.date(2027, 2, 15)])
def test_a_delivery_day_is_neither_past_nor_far_away(story, cabbage_of_xiuying, day):
    with pytest.raises(BadValue):
        story.place(wish((cabbage_of_xiuying, 40)), deliver_on=day)


def test_the_fund_is_the_buyers_own_and_of_this_year(story, hospital, cabbage_of_xiuying):
    line = wish((cabbage_of_xiuying, 40))
    for fund in (a_fund(hospital), a_fund(story.buyer, "canteen", year=2025)):
        story.fund = fund
        with pytest.raises(BadValue):
            story.place(line)

    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1000, 10**12])
def test_a_quantity_is_greater_than_nothing_and_within_bounds(story, cabbage_of_xiuying, quantity):
    line = placing.Wish(cabbage_of_xiuying.produce_id, (placing.Take(cabbage_of_xiuying.pk, quantity, 80, 500),))

    with pytest.raises(BadValue):
        story.place(line)


def test_an_order_of_nothing_is_refused(story, cabbage):
    for lines in ([], [placing.Wish(cabbage.pk, ())]):
        with pytest.raises(BadValue):
            story.place(*lines)


@pytest.mark.guard("line nobody orders the own goods")
def test_nobody_buys_from_the_own_household(story, school, xiuying_household, cabbage_of_xiuying):
    cook = a_user("黄秀英", "buyer", school, person=xiuying_household.head)

    with pytest.raises(placing.OwnGoods):
        story.place(wish((cabbage_of_xiuying, 40)), by=cook)


def test_the_same_key_places_one_order(story, chef_chen, cabbage_of_xiuying):
    first = _place_once(story, "k-1", wish((cabbage_of_xiuying, 40)))
    second = _place_once(story, "k-1", wish((cabbage_of_xiuying, 40)))

    assert first == second
    assert PurchaseOrder.objects.count() == 1
    assert totals(cabbage_of_xiuying) == (60 * KG, 40 * KG, 0)


def test_a_key_used_again_for_another_order_is_refused(story, cabbage_of_xiuying):
    _place_once(story, "k-1", wish((cabbage_of_xiuying, 40)))

    with pytest.raises(KeyReused):
        _place_once(story, "k-1", wish((cabbage_of_xiuying, 41)))

    assert PurchaseOrder.objects.count() == 1


def test_a_refused_order_leaves_its_key_free(story, cabbage_of_xiuying):
    with pytest.raises(NotEnoughProduce):
        _place_once(story, "k-1", wish((cabbage_of_xiuying, 101)))

    assert not IdempotencyKey.objects.exists()
    assert _place_once(story, "k-1", wish((cabbage_of_xiuying, 100)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "lines", "lots", "most"), [("canteen", 1, 1, 11), ("canteen", 5, 3, 11), ("union", 5, 3, 12)]
)
def test_placing_takes_as_many_statements_whatever_its_size(story, changxi, cabbage, kind, lines, lots, most):
    """Eleven; what a union orders on no plan counts in its year by one more."""
    story.fund = a_fund(story.buyer, kind)
    story.fund.organisation = story.buyer  # the door has read it
    standing(story.people["chef"]).household_id  # noqa: B018  (the door has read who this is)
    union_share.is_asked(MONDAY.date())  # the process knows
    wishes = [
        wish(*[(a_listing(a_household(changxi), cabbage, kg=50), 10) for _lot in range(lots)]) for _line in range(lines)
    ]

    with CaptureQueriesContext(connection) as asked:
        _place_once(story, "k-1", *wishes)

    statements = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == most, statements
    assert OrderLine.objects.count() == lines
    assert Allocation.objects.count() == lines * lots


@pytest.mark.django_db(transaction=True)
def test_placing_touches_no_season_and_takes_no_statement_more(story, cabbage, xiuying, xiuying_household):
    story.fund = a_fund(story.buyer, "canteen")
    season = a_season(xiuying_household, cabbage, by=xiuying)
    lot = a_listing(xiuying_household, cabbage, kg=50)
    standing(story.people["chef"]).household_id  # noqa: B018  (the door has read who this is)
    union_share.is_asked(MONDAY.date())  # the process knows

    with CaptureQueriesContext(connection) as asked:
        _place_once(story, "k-1", wish((lot, 10)))

    statements = [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) == 11, statements
    season.refresh_from_db()
    assert (lot.plot_season, season.listed_g) == (season, 50_000)


def _place_once(story, key, *lines):
    return placing.place_once(
        key,
        buyer=story.buyer,
        fund=story.fund,
        deliver_on=DELIVER_ON,
        lines=list(lines),
        by=story.people["chef"],
        at=MONDAY,
    )


def _nothing_happened(fund, *lots, budget=10_000_00):
    assert not PurchaseOrder.objects.exists()
    assert not Allocation.objects.exists()
    assert purse(fund) == (0, 0, budget)
    for lot in lots:
        free, reserved, sold = totals(lot)
        assert (free, reserved, sold) == (lot.listed, 0, 0)
