"""Open a county on an empty database: enter what must exist before two hands can decide anything.

These are its places, its channels and the people of its first two hands. Everything else, and every later post, comes
in by two.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organisation, Place, Role
from accounts.services.places import PlaceLine, enter_places
from kernel import clock
from kernel.entering import entering
from kernel.errors import BadValue, DomainError
from kernel.typed import fold_typed
from records.services import events
from registers.services.offices import ChannelRules, OrganisationRules, write_channel, write_organisation
from registers.services.places import why_not_in
from registers.services.posts import PostRules, appoint
from registers.services.rules import Content, Step

Kind = Organisation.Kind
# Who must be there: the posts of the two administrators, and two people of the bureau.
FIRST_POSTS = {
    Role.SECURITY_ADMIN: Kind.PLATFORM,
    Role.AUDITOR: Kind.PLATFORM,
    Role.HEAD_OF_OFFICE: Kind.BUREAU,
    Role.BUREAU_APPROVER: Kind.BUREAU,
}


@dataclass(frozen=True)
class Line:
    """One row of a file: what it says, and where each of its cells stands."""

    content: Content
    cells: Mapping[str, str]

    def at(self, column: str) -> str:
        """Return where a cell stands; the first one of the row where this one is missing."""
        return self.cells.get(column) or next(iter(self.cells.values()), "")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where."""

    place: str
    reason: str


@dataclass
class CountyFiles:
    """What the files of a county hold, and what of them could not be read."""

    places: list[Line] = field(default_factory=list)
    channels: list[Line] = field(default_factory=list)
    people: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class OpenAlready(DomainError):
    code = "county_open"
    message = gettext_lazy(
        "This database holds a county already. Everything more comes in by two hands, on the pages of the registers."
    )


class CountyRefused(BadValue):
    code = "county_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = faults
        super().__init__(_("Nothing was entered. Mend the files and bring all of them again."))


@transaction.atomic
def open_county(files: CountyFiles, *, at: dt.datetime) -> None:
    """Enter places, channels, first offices and first people of an empty database, whole or not at all."""
    with connection.cursor() as cursor:  # of two that open at once the second finds it open
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('liujin opening'))")
    if Organisation.objects.exists() or Membership.objects.exists():
        raise OpenAlready
    _refuse([*files.faults, *_missing(files), *_places(files.places), *_posts(files.people)])
    with entering("opening"):
        enter_places([_place_line(line.content) for line in files.places])
        _refuse([*_enter_channels(files.channels, at=at), *_enter_people(files.people, at=at)])
    counts = {name: len(getattr(files, name)) for name in ("places", "channels", "people")}
    events.record("county_opened", "opening", by=None, at=at, **counts)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise CountyRefused(faults)


def _missing(files: CountyFiles) -> Iterator[Fault]:
    """Name what no file brings and without which nothing can be decided."""
    if files.faults:
        return  # what could not be read may hold it
    if not files.places:
        yield Fault("", _("No file holds the places. Bring one with code, level, parent, name, valid_from, valid_to."))
    if not files.channels:
        yield Fault("", _("No file holds the buyer channels. Bring the file of the register of channels."))
    held = {line.content["role"] for line in files.people}
    for role in FIRST_POSTS:
        if role not in held:
            yield Fault("", _("Nobody is %(role)s. Write who it is into the file of people.") % {"role": role.label})
    bureau = {fold_typed(line.content["id_number"]) for line in files.people if line.content["kind"] == Kind.BUREAU}
    if len(bureau) == 1:
        yield Fault(
            "", _("Only one person is of the bureau. Nobody could confirm what this one proposes: add another.")
        )


def _places(lines: Sequence[Line]) -> Iterator[Fault]:
    """Name the places that lie nowhere, or stand under a code that is none."""
    levels = {_code(line.content["code"]): line.content["level"] for line in lines}
    counties = {code for code, level in levels.items() if level == Place.Level.COUNTY}
    if lines and len(counties) != 1:
        yield Fault(
            lines[0].at("level"), _("A county's files hold one county. These hold %(n)s.") % {"n": len(counties)}
        )
    for line in lines:
        content = line.content
        level, parent = content["level"], _code(content["parent"] or "")
        if parent and parent not in levels:
            sentence = _(
                "%(name)s lies in %(parent)s, and no row of the files is this place. Add it, or mend the code."
            )
            yield Fault(line.at("parent"), sentence % {"name": content["name"], "parent": parent})
        elif refusal := why_not_in(_code(content["code"]), level, parent, levels[parent] if parent else ""):
            yield Fault(line.at("code"), refusal)
        if content["valid_to"] and content["valid_to"] <= content["valid_from"]:
            yield Fault(line.at("valid_to"), _("A name ends after the day from which it holds."))


def _posts(lines: Sequence[Line]) -> Iterator[Fault]:
    """Name the posts that two hands give later, and those in the wrong office."""
    for line in lines:
        kind = FIRST_POSTS.get(Role(line.content["role"]))
        if kind is None:
            yield Fault(line.at("role"), _("This post is given later, by two hands. Leave the row out."))
        elif line.content["kind"] != kind:
            sentence = _("This post belongs to an office of the kind %(kind)s.")
            yield Fault(line.at("kind"), sentence % {"kind": kind.label})


def _enter_channels(lines: Sequence[Line], *, at: dt.datetime) -> Iterator[Fault]:
    rules, seen = ChannelRules(), set()
    for line in lines:
        step = _looked(rules, line.content, at=at)
        if isinstance(step, DomainError):
            yield Fault(line.at("code"), str(step))
        elif step.subject in seen:
            yield Fault(line.at("code"), _("This stands in the file twice."))
        else:
            seen.add(step.subject)
            write_channel(line.content)


def _enter_people(lines: Sequence[Line], *, at: dt.datetime) -> Iterator[Fault]:
    """Register the first offices and appoint the first people, from today on."""
    county = Place.objects.get(level=Place.Level.COUNTY).code
    kinds: dict[str, str] = {}
    for line in lines:
        content, office = line.content, fold_typed(line.content["organisation"])
        if office not in kinds:
            asked = {"name": office, "kind": content["kind"], "place": content["place"] or county}
            step = _looked(OrganisationRules(), asked, at=at)
            if isinstance(step, DomainError):
                yield Fault(line.at("organisation"), str(step))
                continue
            write_organisation(asked)
            kinds[office] = content["kind"]
        elif kinds[office] != content["kind"]:
            yield Fault(line.at("kind"), _("Another row gives this organisation another kind."))
        wanted = {name: content[name] for name in ("name", "id_number", "phone", "role")}
        wanted |= {"organisation": office, "from_on": clock.county_day(at).isoformat()}
        found = _looked(PostRules(), wanted, at=at)
        if isinstance(found, DomainError):
            yield Fault(line.at("name"), str(found))
            continue
        appoint(wanted, at=at)


def _looked(
    rules: ChannelRules | OrganisationRules | PostRules, content: Content, *, at: dt.datetime
) -> Step | DomainError:
    """Return what a row would do, or why it may not."""
    try:
        return rules.look(content, at=at)
    except DomainError as refusal:
        return refusal


def _place_line(content: Content) -> PlaceLine:
    return PlaceLine(
        _code(content["code"]),
        content["level"],
        _code(content["parent"] or ""),
        fold_typed(content["name"]),
        dt.date.fromisoformat(content["valid_from"]),
        dt.date.fromisoformat(content["valid_to"]) if content["valid_to"] else None,
    )


def _code(text: str) -> str:
    return "".join(fold_typed(text).split())
