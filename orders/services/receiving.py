"""At the scale: one person weighs, a second signs; the signature moves money and kilos by what was accepted, once.

Gross − tare = net = accepted + refused. What was not accepted gives its money back at once and its kilos back to the
household, which sells them again or writes them off. What has not left yet stays held for another trip.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell, tell_all
from canteens.services.ceilings import RuleRefuses
from canteens.services.drawing import PlanRefuses
from catalog.models import Movement
from catalog.services import kilos
from kernel import clock, money, weight
from kernel.dates import time_words
from kernel.errors import BadValue, DomainError
from kernel.present import known, name_of
from kernel.workflow import IllegalMove, lock
from ledger.services import transfers
from orders.models import (
    Allocation,
    AllocationStatus,
    Arrival,
    Delivery,
    GoodsReceipt,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    RefusalReason,
)
from orders.selectors.grades import moves
from orders.selectors.holds import Held, brought, holds_of
from orders.selectors.orders import seller_name
from orders.selectors.scale import trip_photos
from orders.services import carting, drawing
from orders.services.asking import move_on
from orders.services.delivering import lock_orders_of, write_arrival
from orders.services.hands import SIGN, STRIKE, WEIGH, take_hand
from orders.services.receipts import NOBODY_SIGNED, lines_of, receipt_within_holds, write_receipt
from orders.services.settling import settle
from orders.services.telling import to_buyer, to_seller
from orders.services.weighing import AtScale, NoRoomForMore, RecalledAtScale, Weighed
from records.models import StoredFile
from records.services.files import attach

ACCEPTED = _("%(buyer)s took %(quantity)s of your %(produce)s: %(amount)s yuan (order %(number)s).")
ACCEPTED_IN_PART = _(
    "%(buyer)s took %(quantity)s of your %(produce)s: %(amount)s yuan (order %(number)s). %(back)s came back: "
    "%(reason)s. It is on sale again; if it is spoiled, take it off."
)
ACCEPTED_SO_FAR = _(
    "%(buyer)s took %(quantity)s of your %(produce)s: %(amount)s yuan (order %(number)s). %(kept)s are still to come."
)
ACCEPTED_LOWER = _(
    "%(buyer)s took %(quantity)s of your %(produce)s as %(grade)s, at %(percent)s%% of the price: %(amount)s yuan "
    "(order %(number)s). The photo is with the sale; if it is not so, say so there."
)
NOT_ARRIVED = "not arrived"
NEVER_ARRIVED = _(
    "Nobody saw delivery %(delivery)s of order %(number)s arrive, so none of it counts as taken. Its money is free "
    "again. Ask whoever drove."
)
YOURS_NEVER_ARRIVED = _(
    "Nobody at %(buyer)s saw your %(produce)s arrive (delivery %(delivery)s). It counts as yours again: if it is lost, "
    "take it off and call the village."
)
NOTHING_TAKEN = _("%(buyer)s took none of your %(produce)s (order %(number)s): %(reason)s. It is on sale again.")
SURPLUS_LEFT = _(
    "%(seller)s brought %(quantity)s of %(produce)s more than was ordered (order %(number)s). It went back; if you "
    "need it, order it from the receipt."
)
STRUCK_OUT = _(
    "%(who)s struck out on %(when)s what you weighed of delivery %(number)s: %(why)s. It is to go on the scale again."
)
RECALLED_BACK = _(
    "%(buyer)s sent your %(produce)s back (order %(number)s): it is recalled. Nobody may sell, send or eat it."
)


class LineMissing(BadValue):
    code = "line_missing"
    message = _("Some goods have not been weighed yet. Weigh every line, also what did not arrive.")


@transaction.atomic
def weigh(
    delivery: Delivery,
    weights: dict[int, Weighed],
    *,
    photos: Mapping[str, StoredFile] = MappingProxyType({}),
    by: User,
    at: dt.datetime,
) -> GoodsReceipt:
    """Write down the scale's word for every lot of a trip, by its allocation; a second signature makes it count.

    Goods on the scale are at the door, whether or not somebody said so before. `photos` shows, by its role, the scale
    of a lot or what goes back of it; those taken of this trip before come along.
    """
    orders = lock_orders_of(delivery)
    if delivery.receipts.exclude(status=ReceiptStatus.VOID).exists():
        raise IllegalMove
    lines = lines_of(delivery)
    if set(weights) - set(lines):
        raise BadValue(_("One of these lots is not part of this order. Open the page again."))
    if set(lines) - set(weights):
        raise LineMissing
    rules, shown = AtScale(delivery, lines.values(), at), {**trip_photos(delivery, lines), **photos}
    for pk, weighed in weights.items():
        rules.check(lines[pk], weighed, shown)
    weights = rules.decided(weights)
    for order in orders:
        take_hand(order, WEIGH, by=by, at=at)
    if not Arrival.objects.filter(delivery=delivery).exists():
        write_arrival(delivery, Arrival.How.BUYER, by=by, at=at)
    receipt = write_receipt(delivery, lines, weights, by=by, at=at)
    for role, photo in shown.items():
        attach(receipt.reference, photo, role, by=by, at=at)
    return receipt


@transaction.atomic
def show(delivery: Delivery, role: str, photo: StoredFile, *, by: User, at: dt.datetime) -> None:
    """Keep a photo of a lot of a trip for its receipt, until it is weighed."""
    lock_orders_of(delivery)
    if delivery.receipts.exclude(status=ReceiptStatus.VOID).exists():
        raise IllegalMove
    attach(delivery.reference, photo, role, by=by, at=at)


@transaction.atomic
def strike_weighing(receipt: GoodsReceipt, *, why: str, by: User, at: dt.datetime) -> GoodsReceipt:
    """Strike out a weighing that is not right, as a person without a hand of the sellers' side; the goods go on the
    scale again. Whoever weighed may do it too, and is told when a colleague did.
    """
    orders = lock_orders_of(receipt.delivery)
    receipt, why = lock(receipt), why.strip()[:200]
    if not why:
        raise BadValue(_("Write what does not match, for whoever weighed."))
    for order in orders:
        take_hand(order, STRIKE, by=by, at=at)
    struck = receipt.move_to(ReceiptStatus.VOID, by=by, at=at, note=why)
    weigher = receipt.weighed_by
    if weigher != by:
        told = {
            "who": known(by.person).name,
            "when": lambda: time_words(at),
            "number": receipt.delivery.number,
            "why": why,
        }
        tell(STRUCK_OUT, told, phone=weigher.phone, kind="receipt.struck_out", document=receipt.reference, at=at)
    return struck


@transaction.atomic
def sign(receipt: GoodsReceipt, *, by: User, at: dt.datetime) -> GoodsReceipt:
    """Sign as the second person: accepted kilos are sold and owed, the rest is free, statements are written."""
    orders = lock_orders_of(receipt.delivery)
    for order in orders:
        take_hand(order, SIGN, by=by, at=at)
    try:
        return _accept(orders, receipt, signed_by=by, by=by, at=at)
    except (kilos.NotEnoughProduce, transfers.NotEnoughMoney, PlanRefuses, RuleRefuses) as full:
        raise NoRoomForMore from full


@transaction.atomic
def accept_by_silence(delivery: Delivery, *, at: dt.datetime) -> GoodsReceipt | None:
    """Accept what was shipped (or what one person weighed) once the buyer has been silent since the arrival.

    Nobody's silence accepts what is recalled: it counts as sent back whole. Nor does it accept what never arrived.
    """
    orders = lock_orders_of(delivery)
    arrival = Arrival.objects.filter(delivery=delivery).first()
    if arrival is None or at < arrival.accept_by_at or _is_signed(delivery):
        return None
    receipt = delivery.receipts.exclude(status=ReceiptStatus.VOID).first()
    if receipt is not None:
        with suppress(DomainError), transaction.atomic():
            return _accept(orders, receipt, signed_by=None, by=None, at=at, note=NOBODY_SIGNED)
    receipt = receipt_within_holds(delivery, receipt, at=at)
    return _accept(orders, receipt, signed_by=None, by=None, at=at, note=NOBODY_SIGNED)


@transaction.atomic
def end_lost(delivery: Delivery, *, at: dt.datetime) -> GoodsReceipt | None:
    """End a trip of which nobody heard in time: nothing of it counts as accepted; its sellers say what became of it.

    A receipt of nothing stands for it; both sides and whoever sent the goods off are told.
    """
    orders = lock_orders_of(delivery)
    if at < delivery.arrive_by_at or Arrival.objects.filter(delivery=delivery).exists():
        return None
    if delivery.receipts.exclude(status=ReceiptStatus.VOID).exists():
        return None
    lines = lines_of(delivery)
    nothing = {
        pk: Weighed(0, accepted_pieces=None if line.allocation.listing.piece_g is None else 0)
        for pk, line in lines.items()
    }
    receipt = write_receipt(delivery, lines, nothing, by=delivery.by, at=at)
    words = [to_buyer(order, "lost", NEVER_ARRIVED, delivery=delivery.number) for order in orders]
    facts = {"number": "、".join(order.number for order in orders), "delivery": delivery.number}
    words.append(Word(NEVER_ARRIVED, facts, None, "order.lost", delivery.reference, delivery.by.phone))
    tell_all(words, at=at)
    return _accept(orders, receipt, signed_by=None, by=None, at=at, note=NOT_ARRIVED)


def _accept(
    orders: list[PurchaseOrder],
    receipt: GoodsReceipt,
    *,
    signed_by: User | None,
    by: User | None,
    at: dt.datetime,
    note: str = "",
) -> GoodsReceipt:
    receipt = lock(receipt)
    if receipt.status != ReceiptStatus.WEIGHED:
        raise IllegalMove
    lines = list(
        receipt.lines.select_related(
            "delivery_line",
            "allocation__listing__produce",
            "allocation__listing__household",
            "allocation__listing__cooperative",
            "allocation__order__buyer",
            "allocation__order__fund",
        ).order_by("allocation_id")
    )
    for line in lines:
        if line.accepted_g and line.allocation.listing.recalled_at is not None:
            raise RecalledAtScale(line.allocation.listing)
    held = holds_of(line.allocation for line in lines)
    parts = [part_of(line, held[line.allocation_id], at=at) for line in lines]
    receipt.move_to(ReceiptStatus.SIGNED, by=by, at=at, note=note)
    receipt.signed_by, receipt.signed_at, receipt.signed_on = signed_by, at, clock.county_day(at)
    receipt.save(update_fields=["signed_by", "signed_at", "signed_on"])
    _move_kilos(parts, by=by, at=at)
    done = [part.line.allocation for part in parts if not part.kept]
    if done:
        Allocation.move_all(done, AllocationStatus.CLOSED, by=by, at=at)
    price = carting.price_of(receipt.delivery)
    taken = [carting.Taken(part.line, part.amount_fen - part.step_fen) for part in parts]
    if price is not None:
        transfers.lock_accounts(carting.accounts_of(price, taken))
    elif any(part.step_fen for part in parts):
        transfers.lock_accounts(_accounts_of(parts))  # else the seller of a lower grade and the fund before the others
    _move_money(parts, at=at)
    if price is not None:
        carting.charge(price, taken, at=at)
    tell_all([_wanted(line) for line in lines if line.surplus_wanted and signed_by is not None], at=at)
    tell_all([_never_arrived(part) if note == NOT_ARRIVED else _accepted(part) for part in parts], at=at)
    settle(receipt.delivery, by=by, at=at)
    for order in orders:
        move_on(order, by=by, at=at)
    return receipt


@dataclass(frozen=True, slots=True)
class Part:
    """What one signed line makes of its lot's hold: so much is sold, so much goes back, so much stays held."""

    line: ReceiptLine
    hold: str
    hold_fen: int
    reserved: int  # before this line
    sold: int  # in the stock unit of the listing, all that was accepted
    back: int
    kept: int
    amount_fen: int  # what is owed for the accepted part
    more_fen: int  # of it, what the hold did not cover
    kept_fen: int
    step_fen: int  # what is owed less, because it was taken in a lower grade


