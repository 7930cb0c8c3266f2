"""The menus that stand: of each week the latest turn."""

import datetime as dt

from django.db.models import Prefetch, QuerySet

from accounts.models import Organisation
from canteens.models import Menu, MenuDay, MenuDish, MenuPart


def menus_that_stand() -> QuerySet[Menu]:
    """Return of each buyer and week the menu published last."""
    return Menu.objects.order_by("organisation_id", "monday", "-turn").distinct("organisation_id", "monday")


def menu_of(organisation: Organisation, monday: dt.date) -> Menu | None:
    """Return what a buyer cooks in a week, with days, dishes and what goes in; four statements."""
    parts = Prefetch("parts", MenuPart.objects.order_by("position"))
    dishes = Prefetch("dishes", MenuDish.objects.order_by("position").prefetch_related(parts))
    days = Prefetch("days", MenuDay.objects.order_by("day").prefetch_related(dishes))
    stands = menus_that_stand().filter(organisation=organisation, monday=monday)
    return stands.prefetch_related(days).first()


def weeks_of(organisation: Organisation, first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the Mondays between two days of which this buyer published a menu."""
    weeks = Menu.objects.filter(organisation=organisation, monday__range=(first, last))
    return list(weeks.order_by("monday").values_list("monday", flat=True).distinct())


def kitchens(first: dt.date) -> QuerySet[Organisation]:
    """Return the buyers that published a menu of this week or a later one."""
    return Organisation.objects.filter(menus__monday__gte=first).distinct().order_by("name", "pk")
