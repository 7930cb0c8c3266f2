"""A co-operative's trade in words: each lot with its household, kilos, answers and money; the sums above."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext

from catalog.models import ListingStatus
from kernel import money
from kernel.dates import day_words
from kernel.present import name_of
from kernel.shown import Tab
from orders.models import Allocation
from orders.pages.sales import sale_title
from orders.selectors.coops import CoopFigures
from orders.selectors.orders import seller_name


@dataclass(frozen=True, slots=True)
class CoopLotRow:
    """One lot in the list of what a co-operative sells."""

    url: str
    title: str
    number: str
    seller: str
    listed: str
    free: str
    waiting: int
    to_send: int
    ordered: str
    paid: str
    status: str


@dataclass(frozen=True, slots=True)
class ToSend:
    """Goods that a seller has promised, and where they are sent off."""

    url: str
    title: str
    buyer: str
    seller: str
    day: str


def lot_row(lot: Any) -> CoopLotRow:
    """Return one lot, annotated by its selector, as the list shows it."""
    household = lot.household
    return CoopLotRow(
        url=reverse("listing-detail", args=[lot.pk]),
        title=name_of(lot.produce),
        number=lot.number,
        seller=f"{household.number} {household.head_name}" if household is not None else "",
        listed=lot.in_words(lot.listed),
        free=lot.in_words(lot.free()),
        waiting=lot.waiting,
        to_send=lot.to_send,
        ordered=money.yuan(lot.ordered_fen),
        paid=money.yuan(lot.paid_fen),
        status=str(ListingStatus(lot.status).label),
    )


def to_send_row(part: Allocation) -> ToSend:
    """Return goods that are to be sent off."""
    return ToSend(
        url=reverse("delivery-ship", args=[part.order_id]),
        title=sale_title(part),
        buyer=part.order.buyer.name,
        seller=seller_name(part.listing),
        day=day_words(part.order.deliver_on),
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """One number over all lots."""

    label: str
    value: object
    unit: str = ""


def figures(sums: CoopFigures) -> list[Sum]:
    """Return the sums over all lots."""
    yuan = pgettext("coop", "yuan")
    return [
        Sum(pgettext("coop", "Lots on sale"), sums.on_sale),
        Sum(pgettext("coop", "Answers waiting"), sums.waiting),
        Sum(pgettext("coop", "To be sent off"), sums.to_send),
        Sum(pgettext("coop", "Ordered so far"), money.yuan(sums.ordered_fen), yuan),
        Sum(pgettext("coop", "Still to be paid"), money.yuan(sums.stated_fen - sums.paid_fen), yuan),
        Sum(pgettext("coop", "Paid"), money.yuan(sums.paid_fen), yuan),
    ]


def tabs(*, own: bool) -> list[Tab]:
    """Return the two kinds of goods a co-operative sells: its members', and what it grows itself."""
    url = reverse("coop")
    return [
        Tab(url, pgettext("coop", "Members' goods"), not own),
        Tab(f"{url}?own=1", pgettext("coop", "Own production"), own),
    ]
