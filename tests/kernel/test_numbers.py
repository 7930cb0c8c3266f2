"""Numbers that can be said over the telephone: how they are written, read, and what a slip does."""

import datetime as dt

import pytest
from django.utils import translation

from kernel.numbers import BadNumber, looks_like_number, number_of, read_number

DAY = dt.date(2026, 11, 28)
NUMBERS = [
    number_of("DD", DAY, 417),
    number_of("JS", dt.date(2027, 1, 9), 1),
    number_of("YY", dt.date(2030, 10, 31), 90210),
    number_of("PF", DAY, 12, "B"),
    number_of("BS", DAY, 99999, "AA"),
]


def slips(number):
    """Return the number with each of its digits wrong in every way."""
    return [
        number[:at] + other + number[at + 1 :]
        for at, sign in enumerate(number)
        for other in "0123456789"
        if sign.isdigit() and other != sign
    ]


def swaps(number):
    """Return the number with every two neighbouring digits swapped, over the hyphens too."""
    said = number.replace("-", "")
    return [
        said[:at] + said[at + 1] + said[at] + said[at + 2 :]
        for at in range(len(said) - 1)
        if said[at : at + 2].isdigit() and said[at] != said[at + 1]
    ]


def test_a_number_is_kind_day_running_number_and_check_digit():
    assert number_of("DD", DAY, 417) == "DD261128-0417-3"
    assert number_of("DD", DAY, 417, "B") == "DD261128-B0417-7"
    assert number_of("DD", DAY, 1234567).startswith("DD261128-1234567-")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_digit_that_is_wrong_is_seen(number):
    for slip in slips(number):
        with pytest.raises(BadNumber):
            read_number(slip)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_two_neighbours_that_were_swapped_are_seen(number):
    for slip in swaps(number):
        with pytest.raises(BadNumber):
            read_number(slip)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_read_however_it_was_typed(number):
    wide = number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    for typed in (number, wide, number.lower(), number.replace("-", ""), " ".join(number), number.replace("-", "—")):
        assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "DD", "DD261128", "DD261128-417-3", "DD261128-0417", "土豆", "0417", "D261128-0417-3"]
)
def test_what_is_no_whole_number_is_refused_in_a_plain_sentence(typed):
    with pytest.raises(BadNumber) as refused:
        read_number(typed)

    with translation.override("zh-hans"):
        assert str(refused.value) == "这个编号少了一位或错了一位。再看看单子，或者请对方一位一位地再念一遍。"


def test_a_word_is_not_taken_for_a_number():
    assert looks_like_number("DD261128") and looks_like_number("dd２６１１２８ 0417")
    assert not any(looks_like_number(text) for text in ("", "土豆", "tudou", "2026", "A5", "13900000000"))
