"""How sellers, buyers and hauliers kept to what was agreed, counted from signed receipts, payments and complaints.

Nobody types a figure here, and none is kept: each is counted anew over the days that are asked for.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest, TruncDate

from accounts.models import Household, Organisation, Role, Somebody
from accounts.selectors import standing
from kernel import clock
from orders.models import Complaint, ComplaintStatus, ReceiptLine, ReceiptStatus, SettlementStatement, Side
from orders.selectors.handing import hauls_for
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.ratings import NOTHING_SAID, Praise, praise
from orders.selectors.returns import DECIDERS
from orders.selectors.transit import CarrierLoss, loss_by_carrier
from records.selectors.policy import policy

CARD_READERS = (*DECIDERS, Role.AUDITOR, Role.OFFICIAL)  # who reads everybody's
MOST_CARDS = 200  # those with most deliveries
_LOT = "receipt_line__allocation__"


@dataclass(frozen=True, slots=True)
class Figures:
    """What the receipts of one party say: lots signed for, how many came by their day, what was short and refused."""

    lots: int
    on_time: int
    shipped_g: int
    short_g: int
    weighed_g: int
    refused_g: int
    lost: int  # complaints that ended against this party

    @property
    def short_permille(self) -> int:
        """Return how much of what was sent was missing at the scale, in thousandths."""
        return _permille(self.short_g, self.shipped_g)

    @property
    def refused_permille(self) -> int:
        """Return how much of what was weighed went back at the door, in thousandths."""
        return _permille(self.refused_g, self.weighed_g)


@dataclass(frozen=True, slots=True)
class SellerCard:
    """How one seller kept to what was agreed, and what its buyers said."""

    household: Household | None
    cooperative: Organisation | None
    figures: Figures
    praise: Praise = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class BuyerCard:
    """How one buyer did: what it sent back at its door, and how long its sellers waited for their money."""

    name: str
    figures: Figures
    paid: int  # statements paid in these days
    paid_in_time: int
    days_to_pay: int  # on average, from the statement to the money
    praise: Praise = NOTHING_SAID  # what its sellers said


@dataclass(frozen=True, slots=True)
class HaulierCard:
    """How one haulier brought what it took: lots by their day, and what got lost on the way."""

    name: str
    figures: Figures
    loss: CarrierLoss | None  # of lots that were handed over with their weight


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards that somebody may read, over some days."""

    first: dt.date
    last: dt.date
    sellers: list[SellerCard]
    buyers: list[BuyerCard]
    hauliers: list[HaulierCard]


def cards_seen_by(user: Somebody, first: dt.date, last: dt.date) -> Cards:
    """Return the own cards of whoever sells, buys or drives, all to the county, in at most eleven statements."""
    who = standing(user)
    lines = ReceiptLine.objects.filter(receipt__status=ReceiptStatus.SIGNED, receipt__signed_on__range=(first, last))
    all_of = who.has(*CARD_READERS)
    sells, buys, drives = Q(), Q(), Q()
    if not all_of:
        managed = who.organisations(Role.COOP_MANAGER)
        sells = Q(allocation__cooperative__in=managed) | Q(allocation__household__in=who.households)
        buys = Q(receipt__delivery__buyer__in=who.organisations(*BUYER_ROLES))
        drives = Q(receipt__delivery__carrier__in=hauls_for(user))
    return Cards(
        first,
        last,
        _sellers(lines.filter(sells), first, last),
        _buyers(lines.filter(buys), first, last, None if all_of else who.organisations(*BUYER_ROLES)),
        _hauliers(lines.filter(drives, receipt__delivery__carrier__isnull=False), first, last),
    )


def usual_days(at: dt.datetime) -> tuple[dt.date, dt.date]:
    """Return the days that are counted where nobody asks for others: as many as how fast buyers pay is shown of."""
    today = clock.county_day(at)
    return today - dt.timedelta(days=policy("pay_speed_days", today)), today


def _sellers(lines: QuerySet[ReceiptLine], first: dt.date, last: dt.date) -> list[SellerCard]:
    rows = _counted(lines, "allocation__household", "allocation__cooperative")
    lost = _lost(Side.SELLER, first, last, f"{_LOT}household", f"{_LOT}cooperative")
    said = praise(first, last, Side.BUYER, f"{_LOT}household", f"{_LOT}cooperative")
    households = Household.objects.in_bulk([key[0] for key in rows if key[0]])
    cooperatives = Organisation.objects.in_bulk([key[1] for key in rows if key[1]])
    return [
        SellerCard(
            households.get(key[0]),
            cooperatives.get(key[1]),
            _figures(row, lost.get(key, 0)),
            said.get(key, NOTHING_SAID),
        )
        for key, row in rows.items()
    ]


