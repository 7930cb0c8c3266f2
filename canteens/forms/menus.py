"""What is typed of the week's menu."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canteens.models import MOST_HEADS
from canteens.services.menus import DAYS, Cooked, read_dishes
from kernel.errors import BadValue
from kernel.form_fields import DayField, WholeNumberField
from records.forms import ActForm

MOST_TYPED = 2_000
A_MONDAY = dt.date(2001, 1, 1)  # any: only its weekdays are named


class WeekForm(forms.Form):
    """Which week is asked for."""

    week = DayField(required=False)

    @classmethod
    def monday_of(cls, typed: QueryDict, otherwise: dt.date) -> dt.date:
        """Return the Monday of the week of the day asked for; `otherwise` where none can be read."""
        form = cls(typed)
        day: dt.date | None = form.cleaned_data.get("week") if form.is_valid() else None
        return day - dt.timedelta(days=day.weekday()) if day else otherwise


@dataclass(frozen=True, slots=True)
class DayFields:
    """One day of the form."""

    weekday: str
    heads: forms.BoundField
    dishes: forms.BoundField


class MenuForm(ActForm):
    """What is cooked in a week, for how many: one dish a line."""

    monday = DayField(label=gettext_lazy("Monday of the week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday in range(DAYS):
            self.fields[f"heads_{weekday}"] = WholeNumberField(
                label=gettext_lazy("For how many?"), min_value=1, max_value=MOST_HEADS, required=False
            )
            self.fields[f"dishes_{weekday}"] = forms.CharField(
                label=gettext_lazy("What is cooked, one dish a line"),
                max_length=MOST_TYPED,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def clean(self) -> None:
        """Read the dishes of each day; name the line that cannot be read."""
        self.read: dict[int, Cooked] = {}
        for weekday in range(DAYS):
            try:
                dishes = read_dishes(self.cleaned_data.get(f"dishes_{weekday}") or "")
            except BadValue as refusal:
                self.add_error(f"dishes_{weekday}", str(refusal))
                continue
            heads = self.cleaned_data.get(f"heads_{weekday}")
            if dishes and heads is None and f"heads_{weekday}" not in self.errors:
                self.add_error(f"heads_{weekday}", _("Write for how many is cooked that day."))
            elif dishes and heads is not None:
                self.read[weekday] = Cooked(heads, dishes)

    def days(self) -> dict[int, Cooked]:
        """Return what is cooked on which day of the week, 0 for Monday."""
        return self.read

    def day_fields(self) -> list[DayFields]:
        """Return the fields of each day, beside its name."""
        return [
            DayFields(
                date_format(A_MONDAY + dt.timedelta(days=weekday), "l"),
                self[f"heads_{weekday}"],
                self[f"dishes_{weekday}"],
            )
            for weekday in range(DAYS)
        ]
