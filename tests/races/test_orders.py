"""Many orders at once over the same lots and the same purse; each race has a control without its guard that fails.

The lock makes refusals sentences; the database's own CHECK is the second line. Without the lock somebody meets it.
"""

import random
import threading
import time

import pytest
from django.db import connection

from accounts.models import Organisation
from accounts.selectors import standing
from canteens.services import confirm_budget, load_default_tiers, propose_budget
from catalog.models import Listing
from catalog.services import kilos
from ledger.models import Account
from ledger.services import transfers
from orders.models import Allocation, PurchaseOrder
from orders.services import placing
from tests.factories import MONDAY, a_fund, a_household, a_listing, a_user
from tests.orders.steps import DELIVER_ON, KG, purse, totals, wish
from tests.races.crowd import Meeting, rush, side_by_side

HANDS = [("余出纳", "cashier"), ("何复核", "payment_checker")]
MIXED = 24  # orders beside each other; `make gates` sends two thousand
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def buyer_of(story, lines_of):
    """Return the act of placing the order with this number, under a key of its own."""
    standing(story.people["chef"]).household_id  # noqa: B018  (read once, as the door does)

    def act(number):
        placing.place_once(
            f"key-{number}",
            buyer=story.buyer,
            fund=story.fund,
            deliver_on=DELIVER_ON,
            lines=lines_of(number),
            by=story.people["chef"],
            at=MONDAY,
        )

    return act


def read_only(buyer_id):
    return Organisation.objects.filter(pk=buyer_id)


@pytest.fixture
def lots(changxi, cabbage):
    """Ten lots of 200 kg, of ten households."""
    return [a_listing(a_household(changxi), cabbage, kg=200) for _household in range(10)]


@pytest.mark.parametrize(("fit", "sent"), [(11, 30), pytest.param(37, 100, marks=pytest.mark.gates)])
def test_a_purse_for_some_of_many_orders_over_many_lots_pays_exactly_so_many(story, lots, fit, sent):
    """Fill the purse with 15 yuan more than fits so many orders of 16 yuan."""
    purse_of = story.fund = a_fund(story.buyer, "canteen", yuan=fit * 16 + 15)
    stop, seen = threading.Event(), []

    def watch():
        while not stop.is_set():
            seen.append(Account.objects.get(pk=purse_of.account_id).available_fen())
            time.sleep(0.005)
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    met = rush(buyer_of(story, lambda number: [wish((lots[number % 10], 10))]), range(sent))
    stop.set()
    watcher.join()

    assert met == {"done": fit, "refused in words": sent - fit}
    assert purse(purse_of) == (0, fit * 16_00, 15_00)
    assert min(seen) >= 0
    assert sum(totals(lot)[1] for lot in lots) == fit * 10 * KG
    assert PurchaseOrder.objects.count() == Allocation.objects.count() == fit


def test_control_without_the_lock_on_the_purse_somebody_meets_the_databases_own_check(story, lots, monkeypatch):
    story.fund = a_fund(story.buyer, "canteen", yuan=16)
    both_have_read = Meeting()

    def unlocked(account_ids):
        rows = {row.pk: row for row in Account.objects.filter(pk__in=list(account_ids))}
        both_have_read.first_time()
        return rows

    monkeypatch.setattr(transfers, "_lock", unlocked)
    monkeypatch.setattr(placing, "turn_of", read_only)
    act = buyer_of(story, lambda number: [wish((lots[number], 10))])

    met = side_by_side(lambda: act(0), lambda: act(1))

    assert met == {"done": 1, "refused by the database": 1}
    assert purse(story.fund) == (0, 16_00, 0)


def take_out_all(fund):
    """Return the act of confirming that 16 yuan leave the purse."""
    treasurer, chair = (a_user(name, role, fund.organisation) for name, role in HANDS)
    less = propose_budget(fund, -16_00, "石工会〔2026〕9号", by=treasurer, at=MONDAY)
    return lambda: confirm_budget(less, by=chair, at=MONDAY)


