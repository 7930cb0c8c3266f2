"""Every amount of the table is read by the server as the table says; tests/browser asks the browser the same."""

import pytest

from kernel.errors import BadValue
from kernel.weight import parse_quantity
from tests.amounts import AMOUNTS, read_by_server


@pytest.mark.parametrize(("text", "unit", "meant"), AMOUNTS, ids=ascii)
def test_the_server_reads_what_is_meant_or_refuses_it(text, unit, meant):
    assert read_by_server(text, unit) == meant


def test_the_table_asks_each_question_once():
    assert len({(text, unit) for text, unit, _meant in AMOUNTS}) == len(AMOUNTS) >= 128


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("百十一", "This cannot be read as a number. Write it in digits, for example 150."),
        ("三点", "This cannot be read as a number. Write it in digits, for example 150."),
        ("两三百", "This can mean two numbers. Write it in digits, for example 150."),
        ("1.5斤半", "This can mean two numbers. Write it in digits, for example 150."),
    ],
)
def test_says_why_words_are_not_read(text, sentence):
    with pytest.raises(BadValue) as refusal:
        parse_quantity(text, "jin")

    assert str(refusal.value) == sentence
