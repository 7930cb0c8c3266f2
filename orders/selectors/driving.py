"""A driver's day: the pick-ups village by village, then the doors of the buyers, and what is on which of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch

from accounts.models import Organisation, Place, Role, Somebody
from accounts.selectors import standing
from canteens.models import Canteen, Kitchen
from kernel.present import known
from orders.models import (
    MOVING,
    Allocation,
    AllocationStatus,
    Delivery,
    DeliveryLine,
    GoodsReceipt,
    HandOver,
    PurchaseOrder,
    ReceiptStatus,
)
from orders.selectors.handing import CarriedLot, CarriedPart, carried_of, hauled_by, hauls_for
from orders.selectors.orders import kitchens_of, not_sent_yet

MOST = 300
TRIPS_OF = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pick:
    """One lot of a day: who carries it, whom to call, and what is still to be fetched."""

    lot: Allocation
    carried: CarriedLot
    own: CarriedPart  # what this driver's organisation has of it
    phone: str

    @property
    def others(self) -> list[CarriedPart]:
        """Return the hauliers of others that took some of it."""
        return [part for part in self.carried.rows if part.handed_g and part.carrier_id != self.own.carrier_id]

    @property
    def to_fetch_g(self) -> int:
        """Return what is still with the seller."""
        return max(0, self.lot.weight_g - self.carried.claimed_g)


@dataclass(frozen=True, slots=True)
class Stop:
    """One village where the cart loads."""

    village: Place
    picks: list[Pick]

    @property
    def is_done(self) -> bool:
        """Return whether all of it was handed over or has left."""
        return all(pick.own.handed_g or pick.own.shipped_g or not pick.to_fetch_g for pick in self.picks)


@dataclass(frozen=True, slots=True)
class Door:
    """One buyer at whose door the cart unloads: the goods of the day, and the trips that are on their way to it."""

    buyer: Organisation
    address: str
    picks: list[Pick]
    trips: list[Delivery]

    @property
    def orders(self) -> list[PurchaseOrder]:
        """Return the orders of which something is still to be sent off."""
        rows = {pick.lot.order_id: pick.lot.order for pick in self.picks}
        return [rows[key] for key in sorted(rows)]

    @property
    def kitchens(self) -> list[Kitchen]:
        """Return the canteens of the buyer that what still goes there is for, where its orders name any."""
        under_way = (line for trip in self.trips for line in trip.lines.all())
        orders = [*(pick.lot.order for pick in self.picks), *(line.allocation.order for line in under_way)]
        return kitchens_of(orders)

    @property
    def grams(self) -> int:
        """Return what goes to this door, still to be sent or on its way; what is there already does not."""
        under_way = (trip for trip in self.trips if getattr(trip, "arrival", None) is None)
        return sum(_grams(pick) for pick in self.picks) + sum(
            line.shipped_g for trip in under_way for line in trip.lines.all()
        )


@dataclass(frozen=True, slots=True)
class DriverDay:
    """All stops of one day, the pick-ups first, then the doors."""

    day: dt.date
    stops: list[Stop]
    doors: list[Door]

    @property
    def to_bring(self) -> list[Door]:
        """Return the doors to which something still goes."""
        return [door for door in self.doors if door.grams]

    @property
    def promised_g(self) -> int:
        """Return what sellers promised of all the pick-ups."""
        return sum(pick.lot.weight_g for stop in self.stops for pick in stop.picks)

    @property
    def handed_g(self) -> int:
        """Return what this driver's organisation was given of it."""
        return sum(pick.own.handed_g for stop in self.stops for pick in stop.picks)

    @property
    def load_order(self) -> list[Door]:
        """Return in which order the cart is loaded: what is unloaded last goes in first."""
        return self.to_bring[::-1]


def driver_day(user: Somebody, day: dt.date, *, at: dt.datetime) -> DriverDay:
    """Return what somebody who drives has to fetch and bring by this day."""
    own = sorted(hauls_for(user))
    lots = list(_lots(user, day, own, at))
    carried = carried_of(lots)
    picks = [Pick(lot, carried[lot.pk], _own(carried[lot.pk], own), phone_shown(lot, user)) for lot in lots]
    stops: dict[str, Stop] = {}
    for pick in picks:
        stops.setdefault(pick.lot.village_id, Stop(pick.lot.listing.village, [])).picks.append(pick)
    return DriverDay(day, list(stops.values()), _doors(picks, _trips(own, at)))


def phone_shown(lot: Allocation, user: Somebody) -> str:
    """Return the phone of a seller to whoever fetches goods in its village: the household's, or the co-operative's."""
    listing = lot.listing
    if listing.household is None:
        return known(listing.cooperative).phone
    covers = standing(user).covers(listing.household.village_id, Role.HAULIER)
    return (listing.household.phone or "") if covers else ""


def _lots(user: Somebody, day: dt.date, own: list[int], at: dt.datetime) -> Iterable[Allocation]:
    taken = HandOver.objects.filter(allocation=OuterRef("pk"), carrier__in=own, end=None)
    return (
        Allocation.objects.filter(not_sent_yet() | Exists(taken))
        .filter(
            hauled_by(user),
            status=AllocationStatus.CONFIRMED,
            order__status__in=MOVING,
            order__deliver_on__lte=day,
            order__dispatch_by_at__gt=at,
        )
        .select_related(
            "order__buyer",
            "order__kitchen__organisation",
            "listing__produce",
            "listing__village__parent",
            "listing__household",
            "listing__cooperative",
        )
        .order_by("village_id", "household_id", "cooperative_id", "pk")[:MOST]
    )


def _own(carried: CarriedLot, own: list[int]) -> CarriedPart:
    """Return what the organisations this person drives for have of a lot: the one that was given most."""
    return max((carried.of(key) for key in own), key=lambda part: part.handed_g, default=CarriedPart(None))


def _trips(own: list[int], at: dt.datetime) -> list[Delivery]:
    """Return the trips of these hauliers that nobody has signed for, and which left within a week."""
    signed = GoodsReceipt.objects.filter(delivery=OuterRef("pk"), status=ReceiptStatus.SIGNED)
    rows = Delivery.objects.filter(~Exists(signed), carrier__in=own, shipped_at__gt=at - TRIPS_OF)
    lines = DeliveryLine.objects.select_related("allocation__order__kitchen__organisation")
    rows = rows.select_related("buyer", "arrival", "price").prefetch_related(Prefetch("lines", lines))
    return list(rows.order_by("pk"))


def _doors(picks: list[Pick], trips: list[Delivery]) -> list[Door]:
    buyers = {pick.lot.order.buyer for pick in picks} | {trip.buyer for trip in trips}
    addresses = dict(
        Canteen.objects.filter(organisation__in=buyers).values_list("organisation_id", "address") if buyers else ()
    )
    doors = [
        Door(
            buyer,
            addresses.get(buyer.pk, ""),
            [pick for pick in picks if pick.lot.order.buyer_id == buyer.pk and _grams(pick)],
            [trip for trip in trips if trip.buyer_id == buyer.pk],
        )
        for buyer in sorted(buyers, key=lambda buyer: (buyer.place_id, buyer.name))
    ]
    return sorted((door for door in doors if door.picks or door.trips), key=lambda door: not door.grams)


def _grams(pick: Pick) -> int:
    """Return what of a lot this driver would still bring: what it was given, else what is with the seller."""
    return pick.own.rest_g if pick.own.handed_g else pick.to_fetch_g
