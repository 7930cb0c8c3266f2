"""What a person typed, read strictly: one reading or a refusal, never a guess."""

import re
import unicodedata
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from kernel.errors import BadValue

# Full-width forms only. NFKC would also turn ² into 2 and ① into 1, which changes a number silently.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_MOST_DIGITS = 12
_LONGEST = 40
# Letters and marks that draw nothing: fillers, joiners and variation selectors outside category Cf.
# What str.isprintable() takes for seen though it is not.
_UNSEEN_BUT_PRINTABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def fold_width(text: str) -> str:
    """Turn full-width letters, digits and signs into their ASCII twins and change nothing else."""
    return text.translate(_FULL_WIDTH)


def strip_invisible(text: str) -> str:
    """Drop zero-width, bidirectional and variation characters, so that what is seen is what is stored."""
    if text.isprintable() and not _UNSEEN_BUT_PRINTABLE.search(text):
        return text
    return "".join(c for c in text if not is_invisible(c))


def fold_typed(text: str) -> str:
    """Return typed text as it was meant: full-width forms folded, nothing unseen, every kind of blank one space."""
    return " ".join(strip_invisible(fold_width(text)).split())


def typed_code(text: str) -> str:
    """Return a code of digits as it was sent, however it was typed: in groups, full-width, or filled in twice."""
    code = re.sub(r"[\s\-]", "", fold_typed(text))
    half = len(code) // 2
    return code[:half] if len(code) == 12 and code[:half] == code[half:] else code


def is_invisible(character: str) -> bool:
    """Return whether this character draws nothing and takes no room."""
    code = ord(character)
    return (
        unicodedata.category(character) == "Cf"
        or character in _BLANKS
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
    )


def typed_text(value: object) -> str:
    """Return trimmed text with full-width signs folded; refuse anything that is not text."""
    if not isinstance(value, str) or not value.strip():
        raise BadValue(_("Nothing is written here. Write a number, for example 12 or 12.50."))
    if len(value) > _LONGEST:
        raise BadValue(_("This is too long for a number. Write a plain number, for example 12 or 12.50."))
    return fold_typed(value)


def plain_digits(text: str, *, most: int) -> int | None:
    """Return the number that plain digits say, at most so many of them; None for anything else, such as ² or １."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def plain_number(value: object) -> Fraction:
    """Read plain decimal notation exactly; refuse signs, commas, exponents, other scripts and huge numbers."""
    # 。 is what a Chinese keyboard gives for the point.
    text = typed_text(value).replace("。", ".")
    if _PLAIN.fullmatch(text):
        if len(text.partition(".")[0].lstrip("0")) > _MOST_DIGITS:
            raise BadValue(_("This number is too large. Check it and write it again."))
        return Fraction(text)
    if re.fullmatch(r"[+\-\u2212][0-9.]+", text):
        raise BadValue(_("Write the number without a plus or minus sign."))
    if re.fullmatch(r"[0-9][0-9.]*[,、][0-9.,、]*", text):
        raise BadValue(_("Write the number without commas, for example 1200 or 12.50."))
    raise BadValue(_("This is not a plain number. Write it in digits, for example 12 or 12.50."))


def whole_number(value: object) -> int:
    """Read a whole number in plain digits."""
    number = plain_number(value)
    if number.denominator != 1:
        raise BadValue(_("Write a whole number, without a point."))
    return int(number)


def exact_decimal(number: Fraction) -> str:
    """Print a number that has a finite decimal form, without exponent or trailing zeros."""
    rest, places = number.denominator, 0
    scaled = number
    while scaled.denominator != 1:
        if rest % 2 and rest % 5:
            raise ValueError("no finite decimal form")
        scaled, places = scaled * 10, places + 1
        rest = scaled.denominator
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
