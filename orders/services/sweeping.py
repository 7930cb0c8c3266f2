"""What time alone brings about for orders: sellers are asked, silence is an answer, a late card gets its statement."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db.models import Exists, OuterRef, Q

from accounts.models import BankCard
from accounts.selectors import card_in_force
from kernel.errors import DomainError
from orders.models import Delivery, OrderStatus, PurchaseOrder, ReceiptLine, SettlementStatement
from orders.services import approving, asking, receiving, settling

log = structlog.get_logger(__name__)
MOST = 500


def ask_waiting(*, at: dt.datetime) -> int:
    """Ask the sellers of orders that need no approval and were left between placing and asking."""
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.PLACED, needs_approval=False).order_by("pk")
    return _each(waiting[:MOST], lambda order: asking.ask_sellers(order, at=at))


def show_unapproved(*, at: dt.datetime) -> int:
    """Show orders that nobody approved for a day to the buyer's other approvers."""
    waiting = PurchaseOrder.objects.filter(status=OrderStatus.PLACED, needs_approval=True, shown_on_at=None)
    return _each(waiting.order_by("pk")[:MOST], lambda order: approving.show_to_others(order, at=at))


def end_unapproved(*, at: dt.datetime) -> int:
    """End orders that nobody approved in time."""
    late = PurchaseOrder.objects.filter(status=OrderStatus.PLACED, approve_by_at__lte=at).order_by("pk")
    return _each(late[:MOST], lambda order: approving.end_unapproved(order, at=at))


def lapse_unanswered(*, at: dt.datetime) -> int:
    """Let go of sellers who did not answer in time."""
    late = PurchaseOrder.objects.filter(status=OrderStatus.APPROVED, answer_by_at__lte=at).order_by("pk")
    return _each(late[:MOST], lambda order: asking.lapse(order, at=at))


def accept_silent(*, at: dt.datetime) -> int:
    """Accept what was shipped where the buyer was silent past the deadline."""
    silent = Delivery.objects.filter(order__status=OrderStatus.SHIPPED, accept_by_at__lte=at).order_by("pk")
    return _each(silent.select_related("order")[:MOST], lambda delivery: receiving.accept_by_silence(delivery, at=at))


def settle_late(*, at: dt.datetime) -> int:
    """Write the statements of sellers who have a bank card by now."""
    written = SettlementStatement.objects.filter(order=OuterRef("receipt__delivery__order")).filter(
        Q(household=OuterRef("allocation__listing__household"))
        | Q(cooperative=OuterRef("allocation__listing__cooperative"))
    )
    card = BankCard.objects.filter(card_in_force(at)).filter(
        Q(household=OuterRef("allocation__listing__household"))
        | Q(organisation=OuterRef("allocation__listing__cooperative"))
    )
    payable = ReceiptLine.objects.filter(receipt__delivery__order=OuterRef("pk"), receipt__status="signed")
    payable = payable.filter(~Exists(written), Exists(card), accepted_g__gte=1)
    waiting = PurchaseOrder.objects.filter(Exists(payable), status=OrderStatus.ACCEPTED).order_by("pk")
    return _each(waiting[:MOST], lambda order: settling.settle(order, by=None, at=at, tell=False))


def _each(documents: Iterable[Any], step: Callable[[Any], object]) -> int:
    """Take the step with each document in a transaction of its own; one that may not stops no other."""
    done = 0
    for document in documents:
        try:
            done += bool(step(document))
        except DomainError as refusal:
            log.warning("sweep refused", document=document.reference, code=refusal.code)
    return done