def _buyers(lines: QuerySet[ReceiptLine], first: dt.date, last: dt.date, own: Iterable[int] | None) -> list[BuyerCard]:
    rows = _counted(lines, "receipt__delivery__buyer", "receipt__delivery__buyer__name")
    lost = _lost(Side.BUYER, first, last, "receipt_line__receipt__delivery__buyer")
    paid = _paid(first, last, own)
    said = praise(first, last, Side.SELLER, "receipt_line__receipt__delivery__buyer")
    none = {"paid": 0, "in_time": 0, "waited": dt.timedelta()}
    cards = []
    for key, row in rows.items():
        money = paid.get(key[0], none)
        figures = _figures(row, lost.get((key[0],), 0))
        told = said.get((key[0],), NOTHING_SAID)
        cards.append(BuyerCard(str(key[1]), figures, money["paid"], money["in_time"], money["waited"].days, told))
    return cards


def _hauliers(lines: QuerySet[ReceiptLine], first: dt.date, last: dt.date) -> list[HaulierCard]:
    rows = _counted(lines, "receipt__delivery__carrier", "receipt__delivery__carrier__name")
    losses = {loss.carrier_id: loss for loss in loss_by_carrier(first, last)} if rows else {}
    return [HaulierCard(str(key[1]), _figures(row, 0), losses.get(key[0])) for key, row in rows.items()]


def _counted(lines: QuerySet[ReceiptLine], *keys: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return what signed lots of each party say, those with most lots first, in one statement."""
    came_on = TruncDate(Coalesce("receipt__delivery__arrival__at", "receipt__weighed_at"), tzinfo=clock.COUNTY_ZONE)
    rows = (
        lines.order_by()
        .annotate(came_on=came_on, shipped=F("delivery_line__shipped_g"))
        .values(*keys)
        .annotate(
            lots=Count("pk"),
            on_time=Count("pk", filter=Q(came_on__lte=F("allocation__order__deliver_on"))),
            shipped_g=Sum("shipped"),
            short_g=Sum(Greatest(F("shipped") - F("net_g"), 0)),
            weighed_g=Sum("net_g"),
            refused=Sum("refused_g"),
        )
        .order_by("-lots", *keys)[:MOST_CARDS]
    )
    return {tuple(row[key] for key in keys): row for row in rows}


def _figures(row: dict[str, Any], lost: int) -> Figures:
    return Figures(
        row["lots"], row["on_time"], row["shipped_g"], row["short_g"], row["weighed_g"], row["refused"], lost
    )


def _lost(side: Side, first: dt.date, last: dt.date, *keys: str) -> dict[tuple[Any, ...], int]:
    """Return how many complaints ended against each party of this side: others' found right, own ones not."""
    against = Q(status=ComplaintStatus.AGREED) & ~Q(side=side) | Q(status=ComplaintStatus.REFUSED, side=side)
    rows = Complaint.objects.filter(against, receipt_line__receipt__signed_on__range=(first, last)).order_by()
    counted = rows.values(*keys).annotate(lost=Count("pk"))
    return {tuple(row[key] for key in keys): row["lost"] for row in counted}


def _paid(first: dt.date, last: dt.date, own: Iterable[int] | None) -> dict[int, dict[str, Any]]:
    """Return how many statements each buyer paid in these days, how many by their day, and how long each waited."""
    rows = SettlementStatement.objects.filter(
        payable__payments__status="paid",
        payable__payments__paid_at__gte=clock.day_start(first),
        payable__payments__paid_at__lt=clock.day_end(last),
    )
    if own is not None:
        rows = rows.filter(buyer__in=own)
    paid_on = TruncDate("payable__payments__paid_at", tzinfo=clock.COUNTY_ZONE)
    waited = ExpressionWrapper(F("payable__payments__paid_at") - F("at"), output_field=DurationField())
    counted: Any = (
        rows.order_by()
        .annotate(paid_on=paid_on, waiting=waited)
        .values("buyer")
        .annotate(
            paid=Count("pk"), in_time=Count("pk", filter=Q(paid_on__lte=F("payable__due_on"))), waited=Avg("waiting")
        )
    )
    return {row["buyer"]: row for row in counted}


def _permille(part: int, whole: int) -> int:
    """Return a part in thousandths of the whole, a half rounded up."""
    return (2000 * part + whole) // (2 * whole) if whole else 0
