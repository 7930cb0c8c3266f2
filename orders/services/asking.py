"""Between placing and shipping: approve, ask the sellers, hear yes, less or no, or give everything back."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
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
from kernel.workflow import IllegalMove, change, lock
from ledger.services import transfers
from orders.allocation import PlanKind
from orders.allocation.transport import ceiling_fen
from orders.models import BY_SELLERS, MOVING, OPEN, Allocation, AllocationStatus, OrderStatus, PurchaseOrder
from orders.pasted.texted import code_of
from orders.selectors.handing import carried_of
from orders.selectors.holds import LIVING, holds_of
from orders.selectors.orders import seller_name
from orders.selectors.statements import unstated_lines
from orders.services import drawing
from orders.services.carting import free
from orders.services.hands import ANSWER, take_hand
from orders.services.telling import quantity_words, tell_buyer, tell_seller, to_buyer, to_seller
from records.selectors.policy import policies_on, policy

ASKED = _(
    "%(buyer)s wants %(quantity)s of %(produce)s from you at %(price)s yuan a jin, %(amount)s yuan in all, to be "
    "brought on %(day)s. Say yes or no before %(until)s. Order %(number)s."
)
BY_TEXT = _(
    " Reply to this text: 1 if you have all of it, 2, a space and how much (such as 2 50 jin) if you have a part of "
    "it, 3 if you have none. If several buyers ask you at once, write %(code)s and a space before it."
)
CARTED = _(" The cart is paid by the sellers together: yours is at most %(cart)s yuan of it.")
CALLED_OFF = _("%(buyer)s called off order %(number)s. Your %(produce)s is on sale again.")
ANSWERED_FOR_YOU = _("%(who)s answered order %(number)s for you: %(answer)s. If that is not right, call the village.")
ALL_CONFIRMED = _("All sellers of order %(number)s said yes. It will be brought on %(day)s.")
ONE_DECLINED = _(
    "%(seller)s cannot bring %(quantity)s of %(produce)s this time (order %(number)s). Its money is free again."
)
ONE_GAVE_LESS = _(
    "%(seller)s can bring %(quantity)s of the %(asked)s of %(produce)s (order %(number)s). The rest of its money is "
    "free again."
)
NOT_SENT = _("Your %(produce)s for order %(number)s was not sent off in time, so it is on sale again.")
NOT_SENT_TO_BUYER = _(
    "%(lots)s lots of order %(number)s were not sent off in time and will not come. Their money is free again."
)
NOBODY_LEFT = _("No seller can bring order %(number)s, so it is cancelled. Its money is free again.")
NO_ANSWER = _("Nobody answered in time, so order %(number)s no longer counts on your %(produce)s. It is on sale again.")


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    message = _("This order needs a second person to approve it before sellers are asked.")


class OnTheWayAlready(DomainError):
    code = "on_the_way_already"
    message = _(
        "Some of these goods have left already. Weigh them in; what has not left can be called off by its seller."
    )


class HandedOver(DomainError):
    code = "handed_over"

    def __init__(self, lot: Allocation, who: str) -> None:
        super().__init__(
            _("%(produce)s, lot %(lot)s, is in the hands of %(who)s. It is brought, or they give it back first.")
            % {"produce": lot.listing.produce.name, "lot": lot.listing.number, "who": who}
        )


class PromisedTooLong(DomainError):
    code = "promised_too_long"

    def __init__(self, lot: Allocation, until: dt.datetime) -> None:
        super().__init__(
            _(
                "The seller of %(produce)s, lot %(lot)s, said yes and harvests for it: it could be called off until "
                "%(until)s. Call the seller; what is not good can be sent back at the scale."
            )
            % {
                "produce": lot.listing.produce.name,
                "lot": lot.listing.number,
                "until": message_deadline(until),
            }
        )


class NotLess(BadValue):
    code = "not_less"

    def __init__(self, allocation: Allocation) -> None:
        super().__init__(
            _("Write less than the %(quantity)s that were asked for, or say that you have all of it.")
            % {"quantity": quantity_words(allocation)}
        )


class ConsentNeeded(BadValue):
    code = "consent_needed"
    message = _("You answer for another household. Say how it told you: by telephone, in person or on signed paper.")


@transaction.atomic
def ask_sellers(order: PurchaseOrder, *, at: dt.datetime) -> PurchaseOrder:
    """Ask the sellers of an order that needs no approval; asked again, it changes nothing."""
    order = lock(order)
    if order.status != OrderStatus.AWAITING:
        return order
    if order.needs_approval:
        raise ApprovalNeeded
    return _ask(order, by=order.requester, at=at)


def ask_approved(order: PurchaseOrder, *, by: User, at: dt.datetime) -> PurchaseOrder:
    """Ask the sellers of a locked order to which the last of its approvers said yes."""
    return _ask(order, by=by, at=at)


@transaction.atomic
def cancel(order: PurchaseOrder, *, why: str, by: User, at: dt.datetime) -> PurchaseOrder:
    """Call an order off before anything left: every hold is given back whole."""
    order, rows = call_off(order, why=why, by=by, at=at)
    if order.answer_by_at is not None:
        tell_all([to_seller(row, "called_off", CALLED_OFF) for row in rows], at=at)
    return order


def call_off(order: PurchaseOrder, *, why: str, by: User, at: dt.datetime) -> tuple[PurchaseOrder, list[Allocation]]:
    """Give every hold of an order back whole before anything left; return it with its lots. Tell nobody."""
    order = lock(order)
    why = why.strip()
    if not why:
        raise BadValue(_("Write why the order is called off, for the sellers to read."))
    if order.status not in OPEN:
        raise IllegalMove
    rows = living(order)
    held = holds_of(rows)
    if any(held[row.pk].trips for row in rows):
        raise OnTheWayAlready
    refuse_without_notice(order, rows, at=at)
    order.move_to(OrderStatus.CANCELLED, by=by, at=at, note=why[:200])
    release(rows, by=by, at=at, note=why[:200])
    free(order, at=at)
    return order, rows


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
        for_household(allocation, _("I have it"), proxy_name, consent, by=by, at=at)
    move_on(order, by=by, at=at)
    return allocation


@transaction.atomic
def give_less(
    allocation: Allocation, quantity: int, *, by: User, at: dt.datetime, consent: str = "", proxy_name: str = ""
) -> Allocation:
    """Promise less than was asked for, in the listing's stock unit: the rest is free at once, the buyer is told.

    What was asked for is given back and a smaller lot at the same price takes its place, which this returns.
    """
    order, allocation = _open(allocation)
    if allocation.listing.recalled_at is not None:
        raise kilos.LotRecalled(allocation.listing)
    if not 0 < quantity < allocation.quantity:
        raise NotLess(allocation)
    take_hand(order, ANSWER, by=by, at=at)
    less = smaller(allocation, quantity)
    allocation.move_to(AllocationStatus.RELEASED, by=by, at=at, note="less")
    less.begin(by=by, at=at)
    _hold_less(order, allocation, less, by=by, at=at)
    less.move_to(AllocationStatus.CONFIRMED, by=by, at=at)
    if proxy_name:
        words = _("I have %(quantity)s of it") % {"quantity": quantity_words(less)}
        for_household(less, words, proxy_name, consent, by=by, at=at)
    tell_all([_gave_less(order, allocation, less)], at=at)
    look_for_others(order, [allocation])
    move_on(order, by=by, at=at)
    return less


@transaction.atomic
def decline(
    allocation: Allocation, *, by: User, at: dt.datetime, why: str = "", consent: str = "", proxy_name: str = ""
) -> Allocation:
    """Decline the goods for the seller: kilos and money of this lot are free at once."""
    order, allocation = _open(allocation)
    take_hand(order, ANSWER, by=by, at=at)
    release([allocation], by=by, at=at, note=why.strip()[:200])
    if proxy_name:
        for_household(allocation, _("not this time"), proxy_name, consent, by=by, at=at)
    tell_all([_declined(order, allocation)], at=at)
    look_for_others(order, [allocation])
    move_on(order, by=by, at=at)
    return allocation


@transaction.atomic
def lapse(order: PurchaseOrder, *, at: dt.datetime) -> PurchaseOrder:
    """Give back what nobody answered for in time; what was confirmed goes ahead."""
    order = lock(order)
    if order.status != OrderStatus.ASKING or at < known(order.answer_by_at):
        return order
    silent = [row for row in living(order) if row.status == AllocationStatus.HELD]
    release(silent, by=None, at=at, note="no answer")
    words = [to_seller(row, "no_answer", NO_ANSWER) for row in silent]
    tell_all(words + [_declined(order, row) for row in silent], at=at)
    look_for_others(order, silent)
    move_on(order, by=None, at=at)
    return order


@transaction.atomic
def end_undispatched(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """Give back what nobody sent off in time; lots on a trip wait for its weighing, which gives their rest back."""
    order = lock(order)
    if order.status not in MOVING or at < known(order.dispatch_by_at):
        return False
    rows = living(order)
    held = holds_of(rows)
    left = [row for row in rows if held[row.pk].to_ship and not held[row.pk].on_the_way]
    if not left:
        return False
    release(left, by=None, at=at, note="not sent in time")
    words = [to_seller(row, "not_sent", NOT_SENT) for row in left]
    tell_all([*words, to_buyer(order, "not_sent", NOT_SENT_TO_BUYER, lots=len(left))], at=at)
    move_on(order, by=None, at=at)
    return True


def refuse_without_notice(order: PurchaseOrder, rows: list[Allocation], *, at: dt.datetime) -> None:
    """Refuse to call off what is in a haulier's hands, and what a seller has promised once the day is too near."""
    carried = carried_of(rows)
    for row in rows:
        if names := [part.name for part in carried[row.pk].rows if part.rest_g]:
            raise HandedOver(row, "、".join(names))
    until = called_off_until(order, at=at)
    promised = next((row for row in rows if row.status == AllocationStatus.CONFIRMED), None)
    if at >= until and promised is not None:
        raise PromisedTooLong(promised, until)


