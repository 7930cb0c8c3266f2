"""What the lines of a batch may be narrowed to; page and API ask the same."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from ledger.models import Payment
from ledger.selectors.verdicts import Verdict, strays_of


class VerdictFilter(FilterSet):
    """Lines by their verdict; strays are lines of the bank about the same batch."""

    verdict = ChoiceFilter(label=_("What became of it"), choices=Verdict.choices, method="judged", empty_label=_("all"))

    class Meta:
        """No column is a filter by itself."""

        model = Payment
        fields: list[str] = []

    def judged(self, rows: QuerySet[Any], _name: str, verdict: str) -> QuerySet[Any]:
        """Keep the lines of one verdict."""
        if verdict == Verdict.STRAY:
            return strays_of(rows.order_by().values("batch"))
        return rows.filter(verdict=verdict)
