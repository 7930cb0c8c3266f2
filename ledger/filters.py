"""What the lines of a batch and the entries of a statement may be narrowed to; page and API ask the same."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from ledger.models import StatementEntry
from ledger.selectors.verdicts import Verdict, strays_of


class VerdictFilter(FilterSet):
    """Lines by their verdict; strays are lines of the bank about the same batch."""

    verdict = ChoiceFilter(label=_("What became of it"), choices=Verdict.choices, method="judged", empty_label=_("all"))

    def judged(self, rows: QuerySet[Any], _name: str, verdict: str) -> QuerySet[Any]:
        """Keep the lines of one verdict."""
        if verdict == Verdict.STRAY:
            return strays_of(rows.order_by().values("batch"))
        return rows.filter(verdict=verdict)


class EntryFilter(FilterSet):
    """Entries of a statement by where they went."""

    fate = ChoiceFilter(label=_("What became of it"), choices=StatementEntry.Fate.choices, empty_label=_("all"))
