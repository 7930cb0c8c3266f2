"""Weight in whole grams: the only place that reads, converts and prints jin, kilograms and the rest."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext, pgettext_lazy

from kernel.errors import BadValue
from kernel.spoken import spoken_number
from kernel.typed import exact_decimal, fold_typed, plain_number, typed_text

GRAMS = {"jin": 500, "kg": 1000, "ton": 1_000_000, "dan": 50_000, "liang": 50}
PACKED = ("box", "bag")
COUNTED = ("piece",)
UNIT_NAMES = {
    "jin": pgettext_lazy("unit", "jin"),
    "kg": pgettext_lazy("unit", "kg"),
    "ton": pgettext_lazy("unit", "ton"),
    "dan": pgettext_lazy("unit", "dan"),
    "liang": pgettext_lazy("unit", "liang"),
    "box": pgettext_lazy("unit", "box"),
    "bag": pgettext_lazy("unit", "bag"),
    "piece": pgettext_lazy("unit", "piece"),
}
MOST_G = 1_000_000_000
MOST_PIECES = 1_000_000
# By which words goods are counted that are no weight, as they stand behind a number; the dictionary says which.
COUNT_WORDS = {
    "animal": pgettext_lazy("unit of small animals", "head"),
    "head": pgettext_lazy("unit of large animals", "head"),
    "bird": pgettext_lazy("unit of birds", "bird"),
    "fish": pgettext_lazy("unit of fish", "fish"),
    "egg": pgettext_lazy("unit of eggs", "egg"),
    "piece": pgettext_lazy("unit", "piece"),
}

# What people write behind a number; the longer word first, so that 公斤 is never read as 斤.
_UNIT_WORDS = {
    "公斤": "kg", "千克": "kg", "kg": "kg", "市斤": "jin", "斤": "jin", "吨": "ton", "担": "dan",
    "两": "liang", "箱": "box", "袋": "bag", "个": "piece", "只": "piece", "头": "piece", "枚": "piece",
    "羽": "piece", "尾": "piece",
}  # fmt: skip

# How a column names a unit, beside the words above; folded, in small letters, without blanks.
_SPELLINGS = _UNIT_WORDS | {
    "jin": "jin", "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "公吨": "ton", "t": "ton",
    "ton": "ton", "tons": "ton",
    "市担": "dan", "市两": "liang", "盒": "box", "包": "bag", "条": "piece", "匹": "piece",
}  # fmt: skip


_FOR_ONE = re.compile(r"(?:元|块钱?|[￥¥]|rmb)?(?:/|每|一)(?:1|一)?(.+)", re.IGNORECASE)  # 元/公斤, 每斤, 块一斤
_NO_UNIT = ("", "元", "人民币", "必填", "选填", "可不填")  # what a heading says in brackets that is no unit


@dataclass(frozen=True)
class Quantity:
    """A quantity as it was understood: `grams` unless it is only counted, `typed` the number in its `unit`."""

    grams: int | None
    pieces: int | None
    typed: str
    unit: str
    pack_g: int | None = None  # net weight of one box or bag, where it was typed in those

    @property
    def understood(self) -> str:
        """Say back what was understood, in both weights where there is a weight."""
        words = f"{self.typed} {UNIT_NAMES[self.unit]}"
        if self.grams is None:
            return words
        return both(self.grams) if self.unit in ("jin", "kg") else f"{words} = {both(self.grams)}"


def parse_quantity(
    text: object,
    unit: str,
    *,
    grams_per_unit: int | None = None,
    step_g: int = 1,
    zero_ok: bool = False,
    spoken: bool = True,
) -> Quantity:
    """Read a typed quantity in a stated unit; exact to the gram and within bounds, or refused with the reason."""
    if unit not in UNIT_NAMES:
        raise BadValue(_("Choose a unit: jin, kilogram, ton, box, bag or piece."))
    number = _number(text, unit) if spoken else plain_number(text)
    if number == 0 and not zero_ok:
        raise BadValue(_("Write a quantity greater than zero."))
    pieces = _pieces(number) if unit in COUNTED else None
    grams = _grams(number, unit, grams_per_unit, step_g)
    pack_g = grams_per_unit if unit in PACKED else None
    return Quantity(grams=grams, pieces=pieces, typed=exact_decimal(number), unit=unit, pack_g=pack_g)


def unit_named(text: str) -> str:
    """Return the unit that a word names, however it is spelt: KG, ㎏, 千克, 市斤; nothing where it is none."""
    return _SPELLINGS.get("".join(unicodedata.normalize("NFKC", fold_typed(text)).lower().split()), "")


def unit_in_heading(note: str) -> str:
    """Return the unit in the brackets of a heading: 公斤, 单位：公斤, of prices 元/公斤; empty where it names none.

    One that nobody knows here is refused: not understood, kilograms or baskets would count as jin.
    """
    said = note.removeprefix("单位")
    parts = _FOR_ONE.fullmatch(said)
    unit = unit_named(parts[1] if parts else said)
    if not unit and said not in _NO_UNIT:
        raise BadValue(_("The heading names a unit that is not known here: %(unit)s.") % {"unit": said})
    return unit


def jin(grams: int) -> str:
    """Print grams in jin, exactly: 40.5."""
    return in_unit(grams, "jin")


def kg(grams: int) -> str:
    """Print grams in kilograms, exactly: 20.25."""
    return in_unit(grams, "kg")


def signed_kg(grams: int) -> str:
    """Print grams in kilograms with commas; what goes back is below nothing: −1,020.5."""
    return f"{'−' if grams < 0 else ''}{with_commas(kg(abs(grams)))}"


def in_unit(grams: int, unit: str) -> str:
    """Print grams in a unit of weight, exactly, as `parse_quantity` reads it back."""
    return exact_decimal(Fraction(grams, GRAMS[unit]))


def heads(count: int, word: str) -> str:
    """Return a count as people say it by the dictionary's word: 18 只 of poultry, 3 头 of pigs."""
    said = {
        "animal": npgettext("poultry", "%(n)s head", "%(n)s head", count),
        "head": npgettext("large animals", "%(n)s head", "%(n)s head", count),
        "bird": npgettext("counted", "%(n)s bird", "%(n)s birds", count),
        "fish": npgettext("counted", "%(n)s fish", "%(n)s fish", count),
        "egg": npgettext("counted", "%(n)s egg", "%(n)s eggs", count),
        "piece": npgettext("counted", "%(n)s piece", "%(n)s pieces", count),
    }
    return said[word] % {"n": with_commas(str(count))}


