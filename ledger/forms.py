"""What finance hands in: the bank's answer and letters, a mended card, and why something is sent back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.form_fields import DayField, YesNoField
from ledger.models import Contradiction, FrozenBatch
from records.forms import ActForm


class ReturnForm(forms.Form):
    """The bank's return file."""

    file = forms.FileField(label=_("The bank's return file (.txt)"))


class StatementForm(ActForm):
    """The statement of the office's account."""

    file = forms.FileField(label=_("The account's statement (camt.053, .xml)"))


class CancelForm(ActForm):
    """Why a batch is dissolved."""

    why = forms.CharField(label=_("Why is it dissolved?"), max_length=200)


class WhyForm(ActForm):
    """Why what a colleague proposed is sent back."""

    why = forms.CharField(label=_("What does not match?"), max_length=200)


class PayeeForm(ActForm):
    """On which card money that came back is paid anew; without a number, on the one that is on record now."""

    number = forms.CharField(
        label=_("Card number (empty: the card on record now)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(label=_("Name on the card (empty: as before)"), max_length=50, required=False)
    bank = forms.CharField(label=_("Bank"), max_length=40, required=False)


class HeirForm(ActForm):
    """The death of a payee with its paper, and who gets the money on which card."""

    died_on = DayField(label=_("Day of death"))
    document = forms.CharField(label=_("Number of the death certificate or of the notary's paper"), max_length=60)
    paper = forms.FileField(label=_("A photo of the certificate"))
    name = forms.CharField(label=_("Name of the heir"), max_length=50)
    id_number = forms.CharField(
        label=_("ID number of the heir"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    number = forms.CharField(
        label=_("Card number of the heir"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bank = forms.CharField(label=_("Bank"), max_length=40)


class LetterForm(ActForm):
    """The bank's letter: its number and day, and which of the two answers it confirms."""

    letter_number = forms.CharField(label=_("Number of the bank's letter"), max_length=60)
    letter_on = DayField(label=_("Day of the letter"))
    holds = forms.ChoiceField(
        label=_("Which answer holds?"), choices=Contradiction.Holds.choices, widget=forms.RadioSelect
    )


class FoundForm(ActForm):
    """Whether the bank has a frozen batch."""

    found = forms.ChoiceField(
        label=_("Ask the bank: does it have this batch?"), choices=FrozenBatch.Found.choices, widget=forms.RadioSelect
    )


class BankLetterForm(ActForm):
    """The bank's letter that nothing which left after the backup is still to be paid."""

    letter_number = forms.CharField(label=_("Number of the bank's letter"), max_length=60)
    never_got = forms.BooleanField(
        label=_("By this letter the bank never got the batches that are missing here"), required=False
    )

    def __init__(self, *args: Any, lost: bool, **kwargs: Any) -> None:
        """Ask about missing batches only where there are some."""
        super().__init__(*args, **kwargs)
        if not lost:
            del self.fields["never_got"]


class LostFileForm(ActForm):
    """The file of a batch that a restored backup does not have, as it was given to the bank."""

    file = forms.FileField(label=_("The file that was given to the bank (F….txt)"))


class ArrivedForm(ActForm):
    """Whether the money arrived."""

    arrived = YesNoField(label=_("Did the money arrive?"))
