"""What was handed over at the pick-up, to whom, what of it has left since, and what of it is still to be answered."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Role, Somebody
from accounts.selectors import standing
from orders.models import MOVING, Allocation, AllocationStatus, DeliveryLine, HandOver
from orders.selectors.orders import BUYER_ROLES, not_sent_yet
from orders.selectors.sales import sales_seen_by
from records.models import Attachment


@dataclass(slots=True)
class CarriedPart:
    """What one haulier carries of one lot: what it was given and did not give back, and what it sent off of it."""

    carrier_id: int | None
    name: str = ""
    handed_g: int = 0
    handed_pieces: int = 0
    shipped_g: int = 0
    shipped_pieces: int = 0

    @property
    def rest_g(self) -> int:
        """Return what it still has with it."""
        return max(0, self.handed_g - self.shipped_g)

    @property
    def rest_pieces(self) -> int:
        """Return how many heads it still has with it."""
        return max(0, self.handed_pieces - self.shipped_pieces)


@dataclass(slots=True)
class CarriedLot:
    """One lot with all who carry of it; what nobody drove for hire stands under None."""

    by_carrier: dict[int | None, CarriedPart] = field(default_factory=dict)

    @property
    def rows(self) -> list[CarriedPart]:
        """Return each haulier with what it was given."""
        return list(self.by_carrier.values())

    def of(self, carrier: int | None) -> CarriedPart:
        """Return how much of the lot this haulier has."""
        return self.by_carrier.get(carrier) or CarriedPart(carrier)

    @property
    def claimed_g(self) -> int:
        """Return what has left the seller: of each haulier what it was given, or what it sent if that is more."""
        return sum(max(part.handed_g, part.shipped_g) for part in self.rows)

    @property
    def claimed_pieces(self) -> int:
        """Return how many heads have left the seller."""
        return sum(max(part.handed_pieces, part.shipped_pieces) for part in self.rows)


def carried_of(lots: Iterable[Allocation]) -> dict[int, CarriedLot]:
    """Return who carries how much of each of these lots, by its key, in two queries."""
    keys = [lot.pk for lot in lots]
    carried: dict[int, CarriedLot] = defaultdict(CarriedLot)
    given = (
        HandOver.objects.filter(allocation__in=keys)
        .order_by()
        .values("allocation", "carrier", "carrier__name")
        .annotate(
            grams=Sum(F("weight_g") - Coalesce("end__back_g", 0)),
            heads=Sum(Coalesce("pieces", 0) - Coalesce("end__back_pieces", 0)),
        )
    )
    for row in given:
        carried[row["allocation"]].by_carrier[row["carrier"]] = CarriedPart(
            row["carrier"], row["carrier__name"], row["grams"], row["heads"]
        )
    sent = (
        DeliveryLine.objects.filter(allocation__in=keys)
        .order_by()
        .values("allocation", "delivery__carrier")
        .annotate(grams=Sum("shipped_g"), heads=Sum(Coalesce("pieces", 0)))
    )
    for line in sent:
        by_carrier = carried[line["allocation"]].by_carrier
        part = by_carrier.setdefault(line["delivery__carrier"], CarriedPart(line["delivery__carrier"]))
        part.shipped_g, part.shipped_pieces = line["grams"], line["heads"]
    return {key: carried[key] for key in keys}


def hauls_for(user: Somebody) -> set[int]:
    """Return the organisations for which this person drives."""
    return standing(user).organisations(Role.HAULIER)


def carrier_of(user: Somebody, carried: Iterable[CarriedLot]) -> int | None:
    """Return for which organisation this person drives these lots: the one they were handed over to, if any."""
    own = sorted(hauls_for(user))
    given = [key for key in own if any(lot.of(key).handed_g for lot in carried)]
    return next(iter([*given, *own]), None)


def hauled_by(user: Somebody) -> Q:
    """Say of a lot of an order that it grew in an area where this person drives."""
    return standing(user).within("village_id", Role.HAULIER)


def lots_to_fetch(user: Somebody) -> QuerySet[Allocation]:
    """Return what this person may take at the pick-up: promised, of an order under way, and not all of it has left."""
    return Allocation.objects.filter(
        hauled_by(user), not_sent_yet(), status=AllocationStatus.CONFIRMED, order__status__in=MOVING
    ).select_related(
        "order__buyer",
        "line__produce",
        "listing__produce",
        "listing__village__parent",
        "listing__household__village",
        "listing__cooperative",
    )


def with_lots() -> Prefetch:
    """Return what brings the lots of hand-overs along, with their goods, sellers and orders."""
    lots = Allocation.objects.select_related(
        "order__buyer", "listing__produce", "listing__village", "listing__household", "listing__cooperative"
    )
    return Prefetch("allocation", lots)


def hand_overs_seen_by(user: Somebody) -> QuerySet[HandOver]:
    """Return the hand-overs of one's own goods, to one's own hauliers and for one's buyers; all for the auditor."""
    place = standing(user)
    if place.has(Role.AUDITOR):
        seen = Q()
    else:
        seen = Q(carrier__in=hauls_for(user)) | Q(allocation__order__buyer__in=place.organisations(*BUYER_ROLES))
        seen |= Q(allocation__in=sales_seen_by(user).order_by().values("pk"))
    return (
        HandOver.objects.filter(seen)
        .select_related("carrier", "taken_by__person", "answer__by__person", "end")
        .prefetch_related(with_lots())
        .order_by("-pk")
    )


def hand_overs_of(lot: Allocation) -> QuerySet[HandOver]:
    """Return the hand-overs of one lot, the first at the top."""
    rows = lot.hand_overs.select_related("carrier", "taken_by__person", "answer", "end")
    return rows.prefetch_related(with_lots()).order_by("pk")


def photos_at_pick_up(row: HandOver) -> QuerySet[Attachment]:
    """Return the photos of the scale at a pick-up, in the order they were taken."""
    return Attachment.objects.filter(document=row.reference).order_by("pk")


def unsent() -> QuerySet[HandOver]:
    """Return the hand-overs, not ended, of which something is still on the haulier's hands."""
    same = HandOver.objects.filter(allocation=OuterRef("allocation"), carrier=OuterRef("carrier"))
    given = same.order_by().values("carrier").annotate(n=Sum(F("weight_g") - Coalesce("end__back_g", 0))).values("n")
    lines = DeliveryLine.objects.filter(allocation=OuterRef("allocation"), delivery__carrier=OuterRef("carrier"))
    sent = lines.order_by().values("delivery__carrier").annotate(n=Sum("shipped_g")).values("n")
    return (
        HandOver.objects.filter(end=None)
        .alias(
            given=Subquery(given, output_field=BigIntegerField()),
            sent=Coalesce(Subquery(sent, output_field=BigIntegerField()), 0, output_field=BigIntegerField()),
        )
        .filter(given__gt=F("sent"))
    )
