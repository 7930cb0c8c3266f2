"""The desk of a register: its name, the form of a row, the columns of its list. Each room gives its own."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy
from django_filters import FilterSet

from accounts.models import Role
from accounts.selectors import Standing
from kernel.present import StrOrPromise
from kernel.shown import Action, Fact
from registers.forms import RegisterForm
from registers.services.rules import Content

_CHANGED = pgettext_lazy("register", "Changed so far")


@dataclass(frozen=True)
class Column:
    """One column of the list, the spreadsheet and the API."""

    key: str
    label: StrOrPromise
    value: Callable[[Any], object]


@dataclass(frozen=True)
class Overview:
    """What holds, or lacks, today of what a register may change, each with where its change is proposed."""

    title: StrOrPromise
    columns: tuple[StrOrPromise, ...]
    rows: list[tuple[list[tuple[StrOrPromise, object]], str]]  # cells by column, and where a change is proposed
    below: StrOrPromise = _CHANGED  # what the list under it is called


@dataclass(frozen=True)
class Desk:
    """How one register is asked for and shown."""

    key: str  # of its rules
    name: StrOrPromise
    about: StrOrPromise  # one sentence: what it is for, and what happens while it lacks something
    add: StrOrPromise  # what the act that adds a row is called
    form: type[RegisterForm]
    rows: Callable[[Standing], QuerySet]
    order: tuple[str, ...]  # columns of the list, the last one unique
    columns: tuple[Column, ...]
    narrowed: type[FilterSet] | None = None
    change_form: type[RegisterForm] | None = None  # of a row that stands there; without one rows are only added
    content_of: Callable[[Any], Content] = dict  # what a row says now, to begin its change with
    begins: Callable[[Standing, Mapping[str, str]], Content] | None = None  # what is known of a new row, by its address
    beside: Callable[[Any], Sequence[tuple[str, str, str]]] | None = (
        None  # what a row tells of two: (field, one, other)
    )
    by_file: bool = False
    personal: bool = False  # its rows are about people: who looks at them is written down
    file_page: str = ""  # the page where its file is brought, where it is read otherwise than row by row
    file_form: type[RegisterForm] | None = None  # the columns of its file, where they are not those of its form
    acts: Callable[[Standing, Any], list[Action]] | None = None  # what else may be done about a row, at once
    file_rows: Callable[[dt.date], list[Mapping[str, str]]] | None = None  # what the file to fill in begins with
    units: str = ""  # the field that names an organisation: on the page it is chosen
    unit_kinds: tuple[str, ...] = ()  # of which kinds, where not of all
    own_units: tuple[Role, ...] = ()  # who proposes for the own organisation only
    facts: Callable[[Any], list[Fact]] | None = None  # what else its page says of a row that stands there
    overview: Callable[[dt.date], Overview | None] | None = None  # what holds, or lacks, above the list
    follows: Callable[[Content], str] | None = None  # what holds and what comes next, once a row is confirmed
    words: Mapping[str, StrOrPromise] = field(default_factory=dict)  # of what a change tells beside its form
    example: Mapping[str, str] = field(default_factory=dict)  # field → what the file to fill in shows


_DESKS: dict[str, Desk] = {}


def put_up(desk: Desk) -> None:
    """Take a register's desk into the house."""
    _DESKS[desk.key] = desk


def desk_of(key: str) -> Desk:
    """Return the desk of a register."""
    return _DESKS[key]