def part_of(line: ReceiptLine, held: Held, *, at: dt.datetime) -> Part:
    """Return what a line that is signed now makes of its lot: pure arithmetic on what is held.

    The money of all trips together is rounded once a grade: each trip brings it to what all accepted so far costs.
    """
    lot = line.allocation
    others = held.on_the_way - line.delivery_line.shipped  # what another trip carries stays held for it
    covered = min(max(0, held.reserved - others), brought(line.delivery_line, line))
    kept = held.reserved - covered
    over = lot.listing.recalled_at is not None or at >= known(lot.order.dispatch_by_at)
    if over and not others:
        kept = 0  # no other trip is on its way, and none may leave any more
    amount, step = moves(lot, line.grade, held.kept_in(line.grade), line.accepted_g)
    ordered_g = held.kept_in("") + (0 if line.grade else line.accepted_g)
    rest, _none = moves(lot, "", ordered_g, lot.listing.grams(kept))
    return Part(
        line=line,
        hold=held.hold,
        hold_fen=held.hold_fen,
        reserved=held.reserved,
        sold=line.accepted,
        back=max(0, held.reserved - kept - line.accepted),
        kept=kept,
        amount_fen=amount,
        more_fen=max(0, amount - held.hold_fen),
        kept_fen=rest,
        step_fen=step,
    )


