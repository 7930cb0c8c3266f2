"""The goods of a purchase plan in words: what is planned of each, on order, taken and left, and for each member."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from canteens.models import NOT_APPROVED, PlanGoods, PurchasePlan
from canteens.selectors.plan_goods import goods_name, goods_of
from kernel import weight
from kernel.money import price_per_jin


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One of the goods of a plan as its page shows it; what is drawn only once orders may name the plan."""

    name: str
    planned: str
    ceiling: str
    held: str = ""
    taken: str = ""
    left: str = ""
    each: str = ""  # what was ordered and taken for each member


@dataclass(frozen=True, slots=True)
class GoodsTable:
    """The goods of a plan, and whether anything may be drawn on them yet."""

    rows: list[GoodsRow]
    drawn: bool
    each: bool


def goods_table(plan: PurchasePlan) -> GoodsTable:
    """Return what a plan means to buy, and how far its orders are."""
    drawn = plan.status not in NOT_APPROVED
    rows = [_row(row, plan, drawn=drawn) for row in goods_of(plan)]
    return GoodsTable(rows, drawn, drawn and bool(plan.members))


def _row(row: PlanGoods, plan: PurchasePlan, *, drawn: bool) -> GoodsRow:
    planned, ceiling = quantity_words(row), ceiling_words(row)
    if not drawn:
        return GoodsRow(goods_name(row), planned, ceiling)
    together = row.held_g + row.accepted_g
    return GoodsRow(
        name=goods_name(row),
        planned=_in_two(planned),
        ceiling=ceiling,
        held=_in_two(weight.both(row.held_g)),
        taken=_in_two(weight.both(row.accepted_g)),
        left=_in_two(_left(row)),
        each=_in_two(weight.both(together // plan.members)) if plan.members else "",
    )


def _in_two(weighed: str) -> str:
    """Return a weight that breaks before its bracket alone, for six columns side by side."""
    return weighed.replace(" ", "\u00a0")


def _left(row: PlanGoods) -> str:
    left = row.left_g()
    return weight.both(left) if left is not None else pgettext("plan goods", "left open")


def left_words(row: PlanGoods) -> str:
    """Return of which goods of a plan how much may still be ordered."""
    return _("%(goods)s: %(left)s") % {"goods": goods_name(row), "left": _left(row)}


def quantity_words(row: PlanGoods) -> str:
    """Return how much of some goods a plan means to buy."""
    return weight.both(row.quantity_g) if row.quantity_g is not None else pgettext("plan goods", "left open")


def ceiling_words(row: PlanGoods) -> str:
    """Return at which price some goods may be ordered at most; nothing where the plan does not say."""
    if row.ceiling_fen is None:
        return ""
    return _("at most %(price)s yuan a jin") % {"price": price_per_jin(row.ceiling_fen, 500)}
