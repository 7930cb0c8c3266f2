"""What the lists of this room may be narrowed to; page, spreadsheet and API ask the same."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from catalog.models import Listing, ListingStatus
from kernel import clock
from orders.models import Invoice
from orders.selectors.invoices import DONE_INVOICES
from records.models import HandsException, IncompatibleHands
from registers.filters import BY_DOCUMENT

INVOICES = [
    ("waiting", pgettext_lazy("invoices", "To be matched")),
    ("differs", pgettext_lazy("invoices", "With differences")),
    ("matched", pgettext_lazy("invoices", "Matched")),
    ("returned", pgettext_lazy("invoices", "Sent back")),
]
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


class InvoiceFilter(FilterSet):
    """Invoices by how they stand, a part of their number or of the printed seller, and their date."""

    view = ChoiceFilter(label=_("State"), choices=INVOICES, method="stand", empty_label=_("all"))
    number = CharFilter(label=_("Number of the invoice"), lookup_expr="icontains", max_length=20)
    seller = CharFilter(label=_("Seller, as printed"), field_name="seller_name", lookup_expr="icontains", max_length=40)
    from_on = DateFilter(label=_("Dated from"), field_name="issued_on", lookup_expr="gte")
    to_on = DateFilter(label=_("Dated until"), field_name="issued_on", lookup_expr="lte")

    class Meta:
        """No column is a filter by itself."""

        model = Invoice
        fields: list[str] = []

    def stand(self, rows: QuerySet, _name: str, view: str) -> QuerySet:
        """Return the invoices that stand so; what waits and differs is apart from what only waits."""
        if view == "matched":
            return rows.filter(status__in=DONE_INVOICES)
        if view == "returned":
            return rows.filter(status=view)
        waiting = rows.filter(status="waiting")
        return waiting.filter(differences__gte=1) if view == "differs" else waiting.filter(differences=0)
