"""What is typed about purses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.form_fields import NumberTextField, YuanFormField


class BudgetForm(forms.Form):
    """Money put into a purse, and the document that allows it."""

    amount = YuanFormField(label=_("How much is added?"))
    document_number = NumberTextField(label=_("Number of the document"), max_length=80)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)
