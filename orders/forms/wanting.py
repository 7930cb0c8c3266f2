"""What a buyer types who looks for goods: what, how much, by when, from which money, for which canteen."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from accounts.selectors import standing
from canteens.models import NO_LAST_HOUR, Fund, FundKind, PlanGoods, PurchasePlan
from canteens.selectors import last_hours
from canteens.selectors.kitchens import kitchens_from, kitchens_on
from canteens.selectors.purchase_plans import plans_to_order
from canteens.services.drawing import PlanRefuses, require_fits, require_named
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.form_fields import DayField, QuantityField, WeightField, WholeNumberField, YuanFormField
from kernel.present import name_of
from orders.forms.naming import fund_name, kitchen_choices, plan_name
from orders.services.kitchens import kitchen_of_order
from orders.services.last_hour import TooLateForTheDay, first_day, refuse_after_hour
from produce.models import Produce
from produce.services.stock import in_stock_unit

ONE_OF_ONE = 2  # the empty choice, and the only canteen there is


class WantForm(forms.Form):
    """What a buyer looks for: goods, how much, by when, from which money."""

    produce = forms.ModelChoiceField(
        Produce.objects.none(), label=_("What do you need?"), to_field_name="code", empty_label=_("Choose the goods")
    )
    quantity = QuantityField(label=_("How much?"), units=("kg", "jin", "piece"))
    on = DayField(label=_("To be brought on"))
    fund = forms.ModelChoiceField(Fund.objects.none(), label=_("Paid from"), empty_label=None)
    purchase = forms.ModelChoiceField(
        PurchasePlan.objects.none(), label=_("On a purchase plan"), required=False, empty_label=_("On none")
    )
    kitchen = forms.TypedChoiceField(label=pgettext_lazy("order", "For which canteen"), required=False, coerce=int)
    ceiling = YuanFormField(label=_("At most, yuan a kilogram"), required=False)
    parcel = WeightField(unit="kg", label=_("At least from one household"), required=False)
    listing = WholeNumberField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at, buyers = at, standing(user).organisations(Role.BUYER)
        self.plan_goods: PlanGoods | None = None  # on which the order would count
        self.last_hours = last_hours(buyers)
        earliest = min(self.last_hours.values(), default=NO_LAST_HOUR)
        if earliest < NO_LAST_HOUR:
            words = _("Goods of the next day are ordered until %(hour)s:00")
            self.fields["on"].help_text = words % {"hour": earliest}
        self.fields["on"].initial = first_day(earliest, at)
        year = clock.county_day(at).year
        produce: Any = self.fields["produce"]
        fund: Any = self.fields["fund"]
        produce.queryset = Produce.objects.filter(forbidden=False).order_by("category__position", "position", "name")
        fund.queryset = (
            Fund.objects.filter(organisation_id__in=buyers, fiscal_year=year)
            .select_related("organisation", "account", "source_account")
            .order_by("organisation_id", "kind")
        )
        fund.label_from_instance = fund_name
        purchase: Any = self.fields["purchase"]
        purchase.queryset = plans_to_order(buyers, clock.county_day(at))
        purchase.label_from_instance = plan_name
        produce.label_from_instance = name_of
        kitchens = kitchen_choices(kitchens_from(buyers, clock.county_day(at)), buyers)
        cast(forms.ChoiceField, self.fields["kitchen"]).choices = kitchens
        if len(kitchens) <= ONE_OF_ONE:  # nothing is asked where there is nothing to choose
            del self.fields["kitchen"]

    def clean(self) -> dict[str, Any]:
        """Refuse animals asked for by weight, weight asked for by the head, and a day the buyer's own hour closed."""
        data = super().clean() or {}
        self._refuse_after_hour(data.get("fund"), data.get("on"))
        self._refuse_other_plan(data.get("purchase"), data.get("fund"), data.get("on"), data.get("produce"))
        self._refuse_other_kitchen(data.get("kitchen") or None, data.get("fund"), data.get("on"))
        produce, quantity = data.get("produce"), data.get("quantity")
        if produce and quantity:
            try:
                self.asked = in_stock_unit(produce.stock_unit, grams=quantity.grams, pieces=quantity.pieces)
            except BadValue as refusal:
                self.add_error("quantity", str(refusal))
        return data

    def _refuse_other_plan(
        self, plan: PurchasePlan | None, fund: Fund | None, on: dt.date | None, produce: Produce | None
    ) -> None:
        if plan is None or fund is None or on is None:
            return
        try:
            require_fits(plan, fund, on)
            if produce is not None:
                self.plan_goods = require_named(plan, produce)
        except PlanRefuses as refusal:
            self.add_error("purchase", str(refusal))

    def _refuse_other_kitchen(self, kitchen: int | None, fund: Fund | None, on: dt.date | None) -> None:
        if "kitchen" not in self.fields or fund is None or on is None:
            return
        rows = () if fund.kind == FundKind.UNION else kitchens_on([fund.organisation_id], on)
        try:
            kitchen_of_order({row.pk: row.label_for(fund.organisation_id) for row in rows}, kitchen)
        except DomainError as refusal:
            self.add_error("kitchen", str(refusal))

    def _refuse_after_hour(self, fund: Fund | None, on: dt.date | None) -> None:
        if fund is None or on is None:
            return
        try:
            refuse_after_hour(self.last_hours.get(fund.organisation_id, NO_LAST_HOUR), on, self.at)  # type: ignore[attr-defined]
        except TooLateForTheDay as refusal:
            self.add_error("on", str(refusal))
