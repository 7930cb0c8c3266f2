"""What is typed about a whole batch, a file of lots or an absence; rows are read by their services."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from catalog.forms.goods import CONSENTS
from kernel.form_fields import DayField, YuanFormField
from produce.models import MOST_PRICE_FEN, Produce
from records.forms import ActForm


class SheetForm(ActForm):
    """The heading of a batch: day, village, price, grade, and how the households agreed; its key is the sheet's own."""

    harvested_on = DayField(label=_("Harvested on"))
    village = forms.ChoiceField(label=_("Where they are picked up"))
    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    grade = forms.ChoiceField(label=pgettext_lazy("goods", "Grade"), required=False)
    consent = forms.ChoiceField(label=_("How did the households agree?"), choices=CONSENTS, widget=forms.RadioSelect)
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)

    def __init__(self, *args, produce: Produce, villages: list[Place], **kwargs):
        super().__init__(*args, **kwargs)
        self.villages = {village.code: village for village in villages}
        cast(forms.ChoiceField, self.fields["village"]).choices = [
            (village.code, village.short_name) for village in villages
        ]
        english = (get_language() or "").startswith("en")
        self.grades = {grade.code: grade for grade in produce.grades.order_by("position")}
        if self.grades:
            cast(forms.ChoiceField, self.fields["grade"]).choices = [
                ("", _("Not graded")),
                *[
                    (code, f"{grade.name_en if english else grade.name} {grade.measure}".strip())
                    for code, grade in self.grades.items()
                ],
            ]
        else:
            del self.fields["grade"]

    def heading(self) -> dict[str, Any]:
        """Return what was typed as the services of a batch take it."""
        typed = self.cleaned_data
        names = ("harvested_on", "price_reason", "sure", "consent")
        return {name: typed[name] for name in names} | {
            "village": self.villages[typed["village"]],
            "grade": self.grades.get(typed.get("grade", "")),
            "price_fen": typed["price"],
        }


class RowPhotoForm(ActForm):
    """A photo of one household's goods."""

    photo = forms.FileField(
        label=_("Photo of the goods"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-shrink": "listing"}),
    )


class LotFileForm(forms.Form):
    """A file of lots and how its households agreed."""

    file = forms.FileField(label=_("File of goods (.xlsx or .csv)"))
    consent = forms.ChoiceField(label=_("How did the households agree?"), choices=CONSENTS, widget=forms.RadioSelect)
