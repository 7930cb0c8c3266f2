"""The one question about money from others for the same loss: no, insured, or got it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from kernel.form_fields import YuanFormField
from losses.models import ClaimRound, Elsewhere
from losses.services.told import Told

TOLD = ("elsewhere", "elsewhere_from", "elsewhere_fen")


class ToldForm(forms.Form):
    """Whether the loss is insured or paid for elsewhere, from whom, how much; nothing is chosen before it is asked."""

    elsewhere = forms.ChoiceField(
        label=_("Is this loss insured, or did you get money for it elsewhere?"),
        choices=Elsewhere.choices,
        widget=forms.RadioSelect,
    )
    elsewhere_from = forms.CharField(label=_("If so: from whom?"), max_length=60, required=False)
    elsewhere_fen = YuanFormField(label=_("If you got money: how many yuan?"), required=False)

    def clean(self):
        typed = super().clean() or self.cleaned_data
        if set(TOLD) <= typed.keys():
            try:
                self.told()
            except BadValue as refusal:
                self.add_error("elsewhere", str(refusal))
        return typed

    def told(self) -> Told:
        """Return what was told."""
        typed = self.cleaned_data
        return Told(typed["elsewhere"], typed["elsewhere_from"].strip(), typed["elsewhere_fen"])


def told_before(said: ClaimRound) -> dict[str, object]:
    """Return what was told in the round before, to start from."""
    return {name: getattr(said, name) for name in TOLD}
