"""Lines pasted from a chat or a spreadsheet: 「王秀英 200」, read one by one; what is not sure is shown back."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Household
from kernel.identity import name_key
from kernel.pasted import Line, read_lines
from selling.models import EntrySheet
from selling.selectors.name_matching import Found, Names
from selling.selectors.sheets import sheet_rows
from selling.services.entering import read_or_reason
from selling.services.sheets import save_rows


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
    """Return what pasted lines would fill, and which somebody has to look at; nothing is kept."""
    done = Pasted()
    rows = {row.household_id: row for row in sheet_rows(sheet)}
    line_of: dict[object, int] = {}
    lines = read_lines(text, begins=lambda word: names.begins(name_key(word)), skipped=done.skipped)
    names.hear(line.name for line in lines if not line.fault)
    for line in lines:
        found = Found([]) if line.fault else names.find(line.name, line.tail)
        household = found.household
        reason = line.fault or _why_not(line, found, sheet)
        if household is not None and not reason and household.pk in line_of:
            reason = _("This household stands in line %(line)s already.") % {"line": line_of[household.pk]}
        if household is None or reason:
            done.open.append(OpenLine(line, reason, found.candidates))
            continue
        line_of[household.pk] = line.number
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
