"""Amounts as kitchens write them: 20斤, 三斤二两, 半吨, 20来斤, 3箱, l5斤; and the figures that are no amounts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from kernel import weight
from kernel.errors import BadValue
from kernel.spoken import spoken_number
from orders.pasted.doubts import Doubt

IsName = Callable[[int], bool]  # whether goods are named at this place of the text
_GRAMS = {"克": 1, "g": 1}  # beside the units of weight that the product writes
_WEIGHTS = ("公斤", "千克", "kgs", "kg", "市斤", "斤", "公吨", "吨", "市担", "担", "两", "克", "g")
_PACKS = "箱袋盒包筐篓框桶瓶把捆扎件罐坛板托提壶串盘份"
_HEADS = "只羽头支匹"
_PIECES = "个颗枚条根棵朵片尾粒节"
_SLIPS = {"公金": "公斤", "公近": "公斤", "公今": "公斤", "gongjin": "公斤", "jin": "斤", "近": "斤", "今": "斤",
          "金": "斤", "巾": "斤", "筋": "斤", "直": "只", "值": "只", "zhi": "只"}  # fmt: skip

_CHINESE = "零〇一二三四五六七八九十百千万点半廿卅俩仨壹贰叁肆伍陆柒捌玖拾佰仟"
_AS_SPOKEN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟俩仨", "一二三四五六七八九十百千二三")
_TWO = f"两(?=[百千万半]|\\s*(?:{'|'.join(_WEIGHTS)}|[{_PACKS}{_HEADS}{_PIECES}]|块|元|来|多|到|点))"
_SPOKEN = f"(?:[{_CHINESE}]|{_TWO})+"
_DIGITS = r"(?=[ol]*[0-9])(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9ol]+(?:\.[0-9ol]+)?)[百千万]?"
NUMBER = f"(?:{_DIGITS}|{_SPOKEN})"
UNIT = f"(?:{'|'.join(_WEIGHTS)}|[{_PACKS}{_HEADS}{_PIECES}])"
_SLIP = "(?:" + "|".join(_SLIPS) + ")(?![天日晚早年])"
AMOUNT = f"{NUMBER}\\s*(?:来|多|几|余)?\\s*{UNIT}(?:半|\\s*{NUMBER}\\s*两)?"
_TO = r"\s*(?:到|至|-|~|—|或)\s*"

_RANGE = re.compile(f"({NUMBER})\\s*{UNIT}?{_TO}({NUMBER})\\s*({UNIT})?")
_BROKEN = re.compile(rf"([0-9]+)(?:([,。])([0-9]+)| ([0-9]+)(?=\s*{UNIT}))")
_WRITTEN = re.compile(f"({NUMBER})")
_VOICE = re.compile("(?<!都)([一二三四五六七八九]?)是(?=公?斤)")
_SEVERAL = re.compile(f"(?:好?几|[一二三四五六七八九十]?十几|几十|几百|数十)\\s*({UNIT})")
_VAGUE = re.compile(r"\s*(来|多|几|余)\s*(?=" + UNIT + ")")
_UNIT = re.compile(r"\s*(" + UNIT + ")")
_SLIPPED = re.compile(r"\s*(" + _SLIP + ")")
_BEHIND = re.compile(f"半(?![{_CHINESE}]*(?:{UNIT}))")
_SMALLER = re.compile(f"\\s*({NUMBER})\\s*(两|克|g)(?![{_CHINESE}])")
_CUT = re.compile(r"([一二三四五六七八九])(?=[\s,、。;!)]|$)")
_ABOUT = re.compile(r"左右|上下|的样子|差不多")
ABOUT_BEFORE = re.compile(r"(?:大约|大概|约|差不多|最多|至多|不超过|至少|最少|不少于)\s*$")
_FIRST = frozenset("0123456789ol半几好数是两" + _CHINESE)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was written; `bare` where no unit stands behind the figure."""

    grams: int | None = None
    pieces: int | None = None
    packs: Fraction | None = None
    pack: str = ""  # its word: 箱
    bare: bool = False
    doubt: Doubt | None = None
    heads: bool = False  # a word for animals: 只, 羽, 头
    parts: tuple[str, str] = ("", "")  # the figure and the unit as they were written

    def plus(self, other: "Amount", sign: int) -> "Amount | None":
        """Return the sum or difference of two amounts of one kind, None where they cannot be added."""
        if self.grams is not None and other.grams is not None and self.grams + sign * other.grams > 0:
            return replace(self, grams=self.grams + sign * other.grams)
        if self.pieces is not None and other.pieces is not None and self.pieces + sign * other.pieces > 0:
            return replace(self, pieces=self.pieces + sign * other.pieces)
        return None


def read_number(written: str) -> Fraction | None:
    """Read a figure, with O and l for 0 and 1 and bank numerals, or nothing."""
    plain = written.replace("廿", "二十").replace("卅", "三十").translate(_AS_SPOKEN)
    if not any(one in _CHINESE for one in plain):
        plain = plain.replace("o", "0").replace("l", "1").replace(",", "")
    try:
        return spoken_number(plain)
    except BadValue:
        return None


