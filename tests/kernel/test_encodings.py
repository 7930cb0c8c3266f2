"""Text brought as bytes is read in the encoding that the whole file speaks for, or refused by line."""

import pytest
from django.utils import translation

from kernel.encodings import decode
from kernel.errors import BadValue
from tests.trials import trial

# Each name alone is well-formed UTF-8 when it is written in GB18030.
NAMES = ["谭霞", "郑小平", "谢英", "魏伟", "叶小平", "史小强", "谭平"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def a_line(name: str) -> str:
    return f"D|PF01|6217990000000000097|{name}|80.00|0000|\r\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_one_name_alone_is_read_as_it_was_written(name, encoding):
    assert decode(a_line(name).encode(encoding)) == a_line(name)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_all_of_them_together_are_read_as_well(encoding):
    text = "".join(map(a_line, NAMES))

    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\x1a", b"\0\0"])
def test_the_sign_of_the_end_of_a_file_is_no_part_of_it(end):
    assert decode(a_line("黄秀英").encode("gb18030") + end) == a_line("黄秀英")


def test_the_mark_of_gb18030_is_a_mark():
    assert decode(b"\x84\x31\x95\x33" + a_line("谭霞").encode("gb18030")) == a_line("谭霞")


def test_words_known_to_be_in_the_file_decide_before_anything_else():
    raw = "㛃䶮".encode()

    assert decode(raw, ["㛃䶮"]) == "㛃䶮"


def test_a_file_that_can_be_two_things_is_asked_about():
    with pytest.raises(BadValue, match="in two ways"):
        decode("Ж".encode() * 2)


def test_a_text_of_signs_that_nobody_writes_is_no_text():
    with pytest.raises(BadValue, match="neither"):
        decode("農產品價格表：白菜、蘿蔔、辣椒".encode("big5"))


@pytest.mark.parametrize(
    ("text", "encoding"), [("户编号,户主姓名\r\n1,黄秀英\r\n", "utf-8"), ("户编号,户主姓名\r\n1,黄秀英\r\n", "gb18030")]
)
def test_one_damaged_sign_is_named_by_its_line(text, encoding):
    raw = text.encode(encoding)
    place = raw.index("秀".encode(encoding))

    with pytest.raises(BadValue, match="Line 2 holds a damaged character"):
        decode(raw[:place] + b"\xff" + raw[place + 1 :])


@pytest.mark.parametrize("raw", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60, bytes(range(128, 256))])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(BadValue):
        decode(raw)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("b1_return_gbk_one_payee.txt", "|谭霞|"), ("r11_gbk_looks_utf8.csv", ",谢英,"),
        ("p1_prices_gbk.csv", ",包菜,"),
        ("r13_csv_tricks.csv", "户主姓名"),
    ],
)  # fmt: skip
def test_the_files_of_the_trials_are_read(file, words):
    assert words in decode(trial(file))


def test_the_damaged_file_of_the_trials_is_refused_by_its_line():
    with pytest.raises(BadValue, match="Line 2 holds"):
        decode(trial("r14_utf8_one_bad_byte.csv"))
