"""What sellers and the haulier are owed for a trip: one statement a payee and fund, and its payable."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Mandate, Organisation, User
from accounts.services.messages import Word, tell_all
from canteens.models import Fund
from kernel import clock, money
from kernel.numbers import Kind, begun
from kernel.present import known
from ledger.selectors import posted_sums
from ledger.services import transfers
from ledger.services.offsets import lessen
from ledger.services.payables import NoBankCard, payee_account, write_payable
from orders.models import (
    BY_SELLERS,
    Delivery,
    GoodsReturn,
    LineKind,
    PurchaseOrder,
    ReceiptLine,
    Recovery,
    SettlementStatement,
    StatementLine,
)
from orders.selectors.rests import open_rests, rests_to_carry
from orders.selectors.returned import Stated, stated_by_mandate, unstated_returns_of
from orders.selectors.statements import left_to_coops, signed_receipt, unstated_lines_of
from orders.selectors.transport import left_to_carrier, transfer_of, unstated_carts
from orders.services.asking import move_on
from orders.services.carting import price_of
from orders.services.delivering import lock_orders_of
from orders.services.telling import tell_owner, to_owner
from records.selectors.policy import policy

CARD_MISSING = _(
    "%(buyer)s owes you %(amount)s yuan (delivery %(number)s), but you have no bank card on record. Bring it to the "
    "cadre."
)
TAKEN_OFF = _(
    "What %(buyer)s sent back takes %(amount)s yuan (statement %(number)s). It comes off what you are still to be paid "
    "by them."
)
TAKEN_OFF_IN_PART = _(
    "What %(buyer)s sent back takes %(amount)s yuan (statement %(number)s). %(taken)s yuan come off what you are still "
    "to be paid by them, %(left)s yuan off your next sale to them."
)
OWES = _(
    "What %(buyer)s sent back takes %(amount)s yuan (statement %(number)s). You were paid already, so it comes off "
    "your next sale to them."
)
CLAIMED = _(
    "%(buyer)s paid you %(amount)s yuan too much, and no later sale made up for it (statement %(number)s). Call them "
    "about giving it back."
)
MOVED = ("accepted", "more", "grade", "transport")  # the ways in which a signed lot moves money
BP = 10_000  # hundredths of a percent in a whole


@transaction.atomic
def settle_order(order: PurchaseOrder, *, by: User | None, at: dt.datetime) -> list[SettlementStatement]:
    """Write the statements still missing of all signed trips of an order."""
    trips = Delivery.objects.filter(lines__allocation__order=order).distinct().order_by("pk")
    return [statement for trip in trips for statement in settle_late(trip, by=by, at=at)]


@transaction.atomic
def settle_late(
    delivery: Delivery, *, by: User | None, at: dt.datetime, tell: bool = True
) -> list[SettlementStatement]:
    """Write the statements of a signed trip that waited for a card, and let its orders go on."""
    orders = lock_orders_of(delivery)
    written = settle(delivery, by=by, at=at, tell=tell)
    for order in orders:
        if written:
            move_on(order, by=by, at=at)
    return written


def settle(delivery: Delivery, *, by: User | None, at: dt.datetime, tell: bool = True) -> list[SettlementStatement]:
    """Write the statements of a signed trip still missing; its orders are locked by the caller.

    A seller without a bank card waits, is told so, and blocks nobody else. What households leave to a co-operative by
    mandate stands on its statement of the same trip, a line a member; so does what the cart cost on the haulier's.
    """
    waiting: list[Word] = []
    written: list[SettlementStatement] = []

    def write(draft: Draft) -> None:
        try:
            written.append(_write(draft, by=by, at=at))
        except NoBankCard:
            values = {"buyer": delivery.buyer.name, "amount": money.yuan(draft.total_fen), "number": delivery.number}
            waiting.append(to_owner(draft, "sale.card_missing", CARD_MISSING, values, document=delivery.reference))

    drafts = _goods(delivery)
    for draft in drafts:
        if draft.household is not None:
            write(draft)
    for draft in _with_members(delivery, [draft for draft in drafts if draft.household is None]):
        write(draft)
    if price_of(delivery) is not None:
        for draft in _carted(delivery):
            write(draft)
    if tell:
        tell_all(waiting, at=at)
    return written


@transaction.atomic
def claim_rest(statement: SettlementStatement, *, at: dt.datetime) -> Recovery | None:
    """Write down that a seller must be asked for what it owes by a statement; from then on no later one carries it."""
    account = payee_account(household=statement.household, cooperative=statement.cooperative)
    transfers.lock_accounts([account.pk])
    rest = open_rests().filter(pk=statement.pk).first()
    if rest is None:
        return None
    recovery = Recovery.objects.create(statement=statement, amount_fen=rest.owes_fen, at=at)
    values = {"buyer": statement.buyer.name, "amount": money.yuan(rest.owes_fen), "number": statement.number}
    tell_owner(statement, "sale.claimed", CLAIMED, values, document=statement.reference, at=at)
    return recovery


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of a statement before it is written."""

    kind: LineKind
    amount_fen: int
    receipt_line: ReceiptLine | None = None
    mandate: Mandate | None = None
    counterpart: StatementLine | None = None
    goods_return: GoodsReturn | None = None
    carries: SettlementStatement | None = None
    brought: ReceiptLine | None = None
    transfer: str = ""

    @property
    def weight_g(self) -> int:
        if self.goods_return is not None:
            return -self.goods_return.agreed_g
        return known(self.receipt_line).accepted_g if self.kind == LineKind.GOODS else 0


