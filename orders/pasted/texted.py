"""What a seller texts back: the number of an answer, before it the code of the question, behind it how much.

Read strictly, as everything typed: one reading or none. A guess here would promise goods in somebody's name.
"""

import re
from dataclasses import dataclass
from enum import Enum

from kernel.errors import BadValue
from kernel.typed import fold_typed
from kernel.weight import Quantity, parse_quantity

MOST_PARTS = 12
LONGEST = 300
CODES = 900  # three digits, so that no code is taken for an answer or a small weight
_FIRST_CODE = 100


class Answer(Enum):
    """The three answers, by the number that is texted."""

    YES = "1"
    LESS = "2"
    NO = "3"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: to which question, empty for the only one, and how much where it is a part."""

    code: str
    answer: Answer
    amount: str = ""  # as typed, with its unit

    def units_of(self, *, counted: bool) -> Quantity:
        """Return how much was written; without a unit it is jin, as the question says, or heads of what is counted."""
        unit = "piece" if counted else "jin"
        if not counted and re.search(r"公斤|千克|kg$", self.amount, re.IGNORECASE):
            unit = "kg"
        return parse_quantity(self.amount, unit)


# The number may be written as it is spoken or on a cheque, and the words of the question may stand behind it.
_BETWEEN = r"[\s:：-]*"
_PART = re.compile(r"[,，;；。!！\n]+|(?<![0-9])\.|\.(?![0-9])|、")
_SAID = re.compile(
    rf"(?:回复|回)?\s*(?:(?P<code>[1-9][0-9]{{2}})(?:号{_BETWEEN}|[\s:：-]+))?"
    r"(?:(?P<yes>[1一壹]\s*(?:有货|全有|都有|有)?|有货|全有|都有)"
    r"|(?P<no>[3三叁]\s*(?:没有|没货|没)?|没有|没货)"
    r"|[2二贰两](?:\s*(?:有一部分|一部分|部分))?[\s:：]+(?P<amount>\S.*))"
)
_AMOUNT = re.compile(
    r"[0-9.零一二三四五六七八九十百千万两半点]+\s*(?:公斤|千克|市斤|斤|kg|个|只|头|枚)?半?", re.IGNORECASE
)


def code_of(key: int) -> str:
    """Return the code by which the question about the lot with this key is answered."""
    return str(_FIRST_CODE + key % CODES)


def key_part(code: str) -> int:
    """Return what is left of the key of a lot with this code, divided by the number of codes."""
    return (int(code) - _FIRST_CODE) % CODES


def read_answers(text: str) -> list[Said]:
    """Return what a text answers, or nothing where any part of it cannot be read in exactly one way."""
    if len(text) > LONGEST:
        return []
    parts = [part for part in (fold_typed(part) for part in _PART.split(_folded(text))) if part]
    if not 1 <= len(parts) <= MOST_PARTS:
        return []
    said = [one for one in map(_read, parts) if one is not None]
    codes = [one.code for one in said]
    several = len(codes) > 1
    if len(said) != len(parts) or len(set(codes)) != len(codes) or (several and "" in codes):
        return []
    return said


def _folded(text: str) -> str:
    return "\n".join(fold_typed(line) for line in text.splitlines())


def _read(part: str) -> Said | None:
    found = _SAID.fullmatch(part)
    if found is None:
        return None
    code, amount = found["code"] or "", (found["amount"] or "").strip()
    if found["yes"] or found["no"]:
        return Said(code, Answer.YES if found["yes"] else Answer.NO)
    if not _AMOUNT.fullmatch(amount):
        return None
    said = Said(code, Answer.LESS, amount)
    try:
        said.units_of(counted=bool(re.search("[个只头枚]$", amount)))
    except BadValue:
        return None
    return said
