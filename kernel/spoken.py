"""Numbers as people say them in Chinese: one reading or a refusal. static/js/keypad/spoken.js reads the same."""

import re
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue
from kernel.typed import plain_number

_DIGITS = "零一二三四五六七八九"
_ROUND = {"百": 100, "千": 1000, "万": 10_000}
_SPOKEN = re.compile("[零一二三四五六七八九十百千万]+")
_ONLY_DIGITS = re.compile(f"[{_DIGITS}]+")
# 三五 and 两三百 mean "three to five", "two or three hundred": a guess, so they are not read.
_VAGUE = re.compile("[一二三四五六七八九]{2}")
# Up to 9999. A last digit right behind 百 or 千 counts the next smaller ones: 一百五 is 150, 一百零五 is 105.
_BELOW_WAN = re.compile("(?:零?(D)千)?(?:零?(D)百)?(?:零?(D?)十(D?)|(零?)(D))?".replace("D", "[一二三四五六七八九]"))
_CUT_SHORT = re.compile("[百千][一二三四五六七八九]$")


def spoken_number(text: str) -> Fraction:
    """Read a number said in words (两百, 一百五, 三点五, 1.2万) or written in digits."""
    if text == "半":
        return Fraction(1, 2)
    if text[-1:] in _ROUND and re.fullmatch(r"[0-9.。]+", text[:-1]):
        return plain_number(text[:-1]) * _ROUND[text[-1]]
    whole, point, decimals = text.replace("〇", "零").partition("点")
    words = whole.replace("两", "二")
    if not _SPOKEN.fullmatch(words):
        return plain_number(text)
    number = _whole(words)
    if point and not _ONLY_DIGITS.fullmatch(decimals):
        raise _unreadable()
    return Fraction(f"{number}.{''.join(str(_digit(word)) for word in decimals) or 0}")


def _whole(words: str) -> int:
    if _VAGUE.search(words):
        raise BadValue(_("This can mean two numbers. Write it in digits, for example 150."))
    if _ONLY_DIGITS.fullmatch(words):
        return int("".join(str(_digit(word)) for word in words))
    if words.startswith("零"):
        raise _unreadable()
    high, wan, low = words.partition("万")
    if not wan:
        return _below_wan(high, behind=10)
    if _CUT_SHORT.search(high):
        raise _unreadable()
    return _below_wan(high, behind=10) * 10_000 + (_below_wan(low, behind=10_000) if low else 0)


def _below_wan(words: str, *, behind: int) -> int:
    """Read up to 9999; `behind` is what stands before these words: a single digit right behind 万 counts thousands."""
    parts = _BELOW_WAN.fullmatch(words)
    if not words or parts is None:
        raise _unreadable()
    thousands, hundreds, tens, ones, zero, last = parts.groups()
    larger = 100 if hundreds else 1000 if thousands else behind
    place = 1 if zero else larger // 10
    below = _digit(last) * place if tens is None else (_digit(tens) or 1) * 10 + _digit(ones)
    return _digit(thousands) * 1000 + _digit(hundreds) * 100 + below


def _digit(word: str | None) -> int:
    return _DIGITS.index(word) if word else 0


def _unreadable() -> BadValue:
    return BadValue(_("This cannot be read as a number. Write it in digits, for example 150."))
