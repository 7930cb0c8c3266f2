"""Refuse of a union what would leave too little of its year for poor households' goods."""

import datetime as dt
from collections.abc import Iterable

from canteens.models import Fund
from canteens.services.ceilings import ShareBelowRule
from orders.models import Allocation
from orders.selectors.judging import Judged
from orders.selectors.union_share import union_share


def refuse_below_share(judged: Judged, allocations: Iterable[Allocation], fund: Fund, today: dt.date) -> None:
    """Refuse an order whose goods of others would bring a union's year below the least share, with the rule's number.

    Goods of poor households alone are never refused.
    """
    more_fen = sum(row.amount_fen for row in allocations if row.listing_id in judged.other_lots)
    if judged.others_room_fen is None or not more_fen or more_fen <= judged.others_room_fen:
        return
    share = union_share(fund, today)
    raise ShareBelowRule(share.rule, share.declared_fen, share.others_fen, more_fen, share.allowed_fen)
