"""Orders and deliveries as the people around them may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Role, Somebody
from accounts.selectors import members_now, standing
from canteens.models import Kitchen
from catalog.models import Listing
from kernel.masking import mask_name
from kernel.present import known
from orders.models import (
    MOVING,
    Allocation,
    AllocationStatus,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    Invoice,
    OrderLine,
    PurchaseOrder,
    ReceiptLine,
    ReceiptStatus,
    SettlementStatement,
)
from orders.selectors.holds import LIVING
from orders.selectors.recalls import called_off, holds_recalled
from orders.selectors.returned import with_returned
from records.models import Move

# Who works for the buyer of an order.
BUYER_ROLES = (
    Role.BUYER,
    Role.BUYING_APPROVER,
    Role.RECEIVER,
    Role.UNION_TREASURER,
    Role.UNION_CHAIR,
    Role.CASHIER,
    Role.PAYMENT_CHECKER,
)
# Who sends goods off in an area; a co-operative sends off what it sells, wherever it grew.
SHIPPING_ROLES = (Role.CADRE, Role.HAULIER)


def orders_seen_by(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders of the buyers this person works for; all of them for the auditor."""
    place = standing(user)
    seen = Q() if place.has(Role.AUDITOR) else Q(buyer_id__in=place.organisations(*BUYER_ROLES))
    return PurchaseOrder.objects.filter(seen).select_related("buyer", "fund", "kitchen__organisation")


def kitchens_of(orders: Iterable[PurchaseOrder]) -> list[Kitchen]:
    """Return the canteens that orders are for, each once; they were read with the orders."""
    named = {order.kitchen_id: order.kitchen for order in orders if order.kitchen is not None}
    return [named[key] for key in sorted(key for key in named if key is not None)]


