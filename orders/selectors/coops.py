"""What a co-operative sells: lots of its members and, apart, its own; what waits, is under way, is paid."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Role
from accounts.selectors import Standing
from catalog.models import Listing
from orders.models import MOVING, Allocation, AllocationStatus, LineKind, OrderStatus, StatementLine
from orders.selectors.orders import not_sent_yet

WAITING = Q(status=AllocationStatus.HELD, order__status=OrderStatus.ASKING)
TO_SEND = Q(status=AllocationStatus.CONFIRMED, order__status__in=MOVING) & not_sent_yet()
ORDERED = Q(order__answer_by_at__isnull=False) & ~Q(status=AllocationStatus.RELEASED)
# Goods the bank paid, and with them what of these goods was sent back: what was taken off never came.
PAID = Exists(
    StatementLine.objects.filter(
        kind=LineKind.GOODS,
        receipt_line=OuterRef("receipt_line"),
        statement__payable__payments__status="paid",
    )
)


@dataclass(frozen=True, slots=True)
class CoopFigures:
    """All that is sold for members, or of the own production: counts and money."""

    on_sale: int
    waiting: int
    to_send: int
    ordered_fen: int
    stated_fen: int
    paid_fen: int


def sold_by_coop(who: Standing, *, own: bool) -> Q:
    """Say of a lot or an allocation that this person's co-operative sells it: its own production, or its members'."""
    managed = who.organisations(Role.COOP_MANAGER)
    return Q(cooperative_id__in=managed) if own else Q(agent_id__in=managed)


def lots_of_coop(who: Standing, *, own: bool) -> QuerySet[Listing]:
    """Return the lots that a co-operative sells, each with its answers waiting and its money."""
    parts = Allocation.objects.filter(listing=OuterRef("pk")).order_by()
    lines = StatementLine.objects.filter(receipt_line__allocation__listing=OuterRef("pk")).order_by()
    lots = Listing.objects.filter(sold_by_coop(who, own=own)).select_related("produce", "household", "village")
    return lots.annotate(
        waiting=_of(parts.filter(WAITING), "listing", Count("pk")),
        to_send=_of(parts.filter(TO_SEND), "listing", Count("pk")),
        ordered_fen=_of(parts.filter(ORDERED), "listing", Sum("amount_fen")),
        stated_fen=_of(lines, "receipt_line__allocation__listing", Sum("amount_fen")),
        paid_fen=_of(lines.filter(PAID), "receipt_line__allocation__listing", Sum("amount_fen")),
    )


def figures_of_coop(who: Standing, *, own: bool) -> CoopFigures:
    """Return the sums over all of these lots."""
    sold = sold_by_coop(who, own=own)
    parts = Allocation.objects.filter(sold).aggregate(
        waiting=Count("pk", filter=WAITING),
        to_send=Count("pk", filter=TO_SEND),
        ordered_fen=Coalesce(Sum("amount_fen", filter=ORDERED), 0),
    )
    allocations = Allocation.objects.filter(sold).values("pk")
    lines = StatementLine.objects.filter(receipt_line__allocation__in=allocations).aggregate(
        stated_fen=Coalesce(Sum("amount_fen"), 0), paid_fen=Coalesce(Sum("amount_fen", filter=PAID), 0)
    )
    on_sale = Listing.objects.filter(sold, status="on_sale").count()
    return CoopFigures(on_sale=on_sale, **parts, **lines)


def asks_of_coop(who: Standing, *, own: bool) -> QuerySet[Allocation]:
    """Return what buyers want of these lots and nobody has answered, soonest deadline first."""
    asked = Allocation.objects.filter(WAITING, sold_by_coop(who, own=own))
    related = ("order__buyer", "listing__produce", "listing__household", "listing__cooperative")
    return asked.select_related(*related).order_by("order__answer_by_at", "pk")


def to_send_of_coop(who: Standing, *, own: bool) -> QuerySet[Allocation]:
    """Return what sellers have promised and is to be sent off, the next day first."""
    promised = Allocation.objects.filter(TO_SEND, sold_by_coop(who, own=own))
    related = ("order__buyer", "listing__produce", "listing__household", "listing__cooperative")
    return promised.select_related(*related).order_by("order__deliver_on", "pk")


def _of(rows: QuerySet, by: str, value: Count | Sum) -> Coalesce:
    """Return one number of a lot's rows as a column of the lot."""
    summed = rows.values(lot=F(by)).annotate(number=value).values("number")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)
