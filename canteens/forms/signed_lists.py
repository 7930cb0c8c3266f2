"""What is asked about the signed list of a union's plan."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canteens.models import SheetAnswer
from canteens.services.signed_lists import (
    LONGEST_GOODS,
    LONGEST_NUMBERS,
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_TYPED,
    Answer,
    read_numbers,
)
from kernel.errors import BadValue
from kernel.form_fields import TickField, YuanFormField
from records.forms import ActForm


class OpenListForm(ActForm):
    """What each member gets, and where the union keeps no list of its members, their names."""

    goods = forms.CharField(label=_("What does each member get?"), max_length=LONGEST_GOODS)
    names = forms.CharField(
        label=_("Names, one on each row"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.Textarea(attrs={"rows": 8, "class": "tall"}),
        help_text=_("Members on record on the day of approval stand on the list by themselves; leave this empty then."),
    )


class NamesForm(ActForm):
    """More names of a list."""

    names = forms.CharField(
        label=_("More names, one on each row"),
        max_length=MOST_TYPED,
        widget=forms.Textarea(attrs={"rows": 5, "class": "tall"}),
    )


class SheetPhotoForm(ActForm):
    """A photo of a signed sheet."""

    photo = forms.FileField(label=_("Photo of a signed sheet"))


class AnswerForm(ActForm):
    """Which lines, and what they say: signed for, on which sheet, or not, and why."""

    numbers = forms.CharField(
        label=_("Which lines?"), max_length=LONGEST_NUMBERS, help_text=_("by their numbers, for example 1-30, 33")
    )
    answer = forms.ChoiceField(
        label=pgettext_lazy("signed list", "What happened?"), choices=SheetAnswer.choices, widget=forms.RadioSelect
    )
    sheet = forms.ChoiceField(label=_("On which sheet did they sign?"), required=False)
    worth = YuanFormField(label=_("Worth of the goods of each (yuan)"), required=False)
    reason = forms.CharField(
        label=_("Why did they not take them?"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("if they did not"),
    )
    anew = TickField(label=_("These lines are answered anew"), required=False)

    def __init__(self, *args: Any, photos: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["sheet"]).choices = [("", "—"), *photos]

    def clean_numbers(self) -> str:
        """Refuse numbers that cannot be read, in words."""
        typed: str = self.cleaned_data["numbers"]
        try:
            read_numbers(typed)
        except BadValue as refusal:
            raise ValidationError(str(refusal)) from None
        return typed

    def said(self) -> Answer:
        """Return what is said of which lines."""
        typed = self.cleaned_data
        return Answer(
            answer=typed["answer"],
            numbers=read_numbers(typed["numbers"]),
            worth_fen=typed["worth"],
            photo=int(typed["sheet"]) if typed["sheet"] else None,
            reason=typed["reason"],
            anew=typed["anew"],
        )


class SignOffForm(ActForm):
    """Why the list differs from the plan."""

    explained = forms.CharField(
        label=_("Why does the list differ from the plan?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
