"""What is typed of the unit an order counts for."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registers.forms import RegisterForm


class UnitForm(RegisterForm):
    """Which order counts for whom, and why."""

    order = forms.CharField(label=_("Number of the order"), max_length=20)
    organisation = forms.CharField(
        label=pgettext_lazy("order", "Counts for"), max_length=80, help_text=_("as it is registered")
    )
    why = forms.CharField(label=_("Why"), max_length=200)
