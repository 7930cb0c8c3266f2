"""What the lists of this room may be narrowed to; page, spreadsheet and API ask the same."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from catalog.models import Listing, ListingStatus
from kernel import clock
from records.models import HandsException, IncompatibleHands
from registers.filters import BY_DOCUMENT

STATES = [("now", pgettext_lazy("rule", "in force")), ("ended", pgettext_lazy("rule", "over"))]
TO_DO = [
    ("waiting", pgettext_lazy("coop", "Waits for an answer")),
    ("to_send", pgettext_lazy("coop", "To be sent off")),
    ("unpaid", pgettext_lazy("coop", "Money is still due")),
]


class PairFilter(FilterSet):
    """Pairs of steps that are kept apart today, or were; by the number of their document."""

    q = CharFilter(label=BY_DOCUMENT, field_name="document", lookup_expr="icontains", max_length=80)
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


class CoopLotFilter(FilterSet):
    """Lots of one household or one produce, on sale or not, and what is to be done about them."""

    household = CharFilter(label=_("Number of the household"), field_name="household__number", max_length=20)
    produce = CharFilter(label=_("Goods"), field_name="produce__name", lookup_expr="icontains", max_length=20)
    status = ChoiceFilter(label=_("Sale"), choices=ListingStatus.choices, empty_label=_("all"))
    state = ChoiceFilter(label=pgettext_lazy("coop", "To be done"), choices=TO_DO, method="to_do", empty_label=_("all"))

    class Meta:
        """No column is a filter by itself."""

        model = Listing
        fields: list[str] = []

    def to_do(self, lots: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the lots about which this is to be done."""
        if state == "unpaid":
            return lots.filter(stated_fen__gt=F("paid_fen"))
        return lots.filter(**{f"{state}__gt": 0})
