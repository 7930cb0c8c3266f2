"""Form fields that read what people type into grams, fen and numbers, with the refusal's own sentence beside them."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kernel import dates, identity, money, weight
from kernel.errors import BadValue
from kernel.typed import exact_decimal, fold_typed, plain_number, typed_code, whole_number

_LONGEST_KEY = 18  # digits, which every key of the database has room for


class TypedField(forms.CharField):
    """A text input read by one function; what was typed stays on the page when it is refused."""

    attrs: dict[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_value", None)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return super().widget_attrs(widget) | self.attrs

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return None if text is None else read_or_explain(self.read, text)

    def read(self, text: str) -> Any:
        """Turn typed text into the value, or raise BadValue."""
        raise NotImplementedError


class WeightField(TypedField):
    """A weight in one fixed unit, as whole grams."""

    attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "40"}

    def __init__(self, *, unit: str = "kg", step_g: int = 1, zero_ok: bool = False, **kwargs: Any) -> None:
        self.unit, self.step_g, self.zero_ok = unit, step_g, zero_ok
        super().__init__(**kwargs)

    def read(self, text: str) -> int | None:
        return weight.parse_quantity(text, self.unit, step_g=self.step_g, zero_ok=self.zero_ok).grams

    def prepare_value(self, value: Any) -> Any:
        return weight.in_unit(value, self.unit) if isinstance(value, int) else value


class QuantityWidget(forms.MultiWidget):
    """A number and its unit side by side."""

    def decompress(self, value: Any) -> list[Any]:
        return [value.typed, value.unit] if isinstance(value, weight.Quantity) else [value, None]


class QuantityField(forms.MultiValueField):
    """A number and the unit chosen for it, as a Quantity; the unit is always said, never assumed."""

    def __init__(
        self, *, units: tuple[str, ...] = ("jin", "kg"), grams_per_unit: int | None = None, **kwargs: Any
    ) -> None:
        self.grams_per_unit = grams_per_unit
        choices = [(unit, weight.UNIT_NAMES[unit]) for unit in units]
        attrs = {"aria-label": kwargs.get("label") or _("How much")}
        number = forms.CharField(widget=forms.TextInput(attrs=WeightField.attrs | attrs))
        unit = forms.ChoiceField(choices=choices, widget=forms.Select(attrs={"aria-label": _("Unit")}))
        kwargs.setdefault("widget", QuantityWidget([number.widget, unit.widget]))
        super().__init__(fields=(number, unit), **kwargs)

    def compress(self, data_list: list[str]) -> weight.Quantity | None:
        if not data_list or not data_list[0]:
            return None
        return read_or_explain(self._quantity, *data_list)

    def _quantity(self, text: str, unit: str) -> weight.Quantity:
        return weight.parse_quantity(text, unit, grams_per_unit=self.grams_per_unit)


class YuanFormField(TypedField):
    """An amount in yuan, as whole fen."""

    attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "40"}

    def __init__(self, *, most_fen: int = money.MOST_FEN, zero_ok: bool = False, **kwargs: Any) -> None:
        self.most_fen, self.zero_ok = most_fen, zero_ok
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        return money.parse_yuan(text, most_fen=self.most_fen, zero_ok=self.zero_ok)

    def prepare_value(self, value: Any) -> Any:
        return money.yuan_plain(value) if isinstance(value, int) else value


class PercentField(TypedField):
    """A share in percent, as whole hundredths of a percent."""

    attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "10"}

    def __init__(self, *, most_bp: int, **kwargs: Any) -> None:
        self.most_bp = most_bp
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        share = plain_number(text.removesuffix("%").removesuffix("％")) * 100
        if share.denominator != 1 or share > self.most_bp:
            most = exact_decimal(Fraction(self.most_bp, 100))
            raise BadValue(_("Write a share of at most %(most)s%%, with two decimals at most.") % {"most": most})
        return int(share)

    def prepare_value(self, value: Any) -> Any:
        return exact_decimal(Fraction(value, 100)) if isinstance(value, int) else value


class PhoneFormField(TypedField):
    """A phone number in its one form."""

    attrs = {"inputmode": "tel", "autocomplete": "tel", "maxlength": "40"}

    def __init__(self, *, landline: bool = False, **kwargs: Any) -> None:
        self.landline = landline
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        return identity.phone(text, landline=self.landline)


class NumberTextField(forms.CharField):
    """A number of a paper, a household or a voucher: letters and digits in the one form in which they are compared."""

    def to_python(self, value: Any) -> str:
        return fold_typed(super().to_python(value) or "")


class CodeField(TypedField):
    """A code of digits, however it was typed or filled in."""

    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20"}

    def read(self, text: str) -> str:
        return typed_code(text)


class PersonNameFormField(TypedField):
    """A person's name as printed on the card."""

    attrs = {"autocomplete": "off", "maxlength": "100"}

    def read(self, text: str) -> str:
        return identity.person_name(text)


