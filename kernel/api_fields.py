"""Fields of the API: kilograms and yuan travel as decimal text. Knows DRF, as api_pages."""

import codecs
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from kernel import dates, money, weight
from kernel.errors import BadValue
from kernel.identity import LARGEST_ID
from kernel.typed import exact_decimal, plain_number, whole_number

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A value of your own, at most 64 characters. Sent twice, the request acts once and answers the same.",
)
_PLAIN_DECIMAL = r"^[0-9]+(\.[0-9]+)?$"


class ExactJSONParser(JSONParser):
    """JSON whose fractions stay exact decimals and whose objects say each thing once."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            text = codecs.getreader(encoding)(stream)
            return json.load(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_each_key_once)
        except (ValueError, RecursionError, LookupError) as unreadable:
            raise ParseError(_("This is not readable JSON.")) from unreadable


@extend_schema_field({"type": "string", "pattern": _PLAIN_DECIMAL, "example": "40.5"})
class KilogramField(serializers.Field):
    """Whole grams inside, kilograms as decimal text outside: "40.5" is 40500."""

    def __init__(self, *, step_g: int = 1, zero_ok: bool = False, **kwargs: Any) -> None:
        self.step_g, self.zero_ok = step_g, zero_ok
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int | None:
        return _read(self._grams, data)

    def _grams(self, text: str) -> int | None:
        quantity = weight.parse_quantity(text, "kg", step_g=self.step_g, zero_ok=self.zero_ok, spoken=False)
        return quantity.grams

    def to_representation(self, value: int) -> str:
        return weight.kg(value)


@extend_schema_field({"type": "string", "pattern": _PLAIN_DECIMAL, "example": "84.00"})
class YuanField(serializers.Field):
    """Whole fen inside, yuan as decimal text outside: "84.00" is 8400."""

    def __init__(self, *, most_fen: int = money.MOST_FEN, zero_ok: bool = False, **kwargs: Any) -> None:
        self.most_fen, self.zero_ok = most_fen, zero_ok
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        return _read(self._fen, data)

    def _fen(self, text: str) -> int:
        return money.parse_yuan(text, most_fen=self.most_fen, zero_ok=self.zero_ok)

    def to_representation(self, value: int) -> str:
        return money.yuan_plain(value)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdField(serializers.Field):
    """A row's number, within what the database can hold."""

    default_error_messages = {"invalid": _("This is not the number of anything here.")}

    def to_internal_value(self, data: Any) -> int:
        text = str(data) if type(data) is int else data
        if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 19:
            self.fail("invalid")
        if not 1 <= int(text) <= LARGEST_ID:
            self.fail("invalid")
        return int(text)

    def to_representation(self, value: int) -> int:
        return value


class DayField(serializers.DateField):
    """A day of the county that somebody can mean: neither year 1 nor 9999."""

    def to_internal_value(self, value: Any) -> dt.date:
        return _near_enough(super().to_internal_value(value))


class InstantField(serializers.DateTimeField):
    """An instant of a year that somebody can mean."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        at = super().to_internal_value(value)
        _near_enough(at.date())
        return at


class WholeNumberField(serializers.IntegerField):
    """A whole number in plain digits, as JSON number or text."""

    def to_internal_value(self, data: Any) -> int:
        return _read(whole_number, data)


class PlainDecimalField(serializers.DecimalField):
    """A number with a point in plain digits, as JSON number or text; never 1e3."""

    def to_internal_value(self, data: Any) -> Decimal:
        return super().to_internal_value(exact_decimal(_read(plain_number, data)))


def read_input(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """Return what a request's body says, read by this shape; refuse what cannot be read, field by field."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def key_of(request: Request) -> str:
    """Return the idempotency key of a request; whoever acts once refuses a request without one."""
    return request.headers.get(KEY.name, "")


def _read(read: Callable[[str], Any], data: Any) -> Any:
    try:
        return read(_as_text(data))
    except BadValue as refusal:
        raise serializers.ValidationError(str(refusal), code=refusal.code) from refusal


def _near_enough(day: dt.date) -> dt.date:
    try:
        return dates.near_enough(day)
    except BadValue as refusal:
        raise serializers.ValidationError(str(refusal), code=refusal.code) from refusal


def _as_text(data: Any) -> str:
    """Return the decimal text of a JSON string or number; of a float only one with a fraction.

    A whole float can only have been written 40.0 or 4e1, and the second is how 100 000 is sent for 1.5.
    """
    if type(data) is int or isinstance(data, Decimal) or (isinstance(data, float) and not data.is_integer()):
        return str(data)
    if isinstance(data, str):
        return data
    raise BadValue(_('Send this number as text in plain digits, for example "12.50".'))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key is said twice")
    return values
