"""What people type about goods, read strictly; nothing is decided here."""

import datetime as dt
import uuid
from typing import cast

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Produce, StockUnit
from catalog.selectors import dictionary, market, search
from catalog.services.listings import WITHDRAW_REASONS
from kernel.form_fields import QuantityField, WeightField, YuanFormField

MOST_PRICE_FEN = 10_000_000
CONSENTS = [("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))]
KEEPS = [("3", _("Within 3 days")), ("7", _("Within 7 days")), ("30", _("Within 30 days"))]
SELLERS = [
    ("household", pgettext_lazy("market", "Households")),
    ("cooperative", pgettext_lazy("market", "Co-operatives")),
]


def new_key() -> str:
    """Return a fresh key for a form: sent twice, it acts once."""
    return uuid.uuid4().hex


class MarketFilter(forms.Form):
    """What the market may be narrowed to; nothing else is a filter."""

    category = forms.MultipleChoiceField(required=False)
    township = forms.MultipleChoiceField(required=False)
    track = forms.MultipleChoiceField(choices=market.TRACKS, required=False)
    seller = forms.MultipleChoiceField(choices=SELLERS, required=False)
    grade = forms.MultipleChoiceField(required=False)
    keeps = forms.ChoiceField(choices=KEEPS, required=False)
    price_from = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    price_to = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    produce = forms.CharField(max_length=32, required=False)
    q = forms.CharField(max_length=dictionary.MOST_LETTERS, required=False)

    def __init__(self, data, *, board: market.Board, day: dt.date):
        super().__init__(data)
        self.board, self.day = board, day
        self.meant = search.Meant()
        for name, codes in (
            ("category", [code for code, _zh, _en in board.categories]),
            ("township", [code for code, _name in board.townships]),
            ("grade", list(dictionary.grade_names())),
        ):
            cast(forms.MultipleChoiceField, self.fields[name]).choices = [(code, code) for code in codes]

    def question(self) -> search.Question:
        """Return what was asked for; nothing narrowed where it could not be read."""
        if not self.is_valid():
            return search.Question()
        said = self.cleaned_data
        if said["q"].strip():
            self.meant = search.meant_by(said["q"], self.board.produce_on_sale())
        named = self.meant.produce
        return search.Question(
            produce=_in_all(
                None if named is None else [word.id for word in named],
                dictionary.of_categories(said["category"]) if said["category"] else None,
                [word.id for word in dictionary.words() if word.code == said["produce"]] if said["produce"] else None,
            ),
            place=self.meant.place,
            townships=said["township"],
            until=self.day + dt.timedelta(days=int(said["keeps"])) if said["keeps"] else None,
            grades=dictionary.grades_of(said["grade"]) if said["grade"] else None,
            tracks=said["track"],
            sellers=said["seller"],
            price_from=said["price_from"],
            price_to=said["price_to"],
        )


def _in_all(*lists: list[int] | None) -> list[int] | None:
    """Return what stands in each of these lists, None where there is no list."""
    there = [set(ids) for ids in lists if ids is not None]
    return sorted(set.intersection(*there)) if there else None


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
