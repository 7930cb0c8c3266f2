"""Between placing and shipping: approve, ask the sellers, hear yes or no, or give everything back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.acts import note_act
from accounts.services.messages import Word, tell_all
from accounts.services.people import record_consent
from catalog.models import Movement
from catalog.selectors.sellers import answers_by_mandate
from catalog.services import kilos
from kernel import clock, money
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise, known
from kernel.workflow import IllegalMove, lock
from ledger.services import transfers
from orders.models import Allocation, AllocationStatus, OrderStatus, PurchaseOrder
from orders.selectors.orders import seller_name
from orders.services.hands import ANSWER, APPROVE, take_hand
from orders.services.telling import quantity_words, tell_buyer, tell_seller, to_buyer, to_seller
from records.selectors.policy import policy

ASKED = _(
    "%(buyer)s wants %(quantity)s of %(produce)s from you at %(price)s yuan a jin, %(amount)s yuan in all, to be "
    "brought on %(day)s. Say yes or no before %(until)s. Order %(number)s."
)
CALLED_OFF = _("%(buyer)s called off order %(number)s. Your %(produce)s is on sale again.")
ANSWERED_FOR_YOU = _("%(who)s answered order %(number)s for you: %(answer)s. If that is not right, call the village.")
ALL_CONFIRMED = _("All sellers of order %(number)s said yes. It will be brought on %(day)s.")
ONE_DECLINED = _(
    "%(seller)s cannot bring %(quantity)s of %(produce)s this time (order %(number)s). Its money is free again."
)
NOBODY_LEFT = _("No seller can bring order %(number)s, so it is cancelled. Its money is free again.")
NO_ANSWER = _("Nobody answered in time, so order %(number)s no longer counts on your %(produce)s. It is on sale again.")


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    message = _("This order needs a second person to approve it before sellers are asked.")


class ConsentNeeded(BadValue):
    code = "consent_needed"
    message = _("You answer for another household. Say how it told you: by telephone, in person or on signed paper.")


@transaction.atomic
def ask_sellers(order: PurchaseOrder, *, at: dt.datetime) -> PurchaseOrder:
    """Ask the sellers of an order that needs no approval; asked again, it changes nothing."""
    order = lock(order)
    if order.status != OrderStatus.PLACED:
        return order
    if order.needs_approval:
        raise ApprovalNeeded
    return _ask(order, by=order.requester, at=at)


@transaction.atomic
def approve(order: PurchaseOrder, *, by: User, at: dt.datetime) -> PurchaseOrder:
    """Approve an order as a person who did not place it, and ask its sellers."""
    order = lock(order)
    take_hand(order, APPROVE, by=by, at=at)
    return _ask(order, by=by, at=at)


@transaction.atomic
def cancel(order: PurchaseOrder, *, why: str, by: User, at: dt.datetime) -> PurchaseOrder:
    """Call an order off before anything left: every hold is given back whole."""
    order = lock(order)
    why = why.strip()
    if not why:
        raise BadValue(_("Write why the order is called off, for the sellers to read."))
    order.move_to(OrderStatus.CANCELLED, by=by, at=at, note=why[:200])
    rows = _living(order)
    sellers_know = order.answer_by_at is not None
    release(rows, by=by, at=at, note=why[:200])
    if sellers_know:
        tell_all([to_seller(row, "called_off", CALLED_OFF) for row in rows], at=at)
    return order


@transaction.atomic
def confirm(
    allocation: Allocation, *, by: User, at: dt.datetime, consent: str = "", proxy_name: str = ""
) -> Allocation:
    """Confirm for the seller that the goods will be there; the last yes confirms the order.

    Whoever says so for a household (`proxy_name`) must say how the household agreed, unless it is its co-operative by a
    mandate to answer; the household is told.
    """
    order, allocation = _open(allocation)
    if allocation.listing.recalled_at is not None:
        raise kilos.LotRecalled(allocation.listing)
    take_hand(order, ANSWER, by=by, at=at)
    allocation.move_to(AllocationStatus.CONFIRMED, by=by, at=at)
    if proxy_name:
        _for_household(allocation, _("I have it"), proxy_name, consent, by=by, at=at)
    close_asking(order, by=by, at=at)
    return allocation


@transaction.atomic
def decline(
    allocation: Allocation, *, by: User, at: dt.datetime, why: str = "", consent: str = "", proxy_name: str = ""
) -> Allocation:
    """Decline the goods for the seller: kilos and money of this lot are free at once."""
    order, allocation = _open(allocation)
    take_hand(order, ANSWER, by=by, at=at)
    release([allocation], by=by, at=at, note=why.strip()[:200])
    if proxy_name:
        _for_household(allocation, _("not this time"), proxy_name, consent, by=by, at=at)
    tell_all([_declined(order, allocation)], at=at)
    close_asking(order, by=by, at=at)
    return allocation


@transaction.atomic
def lapse(order: PurchaseOrder, *, at: dt.datetime) -> PurchaseOrder:
    """Give back what nobody answered for in time; what was confirmed goes ahead."""
    order = lock(order)
    if order.status != OrderStatus.APPROVED or at < known(order.answer_by_at):
        return order
    silent = [row for row in _living(order) if row.status == AllocationStatus.HELD]
    release(silent, by=None, at=at, note="no answer")
    words = [to_seller(row, "no_answer", NO_ANSWER) for row in silent]
    tell_all(words + [_declined(order, row) for row in silent], at=at)
    close_asking(order, by=None, at=at)
    return order


def release(rows: list[Allocation], *, by: User | None, at: dt.datetime, note: str = "") -> None:
    """Give back kilos and money of these allocations, whole; the order's row is locked by the caller."""
    side = Movement.Side
    kilos.move_kilos(
        [
            kilos.KiloMove(row.listing_id, side.RESERVED, side.FREE, row.quantity, f"{row.reference}:release")
            for row in rows
        ],
        by=by,
        at=at,
    )
    Allocation.move_all(rows, AllocationStatus.RELEASED, by=by, at=at, note=note)
    transfers.resolve(
        [transfers.Resolution(f"{row.reference}:release", f"{row.reference}:hold", 0) for row in rows], at=at
    )