@dataclass
class Draft:
    """A statement before it is written: whom one fund owes what for one trip."""

    delivery: Delivery
    fund: Fund
    household: Household | None
    cooperative: Organisation | None
    carrier: Organisation | None = None
    sums: list[Sum] = field(default_factory=list)

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.sums)


def _goods(delivery: Delivery) -> list[Draft]:
    """Return what was accepted of each seller, and sent back, and is not stated yet, with the money that moved."""
    lines = list(unstated_lines_of(delivery))
    moved = posted_sums(f"{line.reference}:{way}" for line in lines for way in MOVED)
    drafts: dict[tuple[int, UUID | None, int | None], Draft] = {}
    for line in lines:
        lot, order = line.allocation.listing, line.allocation.order
        key = (order.fund_id, lot.household_id, lot.cooperative_id)
        if key not in drafts:
            drafts[key] = Draft(delivery, order.fund, lot.household, lot.cooperative)
        accepted, more = (moved.get(f"{line.reference}:{way}", 0) for way in ("accepted", "more"))
        transfer = f"{line.reference}:{'accepted' if accepted or not more else 'more'}"
        mandate = line.allocation.mandate
        drafts[key].sums.append(Sum(LineKind.GOODS, accepted + more, line, mandate, transfer=transfer))
        if less := moved.get(f"{line.reference}:grade", 0):
            step = Sum(LineKind.GRADE, -less, line, mandate, transfer=f"{line.reference}:grade")
            drafts[key].sums.append(step)
        if order.transport_payer in BY_SELLERS and (cart := moved.get(transfer_of(line), 0)):
            carted = Sum(LineKind.TRANSPORT, -cart, None, mandate, brought=line, transfer=transfer_of(line))
            drafts[key].sums.append(carted)
    for back in unstated_returns_of(delivery):
        line = back.receipt_line
        lot = line.allocation.listing
        key = (line.allocation.order.fund_id, lot.household_id, lot.cooperative_id)
        if key not in drafts:
            drafts[key] = Draft(delivery, line.allocation.order.fund, lot.household, lot.cooperative)
        amount, mandate = -back.refund_fen, line.allocation.mandate
        transfer = f"{back.reference}:refund"
        kind = LineKind.CORRECTION if back.is_correction else LineKind.REFUND
        drafts[key].sums.append(Sum(kind, amount, line, mandate, goods_return=back, transfer=transfer))
    for draft in drafts.values():
        draft.sums += _left_by_mandate(draft)
    return [drafts[key] for key in sorted(drafts, key=str)]


