"""What lists of goods may be narrowed to, read strictly; page and API of the market ask the same set."""

import datetime as dt
from collections.abc import Collection, Mapping
from copy import copy
from functools import cache
from typing import Any, Self, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, Filter, FilterSet

from catalog.models import Listing, ListingStatus, PlotSeason, Sanction, SanctionCode
from catalog.selectors import market, search
from kernel.form_fields import YuanFormField
from kernel.narrowing import Day
from produce.models import MOST_PRICE_FEN
from produce.selectors import dictionary

KEEPS = [("3", _("Within 3 days")), ("7", _("Within 7 days")), ("30", _("Within 30 days"))]
SELLERS = [
    ("household", pgettext_lazy("market", "Households")),
    ("cooperative", pgettext_lazy("market", "Co-operatives")),
]
UPSIDE_DOWN = "upside_down"  # the code of what is wrong with prices
OPEN = (ListingStatus.ON_SALE, ListingStatus.EXPIRED)  # what its owner may still sell


class Asked(Filter):
    """A part of a question; nothing of it changes from one request to the next, so that a request copies it flat."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return copy(self)


class Several(Asked):
    """Any of these values."""

    field_class = forms.MultipleChoiceField


class OneOf(Asked):
    """One of these values."""

    field_class = forms.ChoiceField


class Price(Asked):
    """A price in yuan."""

    field_class = YuanFormField


class Words(Asked):
    """Typed words."""

    field_class = forms.CharField


class Code(Asked):
    """A code of a certain form."""

    field_class = forms.RegexField


class MarketFilter(FilterSet):
    """What the market may be narrowed to; nothing else is a filter.

    It makes a question of what was asked: the lots are found by the market's own search, along its indexes.
    """

    category = Several()
    township = Several()
    track = Several(choices=market.TRACKS)
    seller = Several(choices=SELLERS)
    grade = Several()
    papers = Several(choices=market.PAPERS)
    keeps = OneOf(choices=KEEPS)
    price_from = Price(most_fen=MOST_PRICE_FEN)
    price_to = Price(most_fen=MOST_PRICE_FEN)
    produce = Words(max_length=32)
    village = Code(regex=r"^[0-9]{12}$")
    q = Words(max_length=dictionary.MOST_LETTERS)

    class Meta:
        """No column of a lot is a filter by itself."""

        model = Listing
        fields: list[str] = []

    def __init__(
        self, data: Mapping[str, Any], *, board: market.Board, day: dt.date, hidden: Collection[int] = ()
    ) -> None:
        super().__init__(data, Listing.objects.none())
        self.board, self.day, self.hidden = board, day, tuple(sorted(hidden))
        self.meant = search.Meant()
        for name, codes in (
            ("category", [code for code, _zh, _en in board.categories]),
            ("township", [code for code, _name in board.townships]),
            ("grade", list(dictionary.grade_names())),
        ):
            cast(forms.MultipleChoiceField, self.form.fields[name]).choices = [(code, code) for code in codes]

    def get_form_class(self) -> type[forms.Form]:
        """Return the form of these filters, made once: making it takes longer than reading a question."""
        return _market_form()

    def question(self) -> search.Question:
        """Return what was asked for; nothing narrowed where it could not be read."""
        if not self.is_valid():
            return search.Question(hidden=self.hidden)
        values = self.form.cleaned_data
        if values["q"].strip():
            self.meant = search.meant_by(values["q"], self.board.produce_on_sale())
        named = self.meant.produce
        return search.Question(
            produce=_in_all(
                None if named is None else [word.id for word in named],
                dictionary.of_categories(values["category"]) if values["category"] else None,
                [word.id for word in dictionary.words() if word.code == values["produce"]]
                if values["produce"]
                else None,
            ),
            place=self.meant.place,
            townships=tuple(values["township"]),
            villages=(values["village"],) if values["village"] else (),
            until=self.day + dt.timedelta(days=int(values["keeps"])) if values["keeps"] else None,
            grades=tuple(dictionary.grades_of(values["grade"])) if values["grade"] else None,
            tracks=tuple(values["track"]),
            sellers=tuple(values["seller"]),
            papers=tuple(values["papers"]),
            price_from=values["price_from"],
            price_to=values["price_to"],
            hidden=self.hidden,
        )


class _PricesForm(forms.Form):
    """The question of the market, which is refused with its prices upside down."""

    def clean(self) -> dict[str, Any]:
        """Refuse a highest price below the lowest, which would show an empty market as if nothing were there."""
        typed = super().clean() or self.cleaned_data
        least, most = typed.get("price_from"), typed.get("price_to")
        if least is not None and most is not None and most < least:
            refusal = _("The highest price lies below the lowest. Turn them round.")
            self.add_error("price_to", forms.ValidationError(refusal, code=UPSIDE_DOWN))
        return typed


@cache
def _market_form() -> type[forms.Form]:
    fields = {name: declared.field for name, declared in MarketFilter.base_filters.items()}
    return type("MarketFilterForm", (_PricesForm,), fields)


class GoodsFilter(FilterSet):
    """What one's own goods may be narrowed to: all but what was taken down, those still for sale, those taken down."""

    view = ChoiceFilter(
        choices=[
            ("open", pgettext_lazy("my goods", "Still for sale")),
            ("down", pgettext_lazy("my goods", "Taken down")),
        ],
        method="viewed",
    )

    class Meta:
        """No column of a lot is a filter by itself."""

        model = Listing
        fields: list[str] = []

    @property
    def chosen(self) -> str:
        """Return which goods are asked for: open, down, or empty for all but what was taken down."""
        return str(self.form.cleaned_data["view"]) if self.is_valid() else ""

    def filter_queryset(self, queryset: QuerySet[Listing]) -> QuerySet[Listing]:
        """Return the lots asked for; what was taken down stands apart."""
        lots = super().filter_queryset(queryset)
        return lots if self.chosen == "down" else lots.exclude(status=ListingStatus.WITHDRAWN)

    def viewed(self, lots: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Return the lots still for sale, or those taken down."""
        return lots.filter(status=ListingStatus.WITHDRAWN) if value == "down" else lots.filter(status__in=OPEN)


def _in_all(*lists: list[int] | None) -> tuple[int, ...] | None:
    """Return what stands in each of these lists, None where there is no list."""
    there = [set(ids) for ids in lists if ids is not None]
    return tuple(sorted(set.intersection(*there))) if there else None


class ServingFilter(FilterSet):
    """What is not served, by a part of its name and by channel."""

    q = CharFilter(label=_("What is not served"), field_name="produce__name", lookup_expr="icontains", max_length=40)
    channel = CharFilter(label=_("Channel that may not serve it"), field_name="channel", max_length=16)


class SanctionFilter(FilterSet):
    """What stands against one household or organisation, of one kind."""

    q = CharFilter(label=pgettext_lazy("sanction", "Against whom"), method="against", max_length=80)
    code = ChoiceFilter(label=pgettext_lazy("sanction", "What"), choices=SanctionCode.choices, empty_label=_("all"))

    def against(self, rows: QuerySet[Sanction], _name: str, value: str) -> QuerySet[Sanction]:
        """Keep those against a household of this number or an organisation of this name."""
        return rows.filter(Q(household__number__iexact=value) | Q(organisation__name__icontains=value))


class PlotFilter(FilterSet):
    """Seasons of one household, of one produce, harvested on a day; those that were corrected only if asked for."""

    q = CharFilter(label=_("Number of the household"), field_name="household__number", max_length=20)
    produce = CharFilter(label=pgettext_lazy("plot", "What is grown"), field_name="produce__name", max_length=40)
    on = Day(label=_("Harvested on"), method="harvested")
    state = ChoiceFilter(
        label=pgettext_lazy("season", "State"),
        choices=[("corrected", pgettext_lazy("season", "corrected"))],
        method="stands",
        empty_label=pgettext_lazy("season", "in force"),
    )

    def harvested(self, seasons: QuerySet[PlotSeason], _name: str, day: dt.date) -> QuerySet[PlotSeason]:
        """Return the seasons whose harvest lasts over this day."""
        return seasons.filter(harvest_from__lte=day, harvest_to__gte=day)

    def stands(self, seasons: QuerySet[PlotSeason], _name: str, _state: str) -> QuerySet[PlotSeason]:
        """Leave the choice to the whole question."""
        return seasons

    def filter_queryset(self, queryset: QuerySet[PlotSeason]) -> QuerySet[PlotSeason]:
        """Return the seasons that fit: those in force, unless the corrected ones are asked for."""
        corrected = self.form.cleaned_data["state"] == "corrected"
        return super().filter_queryset(queryset).filter(superseded_at__isnull=not corrected)
