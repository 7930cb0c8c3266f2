"""A brought file and what was answered about it: it waits in the page between two steps, and nothing of it is kept."""

import base64
import binascii
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from kernel.form_fields import read_or_explain

MOST_PACKED = 512 * 2**10


def pack(raw: bytes) -> str:
    """Return a file as a hidden field carries it; nothing where it is too large for one."""
    return base64.b64encode(raw).decode() if len(raw) <= MOST_PACKED else ""


def unpack(kept: str) -> bytes:
    """Return the file that a hidden field carries, or refuse what has not arrived whole."""
    try:
        raw = base64.b64decode(kept, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or len(raw) > MOST_PACKED:
        raise BadValue(_("The file has not arrived whole. Choose it again."))
    return raw


class BroughtFile(forms.Form):
    """A file, chosen now or kept from the step before, and whether its hidden rows count."""

    file = forms.FileField(required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    with_hidden = forms.ChoiceField(
        label=_("Some rows are hidden in the file. What about them?"),
        choices=[("no", _("Leave them out")), ("yes", _("Enter them too"))],
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Return what was sent, with the bytes of the file as `raw`; refuse to have none."""
        typed = super().clean() or {}
        if typed.get("file"):
            typed["raw"] = typed["file"].read()
        elif typed.get("kept"):
            typed["raw"] = read_or_explain(unpack, typed["kept"])
        elif "file" not in self.errors:
            self.add_error("file", _("Choose the file."))
        return typed

    @property
    def hidden_answer(self) -> bool | None:
        """Return whether hidden rows count; None while nobody said."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("with_hidden", ""))
