"""Count what moves of an order's goods money against the purchase plan it names; an order without one asks nothing.

Asked after the money has moved: the fund's account is locked by then, and its lock is the plan's.
"""

from collections import Counter
from collections.abc import Iterable

from canteens.services import drawing
from orders.models import PurchaseOrder

Drawn = tuple[PurchaseOrder, int, int]  # an order, and how much more is held and taken by it, in fen


def count(drawn: Iterable[Drawn]) -> None:
    """Count on each plan what its orders hold and take more, or less; refuse in words what is above it."""
    held, taken = Counter[int](), Counter[int]()
    for order, held_fen, taken_fen in drawn:
        if order.purchase_plan_id is not None:
            held[order.purchase_plan_id] += held_fen
            taken[order.purchase_plan_id] += taken_fen
    for plan_id in sorted(held):
        if held[plan_id] or taken[plan_id]:
            drawing.draw(plan_id, held_fen=held[plan_id], accepted_fen=taken[plan_id])


def hold(order: PurchaseOrder, fen: int) -> None:
    """Count what is held more for an order placed before, or less."""
    count([(order, fen, 0)])