def called_off_until(order: PurchaseOrder, *, at: dt.datetime) -> dt.datetime:
    """Return until when a buyer may take back what sellers of this order have promised."""
    hours = policy("call_off_hours", clock.county_day(at))
    return clock.day_start(order.deliver_on) - dt.timedelta(hours=hours)


def release(rows: list[Allocation], *, by: User | None, at: dt.datetime, note: str = "") -> None:
    """Give back what is still to come of these lots, kilos and money; the order's row is locked by the caller.

    None may be on a trip. A lot of which a trip brought some is closed by that, the others are given back whole.
    """
    if not rows:
        return
    held, side = holds_of(rows), Movement.Side
    kilos.move_kilos(
        [
            kilos.KiloMove(row.listing_id, side.RESERVED, side.FREE, held[row.pk].reserved, f"{row.reference}:release")
            for row in rows
            if held[row.pk].reserved
        ],
        by=by,
        at=at,
    )
    for status, some in (
        (AllocationStatus.RELEASED, [row for row in rows if not held[row.pk].trips]),
        (AllocationStatus.CLOSED, [row for row in rows if held[row.pk].trips]),
    ):
        if some:
            Allocation.move_all(some, status, by=by, at=at, note=note)
    transfers.resolve(
        [transfers.Resolution(f"{row.reference}:release", held[row.pk].hold, 0) for row in rows if held[row.pk].hold],
        at=at,
    )
    drawing.count(
        [
            drawing.Moved(
                row, row.order, held_fen=-held[row.pk].hold_fen, held_g=-row.listing.grams(held[row.pk].reserved)
            )
            for row in rows
        ]
    )


