"""What people type about complaints: what is wrong, what the other side says, what the county decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.form_fields import WeightField, YuanFormField
from orders.forms import CONSENTS
from orders.models import About, Complaint
from records.forms import ActForm

GRANT, PART, DENY = "grant", "part", "deny"
ANSWERS = [
    (GRANT, pgettext_lazy("answer to a complaint", "It is right")),
    (PART, pgettext_lazy("answer to a complaint", "It is right in part")),
    (DENY, pgettext_lazy("answer to a complaint", "It is not right")),
]
ENOUGH, INSIST = "enough", "county"
CHOICES = [
    (ENOUGH, pgettext_lazy("answer to an offer", "That is enough")),
    (INSIST, pgettext_lazy("answer to an offer", "That is not enough: let the county decide")),
]
RIGHT, WRONG = "right", "wrong"
DECISIONS = [
    (RIGHT, pgettext_lazy("decision of a complaint", "The complaint is right")),
    (WRONG, pgettext_lazy("decision of a complaint", "The complaint is not right")),
]


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, required=required, widget=forms.Textarea(attrs={"rows": 2}))


class ConsentForm(ActForm):
    """An act that may be one in a household's name."""

    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, required=False,
                                widget=forms.RadioSelect)  # fmt: skip


class ComplainForm(ConsentForm):
    """What is wrong with a delivered lot."""

    about = forms.ChoiceField(label=_("What is not right?"), choices=About.choices, widget=forms.RadioSelect)
    weight = WeightField(label=_("About how many kilograms is it?"), unit="kg", required=False,
                         help_text=_("where it is about the weight or the quality"))  # fmt: skip
    amount = YuanFormField(label=_("About how many yuan is it?"), required=False,
                           help_text=_("where it is about something else and you know it"))  # fmt: skip
    words = _words(pgettext_lazy("complaint", "What happened?"))
    photo = forms.FileField(label=_("Photo, if there is one"), required=False)


class FigureForm(ConsentForm):
    """A part of what a complaint is about: kilos of one about kilos, else an amount."""

    weight = WeightField(label=_("Only so many kilograms"), unit="kg", required=False)
    amount = YuanFormField(label=_("Only so much, in yuan"), required=False)

    def __init__(self, *args: Any, row: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        del self.fields["amount" if row.asks_weight else "weight"]
        if not row.asks_weight and not row.asked_fen:
            del self.fields["amount"]

    def part(self) -> dict[str, int]:
        """Return the figure that was typed, nought where none was."""
        typed = self.cleaned_data
        return {"grams": typed.get("weight") or 0, "fen": typed.get("amount") or 0}

    def whole_or_part(self) -> dict[str, int]:
        """Return the figure that was typed, or all that was asked where none was."""
        part = self.part()
        return part if part["grams"] or part["fen"] else {"grams": self.row.asked_g, "fen": self.row.asked_fen}


class AnswerComplaintForm(FigureForm):
    """What the other side says."""

    how = forms.ChoiceField(label=_("What do you say?"), choices=ANSWERS, widget=forms.RadioSelect)
    words = _words(_("In words"), required=False)
    photo = forms.FileField(label=_("Photo, if there is one"), required=False)


class ChooseForm(ActForm):
    """Whether an offered part is enough."""

    choice = forms.ChoiceField(choices=CHOICES)


class DecideComplaintForm(FigureForm):
    """What the county decides; nothing written is all that was asked."""

    decision = forms.ChoiceField(label=_("What do you decide?"), choices=DECISIONS, widget=forms.RadioSelect)
    words = _words(_("Why"))
