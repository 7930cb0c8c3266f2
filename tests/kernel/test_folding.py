"""What people type means the same however their keyboard writes it."""

import pytest

from kernel.folding import pinyin_letters, search_words, simplified


@pytest.mark.parametrize(
    "text",
    ["bao cai", "bao\u2009cai", "bao'cai", "bao’cai", "bāocài", "BĀO CÀI", "ba\u0304oca\u0300i", "bao1cai4"],
    ids=ascii,
)
def test_pinyin_is_read_without_tones_apostrophes_and_blanks(text):
    assert pinyin_letters(text) == "baocai"


@pytest.mark.parametrize("text", ["lüdou", "lvdou", "lǜdòu", "LÜ dou", "lu:dou", "lu\u0308dou"], ids=ascii)
def test_the_letter_with_dots_is_the_v_of_keyboards(text):
    assert pinyin_letters(text) == "lvdou"


def test_traditional_characters_are_simplified():
    assert simplified("蘿蔔 豬肉 abc 萝卜") == "萝卜 猪肉 abc 萝卜"


def test_search_words_are_folded_and_stay_words():
    assert search_words("　长溪\u00a0 ＢＡＯ\u200bcai ") == "长溪 baocai"
