"""What the lists of this room may be narrowed to; page, spreadsheet and API ask the same."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from canteens.models import FundKind
from catalog.models import ListingStatus
from kernel import clock
from kernel.narrowing import Day, SpanForm
from orders.models import (
    About,
    ComplaintStatus,
    DeliveryLine,
    GoodsReceipt,
    OrderLine,
    OrderStatus,
    ReceiptStatus,
    Side,
)
from orders.selectors.invoices import DONE_INVOICES
from orders.selectors.statements import narrowed_to
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
TRIPS = [
    ("on_the_way", pgettext_lazy("delivery", "On the way")),
    ("at_the_door", _("At the door, to be weighed")),
    ("to_sign", _("Waits for the second signature")),
    ("signed", pgettext_lazy("deliveries", "Signed")),
]
STATEMENTS = [
    ("due", pgettext_lazy("statements", "To be paid")),
    ("to_confirm", _("To be confirmed")),
    ("claimed", _("Claimed from sellers")),
]


class PairFilter(FilterSet):
    """Pairs of steps that are kept apart today, or were; by the number of their document."""

    q = CharFilter(label=BY_DOCUMENT, field_name="document", lookup_expr="icontains", max_length=80)
    state = ChoiceFilter(
        label=pgettext_lazy("register", "Is it in force?"), choices=STATES, method="stands", empty_label=_("all")
    )

    def stands(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the rows in force today, or those that have ended."""
        today = clock.county_day(clock.now())
        over = Q(to_on__isnull=False, to_on__lte=today)
        return rows.filter(over) if state == "ended" else rows.filter(~over, from_on__lte=today)


class ExceptionFilter(PairFilter):
    """Exceptions by a part of the organisation's name, and whether they are in force."""

    q = CharFilter(label=_("Organisation"), field_name="buyer", lookup_expr="icontains", max_length=40)