class IdNumberFormField(TypedField):
    """A checked ID number."""

    attrs = {"autocomplete": "off", "autocapitalize": "characters", "maxlength": "40"}

    def read(self, text: str) -> str:
        return identity.id_number(text)


class WholeNumberField(forms.IntegerField):
    """A whole number in plain digits, where Django's own would also read 1_000 and digits of other scripts."""

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        return read_or_explain(whole_number, str(value))


class PlainDecimalField(forms.DecimalField):
    """A number with a point in plain digits, where Django's own would also read 1e3."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        return super().to_python(exact_decimal(read_or_explain(plain_number, str(value))))


class DegreesField(TypedField):
    """Degrees of a point on the map, as whole millionths: behind the sixth place is less than a step."""

    attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "40"}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        degrees = plain_number(fold_typed(text).rstrip("°度 "))
        if degrees > self.most:
            raise BadValue(_("Write degrees from 0 to %(most)s.") % {"most": self.most})
        return round(degrees * 1_000_000)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 1_000_000:.6f}" if isinstance(value, int) else value


class DayField(forms.DateField):
    """A day with its year in front, in every language: 3/4/26 is nobody's guess."""

    default_error_messages = {"invalid": dates.NO_DAY}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        return read_or_explain(dates.read_day, value)


MOST_WORDS = 24  # that a refusal names


class WordField(forms.ChoiceField):
    """One of several codes, chosen on a page or written as its word in a file, in any of the site's languages."""

    def to_python(self, value: Any) -> str:
        code = fold_typed(super().to_python(value))
        return self._codes().get(code, code)

    def validate(self, value: Any) -> None:
        """Refuse a word that is none of them, and name those that are: in a file nobody sees a list to choose from."""
        try:
            super().validate(value)
        except ValidationError as refusal:
            if getattr(refusal, "code", "") != "invalid_choice":
                raise
            known = "、".join(self.words()[:MOST_WORDS])
            sentence = _("“%(value)s” is none of these: %(known)s")
            raise ValidationError(sentence, code="invalid_choice", params={"value": value, "known": known}) from None

    def words(self) -> list[str]:
        """Return the words one may choose, in the language of the reader."""
        return [str(word) for code, word in cast(Iterable[tuple[str, object]], self.choices) if code != ""]

    def _codes(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                words |= {str(word): str(code) for code, word in cast(Iterable[tuple[str, object]], self.choices)}
        return words


class YesNoField(WordField):
    """Yes or no, said and never assumed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", _("yes")), ("no", _("no"))], widget=forms.RadioSelect, **kwargs)

    def clean(self, value: Any) -> bool | None:
        said = super().clean({True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value)
        return {"yes": True, "no": False}.get(said)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


class TickBox(forms.CheckboxInput):
    """A tick on a page; in a file the word for yes or no, and an empty cell is no."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return fold_typed(str(data.get(name, ""))) not in _words_for_no() and super().value_from_datadict(
            data, files, name
        )


class TickField(forms.BooleanField):
    """Yes where it is ticked, or said in a file."""

    widget = TickBox


class TickedRows(forms.TypedMultipleChoiceField):
    """The keys of rows that were ticked; whether they may be chosen, now or still, is for the service to say."""

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and len(str(value)) <= _LONGEST_KEY


def _words_for_no() -> set[str]:
    words = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.add(str(_("no")))
    return words


def read_or_explain(read: Callable[..., Any], *typed: str) -> Any:
    """Read typed text; a BadValue becomes the form error with the same sentence and code."""
    try:
        return read(*typed)
    except BadValue as refusal:
        raise ValidationError(str(refusal), code=refusal.code) from refusal
