"""What got lost between the pick-up and the scale, and who bears it by the published rule.

Of each trip the weight with which it left the pick-up stands against what the scale said. So many thousandths are
natural loss, which the seller bears; what is lost above them is the haulier's. Only trips of a haulier to whom the lot
was handed over are reckoned, and no lot that is called back.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest, Least, TruncDate

from kernel.clock import COUNTY_ZONE
from orders.models import Allocation, Delivery, HandOver, HandOverAnswer, ReceiptLine, ReceiptStatus
from records.selectors.policy import policy_in_sql


@dataclass(frozen=True, slots=True)
class Loss:
    """One lot of one trip: with what it left the pick-up, what arrived, who bears the difference."""

    line_id: int  # of the trip
    carrier: str
    sent_g: int
    net_g: int
    permille: int
    natural_g: int  # lost within the rule: the seller's
    above_g: int  # lost beyond it: the haulier's
    contested: bool  # the seller says that the weight at the pick-up was not right

    @property
    def lost_g(self) -> int:
        """Return what got lost in all."""
        return self.natural_g + self.above_g


@dataclass(frozen=True, slots=True)
class CarrierLoss:
    """One haulier over a time: what it was given and brought, what got lost within the rule and above it."""

    carrier_id: int
    carrier: str
    lines: int
    sent_g: int
    net_g: int
    natural_g: int
    above_g: int
    lines_above: int


def losses_of_trips(trips: Iterable[Delivery]) -> dict[int, Loss]:
    """Return what got lost of each lot of these trips, by the line of the trip; what nobody weighed is not in it."""
    return _losses(_reckoned().filter(receipt__delivery__in=[trip.pk for trip in trips]))


def losses_of_lot(lot: Allocation) -> list[Loss]:
    """Return what got lost of one lot, trip by trip."""
    return list(_losses(_reckoned().filter(allocation=lot)).values())


def loss_by_carrier(first: dt.date, last: dt.date) -> list[CarrierLoss]:
    """Return what each haulier lost of goods signed for between two days, whoever lost most above the rule first."""
    signed = _reckoned().filter(receipt__status=ReceiptStatus.SIGNED, receipt__signed_on__range=(first, last))
    rows = (
        signed.order_by()
        .values("carrier_id", "carrier_name")
        .annotate(
            lines=Count("pk"),
            sent=Sum("sent_g"),
            net=Sum("net_g"),
            natural=Sum("natural_g"),
            above=Sum("above_g"),
            lines_above=Count("pk", filter=Q(above_g__gt=0)),
        )
        .order_by("-above", "carrier_id")
    )
    return [
        CarrierLoss(
            row["carrier_id"], row["carrier_name"], row["lines"], row["sent"], row["net"], row["natural"],
            row["above"], row["lines_above"],
        )
        for row in rows
    ]  # fmt: skip


def _losses(lines: QuerySet[ReceiptLine]) -> dict[int, Loss]:
    columns = "delivery_line_id", "carrier_name", "sent_g", "net_g", "permille", "natural_g", "above_g", "contested"
    return {row[0]: Loss(*row) for row in lines.order_by("pk").values_list(*columns)}


def _reckoned() -> Any:
    """Return the weighed lines of trips whose goods were handed over to their haulier, with what got lost."""
    same = HandOver.objects.filter(
        Q(end=None) | Q(end__back_g__lt=F("weight_g")),
        allocation=OuterRef("allocation"),
        carrier=OuterRef("delivery_line__delivery__carrier"),
    )
    contested = HandOverAnswer.objects.filter(
        agrees=False,
        hand_over__end=None,
        hand_over__allocation=OuterRef("allocation"),
        hand_over__carrier=OuterRef("delivery_line__delivery__carrier"),
    )
    left_on = TruncDate("delivery_line__delivery__shipped_at", tzinfo=COUNTY_ZONE)
    called_back = Allocation.objects.filter(pk=OuterRef("allocation"), listing__recalled_at__isnull=False)
    lines = (
        ReceiptLine.objects.exclude(receipt__status=ReceiptStatus.VOID)
        .filter(Exists(same), ~Exists(called_back))
        .annotate(
            carrier_id=F("delivery_line__delivery__carrier"),
            carrier_name=F("delivery_line__delivery__carrier__name"),
            sent_g=F("delivery_line__shipped_g"),
            left_on=left_on,
            contested=Exists(contested),
        )
        .annotate(permille=policy_in_sql("transit_loss_permille", OuterRef("left_on")))
    )
    lost = Greatest(F("sent_g") - F("net_g"), Value(0), output_field=BigIntegerField())
    allowed = F("sent_g") * F("permille") / Value(1000)
    lines = lines.annotate(natural_g=Least(lost, allowed, output_field=BigIntegerField()))
    return lines.annotate(above_g=Greatest(lost - F("natural_g"), Value(0), output_field=BigIntegerField()))