def both(grams: int) -> str:
    """Print a weight as farmers say it and as contracts write it, so that a slip shows."""
    return _("%(jin)s jin (%(kg)s kg)") % {"jin": with_commas(jin(grams)), "kg": with_commas(kg(grams))}


def with_commas(number: str) -> str:
    """Part the thousands of a printed number for reading: 1,200.5."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}"


def convert(value_text: object, from_unit: str, to_unit: str) -> str:
    """Express the same weight in another unit: the number changes, the weight never does."""
    if from_unit not in GRAMS or to_unit not in GRAMS:
        raise BadValue(_("Only units of weight can be converted. Choose jin, kilogram or ton."))
    return exact_decimal(_number(value_text, from_unit) * GRAMS[from_unit] / GRAMS[to_unit])


def looks_like_unit_slip(typed: int, usual: int) -> bool:
    """Say whether a weight or price is about double or half the usual one, as when jin and kilogram are mixed up."""
    low, high = sorted((typed, usual))
    return low > 0 and 17 * low <= 10 * high <= 23 * low


def _grams(number: Fraction, unit: str, grams_per_unit: int | None, step_g: int) -> int | None:
    if unit in COUNTED and grams_per_unit is None:
        return None
    unit_g = GRAMS.get(unit, grams_per_unit)
    if unit_g is None or unit_g <= 0:
        raise BadValue(_("First write how much one box or bag weighs net; only then can it be counted as weight."))
    grams = number * unit_g
    if grams > MOST_G:
        raise BadValue(_("At most 1000 tons can be written at once. Check the number and the unit."))
    if grams % step_g:
        raise BadValue(
            _("This is finer than can be weighed here. Write it in steps of %(step)s.") % {"step": _step(step_g, unit)}
        )
    return int(grams)


def _step(step_g: int, unit: str) -> str:
    shown = unit if unit in GRAMS else "kg"
    return f"{exact_decimal(Fraction(step_g, GRAMS[shown]))} {UNIT_NAMES[shown]}"


def _pieces(number: Fraction) -> int:
    if number.denominator != 1:
        raise BadValue(_("Pieces are counted whole. Write a number without a point."))
    if number > MOST_PIECES:
        raise BadValue(_("At most 1000000 pieces can be written at once. Check the number."))
    return int(number)


def _number(text: object, unit: str) -> Fraction:
    """Read digits or spoken Chinese, with or without the unit's own word behind."""
    words = typed_text(text).replace("兩", "两").replace("萬", "万").lower()
    half = Fraction(0)
    if words.endswith(("斤半", "吨半", "担半", "两半")):
        words, half = words[:-1], Fraction(1, 2)
    words, named = _split_unit(words)
    if named and named != unit:
        raise BadValue(
            _("You wrote %(written)s, but the unit chosen is %(chosen)s. Choose the unit you mean.")
            % {"written": UNIT_NAMES[named], "chosen": UNIT_NAMES[unit]}
        )
    if half and not named:
        raise BadValue(_("This cannot be read as a number. Write it in digits, for example 150."))
    number = spoken_number(words)
    if half and number.denominator != 1:
        raise BadValue(_("This can mean two numbers. Write it in digits, for example 150."))
    return number + half


def _split_unit(words: str) -> tuple[str, str]:
    for word, unit in _UNIT_WORDS.items():
        if words.endswith(word) and words != word:
            return words.removesuffix(word).rstrip(), unit
    return words, ""
