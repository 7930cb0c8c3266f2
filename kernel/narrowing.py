"""Narrow a list as its address asks, by the one FilterSet that page and API share."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django_filters import FilterSet

from kernel.shown import Tab


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A list as it was asked for: nothing of it where the question cannot be read."""

    rows: QuerySet[Any]
    form: Form
    readable: bool
    asked: dict[str, str]  # what narrows it
    beside: dict[str, str]  # what else the address says and its pages keep

    @property
    def kept(self) -> str:
        """Return what the addresses of its other pages go on with."""
        said = self.beside | self.asked
        return f"&{urlencode(said)}" if said else ""

    @property
    def status(self) -> int:
        """Return how a page of it answers."""
        return 200 if self.readable else 400


def narrowed(
    request: HttpRequest, kind: Callable[..., FilterSet], rows: QuerySet[Any], *, beside: Collection[str] = ()
) -> Narrowed:
    """Return rows narrowed by the parameters of a page; those named `beside` stay in the address and narrow nothing."""
    limits = kind(request.GET, queryset=rows, request=request)
    readable = limits.is_valid()
    said = {name: str(value) for name, value in request.GET.items() if value}
    return Narrowed(
        rows=limits.qs if readable else rows.none(),
        form=limits.form,
        readable=readable,
        asked={name: value for name, value in said.items() if name in limits.filters},
        beside={name: value for name, value in said.items() if name in beside},
    )


def tabs_of(found: Narrowed, name: str, views: Sequence[tuple[str, str]]) -> list[Tab]:
    """Return the values of one of its questions as tabs that keep the other answers; an empty value asks nothing."""
    others = {key: value for key, value in found.asked.items() if key != name}
    return [
        Tab(f"?{urlencode(others | ({name: key} if key else {}))}", label, key == found.asked.get(name, ""))
        for key, label in views
    ]
