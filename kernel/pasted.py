"""Lines pasted from a chat or a spreadsheet, 「王秀英 200」: each is a name, the end of a phone number, an amount."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel.errors import BadValue
from kernel.typed import fold_width, strip_invisible

MOST_LINES, MOST_TEXT, MOST_IN_LINE = 500, 20_000, 80
MOST_IN_AMOUNT = 24
PHONE_TAIL = 4  # the digits of a phone number that people write behind a name
_APART = re.compile(r"[\s,，、;；:：|]+")
_NUMBERED = re.compile(r"^\s*[0-9]{1,3}\s*[.、)）．]\s*(?=\D)")  # a chat's own numbering: 「1. 王秀英 200」
_UNIT = re.compile(r"公斤|千克|市斤|斤|kg|㎏|只|头|个|枚", re.IGNORECASE)
_TOTAL = re.compile(r"^(合计|总计|共计|小计|总共|共)")
_HEADING = re.compile(r"^(#|姓名|户主|农户|名字)")
_TAIL = re.compile(r"[0-9]{4}|1[3-9][0-9]{9}")
_AMOUNT = re.compile(r"[0-9零一二两三四五六七八九十百千万半点.。]+ ?(公斤|千克|市斤|斤|kg|只|头|个|枚)?", re.IGNORECASE)
_BARE_AMOUNT = re.compile(r"[0-9零一二两三四五六七八九十百千万半点.。]+")
_RUN_TOGETHER = re.compile(r"^(\D+?)([0-9].*)$")


class TooMuchPasted(BadValue):
    code = "too_much_pasted"

    def __init__(self) -> None:
        super().__init__(_("At most %(lines)s lines at once. Paste them in parts.") % {"lines": MOST_LINES})


@dataclass(frozen=True)
class Line:
    """One line as it was pasted, and what it seems to say."""

    number: int
    text: str
    name: str = ""
    tail: str = ""
    amount: str = ""
    fault: str = ""


def read_lines(text: str, *, begins: Callable[[str], str], skipped: list[str] | None = None) -> list[Line]:
    """Return pasted text line by line; headings and totals go to `skipped`.

    `begins` returns the known name a word begins with, or nothing: it parts 「王秀英两百」, written without a space.
    """
    shown_lines = strip_invisible(fold_width(text)).splitlines()
    if len(text) > MOST_TEXT or sum(1 for line in shown_lines if line.strip()) > MOST_LINES:
        raise TooMuchPasted
    lines = []
    for number, whole in enumerate(shown_lines, 1):
        shown = whole.strip()[:MOST_IN_LINE]
        if not shown:
            continue
        if _TOTAL.match(shown) or (_HEADING.match(shown) and not re.search(r"[0-9]", shown)) or shown[0] == "#":
            if skipped is not None:
                skipped.append(shown)
            continue
        lines.append(_read(number, shown, begins))
    return lines


def _read(number: int, shown: str, begins: Callable[[str], str]) -> Line:
    words = [word for word in _APART.split(_NUMBERED.sub("", shown)) if word]
    if len(words) == 1:
        words = _parted(words[0], begins)
    words = _with_units(words)
    amounts = [i for i, word in enumerate(words) if _AMOUNT.fullmatch(word)]
    if len(words) < 2 or not amounts:
        return Line(number, shown, fault=_("Write a name and how much, with a space between."))
    at = amounts[-1]
    rest = words[:at] + words[at + 1 :]
    tails = [word for word in rest if _TAIL.fullmatch(word)]
    name = " ".join(word for word in rest if word not in tails)
    if not name:
        return Line(number, shown, fault=_("There is no name in this line."))
    if len(tails) > 1 or re.search(r"[0-9]", name):
        return Line(number, shown, name=name, fault=_("There is more than one number in this line."))
    if len(words[at]) > MOST_IN_AMOUNT:
        return Line(number, shown, name=name, fault=_("The amount is too long."))
    return Line(number, shown, name, tails[0][-PHONE_TAIL:] if tails else "", words[at])


def _with_units(words: list[str]) -> list[str]:
    """Join a unit that stands alone, as in a column of its own, to the amount before it: 200, 斤 is 200斤."""
    joined: list[str] = []
    for word in words:
        if joined and _UNIT.fullmatch(word) and _BARE_AMOUNT.fullmatch(joined[-1]):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _parted(word: str, begins: Callable[[str], str]) -> list[str]:
    """Part a line without a space: at its first digit, or behind a name that is known."""
    run = _RUN_TOGETHER.match(word)
    if run is not None:
        return [run[1], run[2]]
    name = begins(word)
    return [word[: len(name)], word[len(name) :]] if name and len(word) > len(name) else [word]
