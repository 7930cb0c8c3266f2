"""What an approver decides on: the purse before and after the order, and what the goods cost elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import money
from kernel.clock import county_day
from kernel.present import name_of
from kernel.shown import BarPart
from orders.models import Allocation, PurchaseOrder
from orders.pages.plans import budget_items
from produce.selectors.prices import reference_prices

JIN_A_KG = 2


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One kind of goods at one price: yuan a kilogram here, elsewhere, and the difference in words."""

    produce: str
    price: str
    reference: str
    difference: str
    dear: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """An order as its approver decides on it; `before` and `after` are what the purse has free without and with it."""

    purse: str
    bar: list[BarPart]
    before: str
    after: str
    prices: list[PriceRow]
    amount: str
    approve_url: str
    refuse_url: str


def decision(order: PurchaseOrder, lots: Iterable[Allocation]) -> Decision:
    """Return what stands before the approver of an order that waits; its sum is held already."""
    left_fen = order.fund.account.available_fen()
    return Decision(
        purse=f"{order.fund.get_kind_display()} {order.fund.fiscal_year}",
        bar=budget_items(order.fund, order.held_fen, held_already=True),
        before=money.yuan(left_fen + order.held_fen),
        after=money.yuan(left_fen),
        prices=_prices(order, lots),
        amount=money.yuan(order.held_fen),
        approve_url=reverse("order-approve", args=[order.pk]),
        refuse_url=reverse("order-refuse", args=[order.pk]),
    )


def _prices(order: PurchaseOrder, lots: Iterable[Allocation]) -> list[PriceRow]:
    goods = {(lot.listing.produce, lot.price_fen, lot.price_unit_g) for lot in lots}
    known = reference_prices([produce.pk for produce, _price, _unit in goods], county_day(order.placed_at))
    rows = []
    for produce, price_fen, unit_g in sorted(goods, key=lambda row: (row[0].position, row[0].pk, row[1])):
        fen_a_kg = money.amount_fen(1000, price_fen, unit_g)
        reference_fen = known.get(produce.pk, 0) * JIN_A_KG
        rows.append(
            PriceRow(
                produce=name_of(produce),
                price=money.price_per_kg(price_fen, unit_g),
                reference=money.yuan(reference_fen) if reference_fen else "",
                difference=_difference(fen_a_kg, reference_fen),
                dear=bool(reference_fen) and fen_a_kg > reference_fen,
            )
        )
    return rows


def _difference(fen: int, reference_fen: int) -> str:
    if not reference_fen:
        return _("no reference price")
    if fen == reference_fen:
        return _("the same")
    words = _("%(yuan)s dearer") if fen > reference_fen else _("%(yuan)s cheaper")
    return words % {"yuan": money.yuan(abs(fen - reference_fen))}
