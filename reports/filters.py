"""What a report may be limited to; page, rows, official form, spreadsheet and API ask the same."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, Filter, FilterSet, NumberFilter

from accounts.models import Organisation
from canteens.models import ShareCause
from kernel import clock
from kernel.narrowing import Day, SpanForm
from kernel.present import StrOrPromise
from orders.models import StatementLine
from records.models import Event, Move, Reading, RefusedTry, kind_of
from reports.selectors.log import Acts
from reports.selectors.sales import MOST_MONTHS, Limits, first_day, month_after, names, shifted, signed_lines

SHARE_STATES = [
    ("behind", pgettext_lazy("share", "Behind")),
    ("undeclared", pgettext_lazy("share", "Not declared")),
    ("under_way", pgettext_lazy("share", "In pace")),
    ("reached", pgettext_lazy("share", "Reached")),
    ("none", pgettext_lazy("share", "No canteen")),
    ("reported", pgettext_lazy("share", "Reported by another")),
]
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class MonthField(forms.CharField):
    """A month written 2026-10."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "2026-10", "maxlength": "7"})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _MONTH.fullmatch(value):
            raise ValidationError(_("Write a month like 2026-10."))


class Month(Filter):
    """A month."""

    field_class = MonthField


class OneOf(Filter):
    """One of these codes, or none."""

    field_class = forms.ChoiceField


class LimitsForm(forms.Form):
    """The limits as they were typed, and what holds where nothing was."""

    this_month = ""
    only_towns: tuple[str, ...] = ()  # of a reader who reads no others

    def clean(self) -> dict[str, Any]:
        """Put a sensible month where none was given, and refuse a range that is upside down or too long."""
        super().clean()
        typed = self.cleaned_data
        last = typed.get("last") or typed.get("first") or self.this_month
        first = typed.get("first") or last
        if first > last:
            self.add_error("last", _("The last month lies before the first. Swap the two."))
        elif first < shifted(last, -MOST_MONTHS + 1):
            self.add_error("first", _("A report covers at most 60 months. Choose a later first month."))
        township = self.only_towns[0] if len(self.only_towns) == 1 else typed.get("township", "")
        return typed | {"first": first, "last": last, "township": township}


class SalesFilter(FilterSet):
    """The months and groups a sales report is limited to; every field may be left empty, nothing else is a filter.

    The sums are one query of their own, which takes the same `limits()`.
    """

    first = Month(label=_("From month"), method="from_month")
    last = Month(label=_("To month"), method="to_month")
    channel = OneOf(label=_("Buyer channel"), field_name="statement__buyer__channel")
    township = OneOf(label=_("Township"), field_name="receipt_line__allocation__listing__township")
    produce = OneOf(
        label=pgettext_lazy("report", "Produce"), field_name="receipt_line__allocation__listing__produce__code"
    )

    class Meta:
        """No column of a line is a filter by itself."""

        model = StatementLine
        fields: list[str] = []
        form = LimitsForm

    def __init__(self, data: Mapping[str, Any], *, this_month: str, only_towns: tuple[str, ...] = ()) -> None:
        super().__init__(data, StatementLine.objects.none())
        self.names = names()
        form = cast(LimitsForm, self.form)
        self.only_towns = only_towns
        form.this_month, form.only_towns = this_month, only_towns
        for name, codes in self.names.items():
            if name == "township" and len(only_towns) > 1:
                codes = {code: codes[code] for code in only_towns}
            choices = [("", pgettext_lazy("report", "All")), *codes.items()]
            cast(forms.ChoiceField, form.fields[name]).choices = choices

    def limits(self) -> Limits:
        """Return the limits asked for, with the reader's own townships above all."""
        asked = {name: self.form.cleaned_data[name] for name in ("first", "last", "channel", "township", "produce")}
        return Limits(**asked, towns=self.only_towns)

    def lines(self, *, cut_off: dt.datetime) -> QuerySet[StatementLine]:
        """Return the statement lines behind the figures, as they stood at the cut-off."""
        lines = self.filter_queryset(signed_lines(cut_off=cut_off))
        if not self.only_towns:
            return lines
        return lines.filter(receipt_line__allocation__listing__township__in=self.only_towns)

    def from_month(self, lines: QuerySet[Any], _name: str, month: str) -> QuerySet[Any]:
        """Return the lines that count in this month or later."""
        return lines.filter(day__gte=first_day(month))

    def to_month(self, lines: QuerySet[Any], _name: str, month: str) -> QuerySet[Any]:
        """Return the lines that count in this month or earlier."""
        return lines.filter(day__lt=first_day(month_after(month)))


