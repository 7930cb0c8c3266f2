"""Forms keep what was typed and say what is wrong with it."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.utils import translation

from kernel.form_fields import (
    DayField,
    IdNumberFormField,
    NumberTextField,
    PersonNameFormField,
    PhoneFormField,
    PlainDecimalField,
    QuantityField,
    TickField,
    WeightField,
    WholeNumberField,
    YuanFormField,
)
from kernel.weight import Quantity
from tests.kernel.test_typed import NOT_NUMBERS

ROOT = Path(__file__).resolve().parents[2]


class Offer(forms.Form):
    quantity = QuantityField(units=("jin", "kg", "ton"))
    accepted = WeightField(required=False, zero_ok=True)
    price = YuanFormField()
    phone = PhoneFormField()
    name = PersonNameFormField()
    id_number = IdNumberFormField(required=False)


TYPED = {
    "quantity_0": "两百",
    "quantity_1": "jin",
    "accepted": "40.5",
    "price": "２.1",
    "phone": "+86 138 0013 8000",
    "name": " 张三 ",
    "id_number": "",
}


def test_reads_what_was_typed():
    form = Offer(TYPED)

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "quantity": Quantity(100_000, None, "200", "jin"),
        "accepted": 40_500,
        "price": 2_10,
        "phone": "13800138000",
        "name": "张三",
        "id_number": None,
    }


def test_says_what_is_wrong_and_keeps_what_was_typed():
    form = Offer(
        TYPED | {"quantity_0": "1,000", "price": "2.105", "phone": "123", "name": "张3", "id_number": "360735"}
    )

    assert form.errors == {
        "quantity": ["Write the number without commas, for example 1200 or 12.50."],
        "price": ["Money goes down to the fen. Write at most two digits after the point, for example 12.50."],
        "phone": ["A mobile number has 11 digits and begins with 13 to 19. Check it and write it again."],
        "name": ["A name has only letters and characters: no digits, pictures or other signs."],
        "id_number": ["An ID number has 17 digits and then one more digit or the letter X. Check it on the card."],
    }
    assert 'value="1,000"' in str(form["quantity"])
    assert 'value="2.105"' in str(form["price"])


def test_a_refusal_carries_its_code():
    form = Offer(TYPED | {"price": "-1"})

    assert form.errors.as_data()["price"][0].code == "bad_value"


@pytest.mark.parametrize("unit", ["", "pound"])
def test_a_quantity_needs_a_unit_that_was_offered(unit):
    assert "quantity" in Offer(TYPED | {"quantity_1": unit}).errors


def test_zero_is_a_weight_where_it_is_allowed():
    assert Offer(TYPED | {"accepted": "0"}).is_valid()
    assert Offer(TYPED | {"accepted": ""}).is_valid()


def test_stored_values_are_shown_in_the_unit_of_the_field():
    stored = {"quantity": Quantity(100_000, None, "200", "jin"), "accepted": 40_500, "price": 2_10}
    form = Offer(initial=stored)

    assert 'value="200"' in str(form["quantity"])
    assert '<option value="jin" selected>' in str(form["quantity"])
    assert 'value="40.5"' in str(form["accepted"])
    assert 'value="2.10"' in str(form["price"])


def test_nothing_changed_when_the_same_weight_is_typed_again():
    form = Offer(TYPED, initial={"accepted": 40_500, "price": 2_20})

    assert "accepted" not in form.changed_data
    assert "price" in form.changed_data


def test_phones_offer_the_right_keypad():
    form = Offer()

    assert 'inputmode="decimal"' in str(form["accepted"])
    assert 'inputmode="decimal"' in str(form["quantity"])
    assert 'inputmode="tel"' in str(form["phone"])


def test_an_unfilled_optional_quantity_is_no_quantity():
    field = QuantityField(required=False)

    assert field.clean(["", "jin"]) is None
    assert field.clean(["5", "kg"]).grams == 5_000


@pytest.mark.parametrize("typed", [typed for typed in [*NOT_NUMBERS, "1_0", "1e1", "٣"] if typed.strip()], ids=ascii)
@pytest.mark.parametrize("field", [WholeNumberField(), PlainDecimalField()], ids=["whole", "decimal"])
def test_counts_and_areas_are_plain_numbers_too(field, typed):
    with pytest.raises(forms.ValidationError):
        field.clean(typed)


def test_counts_are_whole_and_keep_their_bounds():
    field = WholeNumberField(min_value=1, max_value=20)

    assert [field.clean(typed) for typed in ("12", " １２ ", "12.0")] == [12, 12, 12]
    assert PlainDecimalField(max_digits=6, decimal_places=2).clean("３.５0") == Decimal("3.5")
    for typed in ("12.5", "0", "21"):
        with pytest.raises(forms.ValidationError):
            field.clean(typed)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_is_read_in_one_order_in_every_language(language):
    with translation.override(language):
        written = ("2026-11-02", "2026/11/2", "２０２６-１１-０２", "2026.11.2", "2026年11月2日", "20261102")
        assert {DayField().clean(typed) for typed in written} == {dt.date(2026, 11, 2)}
        for typed in (
            "11/2/26",
            "02.11.2026",
            "26-1-2",
            "2026-02-30",
            "45000",
            "20261302",
            "腊月二十三",
            "民国115年11月2日",
        ):
            with pytest.raises(forms.ValidationError, match="2026-11-02"):
                DayField().clean(typed)


def test_no_form_takes_a_field_that_guesses():
    guessing = re.compile(r"forms\.(Integer|Decimal|Float|Date|DateTime)Field\(")
    rooms = ("accounts", "canteens", "catalog", "ledger", "losses", "marketplace", "orders", "records", "reports")
    found = [
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if guessing.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("typed", ["ＡＢ１２", " AB12\u3000", "\u200bAB12\ufeff", "AB12\u00a0"], ids=ascii)
def test_a_number_of_a_paper_has_one_form(typed):
    assert NumberTextField().clean(typed) == "AB12"


@pytest.mark.parametrize("typed", ["", "\u200b", "\u3000"], ids=ascii)
def test_a_number_that_cannot_be_seen_is_none(typed):
    with pytest.raises(forms.ValidationError):
        NumberTextField().clean(typed)


@pytest.mark.parametrize(
    ("said", "ticked"), [("是", True), ("on", True), ("yes", True), ("否", False), ("no", False), ("", False)]
)
def test_a_tick_may_stand_in_a_file_as_a_word(said, ticked):
    class Ticked(forms.Form):
        tick = TickField(required=False)

    asked = Ticked({"tick": said})

    assert asked.is_valid() and asked.cleaned_data["tick"] is ticked
