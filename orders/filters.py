"""What the registers of hands may be narrowed to; page, spreadsheet and API ask the same."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from kernel import clock
from records.models import HandsException, IncompatibleHands

STATES = [("now", pgettext_lazy("rule", "in force")), ("ended", pgettext_lazy("rule", "over"))]


class PairFilter(FilterSet):
    """Pairs of steps that are kept apart today, or were."""

    state = ChoiceFilter(
        label=pgettext_lazy("register", "Is it in force?"), choices=STATES, method="stands", empty_label=_("all")
    )

    class Meta:
        """No column is a filter by itself."""

        model = IncompatibleHands
        fields: list[str] = []

    def stands(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the rows in force today, or those that have ended."""
        today = clock.county_day(clock.now())
        over = Q(to_on__isnull=False, to_on__lte=today)
        return rows.filter(over) if state == "ended" else rows.filter(~over, from_on__lte=today)


class ExceptionFilter(PairFilter):
    """Exceptions by a part of the organisation's name, and whether they are in force."""

    q = CharFilter(label=_("Organisation"), field_name="buyer", lookup_expr="icontains", max_length=40)

    class Meta:
        """No column is a filter by itself."""

        model = HandsException
        fields: list[str] = []
