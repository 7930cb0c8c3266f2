"""What is typed for a paper: the basis of a commitment, or what a photographed slip says."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Listing, Paper
from catalog.services.papers import BASES, CONTROL
from kernel.form_fields import DayField, NumberTextField, WeightField, WholeNumberField
from produce.models import StockUnit
from records.forms import ActForm

SLIPS = [(Paper.Kind.TEST.value, Paper.Kind.TEST.label), (Paper.Kind.QUARANTINE.value, Paper.Kind.QUARANTINE.label)]


class CertificateForm(ActForm):
    """The commitment for a batch; without a quantity, for the whole lot."""

    basis = forms.ChoiceField(
        label=_("What does it stand on?"), choices=list(BASES.items()), widget=forms.RadioSelect, initial=CONTROL
    )

    def __init__(self, *args, listing: Listing, **kwargs):
        super().__init__(*args, **kwargs)
        if listing.stock_unit == StockUnit.PIECE:
            quantity: forms.Field = WholeNumberField(label=_("How many"), min_value=1, max_value=10**6, required=False)
        else:
            quantity = WeightField(unit="jin", label=_("How many jin"), required=False)
        quantity.help_text = _("Leave it empty for the whole lot.")
        self.fields["quantity"] = quantity
        if listing.cooperative_id is not None:
            self.fields["collected"] = forms.BooleanField(
                label=_("Gathered from others, not grown by ourselves"), required=False
            )

    def values(self) -> dict:
        """Return what `issue_commitment` takes."""
        typed = self.cleaned_data
        return {
            "basis": typed["basis"],
            "quantity": typed.get("quantity") or None,
            "collected": typed.get("collected", False),
        }


class SlipForm(ActForm):
    """What a photographed paper says."""

    kind = forms.ChoiceField(label=_("Which paper?"), choices=SLIPS, widget=forms.RadioSelect)
    photo = forms.FileField(label=_("Photo of the paper"))
    office = forms.CharField(label=_("Who issued it"), max_length=80)
    number = NumberTextField(label=pgettext_lazy("paper", "Number on the paper"), max_length=80)
    issued_on = DayField(label=_("Day on the paper"))
    item = forms.CharField(label=_("What was tested"), max_length=80, required=False)
    value = forms.CharField(label=_("Value found"), max_length=80, required=False)
    passed = forms.ChoiceField(
        label=_("What does it say?"),
        choices=[("yes", pgettext_lazy("paper", "Passed")), ("no", pgettext_lazy("paper", "Not passed"))],
        widget=forms.RadioSelect,
        initial="yes",
    )

    def values(self) -> dict:
        """Return what `add_slip` takes, but for the photo."""
        typed = self.cleaned_data
        names = ("kind", "office", "number", "issued_on", "item", "value")
        return {name: typed[name] for name in names} | {"passed": typed["passed"] == "yes"}
