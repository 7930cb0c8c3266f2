"""A masked value never gives the whole away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import masking

LETTERS = "张王李赵欧阳司马明花秀英阿依古丽买提𠮷䶮Aé"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小明", "张*明"),
        ("王李小明", "王**明"),
        ("欧阳修", "欧阳*"),
        ("欧阳小明", "欧阳*明"),
        ("欧阳", "欧*"),
        ("歐陽修", "歐陽*"),
        ("李", "*"),
        ("", ""),
        ("阿依古丽·买买提", "阿依古丽·***"),
        ("阿依古丽•买买提·艾力", "阿依古丽·***"),
        ("阿依古丽·", "阿**丽"),
        ("·买买提", "买*提"),
        ("𠮷小明", "𠮷*明"),
        ("张\u200b三", "张*"),
        ("张 三", "张*"),
        ("John Smith", "J***"),
        ("阿" * 20, "阿***"),
    ],
)
def test_masks_names_as_the_public_notice_shows_them(name, masked):
    assert masking.mask_name(name) == masked


@given(st.text(alphabet=LETTERS + "·• \u200b", min_size=1, max_size=20))
def test_masking_never_shows_a_whole_name(name):
    letters = [c for c in name if c in LETTERS]

    masked = masking.mask_name(name)

    shown = [c for c in masked if c in LETTERS]
    assert len(shown) < len(letters) or not letters
    assert "*" in masked or not letters
    assert masked != name or not letters


@given(st.text(max_size=30))
def test_masking_takes_any_text(text):
    assert masking.mask_name(text) != text or len(text) == 0 or "*" in text or not text.strip()


def test_masks_numbers():
    assert masking.mask_id("36073519880701001X") == "**************001X"
    assert masking.mask_phone("13800138000") == "138****8000"
    assert masking.mask_phone("0797-5712345") == "****345"
    assert masking.mask_card("6217000000000000935") == "6217 **** 0935"
    assert masking.card_tail("6217000000000000935") == "0935"


@given(st.text(alphabet="0123456789X", min_size=1, max_size=20))
def test_masking_shows_less_than_half_of_an_id_and_of_a_card_and_never_all_of_a_phone(number):
    for masked in (masking.mask_id(number), masking.mask_card(number), masking.card_tail(number)):
        assert sum(c != "*" and c != " " for c in masked) <= len(number) * 8 // 15

    assert sum(c != "*" for c in masking.mask_phone(number)) < max(len(number), 1)


def test_what_is_not_there_stays_not_there():
    assert masking.mask_id("") == masking.mask_phone("") == masking.mask_card("") == masking.card_tail("") == ""
