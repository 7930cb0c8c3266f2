"""Refuse of a union what it may order on a purchase plan only."""

from canteens.models import PurchasePlan
from canteens.services.ceilings import PlanNeeded
from orders.selectors.judging import Judged


def refuse_unplanned(judged: Judged, held_fen: int, plan: PurchasePlan | None) -> None:
    """Refuse an order on no plan that reaches, with those of late, what the rule lets be ordered on a plan alone."""
    if plan is not None or judged.plan_from is None:
        return
    from_fen, document = judged.plan_from
    if judged.unplanned_fen + held_fen >= from_fen:
        raise PlanNeeded(document, from_fen, judged.unplanned_fen, held_fen)
