"""What people type about paid relief that is to come back."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.form_fields import DayField, WholeNumberField, YesNoField, YuanFormField
from losses.models import WAIVERS, RecoveryReason
from records.forms import ActForm


class RecoveryForm(ActForm):
    """Why paid relief is to be given back, how much of it, and in how many parts from when on."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("relief claimed back", "Why"), choices=RecoveryReason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What happened; the household reads it"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    amount_fen = YuanFormField(label=_("How much is to be given back (yuan)"))
    first_on = DayField(label=_("The first part is due on"))
    parts = WholeNumberField(
        label=_("In how many parts"), help_text=_("one a month"), min_value=1, max_value=36, widget=forms.TextInput
    )


class RecoveryAnswerForm(ActForm):
    """Whether the money is claimed back, and why."""

    claimed = YesNoField(label=_("Is it to be given back?"))
    words = forms.CharField(label=_("Why, in plain words"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class RecoveryReceiptForm(ActForm):
    """Money that came back by bank."""

    amount_fen = YuanFormField(label=_("How much came back (yuan)"))
    voucher_number = forms.CharField(label=_("Number of the bank's voucher"), max_length=40)


class RecoveryWaiverForm(ActForm):
    """Why the rest is not asked for any more."""

    how = forms.ChoiceField(
        label=pgettext_lazy("relief claimed back", "Why"),
        choices=[(how.value, how.label) for how in WAIVERS],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=_("In plain words; the household reads them"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class RecoveryStrikeForm(ActForm):
    """Why what was written does not stand."""

    why = forms.CharField(label=_("Why it does not stand so"), max_length=200)
