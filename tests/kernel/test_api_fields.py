"""The API takes exact decimal text for weights and money, and refuses what merely looks like it."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from kernel import money, weight
from kernel.api_fields import (
    ExactJSONParser,
    IdField,
    KilogramField,
    PlainDecimalField,
    WholeNumberField,
    YuanField,
)
from tests.kernel.test_typed import NOT_NUMBERS


class Line(serializers.Serializer):
    weight_g = KilogramField(source="grams")
    price_fen = YuanField(source="fen")
    listing = IdField()


def sent(json: str):
    return ExactJSONParser().parse(io.BytesIO(json.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("json", ['{"w": 40.5, "n": 40}', '{"w": "40.5", "n": "40"}'])
def test_numbers_and_text_are_the_same_weight(json):
    data = sent(json)

    assert KilogramField().run_validation(data["w"]) == 40_500
    assert KilogramField().run_validation(data["n"]) == 40_000
    assert YuanField().run_validation(data["w"]) == 40_50


@pytest.mark.parametrize(
    "value", [*NOT_NUMBERS, True, False, [], {}, float("nan"), float("inf"), 1e5, "二百"], ids=ascii
)
@pytest.mark.parametrize("field", [KilogramField, YuanField])
def test_refuses_what_is_no_number(field, value):
    with pytest.raises(serializers.ValidationError):
        field().run_validation(value)


@pytest.mark.parametrize("json", ['{"w": 1e5}', '{"w": 1E-9}', '{"w": -1}', '{"w": 0.1000000000000000055}'])
def test_refuses_numbers_that_are_not_plain(json):
    with pytest.raises(serializers.ValidationError):
        KilogramField().run_validation(sent(json)["w"])


@pytest.mark.parametrize(
    "json",
    ['{"w": NaN}', '{"w": Infinity}', '{"w": 1, "w": 2}', "[" * 100_000, "{", '\ufeff{"w": 1}', '"\ud842"', "9" * 5000],
    ids=lambda json: ascii(json[:12]),
)
def test_refuses_unreadable_json(json):
    with pytest.raises(ParseError):
        sent(json)


def test_fractions_stay_exact():
    assert sent('{"w": 0.10}') == {"w": Decimal("0.10")}


@given(st.integers(1, weight.MOST_G), st.integers(1, money.MOST_FEN), st.integers(1, 2**63 - 1))
def test_what_is_sent_out_reads_back(grams, fen, listing):
    row = {"grams": grams, "fen": fen, "listing": listing}

    line = Line(data=Line(row).data)

    assert line.is_valid(), line.errors
    assert line.validated_data == row


def test_the_refusal_is_the_rule_s_own_sentence():
    line = Line(data={"weight_g": "1,000", "price_fen": "0", "listing": "9" * 30})

    assert not line.is_valid()
    assert line.errors == {
        "weight_g": ["Write the number without commas, for example 1200 or 12.50."],
        "price_fen": ["Write an amount greater than zero."],
        "listing": ["This is not the number of anything here."],
    }


@pytest.mark.parametrize(
    "value", [0, -1, 2**63, "٣", "1_0", "1.0", 1.0, True, None, "", [], "9" * 5000], ids=lambda v: ascii(v)[:12]
)
def test_refuses_numbers_no_row_can_have(value):
    with pytest.raises(serializers.ValidationError):
        IdField().run_validation(value)


@pytest.mark.parametrize(
    "value", [*NOT_NUMBERS, "1_0", "1e1", True, [], {}, "二百", Decimal("1E+5"), "1.5"], ids=lambda v: ascii(v)[:20]
)
def test_refuses_what_is_no_count(value):
    with pytest.raises(serializers.ValidationError):
        WholeNumberField(max_value=10**6).run_validation(value)


def test_counts_and_areas_are_plain_numbers():
    assert [WholeNumberField().run_validation(value) for value in (12, "12", "１２", Decimal("12.0"))] == [12] * 4
    area = PlainDecimalField(max_digits=6, decimal_places=2)
    assert [area.run_validation(value) for value in ("3.50", Decimal("3.5"), 3)] == [Decimal("3.5")] * 2 + [3]
    for value in ("1e1", "1_0", "٣", "NaN", True, "10000"):
        with pytest.raises(serializers.ValidationError):
            area.run_validation(value)
