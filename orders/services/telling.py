"""Tell sellers and buyers what happened to an order, in plain Chinese, whatever language the doer works in."""

import datetime as dt
from typing import Any

from django.utils import translation

from accounts.models import Message
from accounts.services.messages import write_message
from catalog.models import Listing
from kernel import money, weight
from kernel.present import StrOrPromise
from orders.models import Allocation, PurchaseOrder, SettlementStatement
from produce.models import StockUnit


def tell_seller(
    allocation: Allocation, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any
) -> Message:
    """Put one sentence about a lot into its owner's messages: the household's, or the co-operative's phone.

    `sentence` is lazy and its values may be functions: everything is put into words only once the language is set.
    """
    listing = allocation.listing
    with translation.override("zh-hans"):
        said = {name: value() if callable(value) else str(value) for name, value in values.items()}
        body = str(sentence) % {
            "produce": listing.produce.name,
            "number": allocation.order.number,
            "buyer": allocation.order.buyer.name,
            **said,
        }
    return write_to(listing, kind=f"sale.{kind}", body=body, document=allocation.reference, at=at)


def write_to(goods: Listing | SettlementStatement, *, kind: str, body: str, document: str, at: dt.datetime) -> Message:
    """Write to whoever owns a listing or is owed a statement: a household, or a co-operative's phone."""
    phone = goods.cooperative.phone if goods.cooperative is not None else ""
    return write_message(household=goods.household, phone=phone, kind=kind, body=body, document=document, at=at)


def tell_buyer(order: PurchaseOrder, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about an order into the messages of whoever placed it."""
    with translation.override("zh-hans"):
        said = {name: value() if callable(value) else str(value) for name, value in values.items()}
        body = str(sentence) % {"number": order.number, **said}
    return write_message(phone=order.requester.phone, kind=f"order.{kind}", body=body, document=order.reference, at=at)


def quantity_words(allocation: Allocation) -> str:
    """Say what is asked of a lot, in its own unit."""
    if allocation.listing.stock_unit == StockUnit.PIECE:
        return str(allocation.quantity) + str(weight.UNIT_NAMES["piece"])
    return weight.both(allocation.weight_g)


def amount_words(amount_fen: int) -> str:
    """Say an amount."""
    return money.yuan(amount_fen)
