"""What each lot of a kept plan gives from now on, and why."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms import quantity_of
from orders.models import EditReason
from orders.selectors.resharing import Part
from records.forms import ActForm


class ReshareForm(ActForm):
    """One quantity a lot, and a reason that the auditor reads."""

    reason = forms.ChoiceField(
        label=_("Why do you change the shares?"), choices=EditReason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In words"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, parts: Iterable[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        for part in self.parts:
            field = quantity_of(part.listing, label=_("It gives"), initial=part.now)
            self.fields[f"part_{part.listing.pk}"] = field

    def wanted(self) -> dict[int, int]:
        """Return what each lot gives, in its stock unit."""
        return {part.listing.pk: self.cleaned_data[f"part_{part.listing.pk}"] for part in self.parts}
