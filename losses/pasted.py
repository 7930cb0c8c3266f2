"""What a household texts of a loss: 「报损 包菜 50斤 烂了 昨天」, in any order behind the first word.

Read strictly, as everything typed: one reading or none. What was not said stays open; whoever reads the goods says what
an open part means, or asks for it.
"""

import re
from dataclasses import dataclass

from kernel.errors import BadValue
from kernel.numbers import Kind, read_number
from kernel.typed import fold_typed
from kernel.weight import Quantity, parse_quantity

WORD = "报损"
LONGEST = 120
_BETWEEN = re.compile(r"[\s,;:。.!、+]")
_LOT = re.compile(rf"{Kind.LOT}[\s-]*[0-9]{{6}}[\s-]*[A-Z]{{0,3}}[0-9]{{4,}}[\s-]*[0-9]", re.IGNORECASE)
_NUMERAL = "[0-9.零一二三四五六七八九十百千万两半点]+"
_UNITS = {"公斤": "kg", "千克": "kg", "kg": "kg", "市斤": "jin", "斤": "jin", **dict.fromkeys("个只头枚羽", "piece")}
_AMOUNT = re.compile(rf"({_NUMERAL})\s*({'|'.join(_UNITS)})|(?<![0-9.])([0-9]+(?:\.[0-9]+)?)(?![0-9.])", re.IGNORECASE)
_ALL = re.compile("全部|全都|全|都")
_DAYS = {"今天": 0, "昨天": 1, "前天": 2}
# What people write of how it happened, by what it means; said of one text they must not mean two things.
_CAUSES = {
    "unsold": ("没人要", "没人收", "没人来收", "卖不掉", "卖不出去", "卖不出", "没卖掉", "滞销"),
    "road": ("路断", "路不通", "运不出去", "运不出", "拉不出去", "拉不出", "没车"),
    "spoiled": ("腐烂", "烂", "坏", "发霉", "霉", "臭了", "病死", "死了", "死掉", "冻了", "淹"),
}
_FILLER = re.compile("掉|了|大概|大约|约")


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss as it was texted; empty is what was not said."""

    lot: str  # the number of a lot
    goods: str  # a name, as typed
    amount: str
    unit: str
    everything: bool  # all that is left
    cause: str
    days_ago: int

    def about(self, *, counted: bool) -> Quantity:
        """Return how much was written; without a unit it is jin, or heads of what is counted."""
        return parse_quantity(self.amount, self.unit or ("piece" if counted else "jin"))


def read_loss(text: str) -> Loss | None:
    """Return the loss of a text that begins with 「报损」, or nothing where it cannot be read in exactly one way."""
    rest = fold_typed(" ".join(text.splitlines()))
    if len(rest) > LONGEST or not rest.startswith(WORD):
        return None
    rest = rest.removeprefix(WORD)
    try:
        rest, lot = _lot_in(rest)
        rest, amount, unit = _amount_in(rest)
        rest, days_ago = _day_in(rest)
        rest, cause = _cause_in(rest)
    except BadValue:
        return None
    everything = not amount and _ALL.search(rest) is not None
    goods = _BETWEEN.sub("", _FILLER.sub("", _ALL.sub("", rest) if everything else rest))
    if re.search("[0-9?]", goods) or (lot and goods):
        return None
    return Loss(lot, goods, amount, unit, everything, cause, days_ago)


def _lot_in(rest: str) -> tuple[str, str]:
    found = _LOT.search(rest)
    if found is None:
        return rest, ""
    return _LOT.sub(" ", rest, count=1), read_number(found.group())


def _amount_in(rest: str) -> tuple[str, str, str]:
    found = list(_AMOUNT.finditer(rest))
    if not found:
        return rest, "", ""
    if len(found) > 1:
        raise BadValue
    number, unit, bare = found[0].groups()
    name = _UNITS[unit.lower()] if unit else ""
    parse_quantity(number or bare, name or "jin")
    return _AMOUNT.sub(" ", rest), number or bare, name


def _day_in(rest: str) -> tuple[str, int]:
    said = [day for day in _DAYS if day in rest]
    if len(said) > 1:
        raise BadValue
    return (rest.replace(said[0], " "), _DAYS[said[0]]) if said else (rest, 0)


def _cause_in(rest: str) -> tuple[str, str]:
    meant = set()
    for cause, words in _CAUSES.items():
        for word in words:
            if word in rest:
                meant.add(cause)
                rest = rest.replace(word, " ")
    if len(meant) > 1:
        raise BadValue
    return rest, meant.pop() if meant else ""
