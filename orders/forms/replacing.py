"""What is typed to take an order off a wrong fund."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canteens.models import Fund, Kitchen
from orders.forms import WhyForm
from orders.forms.naming import kitchen_choices
from orders.forms.wanting import ONE_OF_ONE
from orders.models import PurchaseOrder


class FundChoiceField(forms.ModelChoiceField):
    """One fund of several, by its kind and year."""

    def label_from_instance(self, fund: Fund) -> str:
        """Return a fund as its people call it."""
        return f"{fund.label} {fund.fiscal_year}"


class AnotherFundForm(WhyForm):
    """From which fund instead, and why; the sellers and the auditor read it."""

    fund = FundChoiceField(Fund.objects.none(), label=_("Which fund pays instead?"), empty_label=None)
    kitchen = forms.TypedChoiceField(label=pgettext_lazy("order", "For which canteen"), required=False, coerce=int)
    field_order = ("fund", "kitchen", "why")

    def __init__(
        self, *args: Any, funds: QuerySet[Fund], kitchens: Iterable[Kitchen], order: PurchaseOrder, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["fund"]
        choice.queryset = funds
        rows, choice = kitchen_choices(kitchens, [order.buyer_id]), self.fields["kitchen"]
        choice.choices, choice.initial = rows, order.kitchen_id
        if len(rows) <= ONE_OF_ONE:
            del self.fields["kitchen"]
