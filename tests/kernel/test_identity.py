"""People's numbers and names come in one form or not at all, and no refusal repeats them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as credit_code
from stdnum.iso7064 import mod_11_2

from kernel import identity
from kernel.errors import BadValue


def id_for(area: str, born: str, sequence: str) -> str:
    """Make up an ID number; no such person need exist."""
    return f"{area}{born}{sequence}{mod_11_2.calc_check_digit(f'{area}{born}{sequence}')}"


def code_for(body: str) -> str:
    """Make up a credit code."""
    return body + credit_code.calc_check_digit(body)


MAN = id_for("360735", "19880701", "001")
ENDS_IN_X = next(n for i in range(100) if (n := id_for("360735", "19900228", f"{i:03d}")).endswith("X"))
IDS = st.builds(
    id_for,
    st.sampled_from(["360735", "110101", "362430", "810000", "820000", "830000", "512200"]),
    st.dates(dt.date(1900, 1, 1), dt.date(2025, 12, 31)).map(lambda day: day.strftime("%Y%m%d")),
    st.integers(0, 999).map(lambda n: f"{n:03d}"),
)


@given(IDS)
def test_an_id_number_stays_itself_when_read_again(number):
    once = identity.id_number(number)

    assert once == number
    assert identity.id_number(once) == once


@given(IDS, st.sampled_from(["lower", "wide", "spaced", "newline", "hidden"]))
def test_every_way_of_writing_an_id_number_is_one_number(number, way):
    written = {
        "lower": number.lower(),
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in number),
        "spaced": f"\u3000{number[:6]} {number[6:14]}-{number[14:]}\u00a0",
        "newline": f"{number}\n",
        "hidden": f"{number[:3]}\u200b{number[3:]}\u202e",
    }[way]

    assert identity.id_number(written) == number


@given(IDS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed_and_never_repeated(number, place, shift):
    if number[place] == "X":
        wrong = number[:place] + str(shift)
    else:
        wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    with pytest.raises(BadValue) as refusal:
        identity.id_number(wrong)

    assert wrong not in str(refusal.value)
    assert wrong[6:14] not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("360735880701001", "15-digit ID numbers are no longer valid"),
        (id_for("360735", "19900231", "001"), "birth date in the ID number cannot be right"),
        (id_for("360735", "17900101", "001"), "birth date in the ID number cannot be right"),
        (id_for("990735", "19900101", "001"), "foreigner's residence card"),
        (id_for("000735", "19900101", "001"), "belong to no province"),
        (MAN[:17] + "O", "An ID number has 17 digits"),
        (MAN + "1", "An ID number has 17 digits"),
        ("", "Write the 18 characters"),
        (None, "Write the 18 characters"),
        (int(MAN[:17]), "Write the 18 characters"),
        ("1" * 1_000_000, "far too long"),
        ("٣" * 18, "An ID number has 17 digits"),
    ],
)
def test_says_what_is_wrong_with_an_id_number(text, sentence):
    with pytest.raises(BadValue, match=sentence):
        identity.id_number(text)


def test_nobody_is_born_after_today():
    assert identity.id_number(MAN, today=dt.date(1988, 7, 1)) == MAN

    with pytest.raises(BadValue, match="birth date"):
        identity.id_number(MAN, today=dt.date(1988, 6, 30))


def test_an_id_number_tells_birth_date_and_sex():
    assert identity.birth_date(MAN) == dt.date(1988, 7, 1)  # summer time of those years moves no date
    assert identity.sex(MAN) == identity.MALE
    assert identity.sex(id_for("360735", "20000229", "002")) == identity.FEMALE
    assert identity.birth_date(ENDS_IN_X) == dt.date(1990, 2, 28)


@pytest.mark.parametrize("body", ["91360735MA1234567", "N2360735MF1234567", "52360735500000000", "54360735ME1234567"])
def test_reads_credit_codes_of_firms_collectives_and_villages(body):
    code = code_for(body)

    assert identity.uscc(f" {code.lower()}\n") == code


@pytest.mark.parametrize("letter", "IOSVZ")
def test_credit_codes_never_hold_look_alike_letters(letter):
    with pytest.raises(BadValue, match="never I, O, S, V or Z"):
        identity.uscc(f"91360735MA123456{letter}1")


def test_a_wrong_check_character_is_noticed():
    code = code_for("91360735MA1234567")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    with pytest.raises(BadValue, match="One character"):
        identity.uscc(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138-0013-8000",
        "１３８００１３８０００",
        "0086 13800138000",
        "86 13800138000",
        " 138 0013 8000\n",
    ],
)
def test_every_way_of_writing_a_mobile_number_is_one_number(text):
    assert identity.phone(text) == "13800138000"


@pytest.mark.parametrize(
    "text", ["12345678901", "1380013800", "138001380000", "1380013800O", "0797-5712345", "", None, "٣" * 11]
)
def test_refuses_what_is_no_mobile_number(text):
    with pytest.raises(BadValue):
        identity.phone(text)


def test_virtual_mobile_numbers_are_numbers():
    assert identity.phone("17012345678") == "17012345678"
    assert identity.phone("19212345678") == "19212345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0797-5712345", "0797-5712345"),
        ("（0797）5712345", "0797-5712345"),
        ("+86 797 5712345", "0797-5712345"),
        ("010 12345678", "010-12345678"),
        ("13800138000", "13800138000"),
    ],
)
def test_landlines_are_read_where_they_are_allowed(text, number):
    assert identity.phone(text, landline=True) == number
    assert identity.phone(number, landline=True) == number


def test_a_landline_needs_its_area_code():
    with pytest.raises(BadValue, match="with its area code"):
        identity.phone("5712345", landline=True)


def test_a_wrong_luhn_digit_warns_and_never_blocks():
    assert identity.bank_card("6222 0212 3456 7890 128") == identity.BankCard("6222021234567890128", luhn_ok=True)
    assert identity.bank_card("６２２２０２１２３４５６７８９０１２９") == identity.BankCard(
        "6222021234567890129", luhn_ok=False
    )


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("4111 1111 1111 1111", True),
        ("5555 5555 5555 4444", True),
        ("3782 822463 10005", True),
        ("3530 1113 3330 0000", True),
        ("4111 1111 1111 1112", False),  # a passbook may begin so
        ("6222 0212 3456 7890 128", False),
    ],
)
def test_a_credit_card_is_told_from_a_savings_card_where_it_can_be(text, like):
    assert identity.is_like_credit(identity.bank_card(text)) is like


@pytest.mark.parametrize("text", ["1" * 14, "1" * 20, "6222O21234567890128", "6.22202E+18", "", 6222021234567890128])
def test_refuses_what_is_no_card_number(text):
    with pytest.raises(BadValue):
        identity.bank_card(text)


def test_a_card_never_shows_its_number_in_logs():
    assert repr(identity.bank_card("6222021234567890128")) == "BankCard(luhn_ok=True)"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("　张三\u00a0", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("\u202e张三\ufe00", "张三"),
        ("张  三", "张三"),
        ("李　四", "李四"),
        ("王\u2009\u00a0五", "王五"),
        ("⽐⼲", "比干"),
        ("𠮷田", "𠮷田"),
        ("㛃䶮", "㛃䶮"),
        ("\ue000三", "\ue000三"),
        ("〇一", "〇一"),
        ("李", "李"),
        ("John F. O'Neil-Smith", "John F. O'Neil-Smith"),
        ("阿" * 50, "阿" * 50),
    ],
)
def test_a_name_is_kept_as_printed_without_what_cannot_be_seen(text, name):
    assert identity.person_name(text) == name


@pytest.mark.parametrize("dot", ["·", "•", "．", "‧", ".", "・", " · ", "∙"])
def test_every_dot_in_a_name_becomes_one(dot):
    assert identity.person_name(f"阿依古丽{dot}买买提") == "阿依古丽\u00b7买买提"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u200b",
        "·",
        "·张三",
        "张三·",
        "张三😀",
        "👨‍👩‍👧",
        "张3",
        "张３",
        "张①",
        "张\x00三",
        "张\ud842",
        "阿" * 51,
        "张<b>",
        "=cmd",
        "张,三",
        "\u3164",
        None,
        7,
    ],
    ids=ascii,
)
def test_refuses_what_is_no_name(text):
    with pytest.raises(BadValue):
        identity.person_name(text)


def test_a_line_break_in_a_name_becomes_a_space():
    assert identity.person_name("John\r\nX-Header") == "John X-Header"


@pytest.mark.parametrize("text", ["\u05a3Сƽ", "лӢ", "张San", "Иван", "张三Ⅲ", "\u0320ϼ"], ids=ascii)
def test_a_name_in_two_scripts_or_in_none_of_a_card_is_no_name(text):
    with pytest.raises(BadValue):
        identity.person_name(text)


@pytest.mark.parametrize("last", ["x", "ｘ", "Ⅹ", "ⅹ", "×", "Х", "х", "Χ"], ids=ascii)
def test_the_last_letter_of_an_id_number_is_read_in_every_shape(last):
    number = "36073519700101030X"

    assert identity.id_number(number[:17] + last) == number


def test_traditional_characters_compare_as_simplified():
    assert identity.name_key("張細妹") == identity.name_key("张细妹")


@given(st.text(alphabet="张三欧阳阿·•. \u3000\u200b𠮷Aé", min_size=1, max_size=30))
def test_a_name_stays_itself_when_read_again(text):
    try:
        name = identity.person_name(text)
    except BadValue:
        return

    assert identity.person_name(name) == name
    assert identity.name_key(name) == identity.name_key(text)


@pytest.mark.parametrize("other", ["张 三", "张\u200b三", "　张三", "张三\ufe0f"])
def test_one_name_cannot_be_two_people(other):
    assert identity.name_key(other) == identity.name_key("张三")


def test_radicals_and_wide_letters_compare_as_characters():
    assert identity.name_key("⽐Ａ") == identity.name_key("比a")
