"""The menu of a week in words."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation
from canteens.models import Menu, MenuDish
from kernel.dates import day_words
from kernel.shown import Tab

WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class DishRow:
    """One dish, and what goes into it for one head."""

    name: str
    parts: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a menu."""

    weekday: str
    day: str
    heads: str
    dishes: list[DishRow]


def day_rows(menu: Menu) -> list[DayRow]:
    """Return the days of a menu whose dishes are prefetched."""
    return [
        DayRow(
            weekday=date_format(row.day, "l"),
            day=day_words(row.day),
            heads=_("%(n)s people") % {"n": row.heads},
            dishes=[DishRow(dish.name, _parts(dish)) for dish in row.dishes.all()],
        )
        for row in menu.days.all()
    ]


def typed_again(menu: Menu) -> dict[str, object]:
    """Return a menu as it would be typed, by the fields of its form."""
    typed: dict[str, object] = {}
    for row in menu.days.all():
        weekday = (row.day - menu.monday).days
        typed[f"heads_{weekday}"] = row.heads
        typed[f"dishes_{weekday}"] = "\n".join(
            f"{dish.name}：{'，'.join(f'{part.name} {part.grams}' for part in dish.parts.all())}"
            for dish in row.dishes.all()
        )
    return typed


def week_tabs(organisation: Organisation, weeks: list[dt.date], shown: dt.date, this: dt.date) -> list[Tab]:
    """Return the published weeks to choose from, the present one whether published or not."""
    page = reverse("menu", args=[organisation.pk])
    return [
        Tab(f"{page}?{urlencode({'week': week.isoformat()})}", week_words(week, this), week == shown)
        for week in sorted({*weeks, this, shown})
    ]


def week_words(monday: dt.date, this: dt.date) -> str:
    """Return a week as people call it: this one, the next, or from which day on."""
    near = {this: pgettext("menu", "This week"), this + WEEK: pgettext("menu", "Next week")}
    return near.get(monday) or _("Week of %(day)s") % {"day": day_words(monday)}


def _parts(dish: MenuDish) -> str:
    grams = [_("%(name)s %(grams)s g") % {"name": part.name, "grams": part.grams} for part in dish.parts.all()]
    return pgettext("list", ", ").join(grams)
