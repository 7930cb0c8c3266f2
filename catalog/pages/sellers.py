"""What is known of those who sell: the seasons of their land, what they are recognised for, when they are away."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Household, User
from catalog.models import Recognition
from kernel import dates, masking, weight
from kernel.present import name_of
from records.forms import new_key
from registers.models import ChangeStatus, RegisterChange
from registers.selectors import changes_seen_by
from registers.services.rules import seat_of_household

CHIP_DAYS = (1, 3, 7)


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """What a household grows in one season."""

    name: str
    picture: str
    meta: list[str]
    percent: int
    listed: str
    left: str
    outside: str  # empty where all that is on sale counts
    correct_url: str


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """For what one seller is recognised; `end_url` is empty once it has ended."""

    seller: str
    where: str
    track: str
    goods: str
    document: str
    days: str
    runs: bool
    end_url: str
    idem: str


@dataclass(frozen=True, slots=True)
class DayChip:
    """A day to tap."""

    value: str
    label: str


def season_row(season: Any, *, may_correct: bool) -> SeasonRow:
    """Return what a household grows on how much land, when it is harvested, how much it gives and how much is left."""
    taken_g = season.capacity_g - season.left_g()
    return SeasonRow(
        name=name_of(season.produce),
        picture=season.produce.picture,
        meta=[
            season.parcel,
            _("%(mu)s mu") % {"mu": f"{season.area_cmu / 100:g}"},
            dates.period_words(season.harvest_from, season.harvest_to),
            _("about %(jin)s jin") % {"jin": _whole_jin(season.capacity_g)},
            season.get_capacity_reason_display(),
        ],
        percent=taken_g * 100 // season.capacity_g,
        listed=_("%(jin)s jin put on sale") % {"jin": _whole_jin(season.listed_g)},
        outside=_outside(season.outside_g),
        left=_("%(jin)s jin left") % {"jin": _whole_jin(season.left_g())},
        correct_url=reverse("register-edit", args=["plots", season.pk]) if may_correct else "",
    )


def _outside(grams: int) -> str:
    """Return what is on sale and found no room in a season; empty where nothing is."""
    if not grams:
        return ""
    return _("Another %(jin)s jin is on sale and does not count here.") % {"jin": _whole_jin(grams)}


def _whole_jin(grams: int) -> str:
    return weight.with_commas(weight.jin(grams // 500 * 500))


def plots_waiting(user: User, household: Household) -> QuerySet[RegisterChange]:
    """Return what was proposed about the seasons of one household, waits for the township and may be looked into."""
    waiting = changes_seen_by(user).filter(register="plots", status=ChangeStatus.PROPOSED)
    return waiting.filter(seen_in__contains=[seat_of_household(household)])


def recognition_row(recognition: Recognition, today: dt.date) -> RecognitionRow:
    """Return for what one seller is recognised, a household under its masked name."""
    if recognition.household is not None:
        seller = masking.mask_name(recognition.household.head_name)
        where = recognition.household.village.short_name
    else:
        seller, where = str(recognition.cooperative), ""
    first, last = recognition.from_on, recognition.to_on
    runs = last is None or last >= today
    return RecognitionRow(
        seller=seller,
        where=where,
        track=recognition.get_track_display(),
        goods=name_of(recognition.produce) if recognition.produce is not None else _("whatever it grows"),
        document=recognition.document,
        days=dates.period_words(first, last) if last else dates.day_words(first),
        runs=runs,
        end_url=reverse("recognition-end", args=[recognition.pk]) if runs else "",
        idem=new_key(),
    )


def day_chips(today: dt.date) -> list[DayChip]:
    """Return the days until which one is usually away."""
    days = [today + dt.timedelta(days=number) for number in CHIP_DAYS]
    return [DayChip(day.isoformat(), dates.day_words(day)) for day in days]
