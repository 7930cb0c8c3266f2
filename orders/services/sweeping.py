"""What time alone brings about for orders: sellers are asked, silence is an answer, a late card gets its statement."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import OperationalError
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import BankCard
from accounts.selectors import card_in_force
from kernel import clock
from kernel.errors import DomainError
from orders.models import (
    MOVING,
    TO_COOP,
    Allocation,
    ApprovalStep,
    Delivery,
    DeliveryLine,
    GoodsReturn,
    KeptPlan,
    KeptStatus,
    LineKind,
    OrderStatus,
    PurchaseOrder,
    Reach,
    ReceiptLine,
    ReceiptStatus,
    ReturnStatus,
    StatementLine,
)
from orders.selectors.complaints import late_complaints
from orders.selectors.handing import unsent, with_lots
from orders.selectors.holds import LIVING
from orders.selectors.rests import late_rests
from orders.selectors.returned import OF_RETURNS, unstated_returns
from orders.selectors.transport import carrier_waits
from orders.services import approving, asking, complaining, handing, keeping, receiving, reoffering, returning, settling
from records.selectors.policy import policy

log = structlog.get_logger(__name__)
MOST = 500
_LOCKED = ("55P03", "40P01")  # a lock was not free, or another went first: the next sweep comes
HANDED_WITHIN = dt.timedelta(days=90)  # no hand-over is older when its time to leave is over


def ask_waiting(*, at: dt.datetime) -> int:
    """Ask the sellers of orders that need no approval and were left between placing and asking."""
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, needs_approval=False).order_by("pk")
    return _each(waiting[:MOST], lambda order: asking.ask_sellers(order, at=at))


def end_kept(*, at: dt.datetime) -> int:
    """Give back what was kept for buyers who did not order in time."""
    over = KeptPlan.objects.filter(status=KeptStatus.KEPT, until_at__lte=at).select_related("by", "buyer")
    over = over.order_by("by", "buyer", "pk").distinct("by", "buyer")  # what is kept together ends together
    return _each(over[:MOST], lambda kept: keeping.end_over(kept, at=at))


def show_unapproved(*, at: dt.datetime) -> int:
    """Ask the next for steps of approvals that nobody took in time: deputies, then the buyer's other approvers."""
    late = ApprovalStep.objects.filter(answered_at=None, due_at__lte=at).exclude(reach=Reach.ALL)
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, pk__in=late.values("order"))
    return _each(waiting.order_by("pk")[:MOST], lambda order: approving.show_to_others(order, at=at))


def end_unapproved(*, at: dt.datetime) -> int:
    """End orders that nobody approved in time."""
    late = PurchaseOrder.objects.filter(status=OrderStatus.AWAITING, approve_by_at__lte=at).order_by("pk")
    return _each(late[:MOST], lambda order: approving.end_unapproved(order, at=at))


def lapse_unanswered(*, at: dt.datetime) -> int:
    """Let go of sellers who did not answer in time."""
    late = PurchaseOrder.objects.filter(status=OrderStatus.ASKING, answer_by_at__lte=at).order_by("pk")
    return _each(late[:MOST], lambda order: asking.lapse(order, at=at))


def look_again(*, at: dt.datetime) -> int:
    """Ask others for what sellers gave back."""
    short = PurchaseOrder.objects.filter(look_again=True).order_by("pk")
    return _each(short[:MOST], lambda order: reoffering.look_again(order, at=at))


def end_undispatched(*, at: dt.datetime) -> int:
    """Give back what nobody sent off in time."""
    on_a_trip = DeliveryLine.objects.filter(allocation=OuterRef("pk")).exclude(receipt_lines__receipt__status="signed")
    left = Allocation.objects.filter(~Exists(on_a_trip), order=OuterRef("pk"), status__in=LIVING)
    late = PurchaseOrder.objects.filter(Exists(left), status__in=MOVING, dispatch_by_at__lte=at).order_by("pk")
    return _each(late[:MOST], lambda order: asking.end_undispatched(order, at=at))


def end_unsent(*, at: dt.datetime) -> int:
    """End hand-overs whose goods did not leave in time: what the haulier still has counts as given back."""
    late = unsent().filter(at__gte=at - HANDED_WITHIN, allocation__order__dispatch_by_at__lte=at)
    rows = late.select_related("carrier", "taken_by").prefetch_related(with_lots()).order_by("-pk")
    return _each(rows[:MOST], lambda row: handing.end_unsent(row, at=at))


