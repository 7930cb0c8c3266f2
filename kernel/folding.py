"""Bring what people type to the form in which it is compared: blanks, apostrophes, tones, traditional characters.

Nothing folded here is ever shown or kept: it only answers whether two spellings mean the same.
"""

import re
import unicodedata
from functools import cache

import opencc

from kernel.typed import fold_typed

_APOSTROPHES = re.compile(r"['`´‘’ʼʹ′＇]")
_TONES = re.compile(r"[\u0300\u0301\u0304\u030c]")
_TONE_DIGITS = re.compile(r"(?<=[a-z])[1-5](?=[a-z]|$)")
_HAN_BLOCKS = ((0x3400, 0xA000), (0xF900, 0xFB00))
_AT_ONCE = 512


def simplified(text: str) -> str:
    """Return text with each traditional character as the simplified one: 蘿蔔 is 萝卜."""
    return text if text.isascii() else text.translate(_simple_characters())


def pinyin_letters(text: str) -> str:
    """Return pinyin as keyboards write it, without tones, apostrophes and blanks: Bāo cài is baocai, lǜ is lv."""
    apart = unicodedata.normalize("NFD", text.lower())
    plain = _TONES.sub("", apart).replace("u\u0308", "v").replace("u:", "v")
    plain = _TONE_DIGITS.sub("", _APOSTROPHES.sub("", plain))
    return "".join(unicodedata.normalize("NFC", plain).split())


def search_words(text: str) -> str:
    """Return search words in one form: width, unseen signs, blanks, apostrophes, small and simplified characters."""
    seen = unicodedata.normalize("NFC", fold_typed(text))
    return simplified(_APOSTROPHES.sub("'", seen).lower())


@cache
def _simple_characters() -> dict[int, str]:
    """Return the simplified twin of every traditional character, as OpenCC's tables say it."""
    converter = opencc.OpenCC("t2s")
    simple: dict[int, str] = {}
    for first, end in _HAN_BLOCKS:
        for start in range(first, end, _AT_ONCE):  # in pieces, so that no worker holds 30,000 texts at once
            characters = [chr(code) for code in range(start, min(start + _AT_ONCE, end))]
            twins = converter.convert("\n".join(characters)).split("\n")
            simple |= {ord(old): new for old, new in zip(characters, twins, strict=True) if old != new}
    return simple
