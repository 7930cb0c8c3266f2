"""What the auditor writes down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.forms import ActForm


class AnswerForm(ActForm):
    """Why somebody read of so many people."""

    answer = forms.CharField(label=_("What the answer was"), max_length=200)
