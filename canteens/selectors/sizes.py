"""How many ate at a buyer's on a day, and how many were in its union."""

import datetime as dt

from django.db.models import OuterRef, QuerySet

from accounts.models import Organisation
from canteens.models import Canteen, CanteenSize


def sizes_on(on: dt.date) -> QuerySet[CanteenSize]:
    """Return what was known of a day of all canteens, the latest first."""
    return CanteenSize.objects.filter(from_on__lte=on).order_by("-from_on", "-pk")


def sizes_of(organisation: OuterRef, on: dt.date) -> QuerySet[CanteenSize]:
    """Return what was known of a day of an outer row's buyer, the latest first."""
    return sizes_on(on).filter(canteen__organisation=organisation)


def last_size(canteen: Canteen) -> CanteenSize | None:
    """Return what counts of a canteen from its last day on."""
    return CanteenSize.objects.filter(canteen=canteen).order_by("-from_on", "-pk").first()


def heads_on(kitchen: Organisation, on: dt.date) -> int:
    """Return how many ate in a kitchen on an ordinary day of then; before the first day that is known, as now."""
    known = sizes_on(on).filter(canteen=kitchen.canteen.pk).values_list("heads", flat=True).first()
    return kitchen.canteen.heads if known is None else known
