"""Why a household got its share: the figures kept on the allocation, put into one sentence anybody can check."""

from django.utils.translation import gettext as _

from kernel import weight
from orders.allocation import PlanKind, Why
from orders.models import Allocation
from produce.models import StockUnit


def written(why: Why) -> str:
    """Write the figures down as they are kept on an allocation."""
    return f"{why.kind}|{why.level}|{why.had}|{why.owners}|{why.waiting}|{why.seed}"


def read(text: str) -> Why | None:
    """Read them back; an allocation made without a rule has none."""
    parts = text.split("|", 5)
    if len(parts) != 6 or not all(part.isdigit() for part in parts[1:5]):
        return None
    kind, level, had, owners, waiting, seed = parts
    return Why(kind, int(level), int(had), int(owners), int(waiting), seed)


def reason_for(allocation: Allocation) -> str:
    """Return the sentence that tells the seller why it got this share."""
    why = read(allocation.why)
    if why is None or why.kind == PlanKind.CHOSEN:
        return _("The buyer chose this lot.")
    figures = {
        "had": _said(allocation, why.had),
        "level": _said(allocation, why.level),
        "owners": why.owners,
    }
    if why.kind == PlanKind.CHEAPEST:
        return _("The buyer took the lowest prices; %(owners)s sellers share this order.") % figures
    if why.kind == PlanKind.FEWEST:
        return _("The buyer wanted few stops; %(owners)s sellers share this order, those with most goods.") % figures
    if why.had <= why.level:
        return _("Shared among %(owners)s sellers, everybody alike: you had %(had)s, and all of it is taken.") % figures
    return _("Shared among %(owners)s sellers, everybody alike up to %(level)s; you had %(had)s.") % figures


def _said(allocation: Allocation, quantity: int) -> str:
    if allocation.listing.stock_unit == StockUnit.PIECE:
        return f"{quantity} {weight.UNIT_NAMES['piece']}"
    return weight.both(quantity)
