"""The list of a register, narrowed as its page, its spreadsheet and its API ask; and the list of registers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django_filters import FilterSet

from accounts.models import User
from accounts.selectors import Standing
from accounts.services.readings import note_reading
from kernel.present import StrOrPromise
from registers.models import ChangeStatus
from registers.pages.desks import Desk, desk_of
from registers.permissions import registers_seen_by
from registers.selectors import changes_seen_by


@dataclass(frozen=True, slots=True)
class RegisterList:
    """Rows of a register, what they were narrowed by, and whether that could be read."""

    rows: QuerySet
    limits: FilterSet | None
    form_errors: bool
    narrowed: bool

    @property
    def kept(self) -> str:
        """Return what the addresses of its other pages go on with."""
        if self.limits is None or self.form_errors:
            return ""
        asked = {name: value for name in self.limits.filters if (value := self.limits.data.get(name))}
        return f"&{urlencode(asked)}" if asked else ""

    @property
    def form(self) -> BaseForm | None:
        """Return the questions the rows may be narrowed by."""
        return self.limits.form if self.limits is not None else None


def register_list(desk: Desk, who: Standing, asked: Mapping[str, Any]) -> RegisterList:
    """Return the rows of a register as they were asked for; none where the question cannot be read."""
    rows = desk.rows(who)
    if desk.narrowed is None:
        return RegisterList(rows, None, form_errors=False, narrowed=False)
    limits = desk.narrowed(asked, queryset=rows)
    if not limits.is_valid():
        return RegisterList(rows.none(), limits, form_errors=True, narrowed=True)
    narrowed = any(limits.form.cleaned_data.values())
    return RegisterList(limits.qs, limits, form_errors=False, narrowed=narrowed)


def read_register(desk: Desk, rows: int, *, by: User, at: dt.datetime) -> None:
    """Write down that somebody looked at rows of a register that are about people."""
    if desk.personal:
        note_reading(by=by, door=f"register:{desk.key}", people=rows, at=at)


@dataclass(frozen=True, slots=True)
class RegisterLink:
    """A register in the list of them."""

    key: str
    url: str
    name: StrOrPromise
    about: StrOrPromise
    waiting: int


def registers(user: User) -> list[RegisterLink]:
    """Return the registers this person looks into, each with how many proposals wait in it."""
    waiting = changes_seen_by(user).filter(status=ChangeStatus.PROPOSED).order_by()
    counts = dict(waiting.values("register").annotate(n=Count("pk")).values_list("register", "n"))
    return [
        RegisterLink(rules.key, reverse("register", args=[rules.key]), desk.name, desk.about, counts.get(rules.key, 0))
        for rules in registers_seen_by(user)
        for desk in [desk_of(rules.key)]
    ]
