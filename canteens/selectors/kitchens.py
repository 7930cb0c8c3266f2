"""Canteens by name: which a buyer orders for on a day, its own and those that others share with it."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from canteens.models import Kitchen, KitchenShare


def stands_on(day: dt.date) -> Q:
    """Return the condition that a dated row stands on a day."""
    return Q(from_on__lte=day) & (Q(to_on=None) | Q(to_on__gt=day))


def kitchens_on(buyers: Collection[int], day: dt.date) -> QuerySet[Kitchen]:
    """Return the canteens for which these buyers order goods of a day, with whose they are."""
    return _of(buyers, stands_on(day)).select_related("organisation").order_by("organisation", "name", "pk")


def kitchens_from(buyers: Collection[int], day: dt.date) -> QuerySet[Kitchen]:
    """Return the canteens for which these buyers order goods of a day or of a later one, with whose they are."""
    rows = _of(buyers, Q(to_on=None) | Q(to_on__gt=day)).select_related("organisation")
    return rows.order_by("organisation", "name", "pk")


def _of(buyers: Collection[int], stands: Q) -> QuerySet[Kitchen]:
    shared = KitchenShare.objects.filter(stands, kitchen=OuterRef("pk"), organisation__in=buyers)
    return Kitchen.objects.filter(stands).filter(Q(organisation__in=buyers) | Exists(shared))
