"""What is typed of what may not be served."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.form_fields import DayField
from registers.forms import HiddenRow, RegisterForm


class ServingForm(RegisterForm):
    """Which produce which channel may not serve, from when on and why."""

    channel = forms.CharField(label=_("Channel that may not serve it"), max_length=24, help_text=_("such as school"))
    produce = forms.CharField(label=_("What is not served"), max_length=40)
    from_on = DayField(label=pgettext_lazy("sanction", "From"))
    why = forms.CharField(label=_("Why not, as buyers read it"), max_length=120)


class ServingEndForm(RegisterForm):
    """The day from which it may be served again."""

    row = HiddenRow()
    to_on = DayField(label=_("First day on which it is served again"))
