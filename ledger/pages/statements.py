"""Statements of the bank in words: what was split off to which batch, and what is not ours."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.selectors import spoken_time
from kernel import money
from kernel.dates import day_words
from kernel.shown import Link, Tag
from ledger.models import StatementEntry

Fate = StatementEntry.Fate
TONES = {Fate.OURS: "ok", Fate.FOREIGN: "warn"}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement as the list shows it."""

    url: str
    number: str
    when: str
    by: str
    became: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry: what the bank wrote, and where it went."""

    no: int
    day: str
    reference: str
    side: str
    amount: str
    status: Tag
    batch: Link | None


def statement_row(statement: Any) -> StatementRow:
    """Return one statement with what became of its entries."""
    return StatementRow(
        url=reverse("bank-statement", args=[statement.pk]),
        number=statement.statement_id,
        when=spoken_time(statement.at),
        by=statement.by.person.name,
        became=became(statement),
    )


def became(statement: Any) -> str:
    """Return how many entries of a statement went where."""
    said = [
        (statement.ours_n, _("%(n)s are answers to batches") % {"n": statement.ours_n}),
        (statement.seen_n, _("%(n)s came with an earlier statement") % {"n": statement.seen_n}),
        (
            statement.foreign_n,
            _("%(n)s are not ours (%(sum)s yuan)")
            % {"n": statement.foreign_n, "sum": money.yuan(statement.foreign_fen)},
        ),
        (statement.pending_n, _("%(n)s are not booked yet") % {"n": statement.pending_n}),
    ]
    parts = [words for count, words in said if count]
    return pgettext("between parts of a count", ", ").join(parts) or _("No entry in the statement")


def entry_row(entry: StatementEntry) -> EntryRow:
    """Return one entry, with the batch it answers."""
    batch = entry.bank_return.batch if entry.bank_return is not None else None
    return EntryRow(
        no=entry.entry_no,
        day=day_words(entry.booked_on) if entry.booked_on else "",
        reference=entry.reference or entry.bank_reference,
        side=str(StatementEntry.Side(entry.side).label),
        amount=money.yuan(entry.amount_fen) if entry.amount_fen is not None else entry.currency,
        status=Tag(TONES.get(Fate(entry.fate), "plain"), str(Fate(entry.fate).label)),
        batch=Link(reverse("batch-detail", args=[batch.pk]), batch.number) if batch else None,
    )
