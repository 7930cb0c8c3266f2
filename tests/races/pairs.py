"""Two people who do what only one of them may, or what must count in one order: each pair as one round.

`tests/races/test_pairs.py` plays a few rounds of each, with a control; `make gates` plays many.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from accounts.models import User
from canteens.models import Fund
from catalog.models import Listing
from kernel.clock import county_day
from kernel.errors import DomainError
from ledger.models import Payment
from orders.allocation import PlanKind
from orders.models import (
    Allocation,
    Amendment,
    GoodsReceipt,
    GoodsReturn,
    Invoice,
    ReceiptLine,
    SettlementStatement,
)
from orders.selectors.invoices import Printed
from orders.services import (
    amending,
    asking,
    correcting,
    delivering,
    invoicing,
    recalling,
    receiving,
    reoffering,
    returning,
    runs,
)
from orders.services.delivering import Loaded
from orders.services.weighing import Weighed
from records.models import StoredFile
from tests.factories import FRIDAY, THURSDAY, TUESDAY, a_household, a_listing
from tests.orders.steps import KG, Story, a_stored_photo, totals, wish
from tests.races.crowd import side_by_side

Act = Callable[[], object]


@dataclass
class Ground:
    """One buyer with its people, the village that sells, and who else may act."""

    story: Story
    village: Any
    produce: Any
    inspector: User
    third: User  # of those who weigh and sign
    cashiers: tuple[User, User]

    @property
    def receivers(self) -> tuple[User, User]:
        return self.story.people["weigher"], self.story.people["signer"]

    @property
    def fund(self) -> Fund:
        return self.story.fund

    def lot(self, kg: int = 50) -> Listing:
        """Return a lot of a household that sells nothing else."""
        return a_listing(a_household(self.village), self.produce, kg=kg)

    def signed_line(self) -> ReceiptLine:
        """Return the line of 40 kg that were signed for."""
        receipt = self.story.signed(wish((self.lot(), 40)))
        return receipt.lines.select_related("receipt__delivery", "allocation__listing__produce").get()

    def statement(self) -> SettlementStatement:
        """Return what is owed for 40 kg that were signed for."""
        return SettlementStatement.objects.get(lines__receipt_line=self.signed_line())


def together(*acts: Act) -> Counter[str]:
    """Let each act in a session of its own; count who was done and who was told what."""
    told: Counter[str] = Counter()
    lock = threading.Lock()

    def one(act: Act) -> None:
        try:
            act()
        except DomainError as refusal:
            with lock:
                told[refusal.code] += 1

    met = side_by_side(*(partial(one, act) for act in acts))
    met["done"] -= told.total()
    return +(met + told)


def placings(ground: Ground) -> list[Act]:
    """Two orders of 40 kg of a lot of 50."""
    lot = ground.lot()
    return [partial(ground.story.place, wish((lot, 40))) for _order in range(2)]


def placing_beside_placing(ground: Ground) -> None:
    acts = placings(ground)
    assert together(*acts) == {"done": 1, "not_enough_produce": 1}
    assert totals(Listing.objects.latest("pk")) == (10 * KG, 40 * KG, 0)


def driving_and_amending(ground: Ground) -> tuple[Allocation, list[Act]]:
    """A driver takes a lot of which the buyer wants less."""
    order = ground.story.confirmed(wish((ground.lot(), 40)))
    lot = order.allocations.get()
    haulier, chef = ground.story.people["haulier"], ground.story.people["chef"]
    return lot, [
        partial(delivering.ship, [order], {lot.pk: Loaded(40 * KG)}, by=haulier, at=TUESDAY),
        partial(amending.amend, order, {lot.pk: 10 * KG}, why="停课", by=chef, at=TUESDAY),
    ]


def amending_beside_a_driver(ground: Ground) -> None:
    lot, acts = driving_and_amending(ground)
    assert together(*acts)["done"] == 1
    assert lot.delivery_lines.exists() != Amendment.objects.filter(allocation=lot).exists()


def declining_and_amending(ground: Ground) -> tuple[Allocation, list[Act]]:
    """A seller declines a lot of which the buyer wants less; another order has some of the same goods."""
    goods = ground.lot(100)
    ground.story.asked(wish((goods, 50)))
    order = ground.story.asked(wish((goods, 40), (ground.lot(), 5)))
    lot = order.allocations.select_related("listing").get(quantity=40 * KG)
    return lot, [
        partial(asking.decline, lot, by=lot.listing.made_by, at=TUESDAY),
        partial(amending.amend, order, {lot.pk: 10 * KG}, why="停课", by=ground.story.people["chef"], at=TUESDAY),
    ]


def declining_beside_amending(ground: Ground) -> None:
    lot, acts = declining_and_amending(ground)
    assert together(*acts)["done"] == 1
    amended = Amendment.objects.filter(allocation=lot).count()
    living = Allocation.objects.filter(order=lot.order, listing=lot.listing, status="held")
    assert [row.quantity for row in living] == [10 * KG] * amended
    assert totals(lot.listing)[1] == (50 + amended * 10) * KG


def reoffering_and_declining(ground: Ground) -> tuple[Any, list[Act]]:
    """Others are asked for what one seller declined, while the last of the others declines too."""
    first, second = ground.lot(), ground.lot()
    order = ground.story.asked(wish((first, 20), (second, 30), plan=PlanKind.FAIR))
    lots = {lot.listing_id: lot for lot in order.allocations.select_related("listing")}
    asking.decline(lots[first.pk], by=first.made_by, at=TUESDAY)
    ground.lot(60)
    return order, [
        partial(reoffering.look_again, order, at=TUESDAY),
        partial(asking.decline, lots[second.pk], by=second.made_by, at=TUESDAY),
    ]


def reoffering_beside_declining(ground: Ground) -> None:
    order, acts = reoffering_and_declining(ground)
    assert together(*acts) == {"done": 2}
    order.refresh_from_db()
    asked = [row.quantity for row in order.allocations.filter(status="held")]
    assert (order.status, sum(asked), order.look_again) in [("asking", 50 * KG, False), ("asking", 20 * KG, True)]
    for row in order.allocations.filter(status="held").select_related("listing"):
        asking.decline(row, by=row.listing.made_by, at=TUESDAY)  # nothing of it is left for the next round


def recalling_and_signing(ground: Ground) -> tuple[GoodsReceipt, Listing, list[Act]]:
    """A lot is called back while it is signed for."""
    lot = ground.lot()
    receipt = ground.story.weighed(wish((lot, 40)))
    return (
        receipt,
        lot,
        [
            partial(receiving.sign, receipt, by=ground.story.people["signer"], at=THURSDAY),
            partial(recalling.recall_lot, lot, reason="农残超标", by=ground.inspector, at=THURSDAY),
        ],
    )


def recalling_beside_signing(ground: Ground) -> None:
    receipt, lot, acts = recalling_and_signing(ground)
    assert together(*acts)["done"] in (1, 2)
    receipt.refresh_from_db()
    assert (receipt.status, totals(lot)) in [
        ("signed", (10 * KG, 0, 40 * KG)),
        ("void", (10 * KG, 40 * KG, 0)),
    ]


def weighings(ground: Ground) -> tuple[Any, list[Act]]:
    """Two receivers put one trip on the scale."""
    delivery = ground.story.shipped(wish((ground.lot(), 40)))
    weights = {delivery.lines.get().allocation_id: Weighed(40 * KG)}
    return delivery, [partial(receiving.weigh, delivery, weights, by=who, at=THURSDAY) for who in ground.receivers]


def weighing_beside_weighing(ground: Ground) -> None:
    delivery, acts = weighings(ground)
    assert together(*acts) == {"done": 1, "illegal_move": 1}
    assert delivery.receipts.count() == 1


def signings(ground: Ground) -> tuple[GoodsReceipt, list[Act]]:
    """Two who did not weigh sign for one trip."""
    receipt = ground.story.weighed(wish((ground.lot(), 40)))
    people = (ground.story.people["signer"], ground.third)
    return receipt, [partial(receiving.sign, receipt, by=who, at=THURSDAY) for who in people]


def signing_beside_signing(ground: Ground) -> None:
    receipt, acts = signings(ground)
    assert together(*acts) == {"done": 1, "illegal_move": 1}
    assert SettlementStatement.objects.filter(delivery=receipt.delivery).count() == 1
    assert totals(receipt.lines.get().allocation.listing) == (10 * KG, 0, 40 * KG)


def returns(ground: Ground) -> tuple[ReceiptLine, list[Act]]:
    """Two receivers each want 30 of 40 kg to go back."""
    line = ground.signed_line()
    return line, [
        partial(
            returning.ask_return, line, grams=30 * KG, reason="rotten", words="菜心发黑", photos=[photo], by=by,
            at=FRIDAY,
        )
        for by in ground.receivers
        for photo in [a_stored_photo(by, FRIDAY)]
    ]  # fmt: skip


def two_returns_of_one_line(ground: Ground) -> None:
    line, acts = returns(ground)
    assert together(*acts) == {"done": 1, "more_than_accepted": 1}
    assert [row.asked_g for row in GoodsReturn.objects.filter(receipt_line=line)] == [30 * KG]


def corrections(ground: Ground) -> tuple[ReceiptLine, list[Act]]:
    """Two receivers each write that the scale was read wrongly."""
    line = ground.signed_line()
    return line, [
        partial(correcting.ask_correction, line, grams=kg * KG, words="皮重没减", by=by, at=FRIDAY)
        for by, kg in zip(ground.receivers, (38, 39), strict=True)
    ]


def two_corrections(ground: Ground) -> None:
    line, acts = corrections(ground)
    assert together(*acts) == {"done": 1, "correction_open": 1}
    assert GoodsReturn.objects.filter(receipt_line=line).count() == 1


def invoices(ground: Ground, statement: SettlementStatement, numbers: tuple[str, str]) -> list[Act]:
    """Two people each bring an invoice for one statement."""
    common = {
        "code": "", "issued_on": county_day(FRIDAY), "seller_name": "黄秀英", "buyer_name": statement.buyer.name,
        "total_fen": statement.total_fen,
    }  # fmt: skip
    scan: StoredFile = a_stored_photo(ground.cashiers[0], FRIDAY)
    return [
        partial(invoicing.bring_invoice, [statement], Printed(number=number, **common), scan, by=by, at=FRIDAY)
        for by, number in zip(ground.cashiers, numbers, strict=True)
    ]


def said_to_have_one(statement: SettlementStatement) -> list[int]:
    """Return of each invoice for a statement how many others it was found to have already."""
    rows = Invoice.objects.filter(covers__statement=statement).order_by("pk")
    return sorted(row.found.filter(code="already").count() for row in rows)


def two_invoices_for_one_statement(ground: Ground) -> None:
    statement = ground.statement()
    assert together(*invoices(ground, statement, (f"{statement.pk}1", f"{statement.pk}2"))) == {"done": 2}
    assert said_to_have_one(statement) == [0, 1]


def one_invoice_brought_twice(ground: Ground) -> None:
    statement = ground.statement()
    assert together(*invoices(ground, statement, (f"{statement.pk}",) * 2)) == {"done": 1, "invoice_twice": 1}
    assert said_to_have_one(statement) == [0]


def two_runs_over_one_statement(ground: Ground) -> None:
    statement = ground.statement()
    make = partial(runs.make_run, ground.fund, statements=[statement.pk], at=FRIDAY)
    assert together(*(partial(make, by=by) for by in ground.cashiers)) == {"done": 1, "waiting_changed": 1}
    assert Payment.objects.filter(payable=statement.payable).count() == 1


RACED_ELSEWHERE = (
    placing_beside_placing,
    amending_beside_a_driver,
    recalling_beside_signing,
    weighing_beside_weighing,
    two_runs_over_one_statement,
)
PAIRS = (
    declining_beside_amending,
    reoffering_beside_declining,
    signing_beside_signing,
    two_returns_of_one_line,
    two_corrections,
    two_invoices_for_one_statement,
    one_invoice_brought_twice,
)
