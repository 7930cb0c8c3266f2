"""What a village or township writes of what it found."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from losses.forms import PlacedForm, StockField
from losses.models import LookedAt


class CheckForm(PlacedForm):
    """How much one stage found, why it is less, what it looked at, and a photo of it; one that came before stays."""

    here = ""  # that a photo has arrived, in words

    why = forms.CharField(
        label=_("If it is less: why"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    looked_at = forms.MultipleChoiceField(
        label=_("What did you look at?"), choices=LookedAt.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    photo = forms.FileField(label=_("What you see there"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, goods, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quantity"] = StockField(goods=goods, label=_("Found on the spot"))
        self.order_fields(["quantity", "why", "looked_at", "photo"])

    def facts(self) -> dict[str, Any]:
        """Return what was found, without the photo."""
        said = {name: self.cleaned_data[name] for name in ("quantity", "why", "looked_at")}
        return said | {"spot": self.spot()}
