"""What is typed about an objection to a line of relief."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.models import WHY_REJECTED, WHY_UPHELD


class AnswerForm(forms.Form):
    """The answer to an objection."""

    verdict = forms.ChoiceField(
        label=_("What you found"),
        choices=[
            ("rejected", pgettext_lazy("objection", "The line stands")),
            ("upheld", pgettext_lazy("objection", "The objection is right, the line stops")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=pgettext_lazy("objection", "Why"),
        choices=[
            ("", "—"),
            (pgettext_lazy("objection", "The line stands"), [(one.value, one.label) for one in WHY_REJECTED]),
            (pgettext_lazy("objection", "The objection is right"), [(one.value, one.label) for one in WHY_UPHELD]),
        ],
        help_text=_("Everybody reads it under the notice."),
    )
    answer = forms.CharField(
        label=_("Answer in words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It is told to whoever says the check word, and to nobody else."),
    )
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)
