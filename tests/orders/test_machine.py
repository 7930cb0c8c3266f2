"""Orders driven at random through all that people may do; then everybody is silent for ninety days.

Nothing is held any more, no kilo and no fen is lost or made, and every order is closed or called off.
"""

import datetime as dt
import random
from collections import Counter

import pytest

from catalog.models import Listing
from kernel.errors import DomainError
from ledger.models import Account, Transfer
from marketplace.audit import breaches
from orders.models import (
    OPEN,
    Allocation,
    Arrival,
    Delivery,
    GoodsReceipt,
    PurchaseOrder,
    ReceiptLine,
    SettlementStatement,
)
from orders.selectors.holds import holds_of
from orders.services import asking, delivering, recalling, receiving, sweeping
from orders.services.delivering import Loaded
from orders.services.placing import Wish
from orders.services.receiving import Weighed
from tests import factories
from tests.factories import MONDAY
from tests.orders.steps import take

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SWEEPS = (
    sweeping.ask_waiting, sweeping.show_unapproved, sweeping.end_unapproved, sweeping.lapse_unanswered,
    sweeping.end_undispatched, sweeping.accept_silent, sweeping.end_lost, sweeping.settle_late,
)  # fmt: skip


class Machine:
    """One county of three sellers and one buyer, and everything that may happen to its orders."""

    def __init__(self, story, lots, seed, inspector):
        self.story, self.lots, self.inspector = story, lots, inspector
        self.draw, self.at, self.done = random.Random(seed), MONDAY, []

    def step(self):
        """Do one thing at random; what is refused in words has changed nothing."""
        self.at += self.draw.choice([HOUR, 2 * HOUR, 4 * HOUR])
        acts = {self.place: 2, self.answer: 6, self.ship: 3, self.arrive: 1, self.weigh: 3, self.sign: 3,
                self.weigh_again: 1, self.call_off: 1, self.sweep: 1}  # fmt: skip
        [act] = self.draw.choices(list(acts), weights=list(acts.values()))
        try:
            act()
            self.done.append(act.__name__)
        except (DomainError, IndexError):
            pass

    def some(self, rows):
        return self.draw.choice(list(rows.order_by("pk")))

    def place(self):
        lots = self.draw.sample(self.lots, self.draw.randint(1, len(self.lots)))
        takes = tuple(take(lot, self.draw.randint(100, 20_000) / 1000) for lot in lots)
        on = self.at.date() + self.draw.randint(1, 3) * DAY
        order = self.story.place(Wish(lots[0].produce_id, takes), at=self.at, deliver_on=on)
        asking.ask_sellers(order, at=self.at)

    def answer(self):
        lot = self.some(Allocation.objects.filter(status="held"))
        by = lot.listing.made_by
        self.draw.choice([
            lambda: asking.confirm(lot, by=by, at=self.at),
            lambda: asking.confirm(lot, by=by, at=self.at),
            lambda: asking.give_less(lot, self.draw.randint(1, lot.quantity), by=by, at=self.at),
            lambda: asking.decline(lot, by=by, at=self.at),
        ])()  # fmt: skip

    def ship(self):
        confirmed = list(Allocation.objects.filter(status="confirmed"))
        held = holds_of(confirmed)
        ready = [lot for lot in confirmed if held[lot.pk].to_ship]
        self.draw.choice(ready)
        lots = self.draw.sample(ready, self.draw.randint(1, len(ready)))
        loads = {lot.pk: Loaded(self.draw.randint(1, held[lot.pk].to_ship)) for lot in lots}
        orders = PurchaseOrder.objects.filter(allocations__in=lots).distinct()
        delivering.ship(list(orders), loads, by=self.story.people["haulier"], at=self.at)

    def arrive(self):
        trip = self.some(Delivery.objects.filter(arrival=None))
        delivering.arrive(trip, Arrival.How.BUYER, by=self.story.people["weigher"], at=self.at)

    def weigh(self):
        trip = self.some(Delivery.objects.exclude(receipts__status__in=("weighed", "signed")))
        weights = {}
        for line in trip.lines.all():
            net = max(0, line.shipped_g + self.draw.randint(-2000, 150))
            refused = self.draw.choice([0, 0, net // 3, net])
            weights[line.allocation_id] = Weighed(net + 500, 500, refused, "rotten" if refused else "short")
        receiving.weigh(trip, weights, by=self.story.people["weigher"], at=self.at)

    def sign(self):
        receipt = self.some(GoodsReceipt.objects.filter(status="weighed"))
        receiving.sign(receipt, by=self.story.people["signer"], at=self.at)

    def weigh_again(self):
        receipt = self.some(GoodsReceipt.objects.filter(status="weighed"))
        receiving.weigh_again(receipt, why="称错了", by=self.story.people["signer"], at=self.at)

    def call_off(self):
        order = self.some(PurchaseOrder.objects.filter(status__in=OPEN))
        asking.cancel(order, why="不要了", by=self.story.people["chef"], at=self.at)

    def recall(self):
        recalling.recall_lot(self.draw.choice(self.lots), reason="农残超标", by=self.inspector, at=self.at)

    def sweep(self):
        for sweep in SWEEPS:
            sweep(at=self.at)


@pytest.fixture
def machine(story, changxi, cabbage, inspector_he):
    def built(seed):
        lots = [factories.a_listing(factories.a_household(changxi), cabbage, kg=60, price_fen=fen)
                for fen in (33, 77, 80)]  # fmt: skip
        return Machine(story, lots, seed, inspector_he)

    return built


@pytest.mark.parametrize("seed", range(5))
def test_after_ninety_days_of_silence_nothing_is_held_and_nothing_is_lost(machine, story, seed):
    run = machine(seed)
    for _step in range(130):
        run.step()
    run.recall()
    for _step in range(10):
        run.step()
    for _day in range(90):
        run.at += DAY
        run.sweep()

    assert {"place", "answer", "ship", "weigh"} <= set(run.done)
    assert not Transfer.objects.filter(kind="pending", resolution=None).exists()
    assert set(PurchaseOrder.objects.values_list("status", flat=True)) <= {"closed", "cancelled"}
    assert set(Allocation.objects.values_list("status", flat=True)) <= {"closed", "released"}
    by_lot, by_listing = Counter(), Counter()
    for line in ReceiptLine.objects.filter(receipt__status="signed").select_related("allocation"):
        by_lot[line.allocation] += line.accepted_g
        by_listing[line.allocation.listing_id] += line.accepted_g
    for lot in Listing.objects.all():
        assert (lot.reserved, lot.sold) == (0, by_listing[lot.pk])
    owed = sum(SettlementStatement.objects.values_list("total_fen", flat=True))
    spent = Account.objects.get(pk=story.fund.account_id).debits_posted_fen
    assert owed == spent == sum(lot.amount_for(grams) for lot, grams in by_lot.items())
    assert breaches() == []
