"""What people type about orders, read strictly; nothing is decided here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Listing
from kernel import weight
from kernel.errors import BadValue
from kernel.form_fields import (
    DayField,
    DegreesField,
    NumberTextField,
    QuantityField,
    TickedRows,
    WeightField,
    WholeNumberField,
    WordField,
    YuanFormField,
)
from kernel.weight import MOST_PIECES
from ledger.services.showing import WHYS
from orders.models import (
    Allocation,
    Fate,
    GoodsReturn,
    HandOver,
    RefusalReason,
    ReturnReason,
    Surplus,
)
from orders.services.delivering import Loaded, Spot
from orders.services.handing import Given
from orders.services.hands import EXCUSABLE, STAGES
from produce.services.stock import in_stock_unit
from records.forms import ActForm
from registers.forms import HiddenRow, RegisterForm

RETURN_REASONS = [(value, label) for value, label in ReturnReason.choices if value != ReturnReason.SCALE]
CONSENTS = [("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))]


_WRITTEN = (RefusalReason.RECALLED, RefusalReason.SURPLUS)  # by the rules, never chosen
REASONS_TO_CHOOSE = [(value, label) for value, label in RefusalReason.choices if value and value not in _WRITTEN]


class WhyForm(ActForm):
    """A step that says why."""

    why = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class VoucherForm(ActForm):
    """The bank's voucher of money that came back."""

    voucher_number = forms.CharField(label=_("Number of the bank's voucher"), max_length=40)


class LessForm(ActForm):
    """How much of what is asked for a seller has."""

    quantity = QuantityField(label=_("How much do you have?"), units=("jin", "kg", "piece"))
    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, required=False,
                                widget=forms.RadioSelect)  # fmt: skip

    def __init__(self, *args: Any, lot: Allocation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot

    def clean(self) -> dict[str, Any]:
        """Refuse animals by weight, and weight by the head."""
        data = super().clean() or {}
        quantity = data.get("quantity")
        if quantity:
            try:
                unit = self.lot.listing.stock_unit
                self.units = in_stock_unit(unit, grams=quantity.grams, pieces=quantity.pieces)
            except BadValue as refusal:
                self.add_error("quantity", str(refusal))
        return data


class AnswerForm(ActForm):
    """A seller's answer; whoever gives it for a household says how the household agreed."""

    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, required=False,
                                widget=forms.RadioSelect)  # fmt: skip
    why = forms.CharField(label=_("Why not"), max_length=200, required=False)