def test_an_order_and_a_smaller_budget_never_both_take_the_last_yuan(story, lots):
    story.fund = a_fund(story.buyer, "canteen", yuan=16)
    order, less = buyer_of(story, lambda number: [wish((lots[number], 10))]), take_out_all(story.fund)

    assert side_by_side(lambda: order(0), less) == {"done": 1, "refused in words": 1}

    assert purse(story.fund)[2] == 0


def test_control_without_the_lock_a_smaller_budget_meets_the_databases_own_check(story, lots, monkeypatch):
    story.fund = a_fund(story.buyer, "canteen", yuan=16)
    order, less = buyer_of(story, lambda number: [wish((lots[number], 10))]), take_out_all(story.fund)
    both_have_read = Meeting()

    def unlocked(account_ids):
        rows = {row.pk: row for row in Account.objects.filter(pk__in=list(account_ids))}
        both_have_read.first_time()
        return rows

    monkeypatch.setattr(transfers, "_lock", unlocked)

    assert side_by_side(lambda: order(0), less) == {"done": 1, "refused by the database": 1}


@pytest.fixture
def one_lot(changxi, cabbage):
    """500 kg: fifty orders of ten."""
    return a_listing(a_household(changxi), cabbage, kg=500)


@pytest.mark.parametrize(("fit", "came"), [(8, 32), pytest.param(50, 200, marks=pytest.mark.gates)])
def test_of_many_buyers_of_one_lot_exactly_so_many_as_it_holds_get_theirs(story, changxi, cabbage, fit, came):
    lot = a_listing(a_household(changxi), cabbage, kg=fit * 10)

    met = rush(buyer_of(story, lambda number: [wish((lot, 10))]), range(came))

    assert met == {"done": fit, "refused in words": came - fit}
    assert totals(lot) == (0, fit * 10 * KG, 0)
    assert purse(story.fund)[1] == fit * 16_00


def test_control_without_the_lock_on_the_lot_somebody_meets_the_databases_own_check(
    story, changxi, cabbage, monkeypatch
):
    last_ten = a_listing(a_household(changxi), cabbage, kg=10)
    both_have_read = Meeting()

    def unlocked(ids, _day, **_more):
        rows = {row.pk: row for row in Listing.objects.filter(pk__in=set(ids)).select_related("produce")}
        both_have_read.first_time()
        return rows, {}

    monkeypatch.setattr(kilos, "lock_listings_with_mandates", unlocked)
    act = buyer_of(story, lambda _number: [wish((last_ten, 10))])

    met = side_by_side(lambda: act(0), lambda: act(1))

    assert met == {"done": 1, "refused by the database": 1}
    assert totals(last_ten) == (0, 10 * KG, 0)


def mixed(lots, number):
    """Return five of the lots in an order of its own, on one line or on five."""
    chance = random.Random(number)
    some = chance.sample(lots, 5)
    return [wish(*[(lot, 1) for lot in some])] if number % 2 else [wish((lot, 1)) for lot in some]


def test_mixed_orders_over_the_same_lots_never_lock_each_other_out(story, lots):
    met = rush(buyer_of(story, lambda number: mixed(lots, number)), range(MIXED))

    assert met == {"done": MIXED}
    assert sum(totals(lot)[1] for lot in lots) == MIXED * 5 * KG


def test_control_lots_locked_in_the_order_they_were_chosen_do_deadlock(story, lots, monkeypatch):
    chosen = {0: lots[:2], 1: lots[1::-1]}
    order, both_hold_one = threading.local(), Meeting()

    def in_chosen_order(_ids, _day, **_more):
        rows = {}
        for lot in chosen[order.number]:
            rows[lot.pk] = Listing.objects.select_related("produce").select_for_update(of=("self",)).get(pk=lot.pk)
            both_hold_one.first_time()
        return rows, {}

    monkeypatch.setattr(kilos, "lock_listings_with_mandates", in_chosen_order)
    place = buyer_of(story, lambda number: [wish((lot, 1)) for lot in chosen[number]])

    def act(number):
        order.number = number
        place(number)

    met = side_by_side(lambda: act(0), lambda: act(1))

    assert met == {"done": 1, "deadlock": 1}


