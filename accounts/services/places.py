"""The county's places from a file: code, level, parent, name, from when to when it was called so."""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import selectors
from accounts.models import Place, PlaceName, User
from kernel.distance import metres
from kernel.errors import BadValue, DomainError
from records.services import events

COLUMNS = ["code", "level", "parent", "name", "valid_from", "valid_to"]
FAR_M = 100_000  # wider than a county
_ZEROS = {Place.Level.COUNTY: 6, Place.Level.TOWNSHIP: 3, Place.Level.VILLAGE: 0}


@dataclass(frozen=True)
class PlaceLine:
    """A code, where it lies, and what it was called from one day to another."""

    code: str
    level: str
    parent: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None


@transaction.atomic
def load_places(lines: Iterable[str]) -> int:
    """Enter or rename the places of a CSV file (county before township before village); return how many names it held.

    A code keeps every name it had, each with its days; the one without an end is the name in force.
    """
    reader = csv.DictReader(lines)
    if reader.fieldnames != COLUMNS:
        raise BadValue(_("The first line of the file must read: %(columns)s") % {"columns": ",".join(COLUMNS)})
    return enter_places([_line(number, row) for number, row in enumerate(reader, 2)])


@transaction.atomic
def enter_places(read: Sequence[PlaceLine]) -> int:
    """Enter or rename places, county before township before village; return how many names there were."""
    codes = set(Place.objects.values_list("code", flat=True))
    for line in read:
        if line.parent and line.parent not in codes:
            raise BadValue(
                _("Place %(code)s lies in %(parent)s, which is not known.") % {"code": line.code, "parent": line.parent}
            )
        codes.add(line.code)
    Place.objects.bulk_create(
        [
            Place(code=line.code, level=line.level, parent_id=line.parent or None, name=line.name)
            for line in sorted({line.code: line for line in read}.values(), key=lambda line: (line.level, line.code))
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "parent"],
    )
    PlaceName.objects.bulk_create(
        [
            PlaceName(place_id=line.code, name=line.name, valid_from=line.valid_from, valid_to=line.valid_to)
            for line in read
        ],
        update_conflicts=True,
        unique_fields=["place", "valid_from"],
        update_fields=["name", "valid_to"],
    )
    selectors.forget_places()
    return len(read)


def _line(number: int, row: dict) -> PlaceLine:
    try:
        line = PlaceLine(
            row["code"],
            Place.Level(row["level"]),
            row["parent"],
            row["name"].strip(),
            dt.date.fromisoformat(row["valid_from"]),
            dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
    except (ValueError, TypeError, AttributeError) as wrong:
        raise BadValue(_("Line %(number)s of the file cannot be read.") % {"number": number}) from wrong
    if not line.name or not code_fits(line.code, line.level):
        raise BadValue(_("Line %(number)s of the file cannot be read.") % {"number": number})
    return line


def code_fits(code: str, level: str) -> bool:
    """Return whether a place of this level may have this code: 12 digits, of a township the last three are zeros."""
    zeros = _ZEROS[Place.Level(level)]
    return code.isascii() and code.isdigit() and len(code) == 12 and code.endswith("0" * zeros)


class BadPoint(BadValue):
    code = "bad_point"
    message = gettext_lazy(
        "Write a point in China in degrees, such as 26.2941 and 116.3612, and a radius from 100 to 20000 m."
    )


class FarAway(DomainError):
    code = "far_away"

    def __init__(self, kilometres: int) -> None:
        super().__init__(
            _("This point lies %(km)s km from the nearest place of the county. Check it, or say that it is so.")
            % {"km": kilometres}
        )


@transaction.atomic
def set_point(
    place: Place,
    *,
    latitude_e6: int,
    longitude_e6: int,
    radius_m: int,
    sure: bool = False,
    by: User,
    at: dt.datetime,
) -> Place:
    """Hold where a place lies (WGS-84, millionths of a degree) and how far around it still belongs to it.

    A point far from every other place of the county is asked about, unless the one who sets it is `sure`.
    """
    inside = 3_000_000 <= latitude_e6 <= 54_000_000 and 73_000_000 <= longitude_e6 <= 136_000_000
    if not inside or not 100 <= radius_m <= 20_000:
        raise BadPoint
    away = _nearest_m(place, (latitude_e6, longitude_e6))
    if away is not None and away > FAR_M and not sure:
        raise FarAway(away // 1000)
    place.latitude_e6, place.longitude_e6, place.radius_m = latitude_e6, longitude_e6, radius_m
    place.save(update_fields=["latitude_e6", "longitude_e6", "radius_m"])
    selectors.forget_places()
    point = {"latitude_e6": latitude_e6, "longitude_e6": longitude_e6, "radius_m": radius_m}
    events.record("place_point_set", f"place:{place.code}", by=by, at=at, **point)
    return place


def _nearest_m(place: Place, point: tuple[int, int]) -> int | None:
    """Return how far a point lies from the nearest other place whose point is known; None where none is."""
    known = Place.objects.exclude(pk=place.pk).exclude(latitude_e6=None).values_list("latitude_e6", "longitude_e6")
    return min((metres(point, (latitude or 0, longitude or 0)) for latitude, longitude in known), default=None)
