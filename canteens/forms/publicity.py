"""What is typed about a plan's public notice, its quotes, and the objections to it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canteens.services.plan_quotes import LONGEST_SUPPLIER
from canteens.services.publicity import LONGEST_ANSWER, LONGEST_GOODS, LONGEST_SELLERS, MOST_PEOPLE
from kernel.form_fields import WholeNumberField, YuanFormField
from records.forms import ActForm


class IntentForm(ActForm):
    """What everybody is to read of a plan."""

    goods = forms.CharField(
        label=_("What is to be bought?"), max_length=LONGEST_GOODS, help_text=_("for example 10 kg of rice for each")
    )
    sellers = forms.CharField(
        label=_("From whom?"),
        max_length=LONGEST_SELLERS,
        help_text=_("for example the co-operatives of a township; no person's name"),
    )
    people = WholeNumberField(label=_("For how many people?"), min_value=1, max_value=MOST_PEOPLE)


class QuoteForm(ActForm):
    """What a supplier asks, with a photo of what it wrote."""

    supplier = forms.CharField(label=_("Whose quote is it?"), max_length=LONGEST_SUPPLIER)
    amount = YuanFormField(label=_("What does it ask in all?"))
    photo = forms.FileField(label=_("Photo of the quote"))


class ObjectionAnswerForm(ActForm):
    """What was found of an objection to a plan."""

    verdict = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            ("rejected", pgettext_lazy("plan objection", "The plan stands")),
            ("upheld", pgettext_lazy("plan objection", "The objection is right, the plan goes back")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer in words"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads it under the notice. Name no person."),
    )
