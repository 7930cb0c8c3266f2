"""What is typed to take an order off a wrong fund."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from canteens.models import Fund
from orders.forms import WhyForm


class FundChoiceField(forms.ModelChoiceField):
    """One fund of several, by its kind and year."""

    def label_from_instance(self, fund: Fund) -> str:
        """Return a fund as its people call it."""
        return f"{fund.label} {fund.fiscal_year}"


class AnotherFundForm(WhyForm):
    """From which fund instead, and why; the sellers and the auditor read it."""

    fund = FundChoiceField(Fund.objects.none(), label=_("Which fund pays instead?"), empty_label=None)
    field_order = ("fund", "why")

    def __init__(self, *args: Any, funds: QuerySet[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["fund"]
        choice.queryset = funds
