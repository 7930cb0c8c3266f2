"""Complaints about deliveries, as both sides and the county may see them."""

import datetime as dt
from typing import Any

from django.db.models import DateField, DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate

from accounts.models import Role, Somebody
from accounts.selectors import standing
from kernel import clock
from orders.models import Complaint, ComplaintStatus, ReceiptLine, ReceiptStatus, Side, StatementLine
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.returns import DECIDERS
from records.selectors.policy import policy

LOT = "receipt_line__allocation__"
COMPLAINERS = (Role.RECEIVER, Role.BUYER)  # who of a buyer complains and answers
OPEN_COMPLAINTS = (ComplaintStatus.RAISED, ComplaintStatus.OFFERED, ComplaintStatus.COUNTY)
LOT_WORDS = (
    "allocation__line__produce", "allocation__order", "allocation__listing__household",
    "allocation__listing__cooperative", "receipt",
)  # fmt: skip
OF_COMPLAINTS = (
    f"{LOT}order__buyer",
    f"{LOT}order__requester",
    f"{LOT}listing__produce",
    f"{LOT}listing__household",
    f"{LOT}listing__cooperative",
    "receipt_line__receipt__delivery",
    "goods_return",
)


def complaints_seen_by(user: Somebody) -> QuerySet[Complaint]:
    """Return the complaints of one's buyer, or about goods one answers for; all for who decides, and the auditor."""
    place = standing(user)
    seen = Q()
    if not place.has(*DECIDERS, Role.AUDITOR):
        seen = Q(**{f"{LOT}order__buyer__in": place.organisations(*BUYER_ROLES)}) | sold_by(user)
        seen |= place.within(f"{LOT}village_id", Role.CADRE) & Q(**{f"{LOT}cooperative": None})
    return Complaint.objects.filter(seen).select_related(*OF_COMPLAINTS)


def sold_by(user: Somebody, lot: str = LOT) -> Q:
    """Say of a lot that it is this person's own, or sold by the own co-operative for itself or a member."""
    place = standing(user)
    managed = place.organisations(Role.COOP_MANAGER)
    own = Q(**{f"{lot}cooperative__in": managed}) | Q(**{f"{lot}agent__in": managed})
    if place.household_id is not None:
        own |= Q(**{f"{lot}household__in": place.households})
    return own


def complaints_to_answer(user: Somebody) -> QuerySet[Complaint]:
    """Return the complaints in which it is this person's side that speaks next, the first due first."""
    bought = Q(**{f"{LOT}order__buyer__in": standing(user).organisations(*COMPLAINERS)})
    answers = Q(status=ComplaintStatus.RAISED)
    chooses = Q(status=ComplaintStatus.OFFERED)
    buyers = (answers & Q(side=Side.SELLER)) | (chooses & Q(side=Side.BUYER))
    sellers = (answers & Q(side=Side.BUYER)) | (chooses & Q(side=Side.SELLER))
    rows = Complaint.objects.filter((bought & buyers) | (sold_by(user) & sellers))
    return rows.select_related(*OF_COMPLAINTS).order_by("until_at", "pk")


def complaints_to_decide() -> QuerySet[Complaint]:
    """Return what waits for the county's word, the first due first."""
    rows = Complaint.objects.filter(status=ComplaintStatus.COUNTY)
    return rows.select_related(*OF_COMPLAINTS).order_by("until_at", "pk")


def late_complaints(at: dt.datetime) -> QuerySet[Complaint]:
    """Return the open complaints whose time is over."""
    rows = Complaint.objects.filter(status__in=OPEN_COMPLAINTS, until_at__lte=at)
    return rows.select_related(*OF_COMPLAINTS).order_by("pk")


def complaints_of_lots(keys: Any) -> QuerySet[Complaint]:
    """Return the complaints about these lots of orders, newest first."""
    return Complaint.objects.filter(receipt_line__allocation__in=keys).select_related(*OF_COMPLAINTS).order_by("-pk")


def lines_to_complain(user: Somebody, lines: QuerySet[ReceiptLine], at: dt.datetime) -> list[ReceiptLine]:
    """Return of these lots of signed trips those of which this person may still complain, in two statements."""
    place = standing(user)
    own = Q(receipt__delivery__buyer__in=place.organisations(*COMPLAINERS)) | sold_by(user, "allocation__")
    own |= place.within("allocation__village_id", Role.CADRE) & Q(allocation__cooperative=None)
    last = Greatest("receipt__signed_on", TruncDate(_PAID_AT, tzinfo=clock.COUNTY_ZONE), output_field=DateField())
    first_on = clock.county_day(at) - dt.timedelta(days=policy("complaint_days", clock.county_day(at)))
    rows = lines.filter(own, receipt__status=ReceiptStatus.SIGNED).annotate(spoken_from=last)
    return list(rows.filter(spoken_from__gte=first_on).select_related(*LOT_WORDS).order_by("pk"))


def spoken_of_until(line: ReceiptLine, days: int) -> dt.date | None:
    """Return the last day on which a lot may be complained of: so many days after its signature or its payment."""
    signed_on = line.receipt.signed_on
    if signed_on is None:
        return None
    paid_at = ReceiptLine.objects.filter(pk=line.pk).annotate(paid_at=_PAID_AT).values_list("paid_at", flat=True).get()
    last = max(signed_on, clock.county_day(paid_at)) if paid_at is not None else signed_on
    return last + dt.timedelta(days=days)


_PAID_AT = Subquery(
    StatementLine.objects.filter(receipt_line=OuterRef("pk"), statement__payable__payments__status="paid")
    .order_by("-statement__payable__payments__paid_at")
    .values("statement__payable__payments__paid_at")[:1],
    output_field=DateTimeField(),
)
