"""What is typed about a whole batch, a file of lots or an absence; rows are read by their services."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from catalog.forms.goods import CONSENTS
from kernel.brought import BroughtFile
from kernel.form_fields import DayField, WeightField, WholeNumberField, YuanFormField
from produce.models import MOST_PRICE_FEN, Produce, StockUnit
from records.forms import ActForm
from selling.services.lot_files import Report


class SheetForm(ActForm):
    """The heading of a batch: day, village, price, grade, and how the households agreed; its key is the sheet's own.

    A co-operative lists by the mandates of its members and is not asked how they agreed.
    """

    harvested_on = DayField(label=_("Harvested on"))
    village = forms.ChoiceField(label=_("Where they are picked up"))
    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    grade = forms.ChoiceField(label=pgettext_lazy("goods", "Grade"), required=False)
    smallest = WeightField(unit="jin", label=_("How many jin at least"), required=False, zero_ok=True)
    consent = forms.ChoiceField(label=_("How did the households agree?"), choices=CONSENTS, widget=forms.RadioSelect)
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)

    def __init__(self, *args, produce: Produce, villages: list[Place], by_mandate: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if by_mandate:
            del self.fields["consent"]
        if produce.stock_unit == StockUnit.PIECE:
            self.fields["smallest"] = WholeNumberField(
                label=_("How many at least"), min_value=0, max_value=10**6, required=False
            )
        self.fields["smallest"].help_text = _(
            "Leave it empty if they hand over any quantity. Who has less gives it all."
        )
        self.villages = {village.code: village for village in villages}
        cast(forms.ChoiceField, self.fields["village"]).choices = [(one.code, one.short_name) for one in villages]
        english = (get_language() or "").startswith("en")
        self.grades = {grade.code: grade for grade in produce.grades.order_by("position")}
        if self.grades:
            cast(forms.ChoiceField, self.fields["grade"]).choices = [
                ("", _("Not graded")),
                *[
                    (code, f"{one.name_en if english else one.name} {one.measure}".strip())
                    for code, one in self.grades.items()
                ],
            ]
        else:
            del self.fields["grade"]

    def heading(self) -> dict[str, Any]:
        """Return what was typed as the services of a batch take it."""
        values = self.cleaned_data
        names = ("harvested_on", "price_reason", "sure")
        return {name: values[name] for name in names} | {
            "consent": values.get("consent", ""),
            "village": self.villages[values["village"]],
            "grade": self.grades.get(values.get("grade", "")),
            "price_fen": values["price"],
            "smallest": values["smallest"] or 0,
        }


class RowPhotoForm(ActForm):
    """A photo of one household's goods."""

    photo = forms.FileField(
        label=_("Photo of the goods"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-shrink": "listing"}),
    )


class LotFileForm(BroughtFile):
    """A file of lots, how its households agreed, and what was answered about it."""

    consent = forms.ChoiceField(label=_("How did the households agree?"), choices=CONSENTS, widget=forms.RadioSelect)
    price_unit = forms.ChoiceField(
        label=_("What are the prices for?"),
        choices=[
            ("jin", _("for one jin")),
            ("kg", _("for one kilogram")),
            ("row", _("for one of the unit beside the amount")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, by_mandate: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("File of goods (.xlsx or .csv)")
        if by_mandate:
            del self.fields["consent"]

    def answers(self) -> dict[str, Any]:
        """Return what was answered about the file, as its service takes it."""
        return {"with_hidden": bool(self.hidden_answer), "price_unit": self.cleaned_data.get("price_unit", "")}

    def asked(self, report: Report) -> list[forms.BoundField]:
        """Return the questions that this file raises, those already answered too."""
        raised = {
            "with_hidden": report.hidden_rows or self.hidden_answer is not None,
            "price_unit": report.unclear_prices or self.cleaned_data.get("price_unit"),
        }
        return [self[name] for name, open_or_answered in raised.items() if open_or_answered]
