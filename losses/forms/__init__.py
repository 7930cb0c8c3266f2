"""What people type about a loss, read into stock units, days and words."""

import datetime as dt
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import weight
from kernel.form_fields import (
    DayField,
    PlainDecimalField,
    QuantityField,
    TypedField,
    WeightField,
    WholeNumberField,
    YesNoField,
    YuanFormField,
)
from kernel.present import known
from losses.forms.told import TOLD, ToldForm
from losses.models import (
    Cause,
    Goods,
    Reason,
    SchemeRate,
    cause_words,
)
from losses.selectors.calculating import asks_price, counted_g
from losses.selectors.claims import causes_of
from losses.selectors.rates import rate_words
from losses.services.holding import Spot
from produce.models import StockUnit
from records.forms import ActForm

MOST_PHOTOS = 6
CONSENTS = [
    ("phone", pgettext_lazy("consent", "By telephone")),
    ("visit", pgettext_lazy("consent", "In person")),
    ("paper", pgettext_lazy("consent", "Signed paper")),
]
DAYS = [
    ("today", pgettext_lazy("day", "Today")),
    ("yesterday", _("Yesterday")),
    ("other", _("Another day")),
]
KEPT_SALT = "losses.kept-photos"


def moment_of(told: str) -> dt.datetime | None:
    """Return the moment that a phone told in milliseconds; what is none says nothing and refuses nothing."""
    if not (told.isascii() and told.isdigit() and len(told) <= 14):
        return None
    return dt.datetime.fromtimestamp(int(told) / 1000, tz=dt.UTC)


class ManyFiles(forms.FileInput):
    """A file input that takes several photos at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else [f for f in [files.get(name)] if f]


class PhotosField(forms.FileField):
    """Several photos; each is looked at by the photo pipeline, not here."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        photos = [photo for photo in data or [] if photo]
        if len(photos) > MOST_PHOTOS:
            raise ValidationError(_("At most %(n)s photos at once."), params={"n": MOST_PHOTOS}, code="too_many")
        return photos


def unit_word(goods: Goods) -> str:
    """Return the word that stands behind a number of these goods: 只, 头, or jin."""
    counted = goods.stock_unit == StockUnit.PIECE
    return str(weight.COUNT_WORDS[goods.produce.count_word] if counted else weight.UNIT_NAMES["jin"])


class StockField(TypedField):
    """A quantity of goods, in jin or in pieces, as they are counted."""

    attrs = WeightField.attrs

    def __init__(self, *, goods, zero_ok: bool = False, **kwargs):
        self.goods, self.zero_ok = goods, zero_ok
        self.counted = goods.stock_unit == StockUnit.PIECE
        super().__init__(**kwargs)

    @property
    def unit_word(self) -> str:
        """Return the word that stands behind the number."""
        return unit_word(self.goods)

    def read(self, text: str) -> int:
        unit = "piece" if self.counted else "jin"
        quantity = weight.parse_quantity(
            text, unit, grams_per_unit=self.goods.piece_g if self.counted else None, zero_ok=self.zero_ok
        )
        return known(quantity.pieces if self.counted else quantity.grams)

    def prepare_value(self, value):
        if not isinstance(value, int):
            return value
        return str(value) if self.counted else weight.jin(value)


