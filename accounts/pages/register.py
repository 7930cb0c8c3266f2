"""The register, masked, and where its villages lie."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.forms import PointForm
from accounts.models import Cause, Household, Place, RegisterFile, RegisterFileRow, RegisterFileStatus, Tier, User
from kernel import clock, masking
from kernel.dates import deadline_words, time_words
from kernel.shown import Fact, Tag

USUAL_RADIUS_M = 3000


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about a household: what it is and what it is to be."""

    label: str
    old: str
    new: str


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


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file of households that waits for its second person, in one line."""

    url: str
    what: str
    until: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of households: where it stands, who did what when, what it would enter and what it leaves out."""

    title: str
    status: Tag
    facts: list[Fact]
    faults: list[dict[str, str]]
    more_faults: int
    sentences: list[str]
    confirm_url: str
    refuse_url: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One known household of a file: what stands in the register and what is to stand there, masked."""

    place: str
    number: str
    name: str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One household of a file that waits, masked."""

    place: str
    number: str
    name: str
    id_number: str
    phone: str
    village: str
    people: int
    tier: str


_TONES = {
    RegisterFileStatus.PROPOSED: "warn",
    RegisterFileStatus.ENTERED: "ok",
    RegisterFileStatus.REFUSED: "plain",
    RegisterFileStatus.LAPSED: "plain",
}


def waiting_file(file: RegisterFile) -> WaitingFile:
    """Return one file that waits, for a list."""
    return WaitingFile(
        reverse("register-file", args=[file.pk]), _title(file), deadline_words(file.confirm_by_at, clock.now())
    )


def file_shown(file: RegisterFile) -> FileShown:
    """Return a file of households with its counts, its hands and what was said about it."""
    status = RegisterFileStatus(file.status)
    facts = [
        Fact(_("Brought by"), _name(file.by), time_words(file.at)),
        Fact(_("Rows"), str(file.rows)),
        Fact(_("New households"), str(file.households)),
        Fact(_("Households that change"), str(file.changed)),
        Fact(_("In the register already, as they are written"), str(file.registered)),
    ]
    if status == RegisterFileStatus.PROPOSED:
        facts.append(Fact(_("Ends unless confirmed"), deadline_words(file.confirm_by_at, clock.now())))
    elif file.decided_by is not None and file.decided_at is not None:
        facts.append(Fact(str(status.label), _name(file.decided_by), time_words(file.decided_at)))
    remarks = file.remarks
    faults = [{"cell": cell, "value": value, "reason": reason} for cell, value, reason in remarks["faults"]]
    return FileShown(
        title=_title(file),
        status=Tag(_TONES[status], str(status.label)),
        facts=facts,
        faults=faults,
        more_faults=remarks["faulty"] - len(faults),
        sentences=[*remarks["left_out"], *remarks["shared_phones"]],
        confirm_url=reverse("register-file-confirm", args=[file.pk]),
        refuse_url=reverse("register-file-refuse", args=[file.pk]),
    )


def file_row(row: RegisterFileRow) -> FileRow:
    """Return one household of a file that waits."""
    name, id_number, phone = json.loads(row.content)
    return FileRow(
        place=row.place,
        number=row.number,
        name=masking.mask_name(name),
        id_number=masking.mask_id(id_number),
        phone=masking.mask_phone(phone) if phone else "",
        village=row.village.short_name,
        people=row.people,
        tier=str(Tier(row.tier).label),
    )


def moved_row(place: str, number: str, name: str, facts: Iterable[Iterable[str]]) -> MovedRow:
    """Return one known household of a file with old and new beside each other."""
    return MovedRow(place, number, masking.mask_name(name), differences(facts))


def differences(facts: Iterable[Iterable[str]]) -> list[Difference]:
    """Return what differs about a household, in words."""
    labels = {
        "tier": _("Kind of household"),
        "cause": _("Cause"),
        "from_on": pgettext("register", "From"),
        "village": _("Village"),
        "phone": _("Phone"),
        "people": _("People"),
    }
    words: dict[str, dict[str, str]] = {
        "tier": {tier.value: str(tier.label) for tier in Tier},
        "cause": {cause.value: str(cause.label) for cause in Cause},
    }
    return [
        Difference(labels[name], words.get(name, {}).get(old, old), words.get(name, {}).get(new, new))
        for name, old, new in facts
        if old != new
    ]


def moved_row_of(row: RegisterFileRow) -> MovedRow:
    """Return one known household of a file that waits."""
    return moved_row(row.place, row.number, json.loads(row.content)[0], row.facts)


def _title(file: RegisterFile) -> str:
    n = file.households + file.changed
    return ngettext("%(n)s household from a file", "%(n)s households from a file", n) % {"n": n}


def _name(user: User) -> str:
    return user.person.name if user.person is not None else ""
