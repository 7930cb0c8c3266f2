"""The market by villages: the picture's spots, and the table that says the same in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.map_drawing import Spot
from catalog.pages.facets import NOT_ASKED, asked_again
from catalog.pages.lots import thousands
from catalog.selectors.market_map import Lying, Village

NOTHING = Lying(0, 0)
# A village is one answer of the map, no part of the question it is asked.
NOT_KEPT = NOT_ASKED | {"village"}


@dataclass(frozen=True, slots=True)
class VillageRow:
    """One village with goods; `nowhere` where its position is not known."""

    name: str
    lots: int
    kg: str
    url: str
    nowhere: bool


@dataclass(frozen=True, slots=True)
class TownshipGroup:
    """The villages of one township in which something lies."""

    township: str
    rows: list[VillageRow]


def address(query: QueryDict, page: str, **more: str) -> str:
    """Return a page of the market that is asked the same."""
    query_string = asked_again(query, but=NOT_KEPT, **more)
    return f"{page}?{query_string}" if query_string else page


def spots(villages: Iterable[Village], by_village: Mapping[str, Lying]) -> list[Spot]:
    """Return the villages whose position is known, with what lies there."""
    return [_spot(village, by_village.get(village.code, NOTHING)) for village in villages if village.latitude_e6]


def groups(query: QueryDict, villages: Iterable[Village], by_village: Mapping[str, Lying]) -> list[TownshipGroup]:
    """Return the villages in which something lies, by township, in the county's own order."""
    front = address(query, reverse("market"))
    front += "&" if "?" in front else "?"
    of_township: dict[str, list[VillageRow]] = {}
    for village in villages:
        lying = by_village.get(village.code)
        if lying is None:
            continue
        row = VillageRow(
            name=village.name,
            lots=lying.lots,
            kg=thousands(lying.weight_g),
            url=f"{front}village={village.code}",
            nowhere=village.latitude_e6 is None,
        )
        of_township.setdefault(village.township, []).append(row)
    return [TownshipGroup(township, rows) for township, rows in of_township.items()]


def _spot(village: Village, lying: Lying) -> Spot:
    lots = ngettext("%(n)s lot", "%(n)s lots", lying.lots) % {"n": lying.lots}
    kilograms = _("%(kg)s kg") % {"kg": thousands(lying.weight_g)}
    return Spot(
        village.name,
        village.township,
        village.latitude_e6 or 0,
        village.longitude_e6 or 0,
        lying.weight_g,
        f"{village.township}{village.name} {lots} {kilograms}",
    )
