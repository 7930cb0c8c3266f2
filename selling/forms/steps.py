"""What people type in the steps of one sale, and for whom it is."""

import datetime as dt
from typing import cast

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.forms.goods import CONSENTS
from catalog.models import Storage
from kernel.form_fields import DayField, QuantityField, WeightField, WholeNumberField, YuanFormField
from kernel.weight import PACKED
from produce.models import MOST_PRICE_FEN, Produce, StockUnit
from records.forms import ActForm

QUANTITY_FORM = "quantity-form"
# What may stay as it is, folded away, in the order it is asked.
FOLDED = ("ready", "harvested_on", "expected_from", "expected_to", "storage", "grade", "smallest", "price_reason")
READY, COMING = "ready", "coming"
HARVESTED = [(READY, _("Yes, it is there")), (COMING, _("Not yet"))]
KEPT_IN = [(Storage.ROOM, pgettext_lazy("goods", "At home")), (Storage.COLD, pgettext_lazy("goods", "Cold store"))]


class PhotoForm(ActForm):
    """One photo of the goods."""

    photo = forms.FileField(label=_("Photo of the goods"))


class QuantityForm(forms.Form):
    """How much there is and what it costs; who lists for others says how the household agreed.

    Its key is the draft's own: one draft becomes one lot.
    """

    quantity = QuantityField(units=("jin", "kg"), label=_("How much"))
    pack = WeightField(unit="jin", label=_("What one holds, net"), required=False)
    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    grade = forms.ChoiceField(label=pgettext_lazy("goods", "Grade"), required=False)
    ready = forms.ChoiceField(
        label=_("Is it harvested?"), choices=HARVESTED, initial=READY, required=False, widget=forms.RadioSelect
    )
    harvested_on = DayField(label=_("Harvested on"), required=False)
    expected_from = DayField(label=_("First day of the harvest, about"), required=False)
    expected_to = DayField(label=_("Last day of the harvest, about"), required=False)
    storage = forms.ChoiceField(
        label=_("Where is it kept?"), choices=KEPT_IN, initial=Storage.ROOM, required=False, widget=forms.RadioSelect
    )
    smallest = WeightField(unit="jin", label=_("How many jin at least"), required=False, zero_ok=True)
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=CONSENTS, required=False, widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)

    def __init__(self, *args, produce: Produce, for_others: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self._count_in(produce)
        english = (get_language() or "").startswith("en")
        grades = list(produce.grades.order_by("position"))
        graded = cast(forms.ChoiceField, self.fields["grade"])
        graded.choices = [
            ("", _("Not graded")),
            *[(grade.code, f"{grade.name_en if english else grade.name} {grade.measure}".strip()) for grade in grades],
        ]
        self.grades = {grade.code: grade for grade in grades}
        for name in FOLDED:
            # They are drawn behind the number keys, outside the form's own element.
            self.fields[name].widget.attrs["form"] = QUANTITY_FORM
        if not grades:
            del self.fields["grade"]
        if produce.shelf_days_cold <= produce.shelf_days:
            del self.fields["storage"]
        if for_others:
            self.fields["consent"].required = True
        else:
            del self.fields["consent"]

    def _count_in(self, produce: Produce):
        """Offer the units this produce is sold in; what one box or bag holds is read first."""
        units: tuple[str, ...]
        if produce.stock_unit == StockUnit.PIECE:
            units, each = ("piece",), produce.piece_g
            self.fields["smallest"] = WholeNumberField(
                label=_("How many at least"), min_value=0, max_value=10**6, required=False
            )
        else:
            units, each = ("jin", "kg", *[unit for unit in produce.packs if unit in PACKED]), self._pack_g()
        self.units, self.unit_g = units, each
        self.fields["smallest"].help_text = _("Leave it empty if you hand over any quantity.")
        self.fields["quantity"] = QuantityField(units=units, grams_per_unit=each, label=self.fields["quantity"].label)
        self.packs = [unit for unit in units if unit in PACKED]
        if not self.packs:
            del self.fields["pack"]

    def _pack_g(self) -> int | None:
        try:
            return self.fields["pack"].clean(self.data.get(self.add_prefix("pack"), ""))
        except forms.ValidationError:
            return None

    def clean(self):
        """Ask for a harvest's first day where it is still to come; its last day may be the same."""
        values = super().clean() or {}
        if self.packs and self.data.get(self.add_prefix("quantity_1")) in self.packs and not values.get("pack"):
            # Without its weight a box is no amount at all: one sentence, beside the field that lacks.
            self.errors.pop("quantity", None)
            if "pack" not in self.errors:
                self.add_error("pack", _("Write how many jin one holds, without the box."))
        if values.get("ready") == COMING:
            if values.get("expected_from") is None:
                self.add_error("expected_from", _("Write the day from which you harvest, about."))
            elif values.get("expected_to") is None and "expected_to" not in self.errors:
                values["expected_to"] = values["expected_from"]
        return values

    def expected(self) -> tuple[dt.date, dt.date] | None:
        """Return first and last day of a coming harvest, or None for goods that are there."""
        values = self.cleaned_data
        return (values["expected_from"], values["expected_to"]) if values["ready"] == COMING else None

    def grade_chosen(self):
        """Return the grade, or None when it was left open."""
        return self.grades.get(self.cleaned_data.get("grade", ""))


class SellForForm(ActForm):
    """For whom goods are listed, and how that household agreed."""

    owner = forms.CharField(max_length=60)
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=CONSENTS, required=False, widget=forms.RadioSelect
    )
