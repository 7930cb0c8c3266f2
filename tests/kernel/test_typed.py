"""A number is read in one way or refused."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import BadValue
from kernel.typed import exact_decimal, fold_width, plain_number, typed_code

# Catalogue of bad numbers B1 to B6: what no amount and no weight may be read from.
NOT_NUMBERS = [
    "NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf", "∞",
    "-1", "-0", "+5", "－3", "−3",
    "1e30", "1e5", "1E-9", "１ｅ５",
    "1_000", "0x10", "0b1", "1,000", "１，０００", "٣", "१२", "²", "①", "½", "Ⅻ", "1²",
    "9" * 30, "1" * 5000,
    "", " ", "\n", "　", ".", "1.", ".5", "1.2.3", "1..2", "1 000", "12 kg 5", "abc", "1\x002", "\ud842",
    "<script>", "=1+1", "1;2", "200-300", "~200",
]  # fmt: skip
NOT_TEXT = [None, True, False, 12, 12.5, [], ["12"], {}, b"12"]


@pytest.mark.parametrize("text", [*NOT_NUMBERS, *NOT_TEXT], ids=ascii)
def test_refuses_what_is_not_one_plain_number(text):
    with pytest.raises(BadValue):
        plain_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", Fraction(12)),
        (" 12.50\n", Fraction(25, 2)),
        ("１２．５", Fraction(25, 2)),
        ("12。5", Fraction(25, 2)),
        ("007", Fraction(7)),
        ("0", Fraction(0)),
    ],
)
def test_reads_plain_numbers_and_their_full_width_twins(text, number):
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,000", "Write the number without commas, for example 1200 or 12.50."),
        ("-5", "Write the number without a plus or minus sign."),
        ("9" * 30, "This number is too large. Check it and write it again."),
        ("1e5", "This is not a plain number. Write it in digits, for example 12 or 12.50."),
        ("", "Nothing is written here. Write a number, for example 12 or 12.50."),
    ],
)
def test_says_what_is_wrong_with_a_number(text, sentence):
    with pytest.raises(BadValue) as refusal:
        plain_number(text)

    assert str(refusal.value) == sentence


@given(st.text())
def test_reads_a_number_from_any_text_or_refuses_it(text):
    with contextlib.suppress(BadValue):
        assert plain_number(text) >= 0


@given(st.integers(-(10**15), 10**15), st.integers(0, 9), st.integers(0, 9))
def test_prints_every_finite_decimal_exactly(digits, twos, fives):
    number = Fraction(digits, 2**twos * 5**fives)

    printed = exact_decimal(number)

    assert Fraction(printed) == number
    assert not ("." in printed and printed.endswith("0"))


def test_refuses_to_print_what_has_no_end():
    with pytest.raises(ValueError, match="no finite decimal form"):
        exact_decimal(Fraction(1, 3))


def test_folds_full_width_signs_only():
    assert fold_width("１Ａ．　②²") == "1A. ②²"


@pytest.mark.parametrize("text", ["12", "１２", "1\u200b2", "\ufeff12", "\u00a012\u2009", "\u202e12\u202c"], ids=ascii)
def test_what_cannot_be_seen_changes_no_number(text):
    assert plain_number(text) == 12


@pytest.mark.parametrize(
    "text", ["123456", "１２３４５６", "123 456", "123-456", "\u200b123456\u3000", "123456123456"], ids=ascii
)
def test_a_code_is_read_however_it_was_typed_or_filled_in(text):
    assert typed_code(text) == "123456"


def test_a_code_that_is_none_stays_what_it_is():
    assert [typed_code(text) for text in ("123456123457", "12345", "123123")] == ["123456123457", "12345", "123123"]
