"""Bring the whole list of a union's members on a day, and enter it as the second person, on sets.

Whoever is on the list and no member yet becomes one; whoever is a member and not on it is none from its day on.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.services.two_hands import decide, words_for_the_first
from canteens.models import MOST_MEMBERS, UnionList, UnionListStatus, UnionMember
from canteens.services.purchase_plans import DECIDES, SENDS
from kernel import clock, identity
from kernel.entering import entering
from kernel.errors import BadValue, DomainError
from kernel.present import known
from kernel.sealing import blind_index
from kernel.typed import fold_typed
from kernel.workflow import lock
from records.services.participation import take_part

AT_ONCE = 5_000


class ListWaits(DomainError):
    code = "union_list_waits"
    message = gettext_lazy("A list of this union waits for its second person. Let it be decided or take it back first.")


class ListRefused(BadValue):
    code = "union_list_refused"

    def __init__(self, faults: "list[ListFault]") -> None:
        self.faults = faults
        first = faults[0]
        super().__init__(_("%(place)s: %(reason)s") % {"place": first.place, "reason": first.reason})


@dataclass(frozen=True, slots=True)
class ListedMember:
    """One row of a list: who, since when, and from which day on no more; where it stands, for a refusal to name it."""

    name: str
    id_number: str = ""
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class ListFault:
    """What is wrong with one row."""

    place: str
    reason: str


@dataclass
class Compared:
    """What a list would do: who comes in, who stays, who ends by a day of the list or by not being on it."""

    faults: list[ListFault] = field(default_factory=list)
    joins: list[tuple[str, ListedMember]] = field(default_factory=list)  # key and row
    stays: int = 0
    ends: list[tuple[UnionMember, dt.date]] = field(default_factory=list)  # said by the list
    remain: list[UnionMember] = field(default_factory=list)  # among who stays: their day of leaving falls away
    missing: list[UnionMember] = field(default_factory=list)  # not on the list
    retired: list[ListedMember] = field(default_factory=list)  # on the list and ended on its day already


def compare(organisation: Organisation, rows: Sequence[ListedMember], on: dt.date) -> Compared:
    """Compare a list with the members of a union; every faulty row is named, and nothing is written."""
    found = Compared()
    there = _present(organisation, on)
    before = UnionMember.objects.filter(organisation=organisation, to_on__isnull=False)
    ended = {
        key: (from_on, known(to_on))
        for key, from_on, to_on in before.order_by("to_on").values_list("key", "from_on", "to_on")
    }
    seen = dict[str, str]()
    for number, row in enumerate(rows, 1):
        place = row.place or str(number)
        try:
            listed = _read(row, on)
            key = key_of(organisation, listed)
            if key in seen:
                raise BadValue(_said_twice(listed, seen[key]))
        except DomainError as refusal:
            found.faults.append(ListFault(place, str(refusal)))
            continue
        seen[key] = place
        if key in there:
            _compare_with(there[key], listed, on, place, found)
        else:
            _compare_new(key, listed, on, place, ended.get(key), found)
    found.missing = [row for key, row in there.items() if key not in seen]
    found.faults += [
        ListFault(
            _("not on the list"),
            _("A member since %(day)s. A list of an earlier day cannot end it.") % {"day": row.from_on.isoformat()},
        )
        for row in found.missing
        if row.from_on >= on
    ]
    return found


def _present(organisation: Organisation, on: dt.date) -> dict[str, UnionMember]:
    """Return who is a member by key, also who leaves after the day of the list; that day stays once a later list came.

    Whoever has a row without an end is known by that one.
    """
    rows = UnionMember.objects.filter(organisation=organisation)
    lists = UnionList.objects.filter(organisation=organisation, status=UnionListStatus.ENTERED, on__gt=on)
    leaving = [] if lists.exists() else rows.filter(from_on__lte=on, to_on__gt=on)
    return {row.key: row for row in (*leaving, *rows.filter(to_on=None))}


def _compare_new(
    key: str, listed: ListedMember, on: dt.date, place: str, before: tuple[dt.date, dt.date] | None, found: Compared
) -> None:
    """Compare a row with nobody who is a member now; `before` is from when to when this person was one last."""
    left = listed.to_on is not None and listed.to_on <= on
    if left and listed.from_on is None:
        found.faults.append(ListFault(place, _("This member has left. Write since when, or leave the row out.")))
    elif before is not None and left and listed.from_on == before[0]:
        found.retired.append(listed)  # as it was written down before
    elif before is not None and (listed.from_on or on) < before[1]:
        day = before[1].isoformat()
        found.faults.append(
            ListFault(place, _("A member until %(day)s before. Write a day of coming in from then on.") % {"day": day})
        )
    else:
        found.joins.append((key, listed))
        found.retired += [listed] if left else []


def _compare_with(member: UnionMember, listed: ListedMember, on: dt.date, place: str, found: Compared) -> None:
    if listed.id_number and identity.name_key(member.name) != identity.name_key(listed.name):
        found.faults.append(
            ListFault(place, _("This ID number is on the list under another name. Compare it with the ID card."))
        )
    elif listed.to_on is not None and listed.to_on <= member.from_on:
        found.faults.append(ListFault(place, _("Somebody leaves after the day on which they came in.")))
    elif listed.to_on is not None and listed.to_on != member.to_on:
        found.ends.append((member, listed.to_on))
        if listed.to_on <= on:
            found.retired.append(listed)
    else:
        found.stays += 1
        if listed.to_on is None and member.to_on is not None:
            found.remain.append(member)


def _said_twice(listed: ListedMember, place: str) -> str:
    if listed.id_number:
        return _("The same ID number stands in %(place)s already. Delete one of the two.") % {"place": place}
    return _("The same name stands in %(place)s already. Write the ID numbers of both, or delete one.") % {
        "place": place
    }


def _read(row: ListedMember, on: dt.date) -> ListedMember:
    """Return a row in its one form, or refuse it without repeating what was typed."""
    name = identity.person_name(row.name)
    number = identity.id_number(row.id_number, today=on) if row.id_number else ""
    if row.from_on is not None and row.from_on > on:
        raise BadValue(_("This day lies after that of the list. Bring the list of that day then."))
    if row.to_on is not None and row.to_on <= (row.from_on or dt.date.min):
        raise BadValue(_("Somebody leaves after the day on which they came in."))
    return ListedMember(name, number, row.from_on, row.to_on, row.place)


def key_of(organisation: Organisation, row: ListedMember) -> str:
    """Return by what a member of this union is known again: the ID number, or the name where none is known."""
    told_by = row.id_number or identity.name_key(row.name)
    return blind_index("union_member", f"{organisation.pk}:{told_by}")


@transaction.atomic
def propose_list(
    organisation: Organisation,
    rows: Sequence[ListedMember],
    *,
    on: dt.date,
    document_number: str,
    by: User,
    at: dt.datetime,
) -> UnionList:
    """Propose the whole list of a union's members on a day; another person compares it with the document."""
    document_number = fold_typed(document_number)[:80]
    if not document_number:
        raise BadValue(_("Write the number of the document that decides this."))
    if on > clock.county_day(at):
        raise BadValue(_("A list is of today at the latest."))
    if not 1 <= len(rows) <= MOST_MEMBERS:
        raise BadValue(_("A list has between 1 and %(most)s members.") % {"most": MOST_MEMBERS})
    found = compare(organisation, rows, on)
    if found.faults:
        raise ListRefused(found.faults)
    row = UnionList(organisation=organisation, on=on, document_number=document_number, size=len(rows), by=by, at=at)
    row.content = json.dumps([_packed(listed) for listed in rows], ensure_ascii=False)
    try:
        with transaction.atomic():
            row.begin(by=by, at=at)
    except IntegrityError:
        if not UnionList.objects.filter(organisation=organisation, status=UnionListStatus.PROPOSED).exists():
            raise
        raise ListWaits from None
    take_part(row.reference, SENDS, by=by, at=at)
    return row


