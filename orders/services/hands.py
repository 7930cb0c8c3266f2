"""Whose hands an order passes through: requester, approver, shipper, weigher and signer are five people."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import DomainError
from orders.models import PurchaseOrder
from records.services.participation import take_part, take_part_as


class OwnOrder(DomainError):
    code = "own_order"
    message = _("You placed this order. Another person must do this step.")


def take_hand(order: PurchaseOrder, stage: str, *, by: User, at: dt.datetime) -> None:
    """Put this person down for one step of the order; refuse whoever placed it or did another step of it."""
    if order.requester.person_id == by.person_id:
        raise OwnOrder
    if order.requester.person is not None:
        take_part_as(order.reference, "request", person_key=order.requester.person.key, at=at)
    take_part(order.reference, stage, by=by, at=at)
