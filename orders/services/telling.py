"""Tell sellers and buyers what happened to an order, in plain Chinese, whatever language the doer works in."""

import datetime as dt
from collections.abc import Mapping

from accounts.models import Message
from accounts.services.messages import tell
from catalog.models import Listing
from kernel import weight
from kernel.present import StrOrPromise
from orders.models import Allocation, PurchaseOrder, SettlementStatement
from produce.models import StockUnit


def tell_seller(
    allocation: Allocation, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: object
) -> Message:
    """Put one sentence about a lot into its owner's messages; values may be functions, called in Chinese."""
    facts: dict[str, object] = {
        "produce": allocation.listing.produce.name,
        "number": allocation.order.number,
        "buyer": allocation.order.buyer.name,
    }
    document = allocation.reference
    return tell_owner(allocation.listing, f"sale.{kind}", sentence, facts | values, document=document, at=at)


def tell_owner(
    goods: Listing | SettlementStatement,
    kind: str,
    sentence: StrOrPromise,
    values: Mapping[str, object],
    *,
    document: str,
    at: dt.datetime,
) -> Message:
    """Put one sentence into the messages of whoever owns a listing or is owed: a household, a co-operative's phone."""
    phone = goods.cooperative.phone if goods.cooperative is not None else ""
    return tell(sentence, values, household=goods.household, phone=phone, kind=kind, document=document, at=at)


def tell_buyer(
    order: PurchaseOrder, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: object
) -> Message:
    """Put one sentence about an order into the messages of whoever placed it."""
    phone, values = order.requester.phone, {"number": order.number} | values
    return tell(sentence, values, phone=phone, kind=f"order.{kind}", document=order.reference, at=at)


def quantity_words(allocation: Allocation) -> str:
    """Return what is asked of a lot, in its own unit."""
    if allocation.listing.stock_unit == StockUnit.PIECE:
        return str(allocation.quantity) + str(weight.UNIT_NAMES["piece"])
    return weight.both(allocation.weight_g)
