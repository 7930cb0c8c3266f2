"""The register, masked, and where its villages lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.forms import PointForm
from accounts.models import Household, Place, Tier
from kernel import masking

USUAL_RADIUS_M = 3000


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household in the list, its names masked; without an address its land is not this person's to write down."""

    name: str
    number: str
    village: str
    people: int
    tier: str
    phone: str
    plots_url: str


@dataclass(frozen=True, slots=True)
class VillageRow:
    """A village with its point, if anybody set one, and the form that sets it."""

    name: str
    code: str
    point: str
    form: PointForm
    open: bool


@dataclass(frozen=True, slots=True)
class VillageGroup:
    """The villages of one township."""

    title: str
    rows: list[VillageRow]


def household_row(household: Household, tier: str | None, *, plots_url: str) -> HouseholdRow:
    """Return one household of the list; without a `tier` it is ordinary."""
    return HouseholdRow(
        name=masking.mask_name(household.head_name),
        number=household.number,
        village=household.village.short_name,
        people=household.people,
        tier=str(Tier(tier or Tier.ORDINARY).label),
        phone=masking.mask_phone(household.phone),
        plots_url=plots_url,
    )


def village_groups(villages: Iterable[Place], refused: Mapping[str, PointForm]) -> list[VillageGroup]:
    """Return the villages by township; the form of a `refused` point is shown again as it was typed."""
    townships: dict[str, list[VillageRow]] = {}
    for village in villages:
        townships.setdefault(village.township.name, []).append(_village_row(village, refused.get(village.code)))
    return [VillageGroup(name, rows) for name, rows in townships.items()]


def _village_row(village: Place, refused: PointForm | None) -> VillageRow:
    point, start = "", {"latitude": "", "longitude": "", "radius_m": village.radius_m or USUAL_RADIUS_M}
    if village.latitude_e6 is not None and village.longitude_e6 is not None:
        latitude, longitude = village.latitude_e6 / 1e6, village.longitude_e6 / 1e6
        point = f"{latitude:.4f}, {longitude:.4f}"
        start |= {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    form = refused or PointForm(initial=start, auto_id=f"p{village.code}_%s")
    return VillageRow(village.name, village.code, point, form, refused is not None)
