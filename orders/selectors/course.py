"""The course of one lot of an order: what was promised, delivered, accepted, owed and paid, and whose turn it is."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q, Sum

from accounts.models import Membership, Role, User
from accounts.selectors import in_force_on, places
from orders.models import (
    FETCHED,
    Allocation,
    AllocationStatus,
    Delivery,
    LineKind,
    ReceiptLine,
    ReceiptStatus,
    StatementLine,
)
from orders.selectors.grades import kept_fen
from orders.selectors.statements import is_settled, to_pay_of


class Turn(Enum):
    """What has to happen next, and so whose turn it is."""

    ANSWER = "the seller answers"
    SEND = "somebody sends the goods off"
    BRING = "the driver brings them"
    WEIGH = "the buyer weighs them"
    SIGN = "a second person of the buyer signs"
    STATE = "the statement is written, once there is a card"
    PAY = "the buyer's cashier pays"
    CONFIRM = "the buyer's second person confirms the payment"


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that has to happen next, and until when: an instant, a day, or whenever it can."""

    turn: Turn
    until: dt.datetime | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How far one lot is, in grams and fen; each sum is over all its trips."""

    delivered_g: int
    on_the_way_g: int
    weighed_g: int  # signed by two
    accepted_g: int  # and kept: what went back after the signature is off
    returned_g: int
    accepted_fen: int
    owed_fen: int
    paid_fen: int  # never more than the bank paid
    grades: list[str]  # the lower ones in which some was taken
    kept_back_fen: int  # of what is settled: a co-operative's fee, or taken off for goods sent back
    to_coop: bool  # what was accepted is paid to the co-operative by mandate
    due_on: dt.date | None
    waits: list[Wait]
    trips: list[Delivery]  # of which nobody has signed yet, the first at the top


def course_of(lot: Allocation) -> Course:
    """Return how far one lot is; its receipts and statements are prefetched by `OF_STEPS`."""
    trips = list(
        Delivery.objects.filter(lines__allocation=lot).select_related("arrival", "by__person", "buyer").order_by("pk")
    )
    sent = {line.delivery_id: line for line in lot.delivery_lines.all()}
    weighed = {
        line.receipt.delivery_id: line for line in lot.receipt_lines.all() if line.receipt.status != ReceiptStatus.VOID
    }
    at_door = {trip.pk for trip in trips if trip.pk in weighed or getattr(trip, "arrival", None) is not None}
    signed = [line for line in weighed.values() if line.receipt.status == ReceiptStatus.SIGNED]
    rows = [row for line in signed for row in line.statement_lines.all()]
    goods = [row for row in rows if row.kind == LineKind.GOODS]
    settled = [row for row in rows if row.kind in FETCHED and is_settled(row)]
    returned_g: int = sum(line.returned_g for line in signed)  # type: ignore[attr-defined]
    accepted_g = sum(line.accepted_g for line in signed) - returned_g
    to_coop = bool(goods) and lot.mandate is not None and lot.mandate.payee_is_coop
    paid_fen = sum(row.amount_fen for row in rows) if to_coop else _paid_fen(settled)
    open_trips = [trip for trip in trips if trip.pk not in weighed or weighed[trip.pk] not in signed]
    return Course(
        delivered_g=sum(line.shipped_g for pk, line in sent.items() if pk in at_door),
        on_the_way_g=sum(line.shipped_g for pk, line in sent.items() if pk not in at_door),
        weighed_g=sum(line.net_g for line in signed),
        accepted_g=accepted_g,
        returned_g=returned_g,
        accepted_fen=kept_fen(lot, signed),
        owed_fen=sum(row.amount_fen for row in rows),
        paid_fen=paid_fen,
        grades=sorted({line.grade for line in signed if line.grade}),
        kept_back_fen=0 if to_coop else sum(row.amount_fen for row in settled) - paid_fen,
        to_coop=to_coop,
        due_on=max((row.statement.payable.due_on for row in goods if row.statement.payable is not None), default=None),
        waits=_waits(lot, open_trips, weighed, signed, goods),
        trips=open_trips,
    )


def _waits(
    lot: Allocation,
    trips: list[Delivery],
    weighed: dict[int, ReceiptLine],
    signed: list[ReceiptLine],
    goods: list[StatementLine],
) -> list[Wait]:
    order = lot.order
    if lot.status == AllocationStatus.HELD:
        return [Wait(Turn.ANSWER, order.answer_by_at)]
    waits = [_of_trip(trip, weighed) for trip in trips]
    if lot.status == AllocationStatus.CONFIRMED and _to_ship(lot, signed) > 0:
        waits.append(Wait(Turn.SEND, order.dispatch_by_at))
    stated = {row.receipt_line_id for row in goods}
    if any(line.accepted_g and line.pk not in stated for line in signed):
        waits.append(Wait(Turn.STATE))
    waits += [_of_payment(row) for row in goods if not is_settled(row)]
    return waits


def _of_trip(trip: Delivery, weighed: dict[int, ReceiptLine]) -> Wait:
    arrival = getattr(trip, "arrival", None)
    if arrival is None:
        return Wait(Turn.BRING, trip.arrive_by_at)
    return Wait(Turn.SIGN if trip.pk in weighed else Turn.WEIGH, arrival.accept_by_at)


def _of_payment(row: StatementLine) -> Wait:
    payable = row.statement.payable
    if payable is None:
        raise ValueError("a statement that owes nothing is paid")
    recorded = any(payment.status in ("prepared", "sent") for payment in payable.payments.all())
    return Wait(Turn.CONFIRM if recorded else Turn.PAY, due_on=payable.due_on)


def _to_ship(lot: Allocation, signed: list[ReceiptLine]) -> int:
    """Return what has not left yet, in the stock unit: a signed trip may have brought more than it carried."""
    brought = {line.delivery_line_id: line for line in signed}
    left = lot.quantity
    for trip in lot.delivery_lines.all():
        scale = brought.get(trip.pk)
        said = 0 if scale is None else scale.net_g if scale.accepted_pieces is None else scale.accepted_pieces
        left -= max(trip.shipped, said)
    return left


def _paid_fen(settled: list[StatementLine]) -> int:
    """Return what of these goods' money the bank paid: a payment is shared out over all goods of its statement."""
    shared = [row for row in settled if row.statement.payable is not None]
    if not shared:
        return 0
    goods = StatementLine.objects.filter(statement__in={row.statement_id for row in shared}, kind__in=FETCHED)
    sums = goods.order_by().values("statement").annotate(fen=Sum("amount_fen")).values_list("statement", "fen")
    whole: dict[int, int] = dict(sums)
    own: dict[int, int] = defaultdict(int)
    for row in shared:
        own[row.statement_id] += row.amount_fen
    to_pay = {row.statement_id: to_pay_of(row) for row in shared}
    return sum(min(fen, fen * to_pay[pk] // whole[pk]) for pk, fen in own.items() if whole[pk] > 0)


def hauliers_of(village_code: str, day: dt.date) -> list[User]:
    """Return who fetches goods in this village on this day, one account a person."""
    place = places()[village_code]
    areas = [place.code]
    while place.parent_id is not None:
        place = places()[place.parent_id]
        areas.append(place.code)
    posts = Membership.objects.filter(in_force_on(day), Q(role=Role.HAULIER), area__in=areas)
    users = User.objects.filter(person__in=posts.values("person"), is_active=True)
    rows = users.select_related("person").order_by("created_at", "pk")
    return list({user.person_id: user for user in rows}.values())