class LoadForm(ActForm):
    """What went on the cart: one weight a lot, and the driver."""

    driver = forms.CharField(label=_("Driver"), max_length=40, required=False)

    def __init__(
        self, *args: Any, lots: Iterable[Allocation], to_ship: Mapping[int, Loaded], cart: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if cart:  # who pays it, and at most how much
            self.fields["price"] = YuanFormField(label=_("Price of the cart"), help_text=cart, required=False)
        for lot in lots:
            if lot.listing.recalled_at is not None:
                continue  # what is recalled does not go along
            left = to_ship[lot.pk].pieces
            weight_field = WeightField(
                label=_("Weight"), unit="kg", required=False, initial=to_ship[lot.pk].grams or None
            )
            self.fields[f"kg_{lot.pk}"] = weight_field
            if lot.listing.piece_g is not None:
                self.fields[f"pieces_{lot.pk}"] = WholeNumberField(
                    label=_("Heads"), min_value=0, max_value=weight.MOST_PIECES, required=False, initial=left
                )


def quantity_of(listing: Listing, **asked: Any) -> forms.Field:
    """Return the field for so much of a lot, or nothing of it: in kilos, or in heads where it is counted."""
    if listing.piece_g is None:
        return WeightField(unit="kg", zero_ok=True, **asked)
    return WholeNumberField(min_value=0, max_value=weight.MOST_PIECES, **asked)


class AmendForm(ActForm):
    """How much of each lot is still wanted, and why."""

    why = forms.CharField(label=_("Why do you want less?"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, lots: Iterable[Allocation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = list(lots)
        for lot in self.lots:
            self.fields[f"lot_{lot.pk}"] = quantity_of(lot.listing, label=_("Still wanted"), initial=lot.quantity)

    def wanted(self) -> dict[int, int]:
        """Return what is wanted of the lots of which it is another quantity than before, in their stock units."""
        typed = {lot.pk: self.cleaned_data[f"lot_{lot.pk}"] for lot in self.lots}
        return {lot.pk: typed[lot.pk] for lot in self.lots if typed[lot.pk] != lot.quantity}


class ArrivalForm(ActForm):
    """Goods at the buyer's door; whoever brought them shows it by a photo, and by the place if the phone gives it."""

    photo = forms.FileField(label=_("Photo of the goods at the door"), required=False)
    latitude = DegreesField(most=90, required=False, widget=forms.HiddenInput)
    longitude = DegreesField(most=180, required=False, widget=forms.HiddenInput)

    def spot(self) -> Spot | None:
        """Return where the phone stood, None where it did not say."""
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return Spot(latitude, longitude) if latitude is not None and longitude is not None else None


class ScaleForm(forms.Form):
    """One lot at the scale."""

    gross = WeightField(label=pgettext_lazy("scale", "Gross"), unit="kg", zero_ok=True)
    tare = WeightField(label=pgettext_lazy("scale", "Tare"), unit="kg", zero_ok=True, required=False)
    refused = WeightField(label=_("Sent back, in kilograms"), unit="kg", zero_ok=True, required=False)
    reason = forms.ChoiceField(label=_("Why less? Choose one"), choices=REASONS_TO_CHOOSE, required=False,
                               widget=forms.RadioSelect)  # fmt: skip
    over = forms.ChoiceField(label=_("More than was ordered came"), choices=Surplus.choices, required=False,
                             widget=forms.RadioSelect)  # fmt: skip
    grade = forms.ChoiceField(label=_("Taken as which grade"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In words"), max_length=200, required=False)
    photo = forms.FileField(label=_("Photo of the scale"), required=False)
    refused_photo = forms.FileField(label=_("Photo of what goes back or is of a lower grade"), required=False)
    slip = forms.FileField(label=_("Photo of the paper that came along"), required=False)
    pieces = WholeNumberField(
        label=_("Heads kept"), min_value=0, max_value=weight.MOST_PIECES, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        counted: bool,
        recalled: bool = False,
        lacks_papers: bool = False,
        grades: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.recalled = recalled
        if recalled or not grades:
            del self.fields["grade"]
        else:
            cast(forms.ChoiceField, self.fields["grade"]).choices = grades
        if recalled or not lacks_papers:
            del self.fields["slip"]
        if not lacks_papers:
            left = [(value, label) for value, label in REASONS_TO_CHOOSE if value != RefusalReason.PAPERS]
            cast(forms.ChoiceField, self.fields["reason"]).choices = left
        if recalled:
            self.fields["gross"].required = False
            del self.fields["refused"], self.fields["reason"], self.fields["refused_photo"]
        if recalled or counted:
            del self.fields["over"]
        if recalled or not counted:
            del self.fields["pieces"]
        self.counted = counted

    def clean(self) -> dict[str, Any]:
        """Send all that arrived of a lot back that is recalled or has no papers, whatever arrived."""
        data = super().clean() or {}
        if self.recalled and not self.errors:
            data["gross"] = data.get("gross") or 0
            data["refused"] = max(0, data["gross"] - (data.get("tare") or 0))
            data["reason"] = RefusalReason.RECALLED.value if data["refused"] else ""
            data["pieces"] = 0 if self.counted else None
        elif data.get("reason") == RefusalReason.PAPERS and not self.errors:
            data["refused"] = max(0, data["gross"] - (data.get("tare") or 0))
            data["pieces"] = 0 if self.counted else None
        return data


class PaymentForm(ActForm):
    """A transfer made at the bank."""

    voucher_number = NumberTextField(label=_("Number of the bank's voucher"), max_length=40)
    sure = forms.BooleanField(label=_("One transfer paid both"), required=False)


class CardWhyForm(ActForm):
    """What the whole number of a card is needed for."""

    why = forms.ChoiceField(
        label=_("What do you need the whole card number for?"), choices=WHYS, widget=forms.RadioSelect
    )


class PaidForm(ActForm):
    """The transfer stands on the bank's account."""

    sure = forms.BooleanField(label=_("One transfer paid both"), required=False)


class PairForm(RegisterForm):
    """Two steps of an order that are never to be one person's."""

    stage = WordField(label=_("Step"), choices=list(STAGES.items()))
    other = WordField(label=_("Never with"), choices=list(STAGES.items()))
    from_on = DayField(label=pgettext_lazy("register", "From"))


class PairEndForm(RegisterForm):
    """The end of a pair."""

    pair = HiddenRow()
    to_on = DayField(label=_("First day on which one person may do both"))


class ExceptionForm(RegisterForm):
    """An exception for an organisation with too few people."""

    organisation = forms.CharField(label=_("Organisation"), max_length=80, help_text=_("as it is registered"))
    pair = WordField(
        label=_("One person may"),
        choices=[
            (f"{stage}:{other}", format_lazy("{}、{}", STAGES[stage], STAGES[other])) for stage, other in EXCUSABLE
        ],
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))
    to_on = DayField(label=_("Until"), help_text=_("the first day without the exception, a year later at the latest"))


class ExceptionEndForm(RegisterForm):
    """An earlier end of an exception."""

    exception = HiddenRow()
    to_on = DayField(label=_("First day without the exception"))


class RunForm(ActForm):
    """Which unpaid statements leave together."""

    statements = TickedRows(label=_("Statements to pay"), coerce=int)


class DissolveForm(ActForm):
    """Why a pay run is dissolved."""

    why = forms.CharField(label=_("Why is this run not paid?"), max_length=200)


class HandOverForm(ActForm):
    """What the scale said at the pick-up, and who gave the goods; the weight is never filled in before."""

    quantity = QuantityField(label=_("What did the scale say?"), units=("jin", "kg"))
    pieces = WholeNumberField(label=_("Heads"), min_value=1, max_value=weight.MOST_PIECES)
    carrier = forms.TypedChoiceField(label=_("For whom do you drive?"), coerce=int)
    giver = forms.ChoiceField(label=_("Who gave you the goods?"), choices=HandOver.Giver.choices,
                              widget=forms.RadioSelect)  # fmt: skip
    giver_name = forms.CharField(label=_("Name, if it is not the seller"), max_length=40, required=False)
    place = forms.CharField(label=_("Where, if not at the pick-up point"), max_length=60, required=False)
    photo = forms.FileField(label=_("Photo of the scale"), required=False)

    def __init__(
        self, *args: Any, counted: bool, carriers: Collection[tuple[int, str]], by_coop: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not counted:
            del self.fields["pieces"]
        self.fields["carrier"].choices = list(carriers)  # type: ignore[attr-defined]
        self.fields["carrier"].initial = next(iter(carriers), ("", ""))[0]
        if len(carriers) == 1:
            self.fields["carrier"].widget = forms.HiddenInput()
        self.fields["giver"].initial = HandOver.Giver.COOP if by_coop else HandOver.Giver.SELLER

    def given(self) -> Given:
        """Return what was handed over as it is written down."""
        typed = self.cleaned_data
        return Given(typed["quantity"].grams, typed.get("pieces"), typed["giver"], typed["giver_name"], typed["place"])


class NoteForm(forms.Form):
    """The code or the number of a delivery note, and which delivery one has open."""

    code = forms.CharField(label=_("Number on the delivery note"), max_length=300)
    at = WholeNumberField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)


class ContestHandOverForm(ActForm):
    """What is not right about a hand-over."""

    note = forms.CharField(
        label=pgettext_lazy("hand-over", "What is not right?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    photo = forms.FileField(label=_("Photo of the scale"), required=False)


class ReturnForm(ActForm):
    """What of a signed lot goes back, and why."""

    weight = WeightField(label=_("How much goes back, in kilograms"), unit="kg")
    pieces = WholeNumberField(label=_("Heads"), min_value=1, max_value=MOST_PIECES, required=False)
    reason = forms.ChoiceField(label=_("Why does it go back?"), choices=RETURN_REASONS, widget=forms.RadioSelect)
    words = forms.CharField(label=_("What is wrong with it?"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    photo = forms.FileField(label=_("Photo of what goes back"))

    def __init__(self, *args: Any, counted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not counted:
            del self.fields["pieces"]


class CorrectionForm(ActForm):
    """What was really accepted of a signed lot."""

    weight = WeightField(label=_("Really accepted, in kilograms"), unit="kg", zero_ok=True)
    pieces = WholeNumberField(label=_("Heads"), min_value=0, max_value=MOST_PIECES, required=False)
    words = forms.CharField(
        label=_("How was it read wrongly?"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    photo = forms.FileField(label=_("Photo, if there is one"), required=False)

    def __init__(self, *args: Any, counted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not counted:
            del self.fields["pieces"]


class PartForm(ActForm):
    """How much of what is asked goes back; nothing written is all of it."""

    weight = WeightField(label=_("Only so much, in kilograms"), unit="kg", required=False, zero_ok=True)
    pieces = WholeNumberField(label=_("Heads"), min_value=1, max_value=MOST_PIECES, required=False)
    words = forms.CharField(
        label=_("In words"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, row: GoodsReturn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        if row.asked_pieces is None:
            del self.fields["pieces"]

    def part(self) -> dict[str, int | None]:
        """Return how much goes back: what is written, or all that is asked."""
        grams = self.cleaned_data.get("weight")
        if grams is None:
            return {"grams": self.row.asked_g, "pieces": self.row.asked_pieces}
        return {"grams": grams, "pieces": self.cleaned_data.get("pieces")}


class AgreeForm(PartForm):
    """The seller takes goods back, and says whether they can be sold again."""

    fate = forms.ChoiceField(label=_("Can they be sold again?"), choices=Fate.choices, widget=forms.RadioSelect)
    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, required=False,
                                widget=forms.RadioSelect)  # fmt: skip

    def __init__(self, *args: Any, row: GoodsReturn, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.is_correction:
            for name in ("fate", "weight", "pieces", "words"):
                self.fields.pop(name, None)


class ContestReturnForm(ActForm):
    """The seller takes nothing back."""

    words = forms.CharField(label=_("Why not"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    consent = forms.ChoiceField(label=_("How did the household tell you?"), choices=CONSENTS, required=False,
                                widget=forms.RadioSelect)  # fmt: skip
