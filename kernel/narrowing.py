"""Narrow a list as its address asks, by the one FilterSet that page and API share."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import Filter, FilterSet

from kernel.form_fields import DayField
from kernel.shown import Tab

_SPANS = (("first", "last"), ("from_on", "to_on"))


class Day(Filter):
    """A day of the county: one alone, or an end of a span."""

    field_class = DayField


class SpanForm(Form):
    """The form of a list narrowed to a span of days, which is refused upside down."""

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first, which would show an empty list as if nothing were there."""
        typed = super().clean() or self.cleaned_data
        for first, last in _SPANS:
            if typed.get(first) and typed.get(last) and typed[last] < typed[first]:
                self.add_error(last, _("The last day lies before the first. Turn them round."))
        return typed


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
