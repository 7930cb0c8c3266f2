"""Statements of the bank: which were loaded, how many of their entries are ours, and what is not."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Somebody
from ledger.models import BankStatement, StatementEntry
from ledger.selectors import payers_seen

Fate = StatementEntry.Fate


def statements_seen_by(user: Somebody) -> QuerySet[Any]:
    """Return the statements of the offices whose batches this person may see, each with its counts by fate."""
    counts = {f"{fate.value}_n": Count("entries", filter=Q(entries__fate=fate)) for fate in Fate}
    foreign = Sum("entries__amount_fen", filter=Q(entries__fate=Fate.FOREIGN), default=0)
    rows = BankStatement.objects.filter(payers_seen(user, "payer")).select_related("payer", "file", "by__person")
    return rows.annotate(**counts, foreign_fen=foreign)


def entries_of(statement: BankStatement) -> QuerySet[StatementEntry]:
    """Return the entries of a statement, each with the batch it answers."""
    return statement.entries.select_related("bank_return__batch")
