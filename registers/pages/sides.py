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
    known = {name: str(asked[name]) for name in limits.filters if asked.get(name) and name not in limits.form.errors}
    answers = [
        (name, code, label)
        for name in counted
        for code, label in [("", _without(limits.filters[name])), *_choices(limits.filters[name])]
    ]
    asks = [_asking(known, name, str(code)) for name, code, _label in answers]
    counts = rows.order_by().aggregate(
        **{
            f"answer_{number}": Count("pk", filter=Q(pk__in=_answered(limits, rows, ask).values("pk")))
            for number, ask in enumerate(asks)
        }
    )
    facets = []
    for name in counted:
        options = []
        for number, (asked_name, code, label) in enumerate(answers):
            count, here = counts[f"answer_{number}"], known.get(name, "") == str(code)
            if asked_name == name and (count or here or not code):
                to = f"{url}?{_query(asks[number])}"
                options.append(Option(str(label), count, to, current=here and bool(code)))
        facets.append(Facet(str(limits.filters[name].label), options if len(options) > 1 else []))
    return facets


def _asking(known: Mapping[str, str], name: str, code: str) -> dict[str, str]:
    """Return what is asked once one question is answered so, or not at all, and the others stay."""
    others = {key: value for key, value in known.items() if key != name}
    return {**others, name: code} if code else others


def _answered(limits: FilterSet, rows: QuerySet, ask: dict[str, str]) -> QuerySet:
    """Return the rows that the list shows where this is asked."""
    return type(limits)(ask, queryset=rows, request=limits.request).qs.order_by()


def _without(question: ChoiceFilter) -> StrOrPromise:
    """Return in words what a list shows where this question is not answered."""
    return question.extra.get("empty_label") or _("all")


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
