"""Bring the register of households in from a file: checked whole first, then entered whole, or not at all."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Household, HouseholdMember, HouseholdTier, Person, Place, Tier, User
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.sealing import blind_index
from kernel.tables import Row, read_table

COLUMNS = {
    "household_no": "number", "户编号": "number", "户号": "number",
    "head_name": "name", "户主姓名": "name", "户主": "name", "姓名": "name",
    "id_number": "id_number", "身份证号": "id_number", "户主身份证号": "id_number", "身份证号码": "id_number",
    "phone": "phone", "联系电话": "phone", "电话": "phone", "手机号": "phone",
    "members": "people", "家庭人口": "people", "人口数": "people", "人口": "people",
    "status": "tier", "户类型": "tier", "户属性": "tier", "监测对象类别": "tier",
    "village_code": "village_code", "村代码": "village_code",
    "village": "village", "行政村": "village", "村": "village",
    "town": "town", "乡镇": "town", "乡（镇）": "town",
}  # fmt: skip
TIERS = {
    "脱贫户": Tier.LIFTED, "建档立卡户": Tier.LIFTED, "脱贫不稳定户": Tier.UNSTABLE, "脱贫不稳定": Tier.UNSTABLE,
    "边缘易致贫户": Tier.MARGINAL, "边缘户": Tier.MARGINAL, "一般农户": Tier.ORDINARY, "一般户": Tier.ORDINARY,
}  # fmt: skip
NEEDED = {"name", "id_number"}


class FaultyRows(DomainError):
    code = "faulty_rows"

    def __init__(self, count: int) -> None:
        super().__init__(
            _("%(count)s rows need fixing, so nothing was entered. Mend them in the file and bring it again.")
            % {"count": count}
        )


@dataclass(frozen=True)
class Fault:
    """One row that cannot be entered, and why; never with the value itself."""

    row: int
    column: str
    reason: str


@dataclass
class Report:
    """What a file would do, or did."""

    rows: int = 0
    ready: list[Any] = field(default_factory=list)
    registered: int = 0
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    entered: int = 0


@dataclass(frozen=True)
class _Ready:
    number: str
    name: str
    id_number: str
    key: str
    phone: str
    people: int
    tier: str
    village: Place


def check_file(raw: bytes, *, at: dt.datetime) -> Report:
    """Return what bringing in this file would do, row by row; nothing is changed."""
    rows, ignored = read_table(raw, COLUMNS)
    report = Report(rows=len(rows), ignored=ignored)
    villages = _villages()
    seen: dict[str, int] = {}
    phones: dict[str, int] = {}
    numbers: dict[str, int] = {}
    taken = dict(Household.objects.values_list("number", "head__key"))
    today = clock.county_day(at)
    for row in rows:
        try:
            ready = _read(row, villages, today)
            if ready.key in seen:
                raise _Faulty("id_number", _("This person stands in row %(row)s already.") % {"row": seen[ready.key]})
            if ready.phone and ready.phone in phones:
                raise _Faulty(
                    "phone", _("This phone number stands in row %(row)s already.") % {"row": phones[ready.phone]}
                )
            if ready.number in numbers:
                raise _Faulty(
                    "number", _("This household number stands in row %(row)s already.") % {"row": numbers[ready.number]}
                )
            if taken.get(ready.number, ready.key) != ready.key:
                raise _Faulty("number", _("Another household of the register has this number."))
        except _Faulty as fault:
            report.faults.append(Fault(row.number, fault.column, fault.reason))
            continue
        seen[ready.key] = row.number
        phones[ready.phone] = row.number
        numbers[ready.number] = row.number
        report.ready.append(ready)
    heads = Household.objects.filter(head__key__in=list(seen)).values_list("head__key", flat=True)
    registered = set(heads)
    report.registered = len(registered)
    report.ready = [ready for ready in report.ready if ready.key not in registered]
    return report


@transaction.atomic
def enter_file(raw: bytes, *, skip_faulty: bool = False, by: User | None = None, at: dt.datetime) -> Report:
    """Enter every household of the file that is not in the register yet, in one transaction.

    A faulty row stops the whole file, unless it was said that faulty rows are to be left out. Households that are in
    the register already stay as they are: the same file twice changes nothing.
    """
    report = check_file(raw, at=at)
    if report.faults and not skip_faulty:
        raise FaultyRows(len(report.faults))
    _enter(report.ready, at=at)
    report.entered = len(report.ready)
    return report


def _enter(ready: list[_Ready], *, at: dt.datetime) -> None:
    persons = {p.key: p for p in Person.objects.filter(key__in=[r.key for r in ready])}
    fresh = []
    for row in ready:
        if row.key not in persons:
            person = Person(key=row.key, born_on=identity.birth_date(row.id_number))
            person.name, person.id_number = row.name, row.id_number
            persons[row.key] = person
            fresh.append(person)
    Person.objects.bulk_create(fresh, batch_size=1000)
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
        members.append(HouseholdMember(household=household, person=person))
        tiers.append(HouseholdTier(household=household, tier=row.tier, from_on=day))
        if row.phone and blind_index("phone", row.phone) not in taken:
            user = User(person=person, phone_index=blind_index("phone", row.phone))
            user.phone = row.phone
            user.set_unusable_password()
            users.append(user)
    Household.objects.bulk_create(households, batch_size=1000)
    HouseholdMember.objects.bulk_create(members, batch_size=1000)
    HouseholdTier.objects.bulk_create(tiers, batch_size=1000)
    User.objects.bulk_create(users, batch_size=1000)


class _Faulty(Exception):
    def __init__(self, column: str, reason: object) -> None:
        self.column, self.reason = column, str(reason)
        super().__init__(self.reason)


def _read(row: Row, villages: dict[Any, Place], today: dt.date) -> _Ready:
    cells = row.cells
    if "id_number" in row.numeric:
        raise _Faulty(
            "id_number", _("The ID number is stored as a number and already damaged. Set the column to text.")
        )
    if cells.get("name", "").startswith("合计") or cells.get("number", "").startswith("合计"):
        raise _Faulty("name", _("This is a row of totals. Delete it."))
    name = _cell(row, "name", identity.person_name)
    number = _cell(row, "id_number", lambda text: identity.id_number(text, today=today))
    phone = _cell(row, "phone", identity.phone) if cells.get("phone") else ""
    people = _people(cells.get("people") or "1")
    tier = TIERS.get(cells.get("tier") or "一般农户")
    if tier is None:
        raise _Faulty(
            "tier", _("This kind of household is unknown. Write 脱贫户, 脱贫不稳定户, 边缘易致贫户 or 一般农户.")
        )
    village = villages.get(cells.get("village_code", "")) or villages.get((cells.get("town"), cells.get("village")))
    if village is None:
        raise _Faulty("village", _("This village is not one of the county's. Check its code or its name."))
    key = blind_index("id_number", number)
    household_number = cells.get("number") or f"{village.code[:9]}{key[:8]}"
    if len(household_number) > 20:
        raise _Faulty("number", _("The household number is longer than 20 characters."))
    return _Ready(household_number, name, number, key, phone, people, tier, village)


def _cell(row: Row, column: str, read: Callable[[str], Any]) -> str:
    try:
        return read(row.cells.get(column, ""))
    except BadValue as refusal:
        raise _Faulty(column, refusal) from refusal


def _people(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 40:
        raise _Faulty("people", _("A household has 1 to 40 people. Write a whole number."))
    return int(text)


def _villages() -> dict[Any, Place]:
    """Return every village by its code, and by the names of its township and itself."""
    villages: dict[Any, Place] = {}
    for village in Place.objects.filter(level=Place.Level.VILLAGE).select_related("parent"):
        villages[village.code] = village
        villages[village.township.name, village.name] = village
    return villages
