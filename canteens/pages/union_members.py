"""The members of a union in words: who they are, masked, and what a list of them would change."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from accounts.services.readings import note_reading
from canteens.models import UnionList, UnionListStatus, UnionMember
from canteens.permissions import can_decide_list, can_end_list
from canteens.services.union_members import Compared
from kernel.dates import day_words
from kernel.masking import mask_id, mask_name
from kernel.shown import Fact, Tag

MOST_SHOWN = 200
TONES = {
    UnionListStatus.PROPOSED: "warn",
    UnionListStatus.ENTERED: "ok",
    UnionListStatus.REFUSED: "danger",
    UnionListStatus.WITHDRAWN: "plain",
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the list shows them."""

    name: str
    id_number: str
    buyer: str
    from_on: str
    to_on: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list of members as it is listed."""

    url: str
    label: str
    hint: str
    status: Tag


def member_rows(members: Iterable[UnionMember]) -> list[MemberRow]:
    """Return members as their list shows them, masked."""
    return [
        MemberRow(
            mask_name(row.name),
            mask_id(row.id_number),
            row.organisation.name,
            day_words(row.from_on),
            day_words(row.to_on) if row.to_on else "",
        )
        for row in members
    ]


def read_members(rows: list[MemberRow], *, by: User, at: dt.datetime) -> None:
    """Write down that somebody looked at so many members."""
    note_reading(by=by, door="union-members", people=len(rows), at=at)


def tag(row: UnionList) -> Tag:
    """Return how far a list is."""
    return Tag(TONES[UnionListStatus(row.status)], str(UnionListStatus(row.status).label))


def list_rows(lists: Iterable[UnionList]) -> list[ListRow]:
    """Return lists of members, each with its day and size."""
    return [
        ListRow(
            url=reverse("union-list-detail", args=[row.pk]),
            label=_("List of %(day)s") % {"day": day_words(row.on)},
            hint=_("%(buyer)s, %(n)s members") % {"buyer": row.organisation.name, "n": row.size},
            status=tag(row),
        )
        for row in lists
    ]


def facts(row: UnionList) -> list[Fact]:
    """Return what a list says of itself."""
    said = [
        Fact(_("Buyer"), row.organisation.name),
        Fact(pgettext("union list", "Of the day"), day_words(row.on)),
        Fact(pgettext("union list", "On the list"), str(row.size)),
        Fact(_("Number of the document"), row.document_number),
        Fact(pgettext("union list", "Brought by"), _name(row.by, row.at)),
    ]
    if row.decided_by is not None and row.decided_at is not None:
        said.append(Fact(pgettext("union list", "Decided by"), _name(row.decided_by, row.decided_at)))
    return said


def _name(user: User, at: dt.datetime) -> str:
    return f"{user.person.name if user.person else ''} {spoken_time(at)}".strip()


def changes(found: Compared) -> list[Fact]:
    """Return what a list would change: how many come in and stay, and who leaves, masked."""
    left = [*(member for member, _day in found.ends)]
    rows = [
        Fact(pgettext("union list", "Come in"), str(len(found.joins))),
        Fact(pgettext("union list", "Stay"), str(found.stays)),
        Fact(pgettext("union list", "Leave by a day of the list"), masked_people(row.name for row in left)),
        Fact(
            pgettext("union list", "Not on the list, no members from its day on"), masked_people(_names(found.missing))
        ),
    ]
    if found.remain:
        said = masked_people(_names(found.remain))
        rows.append(Fact(pgettext("union list", "Stay, and their day of leaving falls away"), said))
    if found.retired:
        said = masked_people(row.name for row in found.retired)
        rows.append(Fact(pgettext("union list", "On the list, though they have left"), said))
    return rows


def _names(members: Iterable[UnionMember]) -> Iterable[str]:
    return (member.name for member in members)


def masked_people(names: Iterable[str]) -> str:
    """Return how many these are and who, masked, the first of many."""
    known = list(names)
    if not known:
        return "0"
    shown = pgettext("list", ", ").join(mask_name(name) for name in known[:MOST_SHOWN])
    return _("%(n)s: %(names)s") % {"n": len(known), "names": shown}


def doors_of(row: UnionList, user: User) -> dict[str, str]:
    """Return where this person goes on with a list, by the act; nobody enters the own one."""
    if row.status != UnionListStatus.PROPOSED:
        return {}
    doors = []
    if can_decide_list(user, row) and row.by.person_id != user.person_id:
        doors += ["enter", "refuse"]
    if can_end_list(user, row):
        doors += ["withdraw"]
    return {act: reverse(f"union-list-{act}", args=[row.pk]) for act in doors}
