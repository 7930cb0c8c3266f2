"""Count what moves of an order's goods money against the purchase plan it names, or of a union's money its year.

Asked after the money has moved: the fund's account is locked by then, and its lock is the plan's.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from canteens.services import drawing
from canteens.services.ceilings import count_unplanned
from kernel.clock import county_day
from orders.models import Allocation, OrderLine, PurchaseOrder


@dataclass(frozen=True, slots=True)
class Moved:
    """How much more, or less, is held and taken of one lot of an order, in fen and in grams."""

    lot: Allocation
    order: PurchaseOrder
    held_fen: int = 0
    taken_fen: int = 0
    held_g: int = 0
    taken_g: int = 0


def count(moved: Iterable[Moved]) -> None:
    """Count on each plan and its goods what its orders hold and take more, or less; refuse in words what is above.

    What moves on no plan counts in the union's year, by the rule of the day of placing.
    """
    on_plans: dict[int, list[Moved]] = {}
    unplanned = Counter[tuple[int, dt.date]]()
    for one in moved:
        if one.order.purchase_plan_id is not None:
            on_plans.setdefault(one.order.purchase_plan_id, []).append(one)
        else:
            unplanned[one.order.fund_id, county_day(one.order.placed_at)] += one.held_fen + one.taken_fen
    lines = {one.lot.line_id for rows in on_plans.values() for one in rows}
    goods = dict(OrderLine.objects.filter(pk__in=lines).values_list("pk", "plan_goods")) if lines else {}
    for plan_id in sorted(on_plans):
        _count_on_plan(plan_id, on_plans[plan_id], goods)
    for fund_id, day in sorted(unplanned):
        if unplanned[fund_id, day]:
            count_unplanned(fund_id, unplanned[fund_id, day], day)


def _count_on_plan(plan_id: int, rows: list[Moved], goods: Mapping[int, int | None]) -> None:
    held_g, taken_g = Counter[int | None](), Counter[int | None]()
    for one in rows:
        held_g[goods[one.lot.line_id]] += one.held_g
        taken_g[goods[one.lot.line_id]] += one.taken_g
    drawn = [drawing.Drawn(held_g[pk], taken_g[pk], goods_id=pk) for pk in held_g if held_g[pk] or taken_g[pk]]
    held_fen, taken_fen = sum(one.held_fen for one in rows), sum(one.taken_fen for one in rows)
    if held_fen or taken_fen or drawn:
        drawing.draw(plan_id, drawn, held_fen=held_fen, accepted_fen=taken_fen)


def hold(order: PurchaseOrder, lots: Iterable[Allocation]) -> None:
    """Count what is held for lots that came to an order placed before."""
    count([Moved(lot, order, held_fen=lot.amount_fen, held_g=lot.weight_g) for lot in lots])
