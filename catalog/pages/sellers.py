"""What is known of those who sell: the seasons of their land, what they are recognised for, when they are away."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import PlotSeason, Recognition
from kernel import dates, masking, weight
from kernel.present import name_of
from records.forms import new_key

CHIP_DAYS = (1, 3, 7)


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """What a household grows in one season."""

    name: str
    picture: str
    meta: list[str]


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


def season_row(season: PlotSeason) -> SeasonRow:
    """Return what a household grows on how much land, when it is harvested and how much it gives."""
    return SeasonRow(
        name=name_of(season.produce),
        picture=season.produce.picture,
        meta=[
            _("%(mu)s mu") % {"mu": f"{season.area_cmu / 100:g}"},
            dates.period_words(season.harvest_from, season.harvest_to),
            _("about %(jin)s jin") % {"jin": weight.with_commas(weight.jin(season.capacity_g // 500 * 500))},
        ],
    )


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
