"""Read the register of households from a file, checked whole; who enters it, and when, is in `register_files`."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import WATCHED_TIERS, Cause, Household, HouseholdMember, HouseholdTier, Person, Place, Tier, User
from accounts.services.households import (
    Known,
    Moved,
    facts_of_move,
    known_by_head,
    require_tier_from,
)
from accounts.services.people import AlreadyInHousehold, Died
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_id, mask_name, mask_phone
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from kernel.slices import in_slices
from kernel.spoken import spoken_number
from kernel.tables import Row, read_table
from kernel.typed import fold_typed

COLUMNS = {
    "household_no": "number", "户编号": "number", "户号": "number",
    "head_name": "name", "户主姓名": "name", "户主": "name", "姓名": "name",
    "id_number": "id_number", "身份证号": "id_number", "户主身份证号": "id_number", "身份证号码": "id_number",
    "phone": "phone", "联系电话": "phone", "电话": "phone", "手机号": "phone",
    "members": "people", "家庭人口": "people", "家庭人口数": "people", "人口数": "people", "人口": "people",
    "status": "tier", "户类型": "tier", "户属性": "tier", "监测对象类别": "tier",
    "cause": "cause", "风险类型": "cause", "主要风险类型": "cause", "致返贫风险": "cause",
    "village_code": "village_code", "村代码": "village_code",
    "village": "village", "行政村": "village", "村": "village",
    "town": "town", "乡镇": "town", "乡（镇）": "town", "所在乡镇": "town",
}  # fmt: skip
# The kinds in use since 2021: those lifted out of poverty, the three that are watched (监测对象), those watched before
# whose risk was removed, and everybody else.
TIERS = {
    "脱贫户": Tier.LIFTED, "稳定脱贫户": Tier.LIFTED, "已脱贫户": Tier.LIFTED, "脱贫": Tier.LIFTED,
    "建档立卡户": Tier.LIFTED, "建档立卡贫困户": Tier.LIFTED, "建档立卡脱贫户": Tier.LIFTED,
    "脱贫不稳定户": Tier.UNSTABLE, "脱贫不稳定": Tier.UNSTABLE,
    "边缘易致贫户": Tier.MARGINAL, "边缘易致贫": Tier.MARGINAL, "边缘户": Tier.MARGINAL,
    "突发严重困难户": Tier.SUDDEN, "突发严重困难": Tier.SUDDEN, "严重困难户": Tier.SUDDEN,
    "风险消除户": Tier.CLEARED, "风险消除": Tier.CLEARED, "风险已消除": Tier.CLEARED, "监测解除户": Tier.CLEARED,
    "一般农户": Tier.ORDINARY, "一般户": Tier.ORDINARY, "普通农户": Tier.ORDINARY, "非脱贫户": Tier.ORDINARY,
}  # fmt: skip
# Why a household is watched, as files write it; the official words and the short ones.
CAUSES = {
    "因病": Cause.ILLNESS, "因学": Cause.SCHOOLING, "因残": Cause.DISABILITY, "因灾": Cause.DISASTER,
    "因自然灾害": Cause.DISASTER, "因意外事故": Cause.ACCIDENT, "因意外": Cause.ACCIDENT,
    "因务工就业不稳": Cause.WORK, "因就业不稳": Cause.WORK, "务工就业不稳": Cause.WORK,
    "因产业项目失败": Cause.FARMING, "因产业失败": Cause.FARMING, "产业项目失败": Cause.FARMING,
    "缺劳动力": Cause.LABOUR, "因缺劳动力": Cause.LABOUR, "缺劳力": Cause.LABOUR, "其他": Cause.OTHER,
}  # fmt: skip
# What files write behind 脱贫户 in brackets: by which standard, and that nobody watches it any more.
_STANDARDS = re.compile(r"\((?:国家|国定|省级|省定|市级|市定)标准\)")
_CLEARED = re.compile(r"\((?:监测解除|解除监测|监测已解除|风险消除|风险已消除|已消除风险|稳定)\)")
_WATCHED = {"监测对象", "监测户", "三类户", "三类监测对象", "三类人员"}
_PEOPLE = re.compile(r"(.*?) ?(?:口人|人|口)")
AT_A_TIME = 1000  # rows written in one statement: what was written is let go
ALONE = ("number", "name", "id_number", "people")  # what no two households have in one joined cell
MOST_PEOPLE = 40
MOST_VALUE = 40
_BAD_PEOPLE = gettext_lazy("A household has 1 to 40 people. Write a whole number.")
_MASKS: dict[str, Callable[[str], str]] = {"name": mask_name, "id_number": mask_id, "phone": mask_phone}
NEEDED = {"name": "户主姓名", "id_number": "身份证号"}


class FaultyRows(DomainError):
    code = "faulty_rows"

    def __init__(self, count: int) -> None:
        super().__init__(
            _("%(count)s rows need fixing, so nothing was entered. Mend them in the file and bring it again.")
            % {"count": count}
        )


class Unanswered(DomainError):
    code = "unanswered"
    message = gettext_lazy("Answer what is asked about the file first. Nothing was entered.")


@dataclass(frozen=True)
class Fault:
    """One row that cannot be entered: its cell, what stands there (masked where it is about a person), and why."""

    row: int
    column: str
    reason: str
    cell: str = ""
    value: str = ""


@dataclass(frozen=True)
class Answers:
    """What somebody said about a file: whether hidden rows count, and what holds for rows that leave a cell empty."""

    with_hidden: bool | None = None
    tier: str = ""
    people: int | None = None
    from_on: dt.date | None = None  # from when another kind of known households counts


NOTHING_SAID = Answers()


@dataclass
class Report:
    """What a file would do, and what has to be answered first."""

    rows: int = 0
    ready: list[Any] = field(default_factory=list)  # new households
    changed: list[Any] = field(default_factory=list)  # known ones that the file writes otherwise
    registered: int = 0  # known ones, as they are written
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # sentences: hidden rows, sheets
    hidden_rows: list[str] = field(default_factory=list)
    without_tier: list[str] = field(default_factory=list)  # rows whose kind is not written and not answered
    without_people: list[str] = field(default_factory=list)
    without_from_on: list[str] = field(default_factory=list)  # rows of another kind, and from when is not answered
    shared_phones: list[str] = field(default_factory=list)  # sentences

    @property
    def is_open(self) -> bool:
        """Say whether something has to be answered before anything is entered."""
        return bool(self.without_tier or self.without_people or self.without_from_on)


@dataclass(frozen=True)
class Ready:
    """One household as it would be entered, or changed where it is known."""

    place: str
    number: str
    name: str
    id_number: str
    key: str
    phone: str
    people: int
    tier: str
    village: Place
    cause: str = ""
    moved: Moved | None = None  # of a known household, where the file says otherwise
    facts: list[tuple[str, str, str]] = field(default_factory=list)


def check_file(raw: bytes, *, answers: Answers = NOTHING_SAID, at: dt.datetime) -> Report:
    """Return what bringing in this file would do, row by row; nothing is changed."""
    table = read_table(raw, COLUMNS, with_hidden=bool(answers.with_hidden))
    for column, title in NEEDED.items():
        if column not in table.columns:
            raise BadValue(_("The file has no column %(name)s. Add it, with its name on top.") % {"name": title})
    report = Report(
        rows=len(table.rows), ignored=table.ignored, left_out=table.left_out(), hidden_rows=table.hidden_rows
    )
    reader = _Reader(report, answers, clock.county_day(at))
    for row in table.rows:
        try:
            reader.take(row)
        except _Faulty as fault:
            report.faults.append(
                Fault(row.number, fault.column, fault.reason, row.cell(fault.column), _shown(row, fault.column))
            )
    _fault_members_elsewhere(report)
    report.shared_phones = _shared_phones(report.ready)
    return report


def _fault_members_elsewhere(report: Report) -> None:
    """Refuse the rows whose head is a member of another household of the register, or died."""
    keys = [ready.key for ready in report.ready]
    members = HouseholdMember.objects.filter(person__key__in=keys, to_on=None)
    elsewhere = set(members.exclude(household__head=F("person")).values_list("person__key", flat=True))
    dead = set(Person.objects.filter(key__in=keys, died_on__isnull=False).values_list("key", flat=True))
    for at_fault, words in ((elsewhere, AlreadyInHousehold.message), (dead, Died.message)):
        report.faults += [
            Fault(0, "id_number", str(words), ready.place, mask_name(ready.name))
            for ready in report.ready
            if ready.key in at_fault
        ]
    report.ready = [ready for ready in report.ready if ready.key not in elsewhere | dead]


def _shared_phones(ready: list[Ready]) -> list[str]:
    """Say of each phone that serves several households, once, who signs in with it; messages name their household."""
    by_index: dict[str, list[Ready]] = defaultdict(list)
    for row in ready:
        if row.phone:
            by_index[blind_index("phone", row.phone)].append(row)
    accounts = dict(User.objects.filter(phone_index__in=list(by_index)).values_list("phone_index", "person__key"))
    said = []
    for index, rows in by_index.items():
        values = {"phone": mask_phone(rows[0].phone), "rows": "、".join(row.place for row in rows)}
        if index in accounts and any(row.key != accounts[index] for row in rows):
            said.append(
                _(
                    "%(rows)s: the phone %(phone)s has an account already. The household is entered; whoever signs in "
                    "with this phone stays who it was, and messages to the household say for whom they are."
                )
                % values
            )
        elif len(rows) > 1:
            said.append(
                _(
                    "%(rows)s share the phone %(phone)s. All are entered; who signs in with it acts for the first, and "
                    "messages to the others say for whom they are."
                )
                % values
            )
    return said


def still_fitting(ready: list[Ready]) -> tuple[list[Ready], list[str]]:
    """Return the new households to enter now, without heads registered meanwhile, and the cells that no longer fit."""
    keys = [row.key for row in ready]
    registered = set(Household.objects.filter(head__key__in=keys).values_list("head__key", flat=True))
    elsewhere = set(
        HouseholdMember.objects.filter(person__key__in=keys, to_on=None).values_list("person__key", flat=True)
    )
    elsewhere |= set(Person.objects.filter(key__in=keys, died_on__isnull=False).values_list("key", flat=True))
    taken = set(Household.objects.filter(number__in=[row.number for row in ready]).values_list("number", flat=True))
    fresh = [row for row in ready if row.key not in registered]
    return fresh, [row.place for row in fresh if row.key in elsewhere or row.number in taken]


def no_longer_so(changed: list[Ready]) -> list[str]:
    """Return the cells of known households that no longer stand in the register as they did when they were compared."""
    known = known_by_head([row.key for row in changed])
    places = {place.code: place for place in Place.objects.filter(level=Place.Level.VILLAGE)}
    unfit = []
    for row in changed:
        there = known.get(row.key)
        if there is None or row.moved is None or facts_of_move(there, row.moved, places) != row.facts:
            unfit.append(row.place)
    return unfit


def enter(ready: list[Ready], *, at: dt.datetime) -> None:
    """Enter households into the register with their heads, tiers and accounts; a phone opens one account only."""
    for some in in_slices(ready, AT_A_TIME):
        _enter(some, at=at)


def _enter(ready: Sequence[Ready], *, at: dt.datetime) -> None:
    persons = {p.key: p for p in Person.objects.filter(key__in=[r.key for r in ready])}
    fresh = []
    for row in ready:
        if row.key not in persons:
            person = Person(key=row.key, born_on=identity.birth_date(row.id_number))
            person.name, person.id_number = row.name, row.id_number
            persons[row.key] = person
            fresh.append(person)
    Person.objects.bulk_create(fresh)
    day = clock.county_day(at)
    households, members, tiers, users = [], [], [], []
    taken = set(
        User.objects.filter(phone_index__in=[blind_index("phone", r.phone) for r in ready if r.phone]).values_list(
            "phone_index", flat=True
        )
    )
    for row in ready:
        person = persons[row.key]
        household = Household(number=row.number, village=row.village, head=person, people=row.people)
        household.head_name, household.phone = row.name, row.phone
        households.append(household)
        members.append(HouseholdMember(household=household, person=person, from_on=day))
        tiers.append(HouseholdTier(household=household, tier=row.tier, cause=row.cause, from_on=day))
        if row.phone and blind_index("phone", row.phone) not in taken:
            user = User(person=person, phone_index=blind_index("phone", row.phone))
            user.phone = row.phone
            user.set_unusable_password()
            users.append(user)
            taken.add(user.phone_index)
    Household.objects.bulk_create(households)
    HouseholdMember.objects.bulk_create(members)
    HouseholdTier.objects.bulk_create(tiers)
    User.objects.bulk_create(users)


class _Faulty(Exception):
    def __init__(self, column: str, reason: object) -> None:
        self.column, self.reason = column, str(reason)
        super().__init__(self.reason)


class _Reader:
    """Reads the rows of one file with what they have in common; what is not written goes to the report's questions."""

    def __init__(self, report: Report, answers: Answers, today: dt.date) -> None:
        self.report, self.answers, self.today = report, answers, today
        self.villages = _villages()
        self.known = known_by_head()
        self.taken = {known.number: key for key, known in self.known.items()}
        self.places = {village.code: village for village in self.villages.values()}
        self.persons: dict[str, str] = {}
        self.numbers: dict[str, str] = {}

    def take(self, row: Row) -> None:
        """Take a row into the report: as a new household, a change of a known one, or one that stands there so."""
        ready = self._read(row)
        known = self.known.get(ready.key)
        if known is None:
            self.report.ready.append(ready)
        elif ready.moved is None:
            self.report.registered += 1
        else:
            self.report.changed.append(ready)

    def _read(self, row: Row) -> Ready:
        """Return the household a row stands for, or say which cell is at fault."""
        trouble = row.trouble(named=("name", "number"), alone=ALONE)
        if trouble is not None:
            raise _Faulty(*trouble)
        cells, place = row.cells, row.cell("name")
        if "id_number" in row.numeric:
            raise _Faulty(
                "id_number", _("The ID number is stored as a number and already damaged. Set the column to text.")
            )
        name = _cell(row, "name", identity.person_name)
        number = _cell(row, "id_number", lambda text: identity.id_number(text, today=self.today))
        phone = _cell(row, "phone", identity.phone) if cells.get("phone") else ""
        people, tier = self._people(row), self._tier(row)
        village = self._village(cells)
        key = blind_index("id_number", number)
        known = self.known.get(key)
        if known is None:
            people, tier = people or self.answers.people, tier or self.answers.tier or None
        ready = Ready(
            place,
            self._number(cells, village, key),
            name,
            number,
            key,
            phone,
            people or (known.people if known else 1),
            tier or (known.tier if known else Tier.ORDINARY),
            village,
        )
        ready = replace(ready, cause=_cause(row)) if ready.tier in WATCHED_TIERS else ready
        self._once(ready)
        if known is not None:
            return self._compared(ready, known)
        if people is None:
            self.report.without_people.append(place)
        if tier is None:
            self.report.without_tier.append(place)
        return ready

    def _compared(self, ready: Ready, known: Known) -> Ready:
        """Return a known household with what the file writes otherwise; an empty cell says nothing."""
        from_on = None
        cause = ready.cause or (known.cause if ready.tier == known.tier else "")
        if (ready.tier, cause) != (known.tier, known.cause):
            from_on = self.answers.from_on
            if from_on is None:
                self.report.without_from_on.append(ready.place)
                from_on = self.today
            else:
                try:
                    require_tier_from(known, from_on, self.today)
                except BadValue as refusal:
                    raise _Faulty("tier", refusal) from refusal
        other_phone = ready.phone and blind_index("phone", ready.phone) != known.phone_index
        moved = Moved(
            household=known.pk,
            village_id=ready.village.code,
            people=ready.people,
            phone=ready.phone if other_phone else None,
            tier=ready.tier,
            cause=cause,
            from_on=from_on,
        )
        facts = facts_of_move(known, moved, self.places)
        return replace(ready, moved=moved, facts=facts) if facts else ready

    def _people(self, row: Row) -> int | None:
        text = fold_typed(row.cells.get("people", ""))
        if not text:
            return None
        counted = _PEOPLE.fullmatch(text)
        number = _cell(row, "people", lambda _text: spoken_number(counted[1] if counted else text), _BAD_PEOPLE)
        if number.denominator != 1 or not 1 <= number <= MOST_PEOPLE:
            raise _Faulty("people", _BAD_PEOPLE)
        return int(number)

    def _tier(self, row: Row) -> str | None:
        word = "".join(fold_typed(row.cells.get("tier", "")).split())
        if not word:
            return None
        cleared, plain = _CLEARED.search(word) is not None, _CLEARED.sub("", word)
        if plain in _WATCHED:
            raise _Faulty(
                "tier", _("Three kinds are watched. Write which: 脱贫不稳定户, 边缘易致贫户 or 突发严重困难户.")
            )
        plain = _STANDARDS.sub("", plain) if plain.startswith("脱贫户") else plain
        if plain not in TIERS:
            raise _Faulty(
                "tier",
                _(
                    "This kind of household is unknown. Write what it is today: 脱贫户, 脱贫不稳定户, 边缘易致贫户, "
                    "突发严重困难户, 风险消除户 or 一般农户."
                ),
            )
        return _without_risk(TIERS[plain]) if cleared else TIERS[plain]

    def _village(self, cells: Mapping[str, str]) -> Place:
        names = tuple("".join(cells.get(column, "").split()) for column in ("town", "village"))
        village = self.villages.get(fold_typed(cells.get("village_code", ""))) or self.villages.get(names)
        if village is None:
            raise _Faulty("village", _("This village is not one of the county's. Check its code or its name."))
        return village

    def _number(self, cells: Mapping[str, str], village: Place, key: str) -> str:
        number = fold_typed(cells.get("number", "")) or f"{village.code[:9]}{key[:8]}"
        if len(number) > 20:
            raise _Faulty("number", _("The household number is longer than 20 characters."))
        if self.taken.get(number, key) != key:
            raise _Faulty("number", _("Another household of the register has this number."))
        return number

    def _once(self, ready: Ready) -> None:
        """Refuse who, or whose number, stands in the file already."""
        if ready.key in self.persons:
            raise _Faulty(
                "id_number", _("This person stands in cell %(cell)s already.") % {"cell": self.persons[ready.key]}
            )
        if ready.number in self.numbers:
            raise _Faulty(
                "number",
                _("This household number stands in cell %(cell)s already.") % {"cell": self.numbers[ready.number]},
            )
        self.persons[ready.key] = self.numbers[ready.number] = ready.place


