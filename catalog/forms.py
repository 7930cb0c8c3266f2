"""What people type about goods, read strictly; nothing is decided here."""

import datetime as dt
import uuid
from typing import cast

import django_filters
from django import forms
from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, Produce, StockUnit
from catalog.selectors import market
from catalog.services.listings import WITHDRAW_REASONS
from kernel.form_fields import QuantityField, WeightField, YuanFormField

MOST_PRICE_FEN = 10_000_000
CONSENTS = [("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))]
KEEPS = [("3", _("Within 3 days")), ("7", _("Within 7 days")), ("30", _("Within 30 days"))]
SELLERS = [
    ("household", pgettext_lazy("market", "Households")),
    ("cooperative", pgettext_lazy("market", "Co-operatives")),
]


_UNIT_G = Cast(F("price_unit_g"), BigIntegerField())


def new_key() -> str:
    """Return a fresh key for a form: sent twice, it acts once."""
    return uuid.uuid4().hex


class YuanFilter(django_filters.Filter):
    """A price typed in yuan a kilogram."""

    field_class = YuanFormField

    def __init__(self, **kwargs):
        super().__init__(most_fen=MOST_PRICE_FEN, **kwargs)


class MarketFilter(django_filters.FilterSet):
    """What the market may be narrowed to; nothing else is a filter."""

    category = django_filters.MultipleChoiceFilter(field_name="produce__category_id", distinct=False)
    township = django_filters.MultipleChoiceFilter(field_name="township_id", distinct=False)
    track = django_filters.MultipleChoiceFilter(choices=market.TRACKS, distinct=False)
    seller = django_filters.MultipleChoiceFilter(choices=SELLERS, method="of_seller", distinct=False)
    keeps = django_filters.ChoiceFilter(choices=KEEPS, method="keeps_at_most")
    price_from = YuanFilter(method="costs_at_least")
    price_to = YuanFilter(method="costs_at_most")
    produce = django_filters.CharFilter(field_name="produce__code", max_length=32)
    q = django_filters.CharFilter(method="asked_for", max_length=40)

    class Meta:
        model = Listing
        fields: list[str] = []

    def __init__(self, data, queryset, *, board: market.Board, day):
        english = (get_language() or "").startswith("en")
        super().__init__(data, queryset)
        self.day = day
        self.filters["category"].extra["choices"] = [(code, en if english else zh) for code, zh, en in board.categories]
        self.filters["township"].extra["choices"] = board.townships

    def of_seller(self, lots, _name, chosen):
        """Keep lots of households, of co-operatives, or of both."""
        return lots if len(chosen) != 1 else lots.filter(household__isnull=chosen[0] == "cooperative")

    def keeps_at_most(self, lots, _name, days):
        """Keep lots that must be sold within so many days."""
        return lots.filter(sell_by__lte=self.day + dt.timedelta(days=int(days)))

    def costs_at_least(self, lots, _name, fen_per_kg):
        """Keep lots from this price a kilogram on."""
        return lots.filter(price_fen__gte=(_UNIT_G * fen_per_kg + 999) / 1000)

    def costs_at_most(self, lots, _name, fen_per_kg):
        """Keep lots up to this price a kilogram."""
        return lots.filter(price_fen__lte=_UNIT_G * fen_per_kg / 1000)

    def asked_for(self, lots, _name, text):
        """Keep what was asked for by name."""
        return market.asked_for(lots, text)


class ActForm(forms.Form):
    """A step that needs nothing but its key."""

    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PhotoForm(ActForm):
    """One photo of the goods."""

    photo = forms.FileField(label=_("Photo of the goods"))


class QuantityForm(forms.Form):
    """How much there is and what it costs; who lists for others says how the household agreed.

    Its key is the draft's own: one draft becomes one lot.
    """

    quantity = QuantityField(units=("jin", "kg"), label=_("How much"))
    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    grade = forms.ChoiceField(label=pgettext_lazy("goods", "Grade"), required=False)
    harvested_on = forms.DateField(
        label=_("Harvested on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=CONSENTS, required=False, widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)

    def __init__(self, *args, produce: Produce, for_others: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if produce.stock_unit == StockUnit.PIECE:
            self.fields["quantity"] = QuantityField(
                units=("piece",), grams_per_unit=produce.piece_g, label=self.fields["quantity"].label
            )
        english = (get_language() or "").startswith("en")
        grades = list(produce.grades.order_by("position"))
        graded = cast(forms.ChoiceField, self.fields["grade"])
        graded.choices = [
            ("", _("Not graded")),
            *[(grade.code, f"{grade.name_en if english else grade.name} {grade.measure}".strip()) for grade in grades],
        ]
        self.grades = {grade.code: grade for grade in grades}
        if not grades:
            del self.fields["grade"]
        if for_others:
            self.fields["consent"].required = True
        else:
            del self.fields["consent"]

    def grade_chosen(self):
        """Return the grade, or None when it was left open."""
        return self.grades.get(self.cleaned_data.get("grade", ""))


class PriceForm(ActForm):
    """Another price from now on."""

    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    price_reason = forms.CharField(
        label=_("Why it is worth more"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sure = forms.BooleanField(label=_("Yes, it is right"), required=False)


class WithdrawForm(ActForm):
    """What became of the goods taken back; without a quantity, of all that is free."""

    reason = forms.ChoiceField(
        label=_("What became of them?"), choices=list(WITHDRAW_REASONS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args, counted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if counted:
            self.fields["quantity"] = forms.IntegerField(
                label=_("How many"), min_value=1, max_value=10**6, required=False
            )
        else:
            self.fields["quantity"] = WeightField(unit="jin", label=_("How many jin"), required=False)
        self.fields["quantity"].help_text = _("Leave it empty for all that is left.")


class SellForForm(ActForm):
    """For whom goods are listed, and how that household agreed."""

    owner = forms.CharField(max_length=60)
    consent = forms.ChoiceField(
        label=_("How did the household agree?"), choices=CONSENTS, required=False, widget=forms.RadioSelect
    )
