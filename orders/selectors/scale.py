"""What goes on the scale, and the photos of it."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Somebody
from accounts.selectors import standing
from canteens.models import Fund, PlanGoods, PurchasePlan
from catalog.selectors.papers import Carried, carried_papers
from kernel import clock
from kernel.present import known
from orders.models import Allocation, Delivery, DeliveryLine, GoodsReceipt, ReceiptLine, ReceiptStatus
from orders.selectors.orders import deliveries_seen_by
from records.models import Attachment, StoredFile

MOST_KEPT = 12  # trips on a phone


def scale_role(allocation_id: int) -> str:
    """Return the role in which a receipt shows the scale of one lot."""
    return f"scale:{allocation_id}"


def refused_role(allocation_id: int) -> str:
    """Return the role in which a receipt shows what goes back of one lot."""
    return f"refused:{allocation_id}"


def slip_role(allocation_id: int) -> str:
    """Return the role in which a receipt shows a paper that came along with one lot."""
    return f"slip:{allocation_id}"


ROLES = {"scale": scale_role, "refused": refused_role, "slip": slip_role}  # what a photo taken at the door shows


def roles_of(lots: Iterable[int]) -> list[str]:
    """Return every role in which a receipt shows one of these lots."""
    return [role(pk) for pk in lots for role in ROLES.values()]


def trip_photos(delivery: Delivery, lots: Iterable[int]) -> dict[str, StoredFile]:
    """Return the newest photo of each role that was taken of these lots before a trip is weighed."""
    taken = Attachment.objects.filter(document=delivery.reference, role__in=roles_of(lots)).select_related("file")
    return {photo.role: photo.file for photo in taken.order_by("pk")}


def papers_at_door(delivery: Delivery, lines: Iterable[DeliveryLine], asked: int, on: dt.date) -> dict[int, Carried]:
    """Return by allocation which papers the lots of a trip have and lack, as the rule `papers_at_scale` asks."""
    if not asked:
        return {}
    lots = {line.allocation_id: line.allocation.listing for line in lines}
    carried = carried_papers(lots.values(), delivery.buyer.channel_id, on, tests=asked > 1)
    return {key: carried[lot.pk] for key, lot in lots.items()}


@dataclass(slots=True)
class Rooms:
    """What purses, purchase plans and their goods have left for more than was ordered, in fen and in grams.

    Lots take from it one after the other; a plan and goods that set no bound are not in it.
    """

    purses: dict[int, int]
    plans: dict[int | None, int]
    goods: dict[int | None, int]

    def fen(self, lot: Allocation) -> int:
        """Return what is left for a lot beyond what its order holds."""
        order = lot.order
        left = self.purses[order.fund_id]
        return max(0, min(left, self.plans.get(order.purchase_plan_id, left)))

    def grams(self, lot: Allocation) -> int | None:
        """Return how much more of a lot its plan lets in, where that is bounded."""
        left = self.goods.get(lot.line.plan_goods_id)
        return None if left is None else max(0, left)

    def take(self, lot: Allocation, fen: int, grams: int) -> None:
        """Take what one lot needs beyond what was ordered."""
        order, goods = lot.order, lot.line.plan_goods_id
        self.purses[order.fund_id] -= fen
        if order.purchase_plan_id in self.plans:
            self.plans[order.purchase_plan_id] -= fen
        if goods in self.goods:
            self.goods[goods] -= max(0, grams)


def rooms_of(lines: Iterable[DeliveryLine]) -> Rooms:
    """Return what is left for more than was ordered of these lots."""
    lots = [line.allocation for line in lines]
    funds = Fund.objects.filter(pk__in={lot.order.fund_id for lot in lots}).select_related("account")
    rooms = Rooms({fund.pk: fund.account.available_fen() for fund in funds}, {}, {})
    on_plans = {lot.order.purchase_plan_id for lot in lots if lot.order.purchase_plan_id is not None}
    if on_plans:
        rooms.plans = {plan.pk: plan.left_fen() for plan in PurchasePlan.objects.filter(pk__in=on_plans)}
        bounded = PlanGoods.objects.filter(plan__in=on_plans, quantity_g__isnull=False)
        rooms.goods = {goods.pk: known(goods.left_g()) for goods in bounded}
    return rooms


def today_first(trips: QuerySet[Delivery], at: dt.datetime) -> QuerySet[Delivery]:
    """Order trips for whoever waits at the door: those for today first, then the longest on its way."""
    today = DeliveryLine.objects.filter(delivery=OuterRef("pk"), allocation__order__deliver_on=clock.county_day(at))
    return trips.annotate(for_today=Exists(today)).order_by("-for_today", "pk")


def to_weigh_by(user: Somebody, at: dt.datetime) -> QuerySet[Delivery]:
    """Return the trips that wait for this person's scale, those for today first; as many as a phone keeps."""
    trips = deliveries_seen_by(user).filter(buyer_id__in=standing(user).organisations("receiver"))
    weighed = GoodsReceipt.objects.filter(delivery=OuterRef("pk")).exclude(status=ReceiptStatus.VOID)
    return today_first(trips.filter(~Exists(weighed)), at)[:MOST_KEPT]


