"""What whoever calls, re-inspects or lets a stopped award be paid writes down."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from losses.models import CallOutcome, ReinspectionOutcome
from records.forms import ActForm


class CallForm(ActForm):
    """What the household said on the telephone."""

    outcome = forms.ChoiceField(label=_("What did the household say?"), choices=CallOutcome, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What was said, in a sentence"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReinspectionForm(ActForm):
    """What a re-inspection found."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("re-inspection", "What did you find?"),
        choices=ReinspectionOutcome.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What you looked at and what you found, in a sentence"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseForm(ActForm):
    """Why a stopped award is paid all the same, and up to when its reader has read what came to light."""

    why = forms.CharField(label=_("Why it is fine"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    seen_until = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_seen_until(self) -> dt.datetime:
        """Return the instant as the page wrote it; what is no instant is nobody's page."""
        try:
            seen_until = dt.datetime.fromisoformat(self.cleaned_data["seen_until"])
        except ValueError:
            seen_until = None
        if seen_until is None or seen_until.tzinfo is None:
            raise forms.ValidationError(_("This page is old. Open it again, then decide."))
        return seen_until
