"""What a report may be limited to."""

import re
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.selectors.sales import MOST_MONTHS, Limits, names, shifted

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class MonthField(forms.CharField):
    """A month written 2026-10."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "2026-10", "maxlength": "7"})

    def validate(self, value):
        super().validate(value)
        if value and not _MONTH.fullmatch(value):
            raise ValidationError(_("Write a month like 2026-10."))


class SalesLimits(forms.Form):
    """The months and groups a sales report is limited to; every field may be left empty."""

    first = MonthField(label=_("From month"), required=False)
    last = MonthField(label=_("To month"), required=False)
    channel = forms.ChoiceField(label=_("Buyer channel"), required=False)
    township = forms.ChoiceField(label=_("Township"), required=False)
    produce = forms.ChoiceField(label=pgettext_lazy("report", "Produce"), required=False)

    def __init__(self, *args, this_month: str, only_township: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.this_month, self.only_township, self.known = this_month, only_township, names()
        for name, rows in self.known.items():
            cast(forms.ChoiceField, self.fields[name]).choices = [("", pgettext_lazy("report", "All")), *rows.items()]

    def clean(self):
        """Put a sensible month where none was given, and refuse a range that is upside down or too long."""
        super().clean()
        cleaned = self.cleaned_data
        last = cleaned.get("last") or cleaned.get("first") or self.this_month
        first = cleaned.get("first") or last
        if first > last:
            self.add_error("last", _("The last month lies before the first. Swap the two."))
        elif first < shifted(last, -MOST_MONTHS + 1):
            self.add_error("first", _("A report covers at most 60 months. Choose a later first month."))
        return cleaned | {"first": first, "last": last}

    def limits(self) -> Limits:
        """Return the limits asked for, with the reader's own township above all."""
        said = self.cleaned_data
        return Limits(
            said["first"],
            said["last"],
            said.get("channel") or "",
            self.only_township or said.get("township") or "",
            said.get("produce") or "",
        )