def lines_to_weigh(delivery: Delivery) -> list[DeliveryLine]:
    """Return the lots of a trip that are to go on the scale, in the order of their orders and lines."""
    return lines_of_trips([delivery])[delivery.pk]


def lines_of_trips(trips: Collection[Delivery]) -> dict[int, list[DeliveryLine]]:
    """Return by trip the lots that are to go on the scale, in the order of their orders and lines."""
    lot, listing = "allocation", "allocation__listing"
    related = (f"{lot}__line", f"{lot}__order__kitchen__organisation", f"{listing}__produce", f"{listing}__household",
               f"{listing}__cooperative", f"{listing}__village")  # fmt: skip
    rows = DeliveryLine.objects.filter(delivery__in=trips).select_related(*related)
    found: dict[int, list[DeliveryLine]] = {trip.pk: [] for trip in trips}
    for row in rows.order_by(f"{lot}__order_id", f"{lot}__line__position", lot):
        found[row.delivery_id].append(row)
    return found


def photos_of_scale(receipt: GoodsReceipt, lines: Iterable[ReceiptLine]) -> QuerySet[Attachment]:
    """Return the photos of a receipt that belong to these lines, in the order they were taken."""
    roles = roles_of(line.allocation_id for line in lines)
    return Attachment.objects.filter(document=receipt.reference, role__in=roles).order_by("pk")


def faults_of_lot(lot: Allocation) -> list[tuple[ReceiptLine, Attachment]]:
    """Return the photos of what of a lot went back at the door or was of a lower grade, with the line that says so; its
    receipts are prefetched."""
    lines = {line.receipt.reference: line for line in lot.receipt_lines.all() if line.refused_g or line.grade}
    lines = {name: line for name, line in lines.items() if line.receipt.status != ReceiptStatus.VOID}
    if not lines:
        return []
    photos = Attachment.objects.filter(document__in=lines, role=refused_role(lot.pk)).order_by("pk")
    return [(lines[photo.document], photo) for photo in photos]


def with_before(lines: QuerySet[ReceiptLine]) -> QuerySet[ReceiptLine]:
    """Return lines with the grams of their lot and grade accepted on trips signed before, as `accepted_before_g`."""
    earlier = ReceiptLine.objects.filter(
        allocation=OuterRef("allocation"), grade=OuterRef("grade"), receipt__status=ReceiptStatus.SIGNED
    )
    earlier = earlier.filter(
        Q(receipt__signed_at__lt=OuterRef("receipt__signed_at"))
        | Q(receipt__signed_at=OuterRef("receipt__signed_at"), pk__lt=OuterRef("pk"))
        | Q(Exists(GoodsReceipt.objects.filter(pk=OuterRef(OuterRef("receipt")), signed_at=None)))
    )
    grams = earlier.order_by().values("allocation").annotate(grams=Sum("accepted_g")).values("grams")
    return lines.annotate(accepted_before_g=Coalesce(Subquery(grams, output_field=BigIntegerField()), 0))
