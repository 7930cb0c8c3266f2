"""What people type about papers: invoices, the file of a fund over some days, a month, a link."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel import money
from kernel.form_fields import DayField, NumberTextField, WeightField, WholeNumberField, YuanFormField
from kernel.identity import LARGEST_ID
from orders.models import SettlementStatement
from orders.selectors.invoices import Printed, PrintedLine
from produce.models import Produce
from records.forms import ActForm

MOST_DAYS = 366
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class InvoiceForm(ActForm):
    """What is printed on a seller's invoice, its scan, and which statements it is for."""

    scan = forms.FileField(label=_("Photo or PDF of the invoice"))
    number = NumberTextField(label=_("Number of the invoice"), max_length=20, help_text=_("8 or 20 digits"))
    code = NumberTextField(
        label=_("Code of the invoice"), max_length=12, required=False, help_text=_("electronic invoices have none")
    )
    issued_on = DayField(label=_("Date of the invoice"))
    seller_name = forms.CharField(label=_("Seller, as printed"), max_length=80)
    buyer_name = forms.CharField(label=_("Buyer, as printed"), max_length=80)
    total = YuanFormField(label=_("Total with tax (yuan)"))
    others = forms.TypedMultipleChoiceField(
        label=_("Is it for these statements as well?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, goods: Iterable[Produce], others: Iterable[SettlementStatement], **kwargs: Any
    ) -> None:
        """Ask for one line a produce; who leaves all of them out gives the total alone."""
        super().__init__(*args, **kwargs)
        self.goods = list(goods)
        choices = [(row.pk, f"{row.number} {money.yuan(row.total_fen)}") for row in others]
        self.fields["others"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["others"]
        for produce in self.goods:
            for name, made in (
                ("kg", WeightField(label=_("Weight"), unit="kg", required=False)),
                ("price", YuanFormField(label=_("Yuan a kilogram"), required=False)),
                ("amount", YuanFormField(label=_("Amount (yuan)"), required=False)),
            ):
                self.fields[f"{name}_{produce.pk}"] = made

    def rows(self) -> list[tuple[Produce, list[forms.BoundField]]]:
        """Return each produce with the fields of its line."""
        return [(row, [self[f"{name}_{row.pk}"] for name in ("kg", "price", "amount")]) for row in self.goods]

    def clean(self) -> dict[str, Any]:
        """Ask for the whole of a line that was begun."""
        data = super().clean() or {}
        for produce in self.goods:
            names = [f"{name}_{produce.pk}" for name in ("kg", "price", "amount")]
            typed = [data.get(name) for name in names]
            if any(typed) and not all(typed):
                for name, value in zip(names, typed, strict=True):
                    if value is None and name not in self.errors:
                        self.add_error(name, _("Write weight, price and amount of this line, or leave all three out."))
        return data

    def printed(self) -> Printed:
        """Return what is printed, as it was typed."""
        data = self.cleaned_data
        lines = [
            PrintedLine(row, data[f"kg_{row.pk}"], data[f"price_{row.pk}"], data[f"amount_{row.pk}"])
            for row in self.goods
            if data.get(f"kg_{row.pk}")
        ]
        return Printed(
            data["number"], data["code"], data["issued_on"], data["seller_name"], data["buyer_name"], data["total"],
            lines,
        )  # fmt: skip


class MatchForm(ActForm):
    """The paper was looked at; where it differs, why it is accepted."""

    why = forms.CharField(label=_("Why is it right all the same?"), max_length=200, required=False)


class DossierForm(forms.Form):
    """The days over which a fund's file is wanted, by the signatures of its deliveries."""

    first = DayField(label=_("Signed from"))
    last = DayField(label=_("Signed until"))

    def clean(self) -> dict[str, Any]:
        """Refuse days the wrong way round, and more than a year of them."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is later than the last. Change one of them."))
        if first and last and (last - first).days > MOST_DAYS:
            raise forms.ValidationError(_("A file reaches over one year at most. Choose fewer days."))
        return data

    def days(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last day."""
        return self.cleaned_data["first"], self.cleaned_data["last"]


class MonthForm(forms.Form):
    """The month whose statements are wanted; of one fund and seller where both are named."""

    month = forms.CharField(label=_("Month of the statements"), required=False, max_length=7)
    fund = WholeNumberField(required=False, min_value=1, max_value=LARGEST_ID)
    household = forms.UUIDField(required=False)
    cooperative = WholeNumberField(required=False, min_value=1, max_value=LARGEST_ID)
    carrier = WholeNumberField(required=False, min_value=1, max_value=LARGEST_ID)

    def clean_month(self) -> dt.date | None:
        """Return the first day of the month."""
        text = self.cleaned_data["month"]
        if text and not MONTH.fullmatch(text):
            raise forms.ValidationError(_("Write the month like 2026-11, the year first."))
        return dt.date.fromisoformat(f"{text}-01") if text else None


class LinkForm(DossierForm, ActForm):
    """The days whose file a link shows."""