def _left_by_mandate(draft: Draft) -> list[Sum]:
    """Return what a household leaves its co-operatives of these goods: a fee, and the rest to one that is the payee.

    The cart is paid first. What goes back takes its part of the fee along: all that was stated of a trip has one fee,
    rounded once.
    """
    by_mandate: dict[Mandate, list[Sum]] = defaultdict(list)
    for line in draft.sums:
        if line.mandate is not None:
            by_mandate[line.mandate].append(line)
    again = any(line.goods_return is not None for line in draft.sums)
    before = stated_by_mandate(draft.delivery, draft.fund, draft.household) if again else {}
    left = []
    for mandate, lines in by_mandate.items():
        stated = before.get(mandate.pk, Stated())
        cart = stated.transport_fen + sum(line.amount_fen for line in lines if line.kind == LineKind.TRANSPORT)
        total = stated.goods_fen + sum(line.amount_fen for line in lines if line.kind != LineKind.TRANSPORT)
        fee = fee_of(mandate, total, stated.weight_g + sum(line.weight_g for line in lines))
        rest = max(0, total - fee + cart) if mandate.payee_is_coop else 0
        left += [
            Sum(kind, -amount, mandate=mandate)
            for kind, amount in ((LineKind.FEE, fee - stated.fee_fen), (LineKind.MANDATE, rest - stated.rest_fen))
            if amount
        ]
    return left


def fee_of(mandate: Mandate, amount_fen: int, weight_g: int) -> int:
    """Return what a co-operative keeps of this money for this weight, in fen, rounded half up; never more than all."""
    if mandate.fee_bp:
        return (amount_fen * mandate.fee_bp * 2 + BP) // (2 * BP)
    return min(amount_fen, money.amount_fen(weight_g, mandate.fee_fen_per_kg, 1000))


def _with_members(delivery: Delivery, own: list[Draft]) -> Iterable[Draft]:
    """Return the co-operatives' drafts: their own goods, and what members leave to them on statements of this trip."""
    drafts = {(draft.fund.pk, known(draft.cooperative).pk): draft for draft in own}
    for line in left_to_coops(delivery):
        statement, cooperative = line.statement, known(line.mandate).cooperative
        key = (statement.fund_id, cooperative.pk)
        if key not in drafts:
            drafts[key] = Draft(delivery, statement.fund, None, cooperative)
        kind = LineKind(line.kind)
        drafts[key].sums.append(Sum(kind, -line.amount_fen, None, line.mandate, line, transfer=line.transfer))
    return [drafts[key] for key in sorted(drafts)]


def _carted(delivery: Delivery) -> list[Draft]:
    """Return the haulier's drafts, one a fund: what sellers leave to it on this trip, or the buyer paid."""
    drafts: dict[int, Draft] = {}

    def add(fund: Fund, line: Sum) -> None:
        draft = drafts.setdefault(fund.pk, Draft(delivery, fund, None, None, delivery.carrier))
        draft.sums.append(line)

    for line in left_to_carrier(delivery):
        add(line.statement.fund, Sum(LineKind.TRANSPORT, -line.amount_fen, counterpart=line, transfer=line.transfer))
    for brought, fen in unstated_carts(delivery):
        carted = Sum(LineKind.TRANSPORT, fen, brought=brought, transfer=transfer_of(brought))
        add(brought.allocation.order.fund, carted)
    return [drafts[key] for key in sorted(drafts)]