class CoopLotFilter(FilterSet):
    """Lots of one household or one produce, on sale or not, and what is to be done about them."""

    household = CharFilter(label=_("Number of the household"), field_name="household__number", max_length=20)
    produce = CharFilter(label=_("Goods"), field_name="produce__name", lookup_expr="icontains", max_length=20)
    status = ChoiceFilter(label=_("Sale"), choices=ListingStatus.choices, empty_label=_("all"))
    state = ChoiceFilter(label=pgettext_lazy("coop", "To be done"), choices=TO_DO, method="to_do", empty_label=_("all"))

    def to_do(self, lots: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the lots about which this is to be done."""
        if state == "unpaid":
            return lots.filter(stated_fen__gt=F("paid_fen"))
        return lots.filter(**{f"{state}__gt": 0})


class OrderFilter(FilterSet):
    """Orders by number, goods, days of delivery, kind of purse, purchase plan and whose turn it is."""

    q = CharFilter(label=_("Number of the order"), field_name="number", lookup_expr="icontains", max_length=20)
    produce = CharFilter(label=_("Goods"), method="of_goods", max_length=20)
    status = ChoiceFilter(label=_("Where it stands"), choices=OrderStatus.choices, empty_label=_("all"))
    money = ChoiceFilter(label=_("Paid from"), field_name="fund__kind", choices=FundKind.choices, empty_label=_("all"))
    plan = CharFilter(label=_("Purchase plan"), method="on_plan", max_length=80)
    first = Day(label=_("Brought from"), field_name="deliver_on", lookup_expr="gte")
    last = Day(label=_("Brought until"), field_name="deliver_on", lookup_expr="lte")

    class Meta:
        """The last day does not lie before the first."""

        form = SpanForm

    def on_plan(self, rows: QuerySet, _name: str, asked: str) -> QuerySet:
        """Return the orders on purchase plans of this occasion, or of this record of a committee."""
        named = Q(purchase_plan__occasion__icontains=asked) | Q(purchase_plan__committee_record__icontains=asked)
        return rows.filter(named)

    def of_goods(self, rows: QuerySet, _name: str, asked: str) -> QuerySet:
        """Return the orders with a line of goods of this code, or called so in either language."""
        name = asked.strip()
        called = Q(produce__code=name) | Q(produce__name__icontains=name) | Q(produce__name_en__icontains=name)
        return rows.filter(Exists(OrderLine.objects.filter(called, order=OuterRef("pk"))))


class DeliveryFilter(FilterSet):
    """Trips by their number or that of an order they carry, by the days on which they left and how far they are."""

    q = CharFilter(label=_("Number of the delivery or order"), method="numbered", max_length=20)
    state = ChoiceFilter(label=_("Where it stands"), choices=TRIPS, method="stands", empty_label=_("all"))
    first = Day(label=_("Left from"), method="left_from")
    last = Day(label=_("Left until"), method="left_until")

    class Meta:
        """The last day does not lie before the first."""

        form = SpanForm

    def numbered(self, rows: QuerySet, _name: str, asked: str) -> QuerySet:
        """Return the trips of this number, or with goods of an order of this number."""
        carried = DeliveryLine.objects.filter(delivery=OuterRef("pk"), allocation__order__number__icontains=asked)
        return rows.filter(Q(number__icontains=asked) | Exists(carried))

    def stands(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the trips that are so far and no farther."""
        receipts = GoodsReceipt.objects.filter(delivery=OuterRef("pk"))
        weighed = Exists(receipts.filter(status=ReceiptStatus.WEIGHED))
        signed = Exists(receipts.filter(status=ReceiptStatus.SIGNED))
        if state == "signed":
            return rows.filter(signed)
        if state == "to_sign":
            return rows.filter(weighed)
        return rows.filter(~weighed, ~signed, arrival__isnull=state == "on_the_way")

    def left_from(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return the trips that left on this day or later."""
        return rows.filter(shipped_at__gte=clock.day_start(day))

    def left_until(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return the trips that left on this day or before."""
        return rows.filter(shipped_at__lt=clock.day_end(day))


class OwedFilter(FilterSet):
    """What is owed by a part of the buyer's name, by channel and by kind of purse."""

    q = CharFilter(
        label=pgettext_lazy("ageing", "Buyer"), field_name="buyer__name", lookup_expr="icontains", max_length=40
    )
    channel = CharFilter(label=pgettext_lazy("ageing", "Channel"), field_name="buyer__channel", max_length=20)
    money = ChoiceFilter(label=_("Paid from"), field_name="fund__kind", choices=FundKind.choices, empty_label=_("all"))


class StatementFilter(FilterSet):
    """Statements by number, by what is to be done, by kind of purse and by the days on which they were written."""

    q = CharFilter(label=_("Number of the statement"), field_name="number", lookup_expr="icontains", max_length=20)
    view = ChoiceFilter(label=_("Where it stands"), choices=STATEMENTS, method="stands", empty_label=_("all"))
    money = ChoiceFilter(label=_("Paid from"), field_name="fund__kind", choices=FundKind.choices, empty_label=_("all"))
    first = Day(label=_("Written from"), method="from_day")
    last = Day(label=_("Written until"), method="until_day")

    class Meta:
        """The last day does not lie before the first."""

        form = SpanForm

    def stands(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        """Return the statements that are unpaid, wait for a second person, or are claimed from their sellers."""
        return narrowed_to(rows, state)

    def from_day(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return the statements written on this day or later."""
        return rows.filter(at__gte=clock.day_start(day))

    def until_day(self, rows: QuerySet, _name: str, day: dt.date) -> QuerySet:
        """Return the statements written on this day or before."""
        return rows.filter(at__lt=clock.day_end(day))


class ComplaintFilter(FilterSet):
    """Complaints by number, by where they stand, what they are about and who made them."""

    q = CharFilter(label=_("Number of the complaint"), field_name="number", lookup_expr="icontains", max_length=20)
    status = ChoiceFilter(label=_("Where it stands"), choices=ComplaintStatus.choices, empty_label=_("all"))
    about = ChoiceFilter(label=_("What it is about"), choices=About.choices, empty_label=_("all"))
    side = ChoiceFilter(label=_("Who complains"), choices=Side.choices, empty_label=_("all"))


class InvoiceFilter(FilterSet):
    """Invoices by how they stand, a part of their number or of the printed seller, and their date."""

    view = ChoiceFilter(label=_("State"), choices=INVOICES, method="stand", empty_label=_("all"))
    number = CharFilter(label=_("Number of the invoice"), lookup_expr="icontains", max_length=20)
    seller = CharFilter(label=_("Seller, as printed"), field_name="seller_name", lookup_expr="icontains", max_length=40)
    from_on = Day(label=_("Dated from"), field_name="issued_on", lookup_expr="gte")
    to_on = Day(label=_("Dated until"), field_name="issued_on", lookup_expr="lte")

    class Meta:
        """The last day does not lie before the first."""

        form = SpanForm

    def stand(self, rows: QuerySet, _name: str, view: str) -> QuerySet:
        """Return the invoices that stand so; what waits and differs is apart from what only waits."""
        if view == "matched":
            return rows.filter(status__in=DONE_INVOICES)
        if view == "returned":
            return rows.filter(status=view)
        waiting = rows.filter(status="waiting")
        return waiting.filter(differences__gte=1) if view == "differs" else waiting.filter(differences=0)


class UnitFilter(FilterSet):
    """Orders that count for others, by number and by a part of the unit's name."""

    q = CharFilter(label=_("Number of the order"), field_name="order__number", lookup_expr="icontains", max_length=20)
    unit = CharFilter(
        label=pgettext_lazy("order", "Counts for"),
        field_name="organisation__name",
        lookup_expr="icontains",
        max_length=40,
    )