def _move_kilos(parts: list[Part], *, by: User | None, at: dt.datetime) -> None:
    side = Movement.Side
    moves = []
    for part in parts:
        reference, number = part.line.reference, part.line.allocation.listing_id
        of_hold = min(part.sold, part.reserved - part.kept)
        wanted = [
            (side.RESERVED, side.SOLD, of_hold, "sold"),
            (side.RESERVED, side.FREE, part.back, "back"),
            (side.FREE, side.SOLD, part.sold - of_hold, "more"),
        ]
        moves += [
            kilos.KiloMove(
                number,
                source,
                target,
                quantity,
                f"{reference}:{what}",
                reason=part.line.reason if what == "back" else "",
                price=part.line.allocation.sold_at() if target == side.SOLD else None,
            )
            for source, target, quantity, what in wanted
            if quantity
        ]
    kilos.move_kilos(moves, by=by, at=at)


def _accounts_of(parts: list[Part]) -> set[int]:
    """Return the accounts that the money of these lots moves between."""
    lots = [part.line.allocation for part in parts]
    return {lot.order.fund.account_id for lot in lots} | {lot.listing.payee_account_id for lot in lots}


def _move_money(parts: list[Part], *, at: dt.datetime) -> None:
    """Post what was accepted of each hold and hold anew what is still to come.

    What weighs more than was held takes fresh money of the fund and its plan, or is refused in words. What a lower
    grade costs less comes back.
    """
    fund_of = {part.line.pk: part.line.allocation.order.fund.account_id for part in parts}
    payee_of = {part.line.pk: part.line.allocation.listing.payee_account_id for part in parts}
    steps = [
        transfers.Posting(f"{part.line.reference}:grade", payee_of[part.line.pk], fund_of[part.line.pk], part.step_fen)
        for part in parts
        if part.step_fen
    ]
    if steps:  # first, so that the purse never lacks the fen that the rounding of another grade takes
        transfers.post_all(steps, at=at)
    transfers.resolve(
        [
            transfers.Resolution(f"{part.line.reference}:accepted", part.hold, part.amount_fen - part.more_fen)
            for part in parts
            if part.hold
        ],
        at=at,
    )
    transfers.post_all(
        [
            transfers.Posting(
                f"{part.line.reference}:more", fund_of[part.line.pk], payee_of[part.line.pk], part.more_fen
            )
            for part in parts
            if part.more_fen
        ],
        at=at,
    )
    kept = [
        transfers.Hold(f"{part.line.reference}:hold", fund_of[part.line.pk], payee_of[part.line.pk], part.kept_fen)
        for part in parts
        if part.kept_fen
    ]
    if kept:
        transfers.hold(kept, at=at)
    drawing.count(
        [
            drawing.Moved(
                part.line.allocation,
                part.line.allocation.order,
                held_fen=part.kept_fen - part.hold_fen,
                taken_fen=part.amount_fen - part.step_fen,
                held_g=part.line.allocation.listing.grams(part.kept - part.reserved),
                taken_g=part.line.accepted_g,
            )
            for part in parts
        ]
    )