def amount_at(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    """Return the amount that begins here and where it ends; `is_name` says whether goods are named at a place."""
    if text[start] not in _FIRST:
        return None
    for read in (_several, _range, _voice, _broken, _plain):
        found = read(text, start, is_name)
        if found is not None:
            end, amount = found
            about = _ABOUT.match(text, end)
            return (about.end(), replace(amount, doubt=amount.doubt or Doubt.ABOUT)) if about else (end, amount)
    return None


def measured(number: Fraction, unit: str, doubt: Doubt | None = None) -> Amount:
    """Return so many of a unit; what is finer than a gram or half an animal is asked about."""
    named = weight.unit_named(unit)
    grams_each = weight.GRAMS.get(named) or _GRAMS.get(unit)
    if grams_each:
        grams = number * grams_each
        if grams.denominator != 1 or not 0 < grams <= weight.MOST_G:
            return Amount(doubt=Doubt.FIGURE)
        return Amount(grams=int(grams), doubt=doubt)
    if unit in _PACKS:
        return Amount(packs=number, pack=unit, doubt=doubt)
    if number.denominator != 1 or not 0 < number <= weight.MOST_PIECES:
        return Amount(doubt=Doubt.FIGURE)
    return Amount(pieces=int(number), doubt=doubt, heads=unit in _HEADS)


def _several(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    found = _SEVERAL.match(text, start)
    return (found.end(), Amount(doubt=Doubt.ABOUT)) if found else None


def _range(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    """Read 20到30斤: an amount that nobody knows yet. 20斤-30斤 too."""
    found = _RANGE.match(text, start)
    if found is None or not (found[3] or read_number(found[1]) is None) or is_name(found.end(2)):
        return None
    return found.end(), Amount(doubt=Doubt.RANGE)


def _voice(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    """Read 二是斤 for 二十斤, as voice typing writes it."""
    found = _VOICE.match(text, start)
    return _with_unit(text, found.end(), read_number(f"{found[1]}十"), Doubt.FIGURE, is_name) if found else None


def _broken(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    """Read 2,5斤 and 1。5斤 and 3 0斤 as they seem to be meant."""
    found = _BROKEN.match(text, start)
    if found is None or (found[2] == "," and re.match(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])", text[start:])):
        return None
    number = Fraction(f"{found[1]}.{found[3]}") if found[2] else Fraction(found[1] + found[4])
    return _with_unit(text, found.end(), number, Doubt.FIGURE, is_name)


def _plain(text: str, start: int, is_name: IsName) -> tuple[int, Amount] | None:
    found = _WRITTEN.match(text, start)
    if found is None:
        return None
    number = read_number(found[1])
    if number is None:
        # 两三斤: from two to three
        unit = _UNIT.match(text, found.end())
        return (unit.end(), Amount(doubt=Doubt.RANGE)) if unit else None
    vague = _VAGUE.match(text, found.end())
    if vague:
        return _with_unit(text, vague.end(), number, Doubt.ABOUT, is_name)
    return _with_unit(text, found.end(), number, None, is_name, written=found[1])


def _with_unit(
    text: str, end: int, number: Fraction | None, doubt: Doubt | None, is_name: IsName, *, written: str = ""
) -> tuple[int, Amount] | None:
    """Add the unit behind a figure, a half or a smaller unit behind that; a figure without a unit is bare."""
    if number is None:
        return None
    unit = _UNIT.match(text, end)
    if unit is None or is_name(unit.start(1)):
        slip = _SLIPPED.match(text, end)
        if slip and not is_name(slip.start(1)):
            return slip.end(), measured(number, _SLIPS[slip[1]], doubt or Doubt.UNIT)
        return end, replace(measured(number, "斤", doubt or Doubt.NO_UNIT), bare=True, parts=(written, ""))
    word, end = unit[1], unit.end()
    behind = _BEHIND.match(text, end)
    smaller = _SMALLER.match(text, end) if word in _WEIGHTS else None
    if behind and number.denominator == 1:
        number, end = number + Fraction(1, 2), behind.end()
    elif smaller and (more := read_number(smaller[1])) is not None and not is_name(smaller.start(1)):
        amount = measured(number, word, doubt)
        total = amount.plus(measured(more, smaller[2]), 1)
        return smaller.end(), total or Amount(doubt=Doubt.FIGURE)
    elif word in _WEIGHTS and (cut := _CUT.match(text, end)) and not is_name(end):
        number, end, doubt = number + Fraction(read_number(cut[1]) or 0) / 10, cut.end(), doubt or Doubt.FIGURE
    while text[end : end + 1] == word[-1]:  # 30斤斤
        end += 1
    return end, replace(measured(number, word, doubt), parts=(written, word))
