"""Lines pasted from a chat or a spreadsheet: 「王秀英 200」, read one by one; what is not sure is shown back."""

import datetime as dt
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Household
from kernel.errors import BadValue
from kernel.identity import name_key
from kernel.typed import fold_width, strip_invisible
from selling.models import EntrySheet
from selling.selectors.name_matching import TAIL, Found, Names
from selling.selectors.sheets import sheet_rows
from selling.services.entering import MOST_LETTERS, read_or_reason
from selling.services.sheets import save_rows

MOST_LINES, MOST_TEXT, MOST_IN_LINE = 500, 20_000, 80
_APART = re.compile(r"[\s,，、;；:：|]+")
_NUMBERED = re.compile(r"^\s*[0-9]{1,3}\s*[.、)）．]\s*(?=\D)")  # a chat's own numbering: 「1. 王秀英 200」
_TOTAL = re.compile(r"^(合计|总计|共计|小计|总共|共)")
_HEADING = re.compile(r"^(#|姓名|户主|农户|名字)")
_TAIL = re.compile(r"[0-9]{4}|1[3-9][0-9]{9}")
_AMOUNT = re.compile(r"[0-9零一二两三四五六七八九十百千万半点.。]+ ?(公斤|千克|市斤|斤|kg|只|头|个|枚)?", re.IGNORECASE)
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


@dataclass(frozen=True)
class OpenLine:
    """A line somebody has to look at: why, and whom it may mean."""

    line: Line
    reason: str
    candidates: list[Household]


@dataclass
class Pasted:
    """What became of pasted lines."""

    typed: dict[Household, str] = field(default_factory=dict)  # what is sure and other than before
    filled: int = 0
    same: int = 0
    listed: int = 0  # households whose row is on sale already: left as they are
    by_sound: list[tuple[str, Household]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # headings and totals
    open: list[OpenLine] = field(default_factory=list)


def paste(sheet: EntrySheet, text: str, *, names: Names, at: dt.datetime) -> Pasted:
    """Fill the rows of every line that is sure, and return the others as they were pasted, each with its reason."""
    done = look(sheet, text, names=names)
    done.filled = save_rows(sheet, done.typed, at=at)
    return done


def look(sheet: EntrySheet, text: str, *, names: Names) -> Pasted:
    """Say what pasted lines would fill, and which somebody has to look at; nothing is kept."""
    done = Pasted()
    rows = {row.household_id: row for row in sheet_rows(sheet)}
    said_in: dict[object, int] = {}
    lines = read_lines(text, names, done.skipped)
    names.hear(line.name for line in lines if not line.fault)
    for line in lines:
        found = Found([]) if line.fault else names.find(line.name, line.tail)
        household = found.household
        reason = line.fault or _why_not(line, found, sheet)
        if household is not None and not reason and household.pk in said_in:
            reason = _("This household stands in line %(line)s already.") % {"line": said_in[household.pk]}
        if household is None or reason:
            done.open.append(OpenLine(line, reason, found.candidates))
            continue
        said_in[household.pk] = line.number
        row = rows.get(household.pk)
        if row is not None and row.listing_id is not None:
            done.listed += 1
        elif row is not None and row.typed == line.amount:
            done.same += 1
        else:
            done.typed[household] = line.amount
        if found.how == "sound":
            done.by_sound.append((line.name, household))
    return done


def read_lines(text: str, names: Names, skipped: list[str] | None = None) -> list[Line]:
    """Read pasted text line by line; headings and totals go to `skipped`."""
    lines = strip_invisible(fold_width(text)).splitlines()
    if len(text) > MOST_TEXT or sum(1 for line in lines if line.strip()) > MOST_LINES:
        raise TooMuchPasted
    found = []
    for number, whole in enumerate(lines, 1):
        shown = whole.strip()[:MOST_IN_LINE]
        if not shown:
            continue
        if _TOTAL.match(shown) or (_HEADING.match(shown) and not re.search(r"[0-9]", shown)) or shown[0] == "#":
            if skipped is not None:
                skipped.append(shown)
            continue
        found.append(_read(number, shown, names))
    return found


def _read(number: int, shown: str, names: Names) -> Line:
    words = [word for word in _APART.split(_NUMBERED.sub("", shown)) if word]
    if len(words) == 1:
        words = _parted(words[0], names)
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
    if len(words[at]) > MOST_LETTERS:
        return Line(number, shown, name=name, fault=_("The amount is too long."))
    return Line(number, shown, name, tails[0][-TAIL:] if tails else "", words[at])


def _parted(word: str, names: Names) -> list[str]:
    """Part a line without a space: at its first digit, or behind a name that is known."""
    run = _RUN_TOGETHER.match(word)
    if run is not None:
        return [run[1], run[2]]
    known = names.begins(name_key(word))
    return [word[: len(known)], word[len(known) :]] if known and len(word) > len(known) else [word]


def _why_not(line: Line, found: Found, sheet: EntrySheet) -> str:
    unreadable = read_or_reason(line.amount, sheet.produce)[1]
    if unreadable:
        return unreadable
    if found.household is not None:
        return ""
    if not found.candidates:
        return _("Nobody of this name is on your list.")
    if len(found.candidates) == 1:
        return _("Name and telephone do not fit together. Is it this household?")
    return _("Several households may be meant. Choose one.")