def _write(draft: Draft, *, by: User | None, at: dt.datetime) -> SettlementStatement:
    account, coops = _account(draft), _coop_accounts(draft)
    transfers.lock_accounts([account.pk, *(coop.pk for coop in coops.values())])
    carried = [] if draft.carrier is not None else rests_to_carry(draft.fund, draft.household, draft.cooperative)
    draft.sums += [Sum(LineKind.CARRIED, -rest.owes_fen, carries=rest) for rest in carried]
    number, total = _next_id(), draft.total_fen
    statement = SettlementStatement.objects.create(
        id=number,
        number=begun(Kind.STATEMENT, clock.county_day(at)),
        delivery=draft.delivery,
        buyer_id=draft.delivery.buyer_id,
        fund=draft.fund,
        household=draft.household,
        cooperative=draft.cooperative,
        carrier=draft.carrier,
        payable=_payable(draft, number, at=at) if total > 0 else None,
        weight_g=sum(line.weight_g for line in draft.sums),
        total_fen=total,
        rest_at=min([at, *(known(rest.rest_at) for rest in carried)]) if total < 0 else None,
        by=by,
        at=at,
    )
    postings, lines = [], []
    for line in draft.sums:
        transfer = line.transfer
        if not transfer and line.mandate is not None:
            transfer = f"{statement.reference}:{line.kind}:{line.mandate.cooperative_id}"
            ends = account.pk, coops[line.mandate.cooperative_id].pk
            debit, credit = ends if line.amount_fen < 0 else ends[::-1]
            postings.append(transfers.Posting(transfer, debit, credit, abs(line.amount_fen)))
        lines.append(
            StatementLine(
                statement=statement,
                kind=line.kind,
                receipt_line=line.receipt_line,
                goods_return=line.goods_return,
                carries=line.carries,
                brought=line.brought,
                mandate=line.mandate,
                counterpart=line.counterpart,
                weight_g=line.weight_g,
                amount_fen=line.amount_fen,
                transfer=transfer,
            )
        )
    transfers.post_all(postings, at=at)
    StatementLine.objects.bulk_create(lines)
    if total < 0:
        _lessen(statement, account, at=at)
    return statement


def _coop_accounts(draft: Draft) -> dict[int, Any]:
    """Return the accounts of the co-operatives to which this draft moves money, by their keys."""
    coops = [known(line.mandate).cooperative for line in draft.sums if not line.transfer]
    return {coop.pk: payee_account(cooperative=coop) for coop in coops}


def _lessen(statement: SettlementStatement, account: Any, *, at: dt.datetime) -> None:
    """Take a negative rest off what the same fund still owes its seller, who is told of what, and of what is left."""
    offsets = lessen(
        account=account,
        bank_account=statement.fund.bank_account,
        document=statement.reference,
        amount_fen=-statement.total_fen,
        at=at,
    )
    taken = sum(row.amount_fen for row in offsets)
    values = {
        "buyer": statement.buyer.name,
        "number": statement.number,
        "amount": money.yuan(-statement.total_fen),
        "taken": money.yuan(taken),
        "left": money.yuan(-statement.total_fen - taken),
    }
    whole = taken == -statement.total_fen
    sentence = TAKEN_OFF if whole else TAKEN_OFF_IN_PART if taken else OWES
    tell_owner(statement, "sale.owes", sentence, values, document=statement.reference, at=at)


def _payable(draft: Draft, number: int, *, at: dt.datetime) -> Any:
    return write_payable(
        kind="purchase",
        document=f"statement:{number}",
        household=draft.household,
        cooperative=draft.cooperative or draft.carrier,
        payer=draft.delivery.buyer,
        account=_account(draft),
        bank_account=draft.fund.bank_account,
        amount_fen=draft.total_fen,
        due_on=_due_on(draft.delivery, clock.county_day(at)),
        at=at,
    )


def _due_on(delivery: Delivery, written_on: dt.date) -> dt.date:
    """Return until when a statement is to be paid; one written late leaves the days in which a buyer is reminded."""
    signed_on = known(signed_receipt(delivery).signed_on)
    days = policy("payment_days", signed_on)
    if written_on <= signed_on:
        return signed_on + dt.timedelta(days=days)
    least = min(days, policy("remind_before_days", written_on))
    return max(signed_on + dt.timedelta(days=days), written_on + dt.timedelta(days=least))


def _account(draft: Draft) -> Any:
    """Return the account on which this payee is owed: the goods name it, else it is looked up."""
    goods = next((line.receipt_line for line in draft.sums if line.receipt_line is not None), None)
    if goods is not None:
        return goods.allocation.listing.payee_account
    return payee_account(household=draft.household, cooperative=draft.cooperative, carrier=draft.carrier)


def _next_id() -> int:
    """Take a statement's id beforehand: a payable names its statement, and a statement points at its payable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orders_settlementstatement', 'id'))")
        return cursor.fetchone()[0]