def order_rows(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return orders for a list, with the first line's produce and how many sellers take part."""
    return order_titles(user).prefetch_related(Prefetch("allocations", Allocation.objects.only("order_id", "status")))


def order_titles(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return orders with what was ordered, each line joined with its produce."""
    return orders_seen_by(user).prefetch_related(Prefetch("lines", OrderLine.objects.select_related("produce")))


BY_LINE = ("line__position", "pk")  # the order in which the lots of an order are read


def allocations_of(order: PurchaseOrder) -> QuerySet[Allocation]:
    """Return the lots of an order with their sellers, in no order yet: they are cut into pages."""
    return order.allocations.select_related(
        "line__produce",
        "listing__household__village",
        "listing__cooperative",
        "listing__village",
        "listing__produce",
    ).prefetch_related(Prefetch("receipt_lines", with_returned(ReceiptLine.objects.select_related("receipt"))))


@dataclass(frozen=True)
class LotSums:
    """All lots of an order together, on whatever page they are; what was given back counts for nothing."""

    lots: int
    weight_g: int
    amount_fen: int
    kept_g: int


def lot_sums(order: PurchaseOrder) -> LotSums:
    """Return the sums over all lots of an order: how many were asked, what the living and weighed ones hold or took."""
    stays = ~Q(status=AllocationStatus.RELEASED)
    held = order.allocations.aggregate(
        lots=Count("pk"),
        weight_g=Coalesce(Sum("weight_g", filter=stays), 0),
        amount_fen=Coalesce(Sum("amount_fen", filter=stays), 0),
    )
    lines = ReceiptLine.objects.filter(allocation__order=order, receipt__status=ReceiptStatus.SIGNED)
    kept = with_returned(lines).aggregate(grams=Coalesce(Sum(F("accepted_g") - F("returned_g")), 0))
    return LotSums(**held, kept_g=kept["grams"])


def prices_in(order: PurchaseOrder) -> dict[int, set[tuple[int, int]]]:
    """Return at which prices an order holds each produce: so many fen for so many grams."""
    prices: dict[int, set[tuple[int, int]]] = {}
    rows = order.allocations.values_list("listing__produce", "price_fen", "price_unit_g").distinct()
    for produce, price_fen, unit_g in rows:
        prices.setdefault(produce, set()).add((price_fen, unit_g))
    return prices


def sold_by(sellers: Iterable[Listing]) -> Q:
    """Return what narrows statements to those of the owners of these lots."""
    lots = list(sellers)
    households = {lot.household_id for lot in lots if lot.household_id is not None}
    cooperatives = {lot.cooperative_id for lot in lots if lot.cooperative_id is not None}
    return Q(household__in=households) | Q(cooperative__in=cooperatives)


def moves_of(document: str) -> QuerySet[Move]:
    """Return what happened to a document, newest first, with who did it."""
    return Move.objects.filter(document=document).select_related("by__person").order_by("-pk")


def seller_name(goods: Listing | SettlementStatement | Invoice) -> str:
    """Return the name a buyer knows a seller by."""
    if goods.household is not None:
        return goods.household.head_name
    carrier = goods.carrier if isinstance(goods, SettlementStatement) else None
    return known(carrier or goods.cooperative).name


def seller_shown(goods: Listing | SettlementStatement | Invoice, user: Somebody, buyer_id: int) -> str:
    """Return a seller's name as this person needs it: in full for both sides of the order, else masked."""
    place, name = standing(user), seller_name(goods)
    on_a_side = (
        goods.household is None  # an organisation is no person
        or goods.household_id in place.households
        or buyer_id in place.organisations(*BUYER_ROLES)
        or place.covers(goods.household.village_id, *SHIPPING_ROLES)
        or (isinstance(goods, Listing) and goods.agent_id in place.organisations(Role.COOP_MANAGER))
    )
    return name if on_a_side else mask_name(name)


def people_masked(order: PurchaseOrder, user: Somebody) -> set[UUID]:
    """Return the people of the selling households, for whoever reads sellers' names masked."""
    if order.buyer_id in standing(user).organisations(*BUYER_ROLES):
        return set()
    sellers = order.allocations.filter(household__isnull=False).values("household")
    return set(members_now().filter(household__in=sellers).values_list("person_id", flat=True))


def sent_by(user: Somebody) -> Q:
    """Say of a lot of an order that this person sends it off: an own one, the co-operative's, one of the area."""
    place = standing(user)
    managed = place.organisations(Role.COOP_MANAGER)
    theirs = place.within("village_id", *SHIPPING_ROLES) | Q(cooperative_id__in=managed) | Q(agent_id__in=managed)
    if place.household_id is not None:
        theirs |= Q(household_id__in=place.households)
    return theirs


def orders_to_send_by(user: Somebody) -> QuerySet[PurchaseOrder]:
    """Return the orders of which this person has something to send off, begun at their lots: a village's are few."""
    lots = Allocation.objects.filter(sent_by(user), not_sent_yet(), status=AllocationStatus.CONFIRMED)
    return (
        PurchaseOrder.objects.filter(pk__in=lots.values("order"), status__in=MOVING)
        .annotate(recalled=holds_recalled())
        .select_related("buyer", "kitchen__organisation")
        .prefetch_related("lines__produce")
    )


def deliveries_seen_by(user: Somebody) -> QuerySet[Delivery]:
    """Return the trips with goods that this person sends, drives or weighs; all of them for the auditor."""
    place = standing(user)
    if place.has(Role.AUDITOR):
        seen = Q()
    else:
        carried = DeliveryLine.objects.filter(allocation__in=Allocation.objects.filter(sent_by(user)).values("pk"))
        seen = Q(buyer_id__in=place.organisations(*BUYER_ROLES)) | Q(pk__in=carried.values("delivery"))
    recalled = DeliveryLine.objects.filter(
        delivery=OuterRef("pk"), allocation__status__in=LIVING, allocation__listing__recalled_at__isnull=False
    )
    return (
        Delivery.objects.filter(seen)
        .annotate(recalled=Exists(recalled))
        .select_related("buyer", "arrival", "price")
        .prefetch_related(
            Prefetch(
                "lines",
                DeliveryLine.objects.select_related(
                    "allocation__order__kitchen__organisation", "allocation__line__produce"
                ),
            ),
            Prefetch("receipts", GoodsReceipt.objects.exclude(status=ReceiptStatus.VOID)),
        )
    )


def receipt_lines_seen_by(user: Somebody, receipt: GoodsReceipt) -> QuerySet[ReceiptLine]:
    """Return the lines of a receipt: all to the buyer's people and the auditor, to sellers and drivers theirs."""
    place, lines = standing(user), receipt.lines.all()
    if place.has(Role.AUDITOR) or receipt.delivery.buyer_id in place.organisations(*BUYER_ROLES):
        return lines
    return lines.filter(allocation__in=Allocation.objects.filter(sent_by(user)).values("pk"))


def receipt_of(delivery: Delivery) -> GoodsReceipt | None:
    """Return the receipt that counts, or that waits for its second signature."""
    return delivery.receipts.exclude(status=ReceiptStatus.VOID).first()


def lots_to_ship(order: PurchaseOrder, user: Somebody) -> list[Allocation]:
    """Return what of an order this person is still to send off, and what a recall took off it, by village."""
    return lots_to_ship_of([order], user)


def lots_to_ship_of(orders: Iterable[PurchaseOrder], user: Somebody) -> list[Allocation]:
    """Return what of several orders this person is still to send off, and what a recall took off them, by village."""
    rows = list(
        Allocation.objects.filter(sent_by(user), order__in=orders)
        .filter((Q(status=AllocationStatus.CONFIRMED) & not_sent_yet()) | called_off())
        .select_related("listing__produce", "listing__village", "listing__household", "listing__cooperative")
        .order_by("listing__village_id", "pk")
    )
    return rows


def trips_of(order: PurchaseOrder) -> QuerySet[Delivery]:
    """Return the trips that carry goods of an order, the first at the top, with their receipts."""
    lines = DeliveryLine.objects.filter(allocation__order=order)
    trips = Delivery.objects.filter(pk__in=lines.values("delivery")).select_related("arrival").order_by("pk")
    return trips.prefetch_related(Prefetch("receipts", GoodsReceipt.objects.exclude(status=ReceiptStatus.VOID)))


def not_sent_yet() -> Q:
    """Say of a lot of an order that some of it has not left, by what its trips shipped so far."""
    sent = DeliveryLine.objects.filter(allocation=OuterRef("pk")).order_by().values("allocation")
    units = sent.annotate(units=Sum(Coalesce("pieces", "shipped_g", output_field=BigIntegerField()))).values("units")
    return Q(quantity__gt=Coalesce(Subquery(units, output_field=BigIntegerField()), 0))