def _cause(row: Row) -> str:
    """Return why a household is watched, where it is written."""
    word = "".join(fold_typed(row.cells.get("cause", "")).split())
    if word and word not in CAUSES:
        raise _Faulty("cause", _("This cause is unknown. Write one of: %(words)s.") % {"words": "、".join(CAUSES)})
    return CAUSES.get(word, "")


def _without_risk(tier: Tier) -> Tier:
    """Return what a household is once its risk is removed: whoever was lifted out of poverty stays so."""
    return {Tier.UNSTABLE: Tier.LIFTED, Tier.MARGINAL: Tier.CLEARED, Tier.SUDDEN: Tier.CLEARED}.get(tier, tier)


def _shown(row: Row, column: str) -> str:
    """Return what stands in a cell, masked where it names or reaches a person."""
    text = row.cells.get(column, "")[:MOST_VALUE]
    return _MASKS.get(column, str)(text)


def _cell(row: Row, column: str, read: Callable[[str], Any], instead: StrOrPromise = "") -> Any:
    try:
        return read(row.cells.get(column, ""))
    except BadValue as refusal:
        raise _Faulty(column, instead or refusal) from refusal


def _villages() -> dict[Any, Place]:
    """Return every village by its code, and by the names of its township and itself."""
    villages: dict[Any, Place] = {}
    for village in Place.objects.filter(level=Place.Level.VILLAGE).select_related("parent"):
        villages[village.code] = village
        villages[village.township.name, village.name] = village
    return villages
