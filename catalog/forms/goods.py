"""What people type about goods, read strictly; nothing is decided here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.services.listings import WITHDRAW_REASONS
from kernel.form_fields import DayField, WeightField, WholeNumberField, YuanFormField
from produce.models import MOST_PRICE_FEN
from records.forms import ActForm

CONSENTS = [("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))]


class PriceForm(ActForm):
    """Another price from now on."""

    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)


class SmallestForm(ActForm):
    """What is handed over of a lot at least; nothing written is any quantity."""

    def __init__(self, *args, counted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if counted:
            self.fields["quantity"] = WholeNumberField(
                label=_("How many at least"), min_value=0, max_value=10**6, required=False
            )
        else:
            self.fields["quantity"] = WeightField(
                unit="jin", label=_("How many jin at least"), required=False, zero_ok=True
            )
        self.fields["quantity"].help_text = _("Leave it empty if you hand over any quantity.")


class StopForm(ActForm):
    """Why a sale is stopped, as the household reads it."""

    reason = forms.CharField(label=_("Reason, as the household reads it"), max_length=200)


class HarvestForm(ActForm):
    """On which day a forecast lot was harvested."""

    on = DayField(label=_("Harvested on"))


class WithdrawForm(ActForm):
    """What became of the goods taken back; without a quantity, of all that is free."""

    reason = forms.ChoiceField(
        label=_("What became of them?"), choices=list(WITHDRAW_REASONS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args, counted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if counted:
            self.fields["quantity"] = WholeNumberField(
                label=_("How many"), min_value=1, max_value=10**6, required=False
            )
        else:
            self.fields["quantity"] = WeightField(unit="jin", label=_("How many jin"), required=False)
        self.fields["quantity"].help_text = _("Leave it empty for all that is left.")
