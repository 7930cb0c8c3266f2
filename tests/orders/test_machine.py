"""Orders driven at random through all that people may do; then everybody is silent for ninety days.

Nothing is held any more, no kilo and no fen is lost or made, and every order is closed or called off.
"""

import datetime as dt
import random
from collections import Counter
from functools import partial

import pytest

from catalog.models import Listing
from kernel.errors import BadValue, DomainError
from ledger.models import Account, Transfer
from marketplace.audit import breaches
from orders.models import (
    OPEN,
    Allocation,
    Arrival,
    Delivery,
    GoodsReceipt,
    GoodsReturn,
    PurchaseOrder,
    ReceiptLine,
    SettlementStatement,
    StatementLine,
)
from orders.selectors.grades import step_fen
from orders.selectors.holds import holds_of
from orders.selectors.rests import open_rests
from orders.selectors.scale import refused_role
from orders.services import asking, correcting, delivering, paying, recalling, receiving, returning, sweeping
from orders.services.delivering import Loaded
from orders.services.placing import Wish
from orders.services.weighing import Weighed
from records.models import PolicyValue
from tests import factories
from tests.factories import MONDAY
from tests.orders.steps import a_stored_photo, take

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SWEEPS = (
    sweeping.ask_waiting, sweeping.show_unapproved, sweeping.end_unapproved, sweeping.lapse_unanswered,
    sweeping.end_undispatched, sweeping.accept_silent, sweeping.end_lost, sweeping.settle_late,
    sweeping.hand_silent_returns_over, sweeping.end_undecided_returns, sweeping.claim_rests,
)  # fmt: skip