def test_one_key_sent_ten_times_at_once_places_one_order(story, one_lot):
    met = rush(lambda _number: buyer_of(story, lambda _n: [wish((one_lot, 10))])(1), range(10))

    assert met == {"done": 10}
    assert PurchaseOrder.objects.count() == 1
    assert totals(one_lot)[1] == 10 * KG


def four_small_orders(story, lots):
    """Return the act of ordering for 2,998.40 yuan, each from another lot."""
    return buyer_of(story, lambda number: [wish((lots[number], 1874))])


@pytest.fixture
def large_lots(changxi, cabbage):
    """Four lots of 2 t, of four households."""
    load_default_tiers()
    return [a_listing(a_household(changxi), cabbage, kg=2000) for _household in range(4)]


def test_of_four_small_orders_sent_at_once_one_needs_no_approval(story, large_lots):
    story.fund = a_fund(story.buyer, "union", yuan=90_000)
    act = four_small_orders(story, large_lots)

    assert side_by_side(*(lambda number=number: act(number) for number in range(4))) == {"done": 4}

    assert PurchaseOrder.objects.filter(needs_approval=False).count() == 1


@pytest.fixture
def two_purses(story, large_lots):
    """Orders of 2,998.40 yuan from the union's purse, and of 1,600 from the canteen's, each from another lot."""
    chef, union, canteen = (
        story.people["chef"],
        a_fund(story.buyer, "union", yuan=90_000),
        a_fund(story.buyer, "canteen"),
    )
    standing(chef).household_id  # noqa: B018  (read once, as the door does)

    def from_purse(fund, lot, kg):
        more = {"deliver_on": DELIVER_ON, "by": chef, "at": MONDAY}
        placing.place_once(f"key-{lot.pk}", buyer=story.buyer, fund=fund, lines=[wish((lot, kg))], **more)

    return (
        lambda: from_purse(union, large_lots[0], 1874),
        lambda: from_purse(canteen, large_lots[1], 1000),
    )


def judged_by():
    return sorted(PurchaseOrder.objects.values_list("judged_fen", flat=True))


def test_of_two_orders_from_two_purses_at_once_one_is_judged_with_the_other(two_purses):
    assert side_by_side(*two_purses) == {"done": 2}

    assert judged_by() in ([1_600_00, 4_598_40], [2_998_40, 4_598_40])


def judge_side_by_side(monkeypatch):
    """Let both orders be judged before either is written."""
    meeting, judge = Meeting(sessions=2), placing.judged

    def judged_together(*args, **more):
        found = judge(*args, **more)
        meeting.first_time()
        return found

    monkeypatch.setattr(placing, "judged", judged_together)


def test_control_without_the_lock_on_the_buyer_each_purse_is_judged_alone(two_purses, monkeypatch):
    judge_side_by_side(monkeypatch)
    monkeypatch.setattr(placing, "turn_of", read_only)

    assert side_by_side(*two_purses) == {"done": 2}

    assert judged_by() == [1_600_00, 2_998_40]


def test_control_without_both_locks_orders_of_one_fund_are_judged_alone(story, large_lots, monkeypatch):
    story.fund = a_fund(story.buyer, "union", yuan=90_000)
    act = four_small_orders(story, large_lots)
    judge_side_by_side(monkeypatch)
    monkeypatch.setattr(placing, "turn_of", read_only)
    monkeypatch.setattr(placing.transfers, "lock_accounts", lambda ids: Account.objects.in_bulk(list(ids)))

    assert side_by_side(lambda: act(0), lambda: act(1)) == {"done": 2}

    assert PurchaseOrder.objects.filter(needs_approval=False).count() == 2