def accept_silent(*, at: dt.datetime) -> int:
    """Accept what was shipped where the buyer was silent since the arrival."""
    silent = _unsigned().filter(arrival__accept_by_at__lte=at).order_by("pk")
    return _each(silent[:MOST], lambda delivery: receiving.accept_by_silence(delivery, at=at))


def end_lost(*, at: dt.datetime) -> int:
    """End trips of which nobody heard in time."""
    lost = _unsigned().filter(arrival=None, arrive_by_at__lte=at).order_by("pk")
    return _each(lost[:MOST], lambda delivery: receiving.end_lost(delivery, at=at))


def settle_late(*, at: dt.datetime) -> int:
    """Write the statements of sellers and hauliers who have a bank card by now."""
    stated = StatementLine.objects.filter(receipt_line=OuterRef("pk"), kind=LineKind.GOODS)
    card = _card_of_seller("allocation__listing", at)
    back = unstated_returns().filter(receipt_line__receipt__delivery=OuterRef("pk"))
    back = back.filter(Exists(_card_of_seller("receipt_line__allocation__listing", at)))
    goods = ReceiptLine.objects.filter(receipt__delivery=OuterRef("pk"), receipt__status="signed", accepted_g__gte=1)
    of_coop = BankCard.objects.filter(card_in_force(at), organisation=OuterRef("mandate__cooperative"))
    left = StatementLine.objects.filter(statement__delivery=OuterRef("pk"), statement__household__isnull=False)
    left = left.filter(Exists(of_coop), kind__in=TO_COOP, answered_by=None)
    carted = carrier_waits(BankCard.objects.filter(card_in_force(at)))
    late = Q(Exists(goods.filter(~Exists(stated), Exists(card)))) | Q(Exists(back)) | Q(Exists(left)) | carted
    waiting = Delivery.objects.filter(late).order_by("pk")
    return _each(waiting[:MOST], lambda trip: settling.settle_late(trip, by=None, at=at, tell=False))


def hand_silent_returns_over(*, at: dt.datetime) -> int:
    """Hand what sellers did not answer in time to the bureau."""
    silent = GoodsReturn.objects.filter(status=ReturnStatus.ASKED, answer_by_at__lte=at).select_related(*OF_RETURNS)
    return _each(silent.order_by("pk")[:MOST], lambda row: returning.hand_silent_over(row, at=at))


def end_undecided_returns(*, at: dt.datetime) -> int:
    """End what the bureau did not decide in time."""
    late = GoodsReturn.objects.filter(status=ReturnStatus.CONTESTED, decide_by_at__lte=at).select_related(*OF_RETURNS)
    return _each(late.order_by("pk")[:MOST], lambda row: returning.end_undecided(row, at=at))


def move_complaints_on(*, at: dt.datetime) -> int:
    """Do with complaints what follows from silence."""
    return _each(late_complaints(at)[:MOST], lambda row: complaining.move_on(row, at=at))


def claim_rests(*, at: dt.datetime) -> int:
    """Claim what sellers were paid too much and no later sale made up for in time."""
    days = policy("rest_days", clock.county_day(at))
    late = late_rests(at - dt.timedelta(days=days))
    return _each(late.select_related("buyer")[:MOST], lambda statement: settling.claim_rest(statement, at=at))


def _card_of_seller(lot: str, at: dt.datetime) -> QuerySet[BankCard]:
    """Return the cards in force of who sells a row's lot; `lot` is where the lot stands."""
    owner = Q(household=OuterRef(f"{lot}__household")) | Q(organisation=OuterRef(f"{lot}__cooperative"))
    return BankCard.objects.filter(card_in_force(at)).filter(owner)


def _unsigned() -> QuerySet[Delivery]:
    """Return the trips that nobody has signed for."""
    return Delivery.objects.exclude(receipts__status=ReceiptStatus.SIGNED)


def _each(documents: Iterable[Any], step: Callable[[Any], object]) -> int:
    """Take the step with each document in a transaction of its own; one that may not stops no other."""
    done = 0
    for document in documents:
        try:
            done += bool(step(document))
        except DomainError as refusal:
            log.warning("sweep refused", document=document.reference, code=refusal.code)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in _LOCKED:
                raise  # the database is away, for all of them
            log.warning("sweep put off", document=document.reference)
    return done
