"""An order that waits for approval does not wait for ever: its approvers are told, then the next, then it ends."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from kernel import clock, money
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise, known
from kernel.workflow import IllegalMove, lock
from orders.models import OrderStatus, PurchaseOrder, Reach
from orders.selectors.approvers import asked_by_now
from orders.services import asking
from orders.services.carting import free
from orders.services.steps import answer, hand_on
from orders.services.telling import tell_buyer

WAITS = _("Order %(number)s, %(amount)s yuan, waits for your approval until %(until)s. Then it ends.")
DEPUTISED = _("Nobody has approved order %(number)s yet. The deputies were asked too; it ends on %(until)s.")
ONE_MORE = _("%(who)s approved order %(number)s. It still needs %(n)s more.")
STILL_WAITS = _(
    "Nobody has approved order %(number)s, %(amount)s yuan, yet. You may: until %(until)s, then it ends by itself."
)
SHOWN_ON = _("Nobody has approved order %(number)s yet. The other approvers were asked too; it ends on %(until)s.")
ENDED = _(
    "Nobody approved order %(number)s in time, so it has ended. Its money and goods are free again; place it anew if "
    "it is still needed."
)


REFUSED = _(
    "Order %(number)s was not approved: %(why)s. Its money and goods are free again; change it and place it anew."
)


class NotWaiting(DomainError):
    code = "not_waiting"
    message = _("This order does not wait for approval any more. Open it again to see how it stands.")


def tell_approvers(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Tell whoever may approve this order that it waits, and until when."""
    _tell(order, WAITS, "waits", at=at)


@transaction.atomic
def approve(order: PurchaseOrder, *, by: User, at: dt.datetime) -> PurchaseOrder:
    """Say yes to an order as one of those who must, having not placed it; the last yes asks its sellers."""
    order = lock(order)
    if order.status != OrderStatus.AWAITING:
        raise IllegalMove
    left = answer(order, approved=True, by=by, at=at)
    if not left:
        return asking.ask_approved(order, by=by, at=at)
    tell_buyer(order, "approved_by_one", ONE_MORE, at=at, who=by.person.name if by.person else "", n=left)
    return order


@transaction.atomic
def refuse(order: PurchaseOrder, *, why: str, by: User, at: dt.datetime) -> PurchaseOrder:
    """Refuse an order that waits, as one who must approve it: one no is enough; all is free and the buyer reads why."""
    order = lock(order)
    why = why.strip()
    if not why:
        raise BadValue(_("Write what is to be changed, for the buyer to read."))
    if order.status != OrderStatus.AWAITING:
        raise NotWaiting
    answer(order, approved=False, by=by, at=at)
    order.move_to(OrderStatus.CANCELLED, by=by, at=at, note=why[:200])
    asking.release_all(order, by=by, at=at, note=why[:200])
    free(order, at=at)
    tell_buyer(order, "refused", REFUSED, at=at, why=why[:200])
    return order


@transaction.atomic
def show_to_others(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """Ask the next for the steps of an order that nobody took in time: deputies of today, then the other approvers."""
    order = lock(order)
    reach = hand_on(order, at=at) if order.status == OrderStatus.AWAITING else None
    if reach is None:
        return False
    _tell(order, STILL_WAITS, "still_waits", at=at)
    told = DEPUTISED if reach == Reach.DEPUTIES else SHOWN_ON
    tell_buyer(order, "shown_on", told, at=at, until=message_deadline(known(order.approve_by_at)))
    return True


@transaction.atomic
def end_unapproved(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """End an order that nobody approved by its time: money and kilos are free again, everybody is told."""
    order = lock(order)
    if order.status != OrderStatus.AWAITING or order.approve_by_at is None or at < order.approve_by_at:
        return False
    order.move_to(OrderStatus.CANCELLED, by=None, at=at, note="not approved in time")
    asking.release_all(order, by=None, at=at, note="not approved in time")
    free(order, at=at)
    _tell(order, ENDED, "not_approved", at=at)
    tell_buyer(order, "not_approved", ENDED, at=at)
    return True


def _tell(order: PurchaseOrder, sentence: StrOrPromise, kind: str, *, at: dt.datetime) -> None:
    values = {
        "number": order.number,
        "amount": money.yuan(order.held_fen),
        "until": message_deadline(known(order.approve_by_at)),
    }
    asked = asked_by_now(order, order.steps.all(), clock.county_day(at))
    tell_all(
        [Word(sentence, values, None, f"order.{kind}", order.reference, phone=user.phone) for user in asked], at=at
    )
