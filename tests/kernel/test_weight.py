"""Weight is whole grams: read in the unit that was said, never reinterpreted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import weight
from kernel.errors import BadValue
from kernel.weight import Quantity, parse_quantity
from tests.kernel.test_typed import NOT_NUMBERS, NOT_TEXT

GRAMS = st.integers(1, weight.MOST_G)
UNITS = st.sampled_from(sorted(weight.GRAMS))


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        ("40.5", "kg", 40_500),
        ("200", "jin", 100_000),
        ("1.5", "ton", 1_500_000),
        ("3", "dan", 150_000),
        ("3", "liang", 150),
        ("１２。５", "kg", 12_500),
        ("两百", "jin", 100_000),
        ("一百五", "jin", 75_000),
        ("一百零五", "jin", 52_500),
        ("半斤", "jin", 250),
        ("半", "kg", 500),
        ("两斤半", "jin", 1_250),
        ("三两半", "liang", 175),
        ("一吨半", "ton", 1_500_000),
        ("两担半", "dan", 125_000),
        ("两", "jin", 1_000),
        ("三两", "liang", 150),
        ("三点五", "kg", 3_500),
        ("二十五点零五", "kg", 25_050),
        ("十二", "kg", 12_000),
        ("一千二", "jin", 600_000),
        ("1.2万", "jin", 6_000_000),
        ("200斤", "jin", 100_000),
        ("200 公斤", "kg", 200_000),
        ("1000", "ton", 1_000_000_000),
    ],
)
def test_reads_what_farmers_write(text, unit, grams):
    assert parse_quantity(text, unit).grams == grams


@pytest.mark.parametrize(
    "text",
    [
        *NOT_NUMBERS,
        *NOT_TEXT,
        "0",
        "0.0001",
        "1000001",
        "负五",
        "三五",
        "两三百",
        "一二三",
        "三点",
        "点五",
        "千",
        "一百一百",
        "约200",
        "斤",
    ],
    ids=ascii,
)
def test_refuses_what_is_not_one_weight(text):
    with pytest.raises(BadValue):
        parse_quantity(text, "kg")


@pytest.mark.parametrize("unit", ["", None, "KG", "斤", "pound"])
def test_refuses_a_unit_that_is_not_known(unit):
    with pytest.raises(BadValue, match="Choose a unit"):
        parse_quantity("5", unit)


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("0.0001", {"step_g": 500}, "This is finer than can be weighed here. Write it in steps of 0.5 kg."),
        ("40.0005", {}, "This is finer than can be weighed here. Write it in steps of 0.001 kg."),
        ("200斤", {}, "You wrote jin, but the unit chosen is kg. Choose the unit you mean."),
        ("三五", {}, "This can mean two numbers. Write it in digits, for example 150."),
        ("1001000", {}, "At most 1000 tons can be written at once. Check the number and the unit."),
        ("0", {}, "Write a quantity greater than zero."),
        ("一百五", {"spoken": False}, "This is not a plain number. Write it in digits, for example 12 or 12.50."),
    ],
)
def test_says_what_is_wrong_with_a_weight(text, options, sentence):
    with pytest.raises(BadValue) as refusal:
        parse_quantity(text, "kg", **options)

    assert str(refusal.value) == sentence


def test_a_box_weighs_what_was_declared():
    assert parse_quantity("3", "box", grams_per_unit=7_500) == Quantity(22_500, None, "3", "box", 7_500)

    with pytest.raises(BadValue, match="how much one box or bag weighs"):
        parse_quantity("3", "box")


def test_a_bag_weighs_a_gram_or_more():
    assert parse_quantity("3", "bag", grams_per_unit=1) == Quantity(3, None, "3", "bag", 1)

    for nothing in (0, -1):
        with pytest.raises(BadValue, match="how much one box or bag weighs"):
            parse_quantity("3", "bag", grams_per_unit=nothing)


@pytest.mark.parametrize("unit", ["liang", "kg"])
def test_two_and_a_half_of_nothing_named_is_not_read(unit):
    with pytest.raises(BadValue, match="cannot be read as a number"):
        parse_quantity("两半", unit)


def test_pieces_are_counted_and_may_be_weighed_too():
    assert parse_quantity("12只", "piece") == Quantity(None, 12, "12", "piece")
    assert parse_quantity("12", "piece", grams_per_unit=1_500) == Quantity(18_000, 12, "12", "piece")

    with pytest.raises(BadValue, match="counted whole"):
        parse_quantity("1.5", "piece")
    with pytest.raises(BadValue, match="At most 1000000 pieces"):
        parse_quantity("1000001", "piece")


def test_says_back_what_was_understood():
    assert parse_quantity("一百五", "jin").understood == "150 jin (75 kg)"
    assert parse_quantity("2", "box", grams_per_unit=10_000).understood == "2 box = 40 jin (20 kg)"
    assert parse_quantity("12", "piece").understood == "12 piece"


def test_nothing_may_be_accepted_where_nothing_is_an_answer():
    assert parse_quantity("0", "kg", zero_ok=True).grams == 0


@given(GRAMS, UNITS)
def test_a_printed_weight_reads_back_in_every_unit(grams, unit):
    assert parse_quantity(weight.in_unit(grams, unit), unit).grams == grams


@given(st.integers(1, 99_999))
def test_a_spoken_whole_number_means_what_its_digits_mean(number):
    spoken = _said(number)

    assert parse_quantity(spoken, "kg").grams == number * 1000


@given(GRAMS, UNITS, UNITS)
def test_converting_changes_the_number_and_never_the_weight(grams, there, here):
    typed = weight.in_unit(grams, there)

    converted = weight.convert(typed, there, here)

    assert parse_quantity(converted, here).grams == grams
    assert weight.convert(converted, here, there) == typed


def test_five_hundred_kilograms_are_a_thousand_jin():
    assert weight.convert("500", "kg", "jin") == "1000"
    assert weight.both(500_000) == "1,000 jin (500 kg)"
    assert weight.jin(250) == "0.5"
    assert weight.kg(250) == "0.25"


def test_a_box_is_not_converted():
    with pytest.raises(BadValue, match="Only units of weight"):
        weight.convert("1", "box", "kg")


@pytest.mark.parametrize(
    ("typed", "usual", "slip"),
    [
        (200, 100, True),
        (100, 200, True),
        (190, 100, True),
        (100, 100, False),
        (150, 100, False),
        (300, 100, False),
        (169, 100, False),
        (170, 100, True),
        (230, 100, True),
        (231, 100, False),
        (100, 169, False),
        (100, 170, True),
        (100, 230, True),
        (100, 231, False),
        (2, 1, True),  # one gram or one fen is usual enough
    ],
)
def test_double_or_half_of_the_usual_looks_like_a_slip_of_units(typed, usual, slip):
    assert weight.looks_like_unit_slip(typed, usual) is slip


def test_nothing_usual_means_no_slip():
    assert not weight.looks_like_unit_slip(200, 0)


def _said(number: int) -> str:
    """Say a number below a hundred thousand in full, written apart from the code under test."""
    digits, places = "零一二三四五六七八九", ["", "十", "百", "千", "万"]
    words = ""
    for place in range(4, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += digits[digit] + places[place]
        elif words and number % 10**place and not words.endswith("零"):
            words += "零"
    return words
