"""Many orders at once over the same lots and the same purse; each race has a control without its guard that fails.

The lock makes refusals sentences; the database's own CHECK is the second line. Without the lock somebody meets it.
"""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from accounts.selectors import standing
from catalog.models import Listing
from catalog.services import kilos
from catalog.services.kilos import NotEnoughProduce
from ledger.models import Account
from ledger.services import transfers
from ledger.services.transfers import NotEnoughMoney
from orders.models import Allocation, PurchaseOrder
from orders.services import placing
from tests.factories import MONDAY, a_fund, a_household, a_listing
from tests.orders.steps import DELIVER_ON, KG, purse, totals, wish

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
AT_ONCE = 8


def rush(act, numbers) -> Counter:
    """Let everybody act, eight at a time from one starting line; count what they met."""
    start = threading.Barrier(AT_ONCE)

    def one(number):
        try:
            if number < AT_ONCE:  # only the first wave: nobody waits in step afterwards
                start.wait(timeout=60)
            act(number)
            return "placed"
        except (NotEnoughProduce, NotEnoughMoney):
            return "refused in words"
        except IntegrityError:
            return "refused by the database"
        except OperationalError as error:
            return "deadlock" if getattr(error.__cause__, "sqlstate", "") == "40P01" else "database error"
        except DatabaseError:
            return "database error"
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return Counter(crowd.map(one, numbers))


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


@pytest.fixture
def lots(changxi, cabbage):
    """Ten lots of 200 kg, of ten households."""
    return [a_listing(a_household(changxi), cabbage, kg=200) for _household in range(10)]


@pytest.fixture
def small_purse(story):
    """A purse that fits 37 orders of 16 yuan, and 15 yuan more."""
    story.fund = a_fund(story.buyer, "canteen", yuan=37 * 16 + 15)
    return story.fund


def test_a_purse_for_37_of_100_orders_over_many_lots_pays_exactly_37(story, small_purse, lots):
    stop, seen = threading.Event(), []

    def watch():
        while not stop.is_set():
            seen.append(Account.objects.get(pk=small_purse.account_id).available_fen())
            time.sleep(0.005)
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    met = rush(buyer_of(story, lambda number: [wish((lots[number % 10], 10))]), range(100))
    stop.set()
    watcher.join()

    assert met == {"placed": 37, "refused in words": 63}
    assert purse(small_purse) == (0, 37 * 16_00, 15_00)
    assert min(seen) >= 0
    assert sum(totals(lot)[1] for lot in lots) == 37 * 10 * KG
    assert PurchaseOrder.objects.count() == Allocation.objects.count() == 37


def test_control_without_the_lock_on_the_purse_somebody_meets_the_databases_own_check(
    story, small_purse, lots, monkeypatch
):
    def unlocked(account_ids):
        rows = {row.pk: row for row in Account.objects.filter(pk__in=list(account_ids))}
        time.sleep(0.02)
        return rows

    monkeypatch.setattr(transfers, "_lock", unlocked)

    met = rush(buyer_of(story, lambda number: [wish((lots[number % 10], 10))]), range(100))

    assert met["refused by the database"] > 0, "the rush makes no race: the test above proves nothing"
    assert purse(small_purse)[2] >= 0


@pytest.fixture
def one_lot(changxi, cabbage):
    """500 kg: fifty orders of ten."""
    return a_listing(a_household(changxi), cabbage, kg=500)


def test_of_two_hundred_buyers_of_one_lot_exactly_fifty_get_theirs(story, one_lot):
    met = rush(buyer_of(story, lambda number: [wish((one_lot, 10))]), range(200))

    assert met == {"placed": 50, "refused in words": 150}
    assert totals(one_lot) == (0, 500 * KG, 0)
    assert purse(story.fund)[1] == 50 * 16_00


def test_control_without_the_lock_on_the_lot_somebody_meets_the_databases_own_check(story, one_lot, monkeypatch):
    def unlocked(ids):
        rows = {row.pk: row for row in Listing.objects.filter(pk__in=set(ids)).select_related("produce")}
        time.sleep(0.02)
        return rows

    monkeypatch.setattr(kilos, "lock_listings", unlocked)

    met = rush(buyer_of(story, lambda number: [wish((one_lot, 10))]), range(200))

    assert met["refused by the database"] > 0, "the rush makes no race: the test above proves nothing"
    assert met["placed"] == 50


def mixed(lots, number):
    """Return five of the lots in an order of its own, on one line or on five."""
    chance = random.Random(number)
    some = chance.sample(lots, 5)
    return [wish(*[(lot, 1) for lot in some])] if number % 2 else [wish((lot, 1)) for lot in some]


def test_mixed_orders_over_the_same_lots_never_lock_each_other_out(story, lots):
    met = rush(buyer_of(story, lambda number: mixed(lots, number)), range(160))

    assert met == {"placed": 160}
    assert sum(totals(lot)[1] for lot in lots) == 160 * 5 * KG


def test_control_lots_locked_in_the_order_they_were_chosen_do_deadlock(story, lots, monkeypatch):
    def in_line_order(ids):
        rows = {}
        for number in ids:
            rows[number] = Listing.objects.select_related("produce").select_for_update(of=("self",)).get(pk=number)
            time.sleep(0.01)
        return rows

    monkeypatch.setattr(kilos, "lock_listings", in_line_order)

    met = rush(buyer_of(story, lambda number: mixed(lots, number)), range(30))

    assert met["deadlock"] > 0, "the rush makes no deadlock: the test above proves nothing"


def test_one_key_sent_ten_times_at_once_places_one_order(story, one_lot):
    met = rush(lambda _number: buyer_of(story, lambda _n: [wish((one_lot, 10))])(1), range(10))

    assert met == {"placed": 10}
    assert PurchaseOrder.objects.count() == 1
    assert totals(one_lot)[1] == 10 * KG
