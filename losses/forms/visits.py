"""What the two verifiers write of a visit, and who of them falls out."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from losses.forms import PlacedForm, StockField, moment_of
from losses.models import Conclusion, FellOut, HouseholdSigned, OddPlace, WitnessTie
from losses.services.holding import Spot
from losses.services.visiting import Read


class OnTheSpotForm(PlacedForm):
    """What a verifier writes on the spot, with what looks made up about the place, as the script sees it."""

    odd_place = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def spot(self) -> Spot | None:
        """Return where the phone stood and what looks odd about it; an accuracy of nothing is odd by itself."""
        spot = super().spot()
        if spot is None:
            return None
        told = set(self.cleaned_data["odd_place"].split(",")) & set(OddPlace.values)
        told |= {OddPlace.SHARP.value} if not spot.accuracy_m else set()
        return replace(spot, odd=",".join(sorted(told)))


class VisitForm(OnTheSpotForm):
    """What the first verifier found, with the three photos."""

    here = ""  # how many photos have arrived, in words
    refused_by = ""  # the code of what refused it

    whole = forms.FileField(label=pgettext_lazy("visit photo", "The whole"), required=False)
    near = forms.FileField(label=pgettext_lazy("visit photo", "From near"), required=False)
    people = forms.FileField(label=pgettext_lazy("visit photo", "Household with the goods"), required=False)
    paper = forms.FileField(label=pgettext_lazy("visit photo", "The paper it was written on"), required=False)
    why = forms.CharField(
        label=_("What you saw, in a sentence"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    conclusion = forms.ChoiceField(label=_("What you conclude"), choices=Conclusion, widget=forms.RadioSelect)
    signed = forms.ChoiceField(label=_("The household's signature"), choices=HouseholdSigned, widget=forms.RadioSelect)
    witness = forms.CharField(
        label=_("Who was there beside the household"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    witness_tie = forms.ChoiceField(
        label=_("Who that is"), choices=WitnessTie, required=False, widget=forms.RadioSelect
    )
    card_read = forms.BooleanField(label=_("The number and the date, by hand, can be read on a photo"), required=False)
    phone_at = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)  # milliseconds of its clock
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)  # when it was last written
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, goods, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["found"] = StockField(goods=goods, zero_ok=True, label=_("Lost, as you see it"))

    def facts(self) -> dict[str, Any]:
        """Return what was found, in the words of the service that writes it."""
        typed = self.cleaned_data
        facts = {
            name: typed[name]
            for name in ("found", "conclusion", "why", "signed", "card_read", "witness", "witness_tie")
        }
        facts |= {"spot": self.spot(), "phone_at": moment_of(self.cleaned_data["phone_at"])}
        # A form without it is nobody's old page.
        return facts | {"seen": typed["seen"] if "seen" in self.data else None}


class VisitSignForm(OnTheSpotForm):
    """What the second verifier says of what the first wrote: the signature, or what is different.

    Where nothing has come from the first yet, it asks how much the first wrote.
    """

    refused_by = ""  # the code of what refused it

    words = forms.CharField(
        label=_("What is different"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    verdict = forms.ChoiceField(choices=[("sign", "sign"), ("contest", "contest")], required=False)
    phone_at = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, goods, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["found"] = StockField(
            goods=goods, zero_ok=True, required=False, label=_("How much the first wrote, as you read it")
        )

    @property
    def contests(self) -> bool:
        """Return whether it says that something is different."""
        return bool(self.cleaned_data["verdict"] == "contest")

    def facts(self) -> dict[str, Any]:
        """Return what was said, in the words of the service that takes it; a form without `seen` read what stands."""
        typed = self.cleaned_data
        read = Read(typed["seen"], typed["found"]) if "seen" in self.data else None
        facts = {"read": read, "spot": self.spot(), "phone_at": moment_of(typed["phone_at"])}
        return facts | ({"words": typed["words"]} if self.contests else {})


class VisitRedrawForm(forms.Form):
    """Which of the two verifiers falls out, and why."""

    who = forms.ChoiceField(
        label=_("Who falls out?"),
        choices=[("first", _("Who writes it down")), ("second", _("Who signs it"))],
        widget=forms.RadioSelect,
    )
    why = forms.ChoiceField(label=_("Why?"), choices=FellOut, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Anything to add (may stay empty)"), max_length=200, required=False)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)