def _is_signed(delivery: Delivery) -> bool:
    return delivery.receipts.filter(status=ReceiptStatus.SIGNED).exists()


def _accepted(part: Part) -> Word:
    line, lot = part.line, part.line.allocation
    values: dict[str, object] = {
        "quantity": lambda: weight.both(line.accepted_g),
        "amount": money.yuan(part.amount_fen - part.step_fen),
        "back": lambda: lot.listing.in_words(part.back),
        "kept": lambda: lot.listing.in_words(part.kept),
        "reason": RefusalReason(line.reason or RefusalReason.SHORT).label,
    }
    if line.grade:
        step = lot.listing.steps()[line.grade]
        values |= {"grade": lambda: name_of(step), "percent": step.percent}
    if lot.listing.recalled_at is not None:
        sentence = RECALLED_BACK
    elif not line.accepted_g:
        sentence = NOTHING_TAKEN
    elif line.grade:
        sentence = ACCEPTED_LOWER
    elif part.back:
        sentence = ACCEPTED_IN_PART
    else:
        sentence = ACCEPTED_SO_FAR if part.kept else ACCEPTED
    return to_seller(lot, "accepted", sentence, **values)


def _wanted(line: ReceiptLine) -> Word:
    lot = line.allocation
    values = {"produce": lot.listing.produce.name, "quantity": lambda: weight.both(line.surplus_g)}
    return to_buyer(lot.order, "surplus", SURPLUS_LEFT, seller=seller_name(lot.listing), **values)


def _never_arrived(part: Part) -> Word:
    delivery = part.line.receipt.delivery
    return to_seller(part.line.allocation, "never_arrived", YOURS_NEVER_ARRIVED, delivery=delivery.number)