@transaction.atomic
def enter_list(row: UnionList, *, by: User, at: dt.datetime) -> UnionList:
    """Enter a list as a person who did not bring it: who joins, who leaves, each from its day on."""
    listed = rows_of(lock(row))  # one list of a union waits at a time, so that no other is entered meanwhile
    entered = decide(row, UnionListStatus.ENTERED, DECIDES, by=by, at=at, content_sealed="")
    found = compare(entered.organisation, listed, entered.on)
    if found.faults:
        raise ListRefused(found.faults)
    with entering(entered.reference):
        _write(entered, found)
    return entered


def _write(entered: UnionList, found: Compared) -> None:
    members = []
    for key, listed in found.joins:
        member = UnionMember(organisation_id=entered.organisation_id, key=key, list=entered)
        member.name, member.id_number = listed.name, listed.id_number
        member.from_on, member.to_on = listed.from_on or entered.on, listed.to_on
        members.append(member)
    UnionMember.objects.bulk_create(members, batch_size=AT_ONCE)
    for member, to_on in found.ends:
        member.to_on = to_on
    UnionMember.objects.bulk_update([member for member, _day in found.ends], ["to_on"], batch_size=AT_ONCE)
    UnionMember.objects.filter(pk__in=[member.pk for member in found.missing]).update(to_on=entered.on)
    UnionMember.objects.filter(pk__in=[member.pk for member in found.remain]).update(to_on=None)


@transaction.atomic
def refuse_list(row: UnionList, *, why: str, by: User, at: dt.datetime) -> UnionList:
    """Refuse a list as a person who did not bring it, saying what does not match; its names are forgotten."""
    why = words_for_the_first(why)
    return decide(row, UnionListStatus.REFUSED, DECIDES, by=by, at=at, note=why[:200], content_sealed="")


@transaction.atomic
def withdraw_list(row: UnionList, *, by: User, at: dt.datetime) -> UnionList:
    """Take back a list that nobody has decided yet; its names are forgotten."""
    row = lock(row)
    row.content_sealed = ""
    return row.move_to(UnionListStatus.WITHDRAWN, by=by, at=at, along=["content_sealed"])


def rows_of(row: UnionList) -> list[ListedMember]:
    """Return the rows of a list that waits; none once it is decided."""
    return [_unpacked(*packed) for packed in json.loads(row.content)] if row.content_sealed else []


def _packed(row: ListedMember) -> list[str]:
    days = [day.isoformat() if day else "" for day in (row.from_on, row.to_on)]
    return [row.name, row.id_number, *days, row.place]


def _unpacked(name: str, id_number: str, from_on: str, to_on: str, place: str) -> ListedMember:
    first, last = (dt.date.fromisoformat(day) if day else None for day in (from_on, to_on))
    return ListedMember(name, id_number, first, last, place)
