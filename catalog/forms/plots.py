"""How a season of a plot is asked for, on its page, in a file and by a program."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import MOST_CMU, CapacityReason
from kernel.form_fields import DayField, PlainDecimalField, WeightField, WordField
from produce.selectors import dictionary
from registers.forms import HiddenRow, RegisterForm
from registers.services.rules import Content


def _grown() -> list[tuple[str, str]]:
    return [("", "—"), *((word.name, word.local_name) for word in dictionary.words() if not word.forbidden)]


class ProduceField(WordField):
    """A produce chosen from the dictionary or written by its name; whether there is one of this name the rules say."""

    def validate(self, value: object) -> None:
        """Require a name."""
        forms.Field.validate(self, value)


class PlotForm(RegisterForm):
    """One season of one produce on one parcel."""

    household = forms.CharField(label=_("Number of the household"), max_length=20)
    produce = ProduceField(label=pgettext_lazy("plot", "What is grown"), choices=_grown)
    parcel = forms.CharField(
        label=_("Which land"), max_length=40, help_text=_("the number of the parcel, or where it lies")
    )
    area = PlainDecimalField(
        label=_("How many mu"), min_value=0, max_value=MOST_CMU // 100, max_digits=6, decimal_places=2
    )
    harvest_from = DayField(label=_("First day of harvest"))
    harvest_to = DayField(label=_("Last day of harvest"))
    capacity = WeightField(
        unit="jin",
        label=_("About how many jin in all"),
        required=False,
        help_text=_("Leave it empty: then it is reckoned from the land."),
    )
    capacity_reason = WordField(
        label=_("How this is known"),
        choices=CapacityReason.choices,
        help_text=_("whoever looked at the field may write more than the usual yield"),
    )

    def content(self) -> Content:
        """Return what was asked for, the area in hundredths of a mu."""
        return {**super().content(), "area": int(self.cleaned_data["area"] * 100)}


class PlotChangeForm(PlotForm):
    """What is corrected of a season; whose it is stays."""

    season = HiddenRow()
    household = None  # type: ignore[assignment]
