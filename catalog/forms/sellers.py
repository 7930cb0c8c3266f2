"""What is typed about sellers: what they grow, and what the township recognises them for."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation
from catalog.forms.goods import CONSENTS
from catalog.models import Track
from kernel.form_fields import DayField, NumberTextField
from kernel.present import name_of
from produce.models import Produce
from records.forms import ActForm


class ProduceChoice(forms.ModelChoiceField):
    """A produce of the dictionary by its name in the reader's language."""

    def label_from_instance(self, produce: Produce) -> str:  # type: ignore[override]
        return name_of(produce)


def _grown():
    return Produce.objects.filter(forbidden=False).order_by("category__position", "position")


class RecognitionForm(ActForm):
    """Whom the township recognises for what; a household by its number, or a co-operative."""

    seller = NumberTextField(label=_("Household number, or the co-operative's name"), max_length=80)
    track = forms.ChoiceField(label=_("Recognised as"), choices=Track.choices, widget=forms.RadioSelect)
    produce = ProduceChoice(
        label=pgettext_lazy("recognition", "For which goods"), queryset=Produce.objects.none(), required=False
    )
    document = NumberTextField(label=_("Number of the document"), max_length=80)
    from_on = DayField(label=_("From"))
    to_on = DayField(label=_("Until (may stay empty)"), required=False)

    def __init__(self, *args, households, cooperatives, **kwargs):
        super().__init__(*args, **kwargs)
        self._households, self._cooperatives = households, cooperatives
        self.fields["produce"].queryset = _grown()  # type: ignore[attr-defined]
        self.fields["produce"].help_text = _("Leave it empty for whatever the household grows itself.")

    def clean_seller(self) -> Household | Organisation:
        """Return the household or co-operative of this area that was meant."""
        typed = self.cleaned_data["seller"].strip()
        seller = self._households.filter(number=typed).first() or self._cooperatives.filter(name=typed).first()
        if seller is None:
            raise forms.ValidationError(_("Nobody of your area has this number or name. Look it up in the register."))
        return seller

    def values(self) -> dict:
        """Return what `recognise` takes."""
        typed = self.cleaned_data
        owner = "household" if isinstance(typed["seller"], Household) else "cooperative"
        names = ("track", "produce", "document", "from_on", "to_on")
        return {owner: typed["seller"]} | {name: typed[name] for name in names}


class BackForm(ActForm):
    """That another household is back, and how it said so."""

    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, widget=forms.RadioSelect)


class PauseForm(ActForm):
    """Until which day, with it, a seller is away; whoever says so for a household says how it agreed."""

    until = DayField(label=_("Away until"))

    consent = forms.ChoiceField(
        label=_("How did the household tell you?"), choices=CONSENTS, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args, today: dt.date, for_others: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if for_others:
            self.fields["consent"].required = True
        else:
            del self.fields["consent"]
        self.fields["until"].widget.attrs["min"] = today.isoformat()
