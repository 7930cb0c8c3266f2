"""What the market may be narrowed to, as its pages offer it: kinds to tap on a phone, a form on a desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.filters import KEEPS, SELLERS, UPSIDE_DOWN
from catalog.selectors import market, search
from kernel.present import StrOrPromise, in_english
from kernel.shown import Link, Tab
from produce.selectors import dictionary

SHOWN_TOWNSHIPS = 12
MOST_OTHERS = 8
NOT_ASKED = frozenset({"cursor", "filters"})  # where one stands in the list, not what is looked for


@dataclass(frozen=True, slots=True)
class Option:
    """One value to tick, with how many lots it holds where that is counted."""

    name: str
    value: str
    label: StrOrPromise
    checked: bool
    count: int | str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """One field to type in."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the market: values to tick, of which one or several count, or fields to type in."""

    title: str
    options: list[Option]
    one_of: bool = False
    inputs: tuple[Typed, ...] = ()


def chips(query: QueryDict, counted: market.Board, here: str) -> list[Tab]:
    """Return the kinds to tap on a phone, those that have something on sale; they lead to this page."""
    chosen = query.getlist("category")
    kinds = [Tab(here, pgettext("market", "All"), not chosen)]
    for code, zh, en in counted.categories:
        if ("category", code) in counted.counts or code in chosen:
            kinds.append(Tab(f"{here}?category={code}", en if in_english() else zh, chosen == [code]))
    return kinds


def others(meant: search.Meant) -> list[Link]:
    """Return other goods on sale that typed words may mean, the best first."""
    here = reverse("market")
    return [Link(f"{here}?produce={word.code}", word.local_name) for word in meant.others[:MOST_OTHERS]]


def facets(query: QueryDict, counted: market.Board) -> list[Facet]:
    """Return what a desk may narrow the board to, with how many lots each holds."""
    kinds = [(code, en if in_english() else zh) for code, zh, en in counted.categories]
    grades = [(code, en if in_english() else zh) for code, (zh, en) in dictionary.grade_names().items()]
    whole: list[tuple[str, str, Iterable[tuple[str, StrOrPromise]]]] = [
        (pgettext("market", "Kind"), "category", kinds),
        (pgettext("market", "Seller"), "seller", SELLERS),
        (pgettext("market", "Recognised"), "track", market.TRACKS),
        (pgettext("goods", "Grade"), "grade", grades),
        (pgettext("market", "Township"), "township", counted.townships[:SHOWN_TOWNSHIPS]),
    ]
    ticked = [Facet(title, _counted(query, name, choices, counted)) for title, name, choices in whole]
    keeping, wanted = query.get("keeps", ""), query.getlist("papers")
    days: list[tuple[str, StrOrPromise]] = [("", pgettext("market", "Any")), *KEEPS]
    return [
        *[facet for facet in ticked if facet.options],
        Facet(
            pgettext("market", "Days left"),
            [Option("keeps", value, label, value == keeping) for value, label in days],
            one_of=True,
        ),
        Facet(
            pgettext("market", "Papers"),
            [Option("papers", value, label, value in wanted) for value, label in market.PAPERS],
        ),
        Facet(
            pgettext("market", "Price, yuan a kilogram"),
            [],
            inputs=(
                Typed("price_from", pgettext("market", "From"), query.get("price_from", "")[:12]),
                Typed("price_to", pgettext("market", "Up to"), query.get("price_to", "")[:12]),
            ),
        ),
    ]


def unread_words(question: BaseForm) -> str:
    """Return why nothing narrows a list, which shows everything then; empty where the question is fine."""
    if question.is_valid():
        return ""
    if question.has_error("price_to", UPSIDE_DOWN):
        return _("The highest price lies below the lowest, so everything is shown. Turn them round.")
    return _("Part of the question could not be read, so everything is shown.")


def _counted(
    query: QueryDict, name: str, choices: Iterable[tuple[str, StrOrPromise]], counted: market.Board
) -> list[Option]:
    """Return the values that hold a lot or are chosen."""
    chosen = query.getlist(name)
    return [
        Option(name, value, label, value in chosen, counted.counts.get((name, value), 0))
        for value, label in choices
        if counted.counts.get((name, value)) or value in chosen
    ]


def asked_again(query: QueryDict, *, but: Iterable[str] = NOT_ASKED, **more: str) -> str:
    """Return the question of a page as it stands in an address, without some names and with others."""
    left_out = set(but)
    kept = [(key, value) for key, values in query.lists() if key not in left_out for value in values[:20]]
    return urlencode([*kept, *more.items()])
