"""Tell sellers and buyers what happened to an order, in plain Chinese, whatever language the doer works in.

What many are told at once is put into words first (`to_seller`, `to_buyer`) and written in one statement (`tell_all`).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from accounts.models import Household, Organisation
from accounts.services.messages import Word, tell_all
from catalog.models import Listing
from kernel import weight
from kernel.present import StrOrPromise
from orders.models import Allocation, PurchaseOrder
from produce.models import StockUnit


def to_seller(allocation: Allocation, kind: str, sentence: StrOrPromise, **values: object) -> Word:
    """Return one sentence about a lot for its owner; values may be functions, called in Chinese."""
    facts: dict[str, object] = {
        "produce": allocation.listing.produce.name,
        "number": allocation.order.number,
        "buyer": allocation.order.buyer.name,
    }
    return to_owner(allocation.listing, f"sale.{kind}", sentence, facts | values, document=allocation.reference)


class Owned(Protocol):
    """Goods or money of a household or a co-operative."""

    @property
    def household(self) -> Household | None: ...

    @property
    def cooperative(self) -> Organisation | None: ...


def to_owner(
    goods: Owned,
    kind: str,
    sentence: StrOrPromise,
    values: Mapping[str, object],
    *,
    document: str,
) -> Word:
    """Return one sentence for whoever owns a listing or is owed: a household, an organisation's phone."""
    organisation = goods.cooperative or getattr(goods, "carrier", None)
    phone = organisation.phone if organisation is not None else ""
    return Word(sentence, values, goods.household, kind, document, phone)


def to_buyer(order: PurchaseOrder, kind: str, sentence: StrOrPromise, **values: object) -> Word:
    """Return one sentence about an order for whoever placed it."""
    values = {"number": order.number} | values
    return Word(sentence, values, None, f"order.{kind}", order.reference, order.requester.phone)


def tell_seller(
    allocation: Allocation, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: object
) -> None:
    """Put one sentence about a lot into its owner's messages."""
    tell_all([to_seller(allocation, kind, sentence, **values)], at=at)


def tell_owner(
    goods: Owned,
    kind: str,
    sentence: StrOrPromise,
    values: Mapping[str, object],
    *,
    document: str,
    at: dt.datetime,
) -> None:
    """Put one sentence into the messages of whoever owns a listing or is owed."""
    tell_all([to_owner(goods, kind, sentence, values, document=document)], at=at)


def tell_buyer(order: PurchaseOrder, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: object) -> None:
    """Put one sentence about an order into the messages of whoever placed it."""
    tell_all([to_buyer(order, kind, sentence, **values)], at=at)


def quantity_words(allocation: Allocation) -> str:
    """Return what is asked of a lot, in its own unit."""
    if allocation.listing.stock_unit == StockUnit.PIECE:
        return weight.heads(allocation.quantity, allocation.listing.count_word)
    return weight.both(allocation.weight_g)


def quantity_handed(lot: Listing, grams: int, pieces: int | None) -> str:
    """Return a weight at the pick-up in both units, with the heads of animals."""
    heads = f"{weight.heads(pieces, lot.count_word)}，" if pieces else ""
    return f"{heads}{weight.both(grams)}"
