"""What people type about goods, read strictly; nothing is decided here."""

import datetime as dt
import uuid
from typing import cast

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Produce, StockUnit, Storage
from catalog.selectors import dictionary, market, search
from catalog.services.listings import WITHDRAW_REASONS
from kernel.form_fields import DayField, QuantityField, WeightField, WholeNumberField, YuanFormField
from kernel.weight import PACKED

MOST_PRICE_FEN = 10_000_000
CONSENTS = [("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))]
KEEPS = [("3", _("Within 3 days")), ("7", _("Within 7 days")), ("30", _("Within 30 days"))]
SELLERS = [
    ("household", pgettext_lazy("market", "Households")),
    ("cooperative", pgettext_lazy("market", "Co-operatives")),
]
QUANTITY_FORM = "quantity-form"
# What may stay as it is, folded away, in the order it is asked.
FOLDED = ("ready", "harvested_on", "expected_from", "expected_to", "storage", "grade", "price_reason")
READY, COMING = "ready", "coming"
HARVESTED = [(READY, _("Yes, it is there")), (COMING, _("Not yet"))]
KEPT_IN = [(Storage.ROOM, pgettext_lazy("goods", "At home")), (Storage.COLD, pgettext_lazy("goods", "Cold store"))]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


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
    papers = forms.MultipleChoiceField(choices=market.PAPERS, required=False)
    keeps = forms.ChoiceField(choices=KEEPS, required=False)
    price_from = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    price_to = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    produce = forms.CharField(max_length=32, required=False)
    village = forms.RegexField(r"^[0-9]{12}$", required=False)
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
            townships=tuple(said["township"]),
            villages=(said["village"],) if said["village"] else (),
            until=self.day + dt.timedelta(days=int(said["keeps"])) if said["keeps"] else None,
            grades=tuple(dictionary.grades_of(said["grade"])) if said["grade"] else None,
            tracks=tuple(said["track"]),
            sellers=tuple(said["seller"]),
            papers=tuple(said["papers"]),
            price_from=said["price_from"],
            price_to=said["price_to"],
        )


def _in_all(*lists: list[int] | None) -> tuple[int, ...] | None:
    """Return what stands in each of these lists, None where there is no list."""
    there = [set(ids) for ids in lists if ids is not None]
    return tuple(sorted(set.intersection(*there))) if there else None


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
    pack = WeightField(unit="jin", label=_("What one holds, net"), required=False)
    price = YuanFormField(most_fen=MOST_PRICE_FEN, label=_("How much for one jin"))
    grade = forms.ChoiceField(label=pgettext_lazy("goods", "Grade"), required=False)
    ready = forms.ChoiceField(
        label=_("Is it harvested?"), choices=HARVESTED, initial=READY, required=False, widget=forms.RadioSelect
    )
    harvested_on = DayField(label=_("Harvested on"), required=False, widget=_day())
    expected_from = DayField(label=_("First day of the harvest, about"), required=False, widget=_day())
    expected_to = DayField(label=_("Last day of the harvest, about"), required=False, widget=_day())
    storage = forms.ChoiceField(
        label=_("Where is it kept?"), choices=KEPT_IN, initial=Storage.ROOM, required=False, widget=forms.RadioSelect
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
        self._count_in(produce)
        english = (get_language() or "").startswith("en")
        grades = list(produce.grades.order_by("position"))
        graded = cast(forms.ChoiceField, self.fields["grade"])
        graded.choices = [
            ("", _("Not graded")),
            *[(grade.code, f"{grade.name_en if english else grade.name} {grade.measure}".strip()) for grade in grades],
        ]
        self.grades = {grade.code: grade for grade in grades}
        for name in FOLDED:
            # They are drawn behind the number keys, outside the form's own element.
            self.fields[name].widget.attrs["form"] = QUANTITY_FORM
        if not grades:
            del self.fields["grade"]
        if produce.shelf_days_cold <= produce.shelf_days:
            del self.fields["storage"]
        if for_others:
            self.fields["consent"].required = True
        else:
            del self.fields["consent"]

    def _count_in(self, produce: Produce):
        """Offer the units this produce is sold in; what one box or bag holds is read first."""
        units: tuple[str, ...]
        if produce.stock_unit == StockUnit.PIECE:
            units, each = ("piece",), produce.piece_g
        else:
            units, each = ("jin", "kg", *[unit for unit in produce.packs if unit in PACKED]), self._pack_g()
        self.units, self.unit_g = units, each
        self.fields["quantity"] = QuantityField(units=units, grams_per_unit=each, label=self.fields["quantity"].label)
        self.packs = [unit for unit in units if unit in PACKED]
        if not self.packs:
            del self.fields["pack"]

    def _pack_g(self) -> int | None:
        try:
            return self.fields["pack"].clean(self.data.get(self.add_prefix("pack"), ""))
        except forms.ValidationError:
            return None

    def clean(self):
        """Ask for a harvest's first day where it is still to come; its last day may be the same."""
        said = super().clean() or {}
        if self.packs and self.data.get(self.add_prefix("quantity_1")) in self.packs and not said.get("pack"):
            # Without its weight a box is no amount at all: one sentence, beside the field that lacks.
            self.errors.pop("quantity", None)
            if "pack" not in self.errors:
                self.add_error("pack", _("Write how many jin one holds, without the box."))
        if said.get("ready") == COMING:
            if said.get("expected_from") is None:
                self.add_error("expected_from", _("Write the day from which you harvest, about."))
            elif said.get("expected_to") is None and "expected_to" not in self.errors:
                said["expected_to"] = said["expected_from"]
        return said

    def expected(self) -> tuple[dt.date, dt.date] | None:
        """Return first and last day of a coming harvest, or None for goods that are there."""
        said = self.cleaned_data
        return (said["expected_from"], said["expected_to"]) if said["ready"] == COMING else None

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


class HarvestForm(ActForm):
    """On which day a forecast lot was harvested."""

    on = DayField(label=_("Harvested on"), widget=_day())


class WithdrawForm(ActForm):
    """What became of the goods taken back; without a quantity, of all that is free."""

    reason = forms.ChoiceField(
        label=_("What became of them?"), choices=list(WITHDRAW_REASONS.items()), widget=forms.RadioSelect
    )

    def __init__(self, *args, counted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if counted:
            self.fields["quantity"] = WholeNumberField(
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
