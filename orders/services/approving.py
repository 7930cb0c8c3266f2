"""An order that waits for approval does not wait for ever: its approvers are told, then others, then it ends."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import users_in_post
from accounts.services.messages import tell
from kernel import clock, money
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise, known
from kernel.workflow import lock
from orders.models import OrderStatus, PurchaseOrder
from orders.selectors.approvers import approving_roles
from orders.services.asking import release_all
from orders.services.carting import free
from orders.services.hands import APPROVE, take_hand
from orders.services.telling import tell_buyer
from records.selectors.policy import policy

WAITS = _("Order %(number)s, %(amount)s yuan, waits for your approval until %(until)s. Then it ends.")
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
def refuse(order: PurchaseOrder, *, why: str, by: User, at: dt.datetime) -> PurchaseOrder:
    """Refuse an order that waits, as a person who did not place it: all is free again and the buyer reads why."""
    order = lock(order)
    why = why.strip()
    if not why:
        raise BadValue(_("Write what is to be changed, for the buyer to read."))
    take_hand(order, APPROVE, by=by, at=at)
    if order.status != OrderStatus.AWAITING:
        raise NotWaiting
    order.move_to(OrderStatus.CANCELLED, by=by, at=at, note=why[:200])
    release_all(order, by=by, at=at, note=why[:200])
    free(order, at=at)
    tell_buyer(order, "refused", REFUSED, at=at, why=why[:200])
    return order


@transaction.atomic
def show_to_others(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """Let the buyer's other approvers see and approve an order that nobody approved for ⟨approval_told_hours⟩."""
    order = lock(order)
    silent_since = at - dt.timedelta(hours=policy("approval_told_hours", clock.county_day(order.placed_at)))
    if order.status != OrderStatus.AWAITING or order.shown_on_at is not None or order.placed_at > silent_since:
        return False
    order.shown_on_at = at
    order.save(update_fields=["shown_on_at"])
    _tell(order, STILL_WAITS, "still_waits", at=at)
    tell_buyer(order, "shown_on", SHOWN_ON, at=at, until=message_deadline(known(order.approve_by_at)))
    return True


@transaction.atomic
def end_unapproved(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """End an order that nobody approved by its time: money and kilos are free again, everybody is told."""
    order = lock(order)
    if order.status != OrderStatus.AWAITING or order.approve_by_at is None or at < order.approve_by_at:
        return False
    order.move_to(OrderStatus.CANCELLED, by=None, at=at, note="not approved in time")
    release_all(order, by=None, at=at, note="not approved in time")
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
    for user in _approvers(order, at):
        tell(sentence, values, phone=user.phone, kind=f"order.{kind}", document=order.reference, at=at)


def _approvers(order: PurchaseOrder, at: dt.datetime) -> list[User]:
    people = users_in_post(order.buyer, approving_roles(order), clock.county_day(at))
    return [user for user in people if user.person_id != order.requester.person_id]
