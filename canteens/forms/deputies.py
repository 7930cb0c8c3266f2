"""What is typed when an approver names a deputy."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Person
from kernel.form_fields import DayField
from records.forms import ActForm


class DeputyForm(ActForm):
    """Who answers for an approver, from which day to which."""

    deputy = forms.ChoiceField(label=_("Who answers for you?"))
    from_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"))

    def __init__(self, *args: Any, offered: Iterable[tuple[Organisation, Person]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._offered = {f"{unit.pk}:{person.pk}": (unit, person) for unit, person in offered}
        choices = [(key, f"{person.name}（{unit.name}）") for key, (unit, person) in self._offered.items()]
        cast(forms.ChoiceField, self.fields["deputy"]).choices = [("", "……"), *choices]

    def chosen(self) -> tuple[Organisation, Person]:
        """Return at which buyer who was chosen."""
        return self._offered[self.cleaned_data["deputy"]]
