"""How a sale went, in two or three questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.form_fields import YesNoField
from orders.models import Side
from orders.services.rating import Word
from records.forms import ActForm


class RateForm(ActForm):
    """What one side says: of goods whether they were on time, as described and of the weight said; of a buyer whether
    it weighed fairly and paid on time."""

    timely = YesNoField(label=_("Did they come on time?"))
    as_described = YesNoField(label=_("Were they as described?"))
    right_weight = YesNoField(label=_("Was the weight right?"))
    words = forms.CharField(label=_("In words, for the other side and the county"), max_length=200, required=False)

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if side == Side.SELLER:
            del self.fields["as_described"]
            self.fields["timely"].label = pgettext_lazy("rating", "Did the money come on time?")
            self.fields["right_weight"].label = pgettext_lazy("rating", "Was it weighed fairly?")

    def word(self) -> Word:
        """Return what was said."""
        typed = self.cleaned_data
        return Word(typed["timely"], typed["right_weight"], typed.get("as_described"), typed["words"])