def release_all(order: PurchaseOrder, *, by: User | None, at: dt.datetime, note: str) -> None:
    """Give back whatever a locked order still holds."""
    release(_living(order), by=by, at=at, note=note)


def _ask(order: PurchaseOrder, *, by: User | None, at: dt.datetime) -> PurchaseOrder:
    order.move_to(OrderStatus.APPROVED, by=by, at=at)
    order.answer_by_at = at + dt.timedelta(hours=policy("seller_answer_hours", clock.county_day(at)))
    order.save(update_fields=["answer_by_at"])
    day, until = _day(order.deliver_on), message_deadline(order.answer_by_at)
    tell_all([_asked(row, day, until) for row in _living(order)], at=at)
    return order


def _asked(row: Allocation, day: str, until: str) -> Word:
    return to_seller(
        row,
        "asked",
        ASKED,
        quantity=lambda: quantity_words(row),
        price=money.price_per_jin(row.price_fen, row.price_unit_g),
        amount=money.yuan(row.amount_fen),
        day=day,
        until=until,
    )


def _open(allocation: Allocation) -> tuple[PurchaseOrder, Allocation]:
    """Lock order and allocation, and refuse when sellers are not being asked any more."""
    order = lock(allocation.order)
    allocation = Allocation.objects.select_for_update(of=("self",)).get(pk=allocation.pk)
    allocation.order = order
    if order.status != OrderStatus.APPROVED or allocation.status != AllocationStatus.HELD:
        raise IllegalMove
    return order, allocation


def close_asking(order: PurchaseOrder, *, by: User | None, at: dt.datetime) -> None:
    """Confirm a locked order once everybody has answered, or cancel it when nobody is left."""
    statuses = set(order.allocations.values_list("status", flat=True))
    if AllocationStatus.HELD in statuses:
        return
    if AllocationStatus.CONFIRMED in statuses:
        order.move_to(OrderStatus.CONFIRMED, by=by, at=at)
        tell_buyer(order, "confirmed", ALL_CONFIRMED, at=at, day=_day(order.deliver_on))
    else:
        order.move_to(OrderStatus.CANCELLED, by=by, at=at, note="no seller left")
        tell_buyer(order, "nobody", NOBODY_LEFT, at=at)


def _living(order: PurchaseOrder) -> list[Allocation]:
    rows = (
        order.allocations.filter(status__in=[AllocationStatus.HELD, AllocationStatus.CONFIRMED])
        .select_related("listing__produce", "listing__household", "listing__cooperative", "order__buyer")
        .order_by("pk")
    )
    return list(rows)


def _for_household(
    allocation: Allocation, answer: StrOrPromise, proxy_name: str, consent: str, *, by: User, at: dt.datetime
) -> None:
    household = allocation.listing.household
    if household is None:
        return
    if consent:
        record_consent(household, allocation.reference, consent, by=by, at=at)
    elif not answers_by_mandate(allocation.listing, by, clock.county_day(at)):
        raise ConsentNeeded
    else:
        note_act(household, allocation.reference, "mandate", by=by, at=at)
    tell_seller(allocation, "answered_for", ANSWERED_FOR_YOU, at=at, who=proxy_name, answer=answer)


def _declined(order: PurchaseOrder, allocation: Allocation) -> Word:
    listing = allocation.listing
    return to_buyer(
        order,
        "declined",
        ONE_DECLINED,
        seller=seller_name(listing),
        quantity=lambda: quantity_words(allocation),
        produce=listing.produce.name,
    )


def _day(day: dt.date) -> str:
    return f"{day.month} 月 {day.day} 日"
