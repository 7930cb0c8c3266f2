"""What is asked about the list of a union's members."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.brought import BroughtFile
from kernel.form_fields import DayField, NumberTextField
from records.forms import ActForm


class UnionListForm(ActForm, BroughtFile):
    """The file of a union's members, the day it is of, and the document; `sure` once its preview was looked at."""

    with_hidden = None  # type: ignore[assignment]
    on = DayField(label=_("Of which day is the list?"), help_text=_("whoever is not on it is no member from this day"))
    document_number = NumberTextField(label=_("Number of the document"), max_length=80)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].label = _("File of the members (.xlsx or .csv)")