def release_all(order: PurchaseOrder, *, by: User | None, at: dt.datetime, note: str) -> None:
    """Give back whatever a locked order still holds."""
    release(living(order), by=by, at=at, note=note)


def _ask(order: PurchaseOrder, *, by: User | None, at: dt.datetime) -> PurchaseOrder:
    rules = policies_on(clock.county_day(at))
    order.answer_by_at = at + dt.timedelta(hours=rules["seller_answer_hours"])
    order.dispatch_by_at = clock.day_end(order.deliver_on + dt.timedelta(days=rules["dispatch_days"]))
    order.move_to(OrderStatus.ASKING, by=by, at=at, along=["answer_by_at", "dispatch_by_at"])
    day, until = said_day(order.deliver_on), message_deadline(order.answer_by_at)
    tell_all([asked_words(row, day, until) for row in living(order)], at=at)
    return order


def look_for_others(order: PurchaseOrder, given_back: list[Allocation]) -> None:
    """Have others asked for what was given back, where a ready plan and not the buyer chose the lots."""
    lines = {row.line_id for row in given_back}
    if order.status in MOVING and order.lines.filter(pk__in=lines).exclude(plan=PlanKind.CHOSEN).exists():
        change(order, {"look_again": True})


def asked_words(row: Allocation, day: str, until: str) -> Word:
    """Return what a seller is asked, with the money and the end of the answer; a household may answer by a text."""
    by_text = settings.SMS_INBOUND_SECRET and row.listing.household is not None
    order, carted = row.order, CARTED if row.order.transport_payer in BY_SELLERS else ""
    return to_seller(
        row,
        "asked",
        format_lazy("{}{}{}", ASKED, carted, BY_TEXT if by_text else ""),
        cart=money.yuan(ceiling_fen(row.amount_fen, order.transport_permille)),
        code=code_of(row.pk),
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
    if order.status != OrderStatus.ASKING or allocation.status != AllocationStatus.HELD:
        raise IllegalMove
    return order, allocation


def move_on(order: PurchaseOrder, *, by: User | None, at: dt.datetime) -> None:
    """Move a locked order to where its rows say it stands, and tell the buyer what that means."""
    statuses = set(order.allocations.values_list("status", flat=True))
    if AllocationStatus.HELD in statuses:
        target = OrderStatus.ASKING
    elif AllocationStatus.CONFIRMED in statuses or unstated_lines(order).exists():
        target = OrderStatus.UNDER_WAY
    elif order.look_again and order.status in MOVING:
        return  # others may be asked instead; looking again moves it on
    elif AllocationStatus.CLOSED in statuses:
        target = OrderStatus.CLOSED
    else:
        target = OrderStatus.CANCELLED
    before = order.status
    if target == before:
        return
    order.move_to(target, by=by, at=at, note="no seller left" if target == OrderStatus.CANCELLED else "")
    if target not in OPEN:
        free(order, at=at)
    if target == OrderStatus.UNDER_WAY and before == OrderStatus.ASKING:
        tell_buyer(order, "confirmed", ALL_CONFIRMED, at=at, day=said_day(order.deliver_on))
    elif target == OrderStatus.CANCELLED:
        tell_buyer(order, "nobody", NOBODY_LEFT, at=at)


def living(order: PurchaseOrder) -> list[Allocation]:
    """Return the lots of an order of which something is still to come."""
    rows = (
        order.allocations.filter(status__in=LIVING)
        .select_related("listing__produce", "listing__household", "listing__cooperative", "order__buyer")
        .order_by("pk")
    )
    return list(rows)


def for_household(
    allocation: Allocation,
    answer: StrOrPromise,
    proxy_name: str,
    consent: str,
    *,
    by: User,
    at: dt.datetime,
    document: str = "",
) -> None:
    """Keep how a household agreed to what somebody says for it of a lot, or that a mandate allows it; tell it."""
    household, document = allocation.listing.household, document or allocation.reference
    if household is None:
        return
    if consent:
        record_consent(household, document, consent, by=by, at=at)
    elif not answers_by_mandate(allocation.listing, by, clock.county_day(at)):
        raise ConsentNeeded
    else:
        note_act(household, document, "mandate", by=by, at=at)
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


def _gave_less(order: PurchaseOrder, asked: Allocation, given: Allocation) -> Word:
    return to_buyer(
        order,
        "less",
        ONE_GAVE_LESS,
        seller=seller_name(asked.listing),
        quantity=lambda: quantity_words(given),
        asked=lambda: quantity_words(asked),
        produce=asked.listing.produce.name,
    )


def smaller(asked: Allocation, quantity: int) -> Allocation:
    """Return the lot that takes the place of one of which its seller has less."""
    grams = asked.listing.grams(quantity)
    amount_fen = asked.amount_for(grams)
    if amount_fen < 1:
        raise BadValue(_("This is too little to be paid for. Say no instead."))
    kept = ("line_id", "household_id", "cooperative_id", "agent_id", "village_id", "mandate_id", "price_fen",
            "price_unit_g", "why")  # fmt: skip
    return Allocation(
        order=asked.order,
        listing=asked.listing,
        replaces=asked,
        quantity=quantity,
        weight_g=grams,
        amount_fen=amount_fen,
        **{name: getattr(asked, name) for name in kept},
    )


def _hold_less(order: PurchaseOrder, asked: Allocation, smaller: Allocation, *, by: User, at: dt.datetime) -> None:
    """Give back all that was held for what was asked, and hold what is promised of it."""
    lot, side = asked.listing, Movement.Side
    kilos.move_kilos(
        [
            kilos.KiloMove(lot.pk, side.RESERVED, side.FREE, asked.quantity, f"{asked.reference}:release"),
            kilos.KiloMove(lot.pk, side.FREE, side.RESERVED, smaller.quantity, f"{smaller.reference}:hold"),
        ],
        by=by,
        at=at,
    )
    released = transfers.Resolution(f"{asked.reference}:release", f"{asked.reference}:hold", 0)
    transfers.resolve([released], at=at)
    held = transfers.Hold(f"{smaller.reference}:hold", order.fund.account_id, lot.payee_account_id, smaller.amount_fen)
    transfers.hold([held], at=at)
    less_g = smaller.weight_g - asked.weight_g
    drawing.count([drawing.Moved(smaller, order, held_fen=smaller.amount_fen - asked.amount_fen, held_g=less_g)])


def said_day(day: dt.date) -> str:
    """Return a day as messages say it."""
    return f"{day.month} 月 {day.day} 日"
