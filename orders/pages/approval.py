"""What an approver decides on: the purse before and after the order, and what the goods cost elsewhere."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import money
from kernel.clock import county_day
from kernel.present import name_of
from kernel.shown import BarPart
from orders.models import PurchaseOrder
from orders.pages.plans import budget_items
from orders.selectors.orders import prices_in
from produce.models import Produce
from produce.selectors.prices import reference_prices

JIN_A_KG = 2
MOST_PRICES = 20


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
    more: str
    amount: str
    approve_url: str
    refuse_url: str


def decision(order: PurchaseOrder) -> Decision:
    """Return what stands before the approver of an order that waits; its sum is held already."""
    left_fen = order.fund.account.available_fen()
    prices, more = _prices(order)
    return Decision(
        purse=f"{order.fund.label} {order.fund.fiscal_year}",
        bar=budget_items(order.fund, order.held_fen, held_already=True),
        before=money.yuan(left_fen + order.held_fen),
        after=money.yuan(left_fen),
        prices=prices,
        more=ngettext(
            "%(n)s more price; none is further above its reference.",
            "%(n)s more prices; none is further above its reference.",
            more,
        )
        % {"n": more}
        if more
        else "",
        amount=money.yuan(order.held_fen),
        approve_url=reverse("order-approve", args=[order.pk]),
        refuse_url=reverse("order-refuse", args=[order.pk]),
    )


def _prices(order: PurchaseOrder) -> tuple[list[PriceRow], int]:
    """Return the prices over all lots, at most so many and those furthest above their reference; and how many more."""
    by_produce = prices_in(order)
    produce_of = Produce.objects.in_bulk(by_produce)
    references = reference_prices(list(by_produce), county_day(order.placed_at))
    goods = [(produce_of[pk], *price) for pk, prices in by_produce.items() for price in prices]

    def above(row: tuple[Produce, int, int]) -> int:
        produce, price_fen, unit_g = row
        return money.amount_fen(1000, price_fen, unit_g) - references.get(produce.pk, 0) * JIN_A_KG

    shown = sorted(goods, key=above, reverse=True)[:MOST_PRICES]
    shown.sort(key=lambda row: (row[0].position, row[0].pk, row[1]))
    return [_price_row(*row, references.get(row[0].pk, 0) * JIN_A_KG) for row in shown], len(goods) - len(shown)


def _price_row(produce: Produce, price_fen: int, unit_g: int, reference_fen: int) -> PriceRow:
    fen_a_kg = money.amount_fen(1000, price_fen, unit_g)
    return PriceRow(
        produce=name_of(produce),
        price=money.price_per_kg(price_fen, unit_g),
        reference=money.yuan(reference_fen) if reference_fen else "",
        difference=_difference(fen_a_kg, reference_fen),
        dear=bool(reference_fen) and fen_a_kg > reference_fen,
    )


def _difference(fen: int, reference_fen: int) -> str:
    if not reference_fen:
        return _("no reference price")
    if fen == reference_fen:
        return _("the same")
    words = _("%(yuan)s dearer") if fen > reference_fen else _("%(yuan)s cheaper")
    return words % {"yuan": money.yuan(abs(fen - reference_fen))}
