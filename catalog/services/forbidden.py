"""Lots of goods that the dictionary forbids since: off the market, and their sellers told why."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, ListingStatus
from catalog.services.telling import tell

_FORBIDDEN = _(
    "Your %(produce)s, number %(number)s, has left the market: it may not be sold here any more. %(reason)s What is "
    "ordered already goes on unless it is called back. Questions? Call us."
)


@transaction.atomic
def take_down_forbidden(*, at: dt.datetime, most: int = 200) -> int:
    """Take lots off the market whose goods may not be sold any more, and tell their sellers; return how many."""
    rows = Listing.objects.filter(status=ListingStatus.ON_SALE, produce__forbidden=True)
    rows = rows.select_related("produce", "household").order_by("pk")
    lots = list(rows.select_for_update(of=("self",), skip_locked=True)[:most])
    if lots:
        Listing.move_all(lots, ListingStatus.EXPIRED, by=None, at=at)
    for lot in lots:
        tell(lot, "forbidden", _FORBIDDEN, at=at, reason=lot.produce.forbidden_reason)
    return len(lots)
