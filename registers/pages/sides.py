"""The side of a register's list: how its proposals and its rows stand, each with its count, as links."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_filters import ChoiceFilter, FilterSet

from accounts.models import User
from kernel.present import StrOrPromise
from registers.filters import BY_DOCUMENT, CHANGE_STATES
from registers.pages.desks import Desk
from registers.pages.lists import RegisterList
from registers.selectors import counts_of_changes

MOST_OPTIONS = 12  # a longer choice stays a list to choose from


@dataclass(frozen=True, slots=True)
class Option:
    """One state, how many are in it, and where they are listed."""

    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One question with its answers."""

    title: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside a list: states and counts, what is typed to narrow it, and what the links keep."""

    waiting: int  # proposals of this register that nobody has decided
    facets: list[Facet]
    fields: list[tuple[BoundField, str]]  # each with its label
    kept: list[tuple[str, str]]  # chosen at the side, kept while something is typed
    chosen: str  # in words, for the fold on phones


def side_of(desk: Desk, shown: RegisterList, rows: QuerySet, asked: Mapping[str, Any], user: User) -> Side:
    """Return the side of a register's list; two statements, however many states it has."""
    limits = shown.limits
    counted = _counted(limits)
    counts = counts_of_changes(user, desk.key)
    facets = [_proposals(desk, counts)]
    if limits is not None:
        facets += _of_rows(limits, counted, rows, asked, reverse("register", args=[desk.key]))
    current = [option.label for facet in facets for option in facet.options if option.current]
    return Side(
        waiting=counts["mine"] + counts["others"],
        facets=[facet for facet in facets if facet.options],
        fields=_typed(limits, counted),
        kept=[(name, str(asked[name])) for name in counted if asked.get(name)],
        chosen=pgettext("list", ", ").join(current),
    )


def _proposals(desk: Desk, counts: Mapping[str, int]) -> Facet:
    """Return how the proposals of a register stand."""
    url = reverse("register-changes")
    return Facet(
        pgettext("proposals", "Proposals"),
        [
            Option(str(label), counts[state], f"{url}?{_query({'register': desk.key, 'state': state})}", current=False)
            for state, label in CHANGE_STATES
            if counts[state]
        ],
    )


def _counted(limits: FilterSet | None) -> list[str]:
    """Return the names of the questions whose answers are counted at the side."""
    if limits is None:
        return []
    return [
        name
        for name, question in limits.filters.items()
        if isinstance(question, ChoiceFilter) and len(_choices(question)) <= MOST_OPTIONS
    ]


def _choices(question: ChoiceFilter) -> list[tuple[str, object]]:
    choices = question.extra["choices"]
    return list(choices() if callable(choices) else choices)


def _of_rows(limits: FilterSet, counted: list[str], rows: QuerySet, asked: Mapping[str, Any], url: str) -> list[Facet]:
    """Return how many rows of the register stand how, in one statement."""
    if not counted:
        return []
    answers = [(name, str(code), label) for name in counted for code, label in _choices(limits.filters[name])]
    within = {
        f"answer_{number}": Count("pk", filter=Q(pk__in=limits.filters[name].filter(rows, code).values("pk")))
        for number, (name, code, _label) in enumerate(answers)
    }
    counts = rows.order_by().aggregate(whole=Count("pk"), **within)
    known = {name: str(asked[name]) for name in limits.filters if asked.get(name)}
    facets = []
    for name in counted:
        others = {key: value for key, value in known.items() if key != name}
        options = [Option(_("all"), counts["whole"], f"{url}?{_query(others)}", current=False)]
        for number, (asked_name, code, label) in enumerate(answers):
            here = known.get(name) == code
            if asked_name == name and (counts[f"answer_{number}"] or here):
                to = f"{url}?{_query({**others, name: code})}"
                options.append(Option(str(label), counts[f"answer_{number}"], to, current=here))
        facets.append(Facet(str(limits.filters[name].label), options if len(options) > 1 else []))
    return facets


def _typed(limits: FilterSet | None, counted: list[str]) -> list[tuple[BoundField, str]]:
    """Return the questions that are typed; the first one finds proposals by their document too."""
    if limits is None:
        return []
    return [
        (limits.form[name], _label(name, limits.filters[name].label)) for name in limits.filters if name not in counted
    ]


def _label(name: str, label: StrOrPromise) -> str:
    """Return what is typed, where it finds proposals by their document too; nothing where the form says it."""
    if name != "q" or label is BY_DOCUMENT:
        return ""
    return _("%(label)s, or number of the document") % {"label": label}


def _query(values: Mapping[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