class Machine:
    """One county of three sellers and one buyer, and everything that may happen to its orders."""

    def __init__(self, story, lots, seed, inspector, clerk):
        self.story, self.lots, self.inspector, self.clerk = story, lots, inspector, clerk
        self.photo = a_stored_photo(story.people["weigher"], MONDAY)
        self.draw, self.carts, self.at, self.done = random.Random(seed), random.Random(seed), MONDAY, []

    def carts_are_paid_by(self, payer):
        """Set who bears the carts of all orders placed from today on."""
        PolicyValue.objects.create(
            name="transport_payer", value=str(payer), from_on=MONDAY.date(), set_by=self.clerk,
            confirmed_by=self.inspector, confirmed_at=MONDAY,
        )  # fmt: skip

    def step(self):
        """Do one thing at random; what is refused in words has changed nothing."""
        self.at += self.draw.choice([HOUR, 2 * HOUR, 4 * HOUR])
        acts = {self.place: 2, self.answer: 6, self.ship: 4, self.arrive: 1, self.weigh: 4, self.sign: 4,
                self.strike_weighing: 1, self.call_off: 1, self.sweep: 1, self.send_back: 2, self.answer_return: 3,
                self.decide: 1, self.pay: 1, self.correct: 1, self.countersign: 1}  # fmt: skip
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
        ship = partial(delivering.ship, list(orders), loads, by=self.story.people["haulier"], at=self.at)
        try:
            ship(price_fen=self.carts.choice([None, self.carts.randint(1, 300), self.carts.randint(1, 50)]))
        except BadValue:
            ship()

    def arrive(self):
        trip = self.some(Delivery.objects.filter(arrival=None))
        delivering.arrive(trip, Arrival.How.BUYER, by=self.story.people["weigher"], at=self.at)

    def weigh(self):
        trip = self.some(Delivery.objects.exclude(receipts__status__in=("weighed", "signed")))
        weights = {}
        for line in trip.lines.all():
            net = max(0, line.shipped_g + self.draw.randint(-2000, 150))
            refused = self.draw.choice([0, 0, net // 3, net])
            grade = "second" * (net > refused) * self.draw.randint(0, 1)
            reason = "rotten" if refused else "short"
            weights[line.allocation_id] = Weighed(net + 500, 500, refused, reason, grade=grade)
        photos = {refused_role(pk): self.photo for pk in weights}
        receiving.weigh(trip, weights, photos=photos, by=self.story.people["weigher"], at=self.at)

    def sign(self):
        receipt = self.some(GoodsReceipt.objects.filter(status="weighed"))
        receiving.sign(receipt, by=self.story.people["signer"], at=self.at)

    def strike_weighing(self):
        receipt = self.some(GoodsReceipt.objects.filter(status="weighed"))
        receiving.strike_weighing(receipt, why="称错了", by=self.story.people["signer"], at=self.at)

    def call_off(self):
        order = self.some(PurchaseOrder.objects.filter(status__in=OPEN))
        asking.cancel(order, why="不要了", by=self.story.people["chef"], at=self.at)

    def less(self, grams):
        """Return a part of a weight, or of a weight below zero, at least a gram of it."""
        return self.draw.randint(*sorted((grams // abs(grams), grams)))

    def send_back(self):
        line = self.some(ReceiptLine.objects.filter(receipt__status="signed", accepted_g__gte=1))
        grams, by = self.draw.randint(1, line.accepted_g), self.story.people["weigher"]
        returning.ask_return(line, grams=grams, reason="rotten", words="坏了", photos=[self.photo], by=by, at=self.at)

    def answer_return(self):
        row = self.some(GoodsReturn.objects.filter(status="asked"))
        by, fate = row.receipt_line.allocation.listing.made_by, self.draw.choice(["free", "written_off"])
        self.draw.choice([
            lambda: returning.agree_to_return(row, fate=fate, by=by, at=self.at),
            lambda: returning.agree_to_return(row, grams=self.less(row.asked_g), words="少些", fate=fate,
                                              by=by, at=self.at),
            lambda: returning.contest_return(row, words="好的", by=by, at=self.at),
            lambda: returning.withdraw_return(row, by=self.story.people["signer"], at=self.at),
        ])()  # fmt: skip

    def decide(self):
        row = self.some(GoodsReturn.objects.filter(status="contested"))
        grams = self.draw.choice([0, row.asked_g])
        returning.decide_return(row, grams=grams, words="看过", by=self.clerk, at=self.at)

    def correct(self):
        line = self.some(ReceiptLine.objects.filter(receipt__status="signed", accepted_g__gte=1))
        grams, by = line.accepted_g + self.draw.randint(-500, 300), self.story.people["weigher"]
        correcting.ask_correction(line, grams=grams, words="看错", by=by, at=self.at)

    def countersign(self):
        row = self.some(GoodsReturn.objects.filter(reason="scale", status="asked", countersigned_at=None))
        correcting.countersign(row, by=self.story.people["signer"], at=self.at)

    def pay(self):
        statement = self.some(SettlementStatement.objects.filter(payable__isnull=False, payable__payments=None))
        paying.record_payment(statement, voucher_number=str(statement.pk), by=self.story.people["cashier"], at=self.at)
        paying.confirm_payment(statement, by=self.story.people["second"], at=self.at)

    def recall(self):
        recalling.recall_lot(self.draw.choice(self.lots), reason="农残超标", by=self.inspector, at=self.at)

    def sweep(self):
        for sweep in SWEEPS:
            sweep(at=self.at)


@pytest.fixture
def machine(story, changxi, cabbage, first_grade, inspector_he, relief_clerk, cashier_yu, second_qiu):
    story.people |= {"cashier": cashier_yu, "second": second_qiu}

    def built(seed):
        lots = [factories.a_listing(factories.a_household(changxi), cabbage, kg=60, price_fen=fen, grade=first_grade)
                for fen in (33, 77, 80)]  # fmt: skip
        return Machine(story, lots, seed, inspector_he, relief_clerk)

    return built


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.gates) for seed in (1, 2, 3, 4))])
def test_after_ninety_days_of_silence_nothing_is_held_and_nothing_is_lost(machine, story, seed, coop):
    run = machine(seed)
    factories.people.set_card(
        organisation=coop, number=factories.a_card_number(990_001), holder=coop.name, bank="农商行", at=MONDAY
    )
    run.carts_are_paid_by((1, 2, 1, 3, 2)[seed])
    for _step in range(150):
        run.step()
    run.recall()
    for _step in range(10):
        run.step()
    for days in [1] * 20 + [10] * 7:
        run.at += days * DAY
        run.sweep()

    assert {"place", "answer", "ship", "weigh", "send_back", "answer_return"} <= set(run.done)
    assert not Transfer.objects.filter(kind="pending", resolution=None).exists()
    assert set(PurchaseOrder.objects.values_list("status", flat=True)) <= {"closed", "cancelled"}
    assert set(Allocation.objects.values_list("status", flat=True)) <= {"closed", "released"}
    by_lot, by_listing = Counter(), Counter()
    for line in ReceiptLine.objects.filter(receipt__status="signed").select_related("allocation"):
        by_lot[line.allocation, line.grade] += line.accepted_g
        by_listing[line.allocation.listing_id] += line.accepted_g
    assert not GoodsReturn.objects.filter(status__in=("asked", "contested")).exists()
    back_fen, written_off = 0, Counter()
    for row in GoodsReturn.objects.filter(status="agreed").select_related("receipt_line__allocation"):
        lot = row.receipt_line.allocation
        by_lot[lot, row.receipt_line.grade] -= row.agreed_g
        by_listing[lot.listing_id] -= row.agreed_g
        written_off[lot.listing_id, row.fate] += max(0, row.agreed_g)  # more that was found came out of what was free
        back_fen += max(0, row.refund_fen)
    for lot in Listing.objects.all():
        assert (lot.reserved, lot.sold) == (0, by_listing[lot.pk])
        assert lot.written_off == written_off[lot.pk, "written_off"]
    assert not open_rests().exists()
    carried = sum(StatementLine.objects.filter(kind="carried").values_list("amount_fen", flat=True))
    owed = sum(SettlementStatement.objects.values_list("total_fen", flat=True)) - carried
    spent = Account.objects.get(pk=story.fund.account_id).debits_posted_fen - back_fen
    spent -= sum(Transfer.objects.filter(reference__endswith=":grade").values_list("amount_fen", flat=True))
    costs = [lot.amount_for(grams) - step_fen(lot, grade, grams) for (lot, grade), grams in by_lot.items()]
    carts = sum(Transfer.objects.filter(reference__endswith=":transport").values_list("amount_fen", flat=True))
    bought = Transfer.objects.filter(reference__endswith=":transport", debit=story.fund.account_id)
    carted = sum(SettlementStatement.objects.exclude(carrier=None).values_list("total_fen", flat=True))
    assert (carts, owed) == (carted, spent)
    assert spent - sum(bought.values_list("amount_fen", flat=True)) == sum(costs)
    assert breaches() == []
