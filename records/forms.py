"""The key that every form carries, and what somebody writes who finds a public line wrong."""

import uuid
from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from records.models import NoticeLine

F = TypeVar("F", bound=forms.Form)


def new_key() -> str:
    """Return a fresh key for a form: sent twice, it acts once."""
    return uuid.uuid4().hex


def sent_or_new(request: HttpRequest, kind: type[F], **more: Any) -> F:
    """Return the form as it was sent, or an empty one with a fresh key."""
    if request.method == "POST":
        return kind(request.POST, **more)
    return kind(initial={"idem": new_key()}, **more)


class ActForm(forms.Form):
    """A step that needs nothing but its key."""

    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ObjectionForm(forms.Form):
    """Which line, what is wrong with it, and how to be reached, if at all."""

    line = forms.ChoiceField(label=_("Which household?"))
    words = forms.CharField(
        label=_("What is wrong?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "class": "tall"})
    )
    contact = forms.CharField(label=_("How can we reach you? (may stay empty)"), max_length=100, required=False)
    idem = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Iterable[NoticeLine], **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["line"]).choices = [
            (str(row.line_no), f"{row.masked_name}（{row.line_no}）{row.village_name} {row.goods}") for row in lines
        ]