class ClaimForm(ToldForm):
    """What happened, how much, when: mostly today or yesterday, else the day is written.

    Photos that came before stay though the form is shown again.
    """

    here = ""  # how many photos have arrived, in words
    unusual = ""  # the question about an amount far above the usual; `sure` answers it

    cause = forms.ChoiceField(label=_("What happened?"), choices=Cause.choices, widget=forms.RadioSelect)
    day = forms.ChoiceField(label=_("On which day?"), choices=DAYS, widget=forms.RadioSelect, required=False)
    happened_on = DayField(label=_("If on another day: which?"), required=False)
    shown_on = DayField(required=False, widget=forms.HiddenInput)  # what "today" meant when it was shown once more
    words = forms.CharField(
        label=_("Anything to add (may stay empty)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(label=_("Photos"), required=False)
    sure = forms.BooleanField(label=_("Yes, it is so much"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    phone_at = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)  # milliseconds of its clock
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, goods, proxy: bool, today: dt.date, again: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        counted = goods.stock_unit == StockUnit.PIECE
        self.fields["quantity"] = QuantityField(
            label=_("How much is lost?"),
            units=("piece",) if counted else ("jin", "kg"),
            grams_per_unit=goods.piece_g if counted else None,
        )
        self.counted, self.unit_word = counted, unit_word(goods)
        cast(forms.ChoiceField, self.fields["cause"]).choices = [
            (cause, cause_words(cause, goods)) for cause in causes_of(goods)
        ]
        if again:
            del self.fields["cause"]
        if proxy:
            self.fields["consent"] = forms.ChoiceField(
                label=_("How did the household agree?"),
                choices=CONSENTS,
                widget=forms.RadioSelect,
            )

    def clean(self):
        typed = super().clean() or self.cleaned_data
        if typed.get("day") in ("today", "yesterday"):
            today = typed.get("shown_on") or self.today
            typed["happened_on"] = today - dt.timedelta(days=typed["day"] == "yesterday")
        elif typed.get("happened_on") is None and "happened_on" not in self.errors:
            self.add_error("happened_on", _("Write the day on which it happened."))
        return typed

    def written_at(self) -> dt.datetime | None:
        """Return when a report was written that waited on a phone, by the phone's own clock."""
        return moment_of(self.cleaned_data["phone_at"])

    def stock(self) -> int:
        """Return the quantity in the lot's own unit."""
        quantity = self.cleaned_data["quantity"]
        return quantity.pieces if self.counted else quantity.grams


class EarlyForm(ClaimForm):
    """What is said at once of a loss; of money from elsewhere its report asks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TOLD:
            del self.fields[name]


class SoldLowForm(ToldForm):
    """How much of a sale below the reference is reported."""

    words = forms.CharField(
        label=_("Anything to add (may stay empty)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, goods, proxy: bool, **kwargs):
        super().__init__(*args, **kwargs)
        quantity = StockField(goods=goods, label=_("How much of it was sold at a loss?"))
        self.fields["quantity"] = quantity
        self.unit_word = quantity.unit_word
        if proxy:
            self.fields["consent"] = forms.ChoiceField(
                label=_("How did the household agree?"), choices=CONSENTS, widget=forms.RadioSelect
            )


class PlacedForm(forms.Form):
    """What is written on the spot: where the phone stood is told by its script, and believed by nobody."""

    latitude_e6 = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    longitude_e6 = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    accuracy_m = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def spot(self) -> Spot | None:
        """Return where the phone stood; what cannot be is as if it had said nothing, and refuses nothing."""
        told = [self.cleaned_data[name] for name in ("latitude_e6", "longitude_e6", "accuracy_m")]
        if not all(text.isascii() and text.isdigit() for text in told):
            return None
        latitude, longitude, accuracy = (int(text) for text in told)
        in_bounds = latitude <= 90_000_000 and longitude <= 180_000_000
        return Spot(latitude, longitude, min(accuracy, 100_000)) if in_bounds else None


class ReasonForm(forms.Form):
    """Why a claim is sent back or refused: a coded reason and the sentence the farmer reads."""

    code = forms.ChoiceField(label=_("Kind of reason"), choices=Reason.choices)
    reason = forms.CharField(
        label=_("What the farmer will read"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ClearForm(forms.Form):
    """Why an amber finding is fine."""

    finding = WholeNumberField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it is fine"), max_length=300)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


def remember(kept: dict[str, str]) -> str:
    """Return a signed note of photos that have arrived, to travel with the form that is shown again."""
    return signing.dumps(kept, salt=KEPT_SALT, compress=True) if kept else ""


def remembered(text: str, user) -> dict[str, str]:
    """Read the note back; one that was tampered with, or is somebody else's, holds nothing."""
    try:
        kept = signing.loads(text, salt=KEPT_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return {}
    return {name: value for name, value in kept.items() if name != "by"} if kept.get("by") == str(user.pk) else {}


class PaperForm(forms.Form):
    """One paper that the rules ask for: a photo of it or its number; a photo that came before stays."""

    here = ""  # how many photos have arrived, in words

    paper = WholeNumberField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    number = forms.CharField(label=_("The number on the paper"), max_length=60, required=False)
    photo = PhotosField(label=_("A photo of the paper"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AppealForm(forms.Form):
    """Why a refusal is not right; photos that came before stay though the form is shown again."""

    here = ""  # how many photos have arrived, in words

    words = forms.CharField(label=_("Your words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    photos = PhotosField(label=_("Photos"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, proxy: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if proxy:
            self.fields["consent"] = forms.ChoiceField(
                label=_("How did the household agree?"), choices=CONSENTS, widget=forms.RadioSelect
            )


class AppealAnswerForm(ActForm):
    """What becomes of an appeal, with the words that the household reads."""

    upheld = YesNoField(label=_("Is the household right? Then the loss is reported anew."))
    words = forms.CharField(
        label=_("Your answer, in plain words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class NoticeWithdrawForm(ActForm):
    """Why a notice is taken off the wall."""

    why = forms.CharField(
        label=_("What is wrong with it? Everybody can read this."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RehearsalForm(ActForm):
    """The past season over which a draft is run."""

    from_on = DayField(label=pgettext_lazy("season", "From"))
    to_on = DayField(
        label=pgettext_lazy("season", "Until"), help_text=_("a day before today; a whole year says the most")
    )


class CalculatorForm(forms.Form):
    """What somebody tries on the page of a scheme: which goods and how much; nothing about a person."""

    rate = forms.ChoiceField(label=_("Which goods, and how they were lost"))
    quantity = QuantityField(label=pgettext_lazy("relief", "How much"), units=("jin", "kg", "piece"), grams_per_unit=1)
    sold_at = YuanFormField(label=_("Sold at a loss, or counted by value: at how many yuan a jin?"), required=False)
    area = PlainDecimalField(
        label=_("Counted by mu: on how much land did it stand (mu)?"),
        min_value=Decimal("0.01"),
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        required=False,
    )

    def __init__(self, *args, rates, **kwargs):
        self.rates = {str(rate.pk): rate for rate in rates}
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["rate"]).choices = [
            (pk, f"{rate.produce.name}（{rate.get_category_display()}）{rate_words(rate)}")
            for pk, rate in self.rates.items()
        ]

    def clean(self):
        asked = super().clean() or {}
        if "rate" in asked and "quantity" in asked:
            asked["rate"] = self.rates[asked["rate"]]
            head_g, quantity = counted_g(asked["rate"]), asked["quantity"]
            if quantity.pieces is not None and head_g is None:
                self.add_error("quantity", _("These goods are weighed. Write jin or kilograms."))
            if asked["rate"].basis == SchemeRate.Basis.MU and asked.get("area") is None:
                self.add_error("area", _("Write on how much land it stood."))
            if asks_price(asked["rate"]) and asked.get("sold_at") is None:
                self.add_error("sold_at", _("Write at how many yuan a jin they were sold."))
            asked["area_cmu"] = int(asked["area"] * 100) if asked.get("area") else None
            asked["grams"] = quantity.grams if quantity.pieces is None else quantity.pieces * (head_g or 1)
        return asked
