"""Publish what a canteen cooks in a week, for parents and growers to read; a correction is the week's next turn."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from canteens.models import MOST_GRAMS, MOST_HEADS, Menu, MenuDay, MenuDish, MenuPart
from catalog.selectors.serving import not_served
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.typed import fold_typed
from produce.selectors.dictionary import ids_by_name, key_of

MOST_DISHES = 20  # of one day
MOST_PARTS = 12  # of one dish
MOST_LETTERS = 30
WEEKS_AHEAD = 8  # of which the page shows weeks to choose from
DAYS = 7
_PART = re.compile(r"(?P<name>.*?\S)\s*(?P<grams>\d{1,6})\s*(?:克|g)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into a dish, in grams a head."""

    name: str
    grams: int


@dataclass(frozen=True, slots=True)
class Dish:
    """One dish and what goes into it."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Cooked:
    """What is cooked on one day, for how many."""

    heads: int
    dishes: tuple[Dish, ...]


class MayNotCook(DomainError):
    code = "may_not_cook"

    def __init__(self, name: str, day: dt.date, why: str) -> None:
        super().__init__(
            _("%(name)s may not be served here on %(day)s: %(why)s. Cook something else that day, then publish again.")
            % {"name": name, "day": day.isoformat(), "why": why}
        )


@transaction.atomic
def publish_menu(
    organisation: Organisation, monday: dt.date, days: Mapping[int, Cooked], *, by: User, at: dt.datetime
) -> Menu:
    """Publish what is cooked on the days of a week (0: Monday); published anew, the later one counts.

    Refused are a week that is over or far away, and goods that this buyer's channel may not serve on the day.
    """
    _refuse_week(monday, clock.county_day(at))
    if not days:
        raise BadValue(_("Write at least one dish of one day."))
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    known = ids_by_name()
    for weekday, cooked in days.items():
        _refuse_day(organisation, monday + dt.timedelta(days=weekday), cooked, known)
    earlier = Menu.objects.filter(organisation=organisation, monday=monday).order_by("-turn").first()
    turn = earlier.turn + 1 if earlier is not None else 1
    menu = Menu.objects.create(organisation=organisation, monday=monday, turn=turn, by=by, at=at)
    rows = [
        MenuDay(menu=menu, day=monday + dt.timedelta(days=weekday), heads=days[weekday].heads)
        for weekday in sorted(days)
    ]
    MenuDay.objects.bulk_create(rows)
    dishes = [
        (MenuDish(day=row, position=position, name=dish.name), dish)
        for row in rows
        for position, dish in enumerate(days[(row.day - monday).days].dishes, 1)
    ]
    MenuDish.objects.bulk_create([row for row, _dish in dishes])
    MenuPart.objects.bulk_create(
        MenuPart(dish=row, position=position, name=part.name, produce_id=known.get(key_of(part.name)), grams=part.grams)
        for row, dish in dishes
        for position, part in enumerate(dish.parts, 1)
    )
    return menu


def read_dishes(text: str) -> tuple[Dish, ...]:
    """Return the dishes of one day as typed, one a line: 青椒炒蛋：青椒 40，鸡蛋 50."""
    lines = [(number, fold_typed(line)) for number, line in enumerate(text.splitlines(), 1)]
    dishes = tuple(_dish(number, line) for number, line in lines if line)
    _refuse_many(dishes)
    return dishes


def _dish(number: int, line: str) -> Dish:
    name, colon, rest = line.partition(":")
    typed = [part for part in re.split(r"[,、;]", rest if colon else line) if part.strip()]
    parts = tuple(_part(number, part) for part in typed)
    if (not colon and len(parts) > 1) or not parts:
        raise _unreadable(number)
    dish = Dish(name.strip() if colon else parts[0].name, parts)
    if not dish.name:
        raise _unreadable(number)
    if max(len(dish.name), *(len(part.name) for part in parts)) > MOST_LETTERS:
        raise BadValue(
            _("Line %(line)s: the name of a dish or of what goes in has at most %(letters)s letters.")
            % {"line": number, "letters": MOST_LETTERS}
        )
    return dish


def _part(number: int, text: str) -> Part:
    read = _PART.fullmatch(text.strip())
    if read is None:
        raise _unreadable(number)
    grams = int(read["grams"])
    if not 1 <= grams <= MOST_GRAMS:
        raise BadValue(
            _("Line %(line)s: write 1 to %(most)s grams of %(name)s for one head.")
            % {"line": number, "most": MOST_GRAMS, "name": read["name"]}
        )
    return Part(read["name"], grams)


def _refuse_many(dishes: tuple[Dish, ...]) -> None:
    if len(dishes) > MOST_DISHES:
        raise BadValue(_("At most %(most)s dishes fit on one day.") % {"most": MOST_DISHES})
    for dish in dishes:
        if len(dish.parts) > MOST_PARTS:
            raise BadValue(
                _("%(dish)s: at most %(most)s things go into one dish.") % {"dish": dish.name, "most": MOST_PARTS}
            )


def _unreadable(number: int) -> BadValue:
    return BadValue(
        _(
            "Line %(line)s: write the dish, a colon, and what goes in with its grams for one head: "
            "青椒炒蛋：青椒 40，鸡蛋 50"
        )
        % {"line": number}
    )


def _refuse_week(monday: dt.date, today: dt.date) -> None:
    if monday.weekday() != 0:
        raise BadValue(_("A menu begins on a Monday. Choose the Monday of its week."))
    this = today - dt.timedelta(days=today.weekday())
    if not this <= monday <= this + dt.timedelta(weeks=WEEKS_AHEAD):
        raise BadValue(
            _("Choose this week or one of the next %(weeks)s; what was eaten stays as published.")
            % {"weeks": WEEKS_AHEAD}
        )


def _refuse_day(organisation: Organisation, day: dt.date, cooked: Cooked, known: Mapping[str, int]) -> None:
    if not 1 <= cooked.heads <= MOST_HEADS:
        raise BadValue(_("Write for how many you cook, at most %(most)s.") % {"most": MOST_HEADS})
    _refuse_many(cooked.dishes)
    named = {known.get(key_of(part.name)): part.name for dish in cooked.dishes for part in dish.parts}
    named.pop(None, None)
    forbidden = not_served(day).filter(channel=organisation.channel_id, produce__in=list(named))
    for row in forbidden.order_by("produce__name")[:1]:
        raise MayNotCook(named[row.produce_id], day, row.why)