class Person(Filter):
    """An account, by its key."""

    field_class = forms.UUIDField


class Word(Filter):
    """A word as it stands in the table."""

    field_class = forms.CharField


class LogFilter(FilterSet):
    """Moves or events between two days, about one kind of document or one document, by one person.

    Page, spreadsheet and API ask the same of both tables.
    """

    first = Day(label=_("From day"), method="from_day")
    last = Day(label=_("To day"), method="to_day")
    kind = OneOf(label=pgettext_lazy("log", "About"), method="about")
    document = Word(field_name="document", widget=forms.HiddenInput)  # by the link of a row
    person = Person(field_name="by", widget=forms.HiddenInput)

    class Meta:
        """The last day does not lie before the first."""

        form = SpanForm

    def __init__(self, data: Mapping[str, Any], *, queryset: QuerySet, kinds: Mapping[str, StrOrPromise]) -> None:
        super().__init__(data, queryset)
        named = [("", pgettext_lazy("report", "All")), *kinds.items()]
        cast(forms.ChoiceField, self.form.fields["kind"]).choices = named

    def from_day(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return what happened on this day or later."""
        return rows.filter(at__gte=clock.day_start(day))

    def to_day(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return what happened on this day or earlier."""
        return rows.filter(at__lt=clock.day_end(day))

    def about(self, rows: QuerySet, _name: str, kind: str) -> QuerySet:
        """Return what happened to documents of one kind, by the index of kinds."""
        return rows.alias(about=kind_of(F("document"))).filter(about=kind)


def log_asked(data: Mapping[str, Any], kinds: Mapping[str, StrOrPromise]) -> tuple[Acts | None, forms.Form]:
    """Return the moves and events that were asked for, and the form; none where the question cannot be read."""
    moves, events = (LogFilter(data, queryset=model.objects.all(), kinds=kinds) for model in (Move, Event))
    if not (moves.is_valid() and events.is_valid()):
        return None, moves.form
    return Acts(moves.qs, events.qs), moves.form


class ReadingFilter(FilterSet):
    """Who looked at personal data on one day; page and API ask the same."""

    day = Day(label=pgettext_lazy("report", "Day"), method="on_day")
    person = Person(field_name="by", widget=forms.HiddenInput)

    class Meta:
        """No column of a reading is a filter by itself."""

        model = Reading
        fields: list[str] = []

    def on_day(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return what was read on one day."""
        return rows.filter(at__gte=clock.day_start(day), at__lt=clock.day_end(day))


class TriesFilter(FilterSet):
    """Refused tries of one person, at one door, on one day; page and API ask the same."""

    day = Day(label=pgettext_lazy("report", "Day"), method="on_day")
    door = OneOf(label=pgettext_lazy("refused try", "What was tried"), field_name="door")
    person = Person(field_name="by", widget=forms.HiddenInput)

    class Meta:
        """No column of a try is a filter by itself."""

        model = RefusedTry
        fields: list[str] = []

    def __init__(self, *args: Any, doors: Mapping[str, StrOrPromise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [("", pgettext_lazy("report", "All")), *doors.items()]
        cast(forms.ChoiceField, self.form.fields["door"]).choices = named

    def on_day(self, tries: QuerySet[RefusedTry], _name: str, day: dt.date) -> QuerySet[RefusedTry]:
        """Return the tries of one day."""
        return tries.filter(at__gte=clock.day_start(day), at__lt=clock.day_end(day))


class ShareBoardFilter(FilterSet):
    """Shares of a year by a part of the buyer's name or of its superior's, by channel, state and cause.

    How far a buyer has come is known once its goods are counted: state and cause are asked of the counted rows.
    """

    year = NumberFilter(label=_("Fiscal year"), min_value=2020, max_value=2100, method="later")
    q = CharFilter(label=_("Buyer"), field_name="name", lookup_expr="icontains", max_length=40)
    superior = CharFilter(label=_("Answers to"), max_length=40, method="later")
    channel = CharFilter(label=_("Buyer channel"), field_name="channel", max_length=16)
    state = ChoiceFilter(
        label=pgettext_lazy("share", "How far"), choices=SHARE_STATES, method="later", empty_label=_("all")
    )
    cause = ChoiceFilter(
        label=pgettext_lazy("share", "Why behind"), choices=ShareCause.choices, method="later", empty_label=_("all")
    )

    def later(self, units: QuerySet[Organisation], _name: str, _value: object) -> QuerySet[Organisation]:
        """Leave to the counted rows what only they know."""
        return units
