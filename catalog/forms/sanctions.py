"""What is typed of a sanction."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import SanctionCode
from kernel.form_fields import DayField, WordField
from registers.forms import HiddenRow, RegisterForm


class SanctionForm(RegisterForm):
    """Against whom what stands until when, and why."""

    household = forms.CharField(
        label=_("Household"), max_length=20, required=False, help_text=_("its number, or the ID number of a member")
    )
    organisation = forms.CharField(
        label=_("Or a co-operative or buyer"), max_length=80, required=False, help_text=_("its registered name")
    )
    code = WordField(label=pgettext_lazy("sanction", "What"), choices=SanctionCode.choices)
    produce = forms.CharField(
        label=pgettext_lazy("sanction", "Of which goods"), max_length=40, required=False,
        help_text=_("empty is whatever it sells"),
    )  # fmt: skip
    to_on = DayField(label=pgettext_lazy("sanction", "Up to and with"))
    reason = forms.CharField(label=pgettext_lazy("sanction", "Why, as they read it"), max_length=200)


class SanctionEndForm(RegisterForm):
    """A sanction that is lifted before its last day."""

    row = HiddenRow()
    why = forms.CharField(label=_("Why it is lifted"), max_length=120)
