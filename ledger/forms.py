"""What finance hands in: the bank's answer, and why a batch is dissolved."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """The bank's return file."""

    file = forms.FileField(label=_("The bank's return file (.txt)"))


class CancelForm(forms.Form):
    """Why a batch is dissolved."""

    why = forms.CharField(label=_("Why is it dissolved?"), max_length=200)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)
