"""Count what moves of an order's goods money against the purchase plan it names, or of a union's money its year.

Asked after the money has moved: the fund's account is locked by then, and its lock is the plan's.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from canteens.services import drawing
from canteens.services.ceilings import count_unplanned
from kernel.clock import county_day
from orders.models import PurchaseOrder

Drawn = tuple[PurchaseOrder, int, int]  # an order, and how much more is held and taken by it, in fen


def count(drawn: Iterable[Drawn]) -> None:
    """Count on each plan what its orders hold and take more, or less; refuse in words what is above it.

    What moves on no plan counts in the union's year, by the rule of the day of placing.
    """
    held, taken, unplanned = Counter[int](), Counter[int](), Counter[tuple[int, dt.date]]()
    for order, held_fen, taken_fen in drawn:
        if order.purchase_plan_id is not None:
            held[order.purchase_plan_id] += held_fen
            taken[order.purchase_plan_id] += taken_fen
        else:
            unplanned[order.fund_id, county_day(order.placed_at)] += held_fen + taken_fen
    for plan_id in sorted(held):
        if held[plan_id] or taken[plan_id]:
            drawing.draw(plan_id, held_fen=held[plan_id], accepted_fen=taken[plan_id])
    for fund_id, day in sorted(unplanned):
        if unplanned[fund_id, day]:
            count_unplanned(fund_id, unplanned[fund_id, day], day)


def hold(order: PurchaseOrder, fen: int) -> None:
    """Count what is held more for an order placed before, or less."""
    count([(order, fen, 0)])
