"""What a register must say of itself to be changed by two hands: the rules, which each room gives for its own."""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from accounts.models import Household, Place, Role, User
from accounts.selectors import area_prefix
from kernel.present import StrOrPromise
from registers.models import ANYWHERE, AREA, HOUSEHOLD

Content = Mapping[str, Any]  # what is asked for: values of JSON by field


def seat(role: str, organisation_id: int | None = None) -> str:
    """Return the name of a seat: a role in one organisation, or in whichever."""
    return f"{Role(role).value}@{organisation_id or ANYWHERE}"


def seat_of_household(household: Household) -> str:
    """Return the seat of whoever belongs to a household."""
    return f"{HOUSEHOLD}{household.pk}"


def seats_over(role: str, village: Place) -> tuple[str, ...]:
    """Return the seats of a role over a village: of those who serve it, its township or the whole county."""
    codes = [area_prefix(village.code, level).ljust(12, "0") for level in reversed(Place.Level)]
    return tuple(f"{Role(role).value}{AREA}{code}" for code in codes)


def households_in(seats: Iterable[str]) -> list[UUID]:
    """Return the keys of the households that sit in these seats."""
    return [UUID(name.removeprefix(HOUSEHOLD)) for name in seats if name.startswith(HOUSEHOLD)]


@dataclass(frozen=True)
class Hands:
    """Who proposes a row and who confirms it, as seats; the two are never one person."""

    proposed_in: tuple[str, ...]
    confirmed_in: tuple[str, ...]


CLERKS = Hands((seat(Role.RELIEF_CLERK),), (seat(Role.RELIEF_CLERK),))  # one copies from the paper, another compares


@dataclass(frozen=True)
class Step:
    """What one row would do: what it is about, its masked title, and the fields that differ (field, old, new)."""

    subject: str
    title: str
    facts: list[tuple[str, str, str]]
    hands: Hands
    notes: list[str] = field(default_factory=list)  # what else changes by it, for both to read
    values: Mapping[str, object] = field(default_factory=dict)  # for what whoever decides is told
    about: tuple[UUID, ...] = ()  # the households it is about: nobody tied to them confirms it


class Rules:
    """The rules of one register. Each room derives its own and gives them by `add`."""

    key = ""
    roles: tuple[Role, ...] = ()  # whoever holds one of these proposes or confirms here
    proposers: tuple[Role, ...] = ()  # those of them who propose, where not all do
    by_household = False  # a household proposes rows about itself
    document_needed = True
    waits = "register_change_days"  # the policy value: for so many days
    asks: StrOrPromise = gettext_lazy("%(title)s waits until %(until)s for your yes or no.")
    for_households = False  # what it writes is done in the name of the households that its steps are about
    apart = False  # every row is decided by somebody else: a file makes one proposal a row

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what a row would do today; raise DomainError where it may not stand in the register."""
        raise NotImplementedError

    def stands_out(self, content: Content) -> bool:
        """Return whether a row deserves the second person's eye before the others of its proposal."""
        return False

    def is_for_others(self, content: Content, seats: Set[str]) -> bool:
        """Return whether whoever sits here may not even hear why a row is refused; asked of refused ones only."""
        return False

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write a confirmed row into the register; called inside `entering`."""
        raise NotImplementedError


_RULES: dict[str, Rules] = {}


def add(rules: Rules) -> None:
    """Take a register's rules into the house."""
    _RULES[rules.key] = rules


def rules_of(key: str) -> Rules:
    """Return the rules of a register; raises KeyError where there is none of this name."""
    return _RULES[key]


def has_rules(key: str) -> bool:
    """Return whether there is a register of this name."""
    return key in _RULES


def register_roles() -> set[str]:
    """Return the roles that propose or confirm in any register."""
    return {role.value for rules in _RULES.values() for role in rules.roles}


def all_rules() -> list[Rules]:
    """Return the rules of every register, in the order in which the rooms gave them."""
    return list(_RULES.values())
