"""Send goods off and see them arrive: one trip to one buyer, what was put on the cart of each lot, the door."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.selectors import standing
from accounts.services.messages import tell_all
from catalog.models import Listing
from catalog.services.kilos import lock_listings
from kernel import clock, weight
from kernel.dates import deadline_words, message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.present import known
from kernel.workflow import IllegalMove
from orders.models import (
    MOVING,
    Allocation,
    AllocationStatus,
    Arrival,
    Delivery,
    DeliveryLine,
    PurchaseOrder,
    ReceiptStatus,
)
from orders.selectors.handing import CarriedLot, CarriedPart, carried_of, carrier_of
from orders.selectors.holds import Held, holds_of
from orders.selectors.recalls import called_off
from orders.services.carting import ask_price
from orders.services.hands import SHIP, take_hand
from orders.services.telling import quantity_handed, to_buyer, to_seller
from records.models import StoredFile
from records.selectors.policy import policies_on, policy
from records.services.files import attach

SHIPPED = _("Your %(produce)s for %(buyer)s left: %(quantity)s (order %(number)s).")
ON_THE_WAY = _("Goods of order %(number)s are on the way, delivery %(delivery)s. Say when they are at the door.")
ARRIVED = _("Delivery %(delivery)s of order %(number)s is at your door. Weigh it before %(until)s.")
ARRIVAL_PHOTO = "arrival"


class RecalledOnCart(DomainError):
    code = "recalled_on_cart"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _(
                "Lot %(number)s (%(produce)s) is recalled and must not leave. Take it off the cart and leave its "
                "weight empty; if nothing else is ordered, the buyer calls the order off."
            )
            % {"number": listing.number, "produce": listing.produce.name}
        )


class TooLateToSend(DomainError):
    code = "too_late_to_send"

    def __init__(self, order: PurchaseOrder) -> None:
        super().__init__(
            _("Goods for order %(number)s had to leave %(until)s. The buyer orders anew what is still needed.")
            % {"number": order.number, "until": deadline_words(known(order.dispatch_by_at), clock.now())}
        )


class ArrivedAlready(DomainError):
    code = "arrived_already"
    message = _("This delivery is at the door already. Open it again to see how it stands.")


class MoreThanHanded(DomainError):
    code = "more_than_handed"

    def __init__(self, lot: Listing, part: CarriedPart) -> None:
        super().__init__(
            _(
                "%(produce)s: %(quantity)s of what was handed over to you is left to send. Write at most that, or "
                "write down first what you were given besides."
            )
            % {"produce": lot.produce.name, "quantity": quantity_handed(lot, part.rest_g, part.rest_pieces)}
        )


class HandedToAnother(DomainError):
    code = "handed_to_another"

    def __init__(self, produce: str, parts: list[CarriedPart]) -> None:
        super().__init__(
            _("%(produce)s: %(who)s took it at the pick-up. They send it off, or give it back first.")
            % {"produce": produce, "who": "、".join(part.name for part in parts)}
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put on the cart of one lot."""

    grams: int
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much more than was ordered may come, in thousandths: of weighed goods, and of what is counted; what of a
    difference must be said or shown."""

    weighed: int
    counted: int
    unsaid: int = 1000  # so much less than was sent may come without its reason, in thousandths
    papers: int = 0  # which papers a lot needs at the scale: none, those of the law, also test slips
    refusals_shown: bool = False  # what goes back for what is wrong with it is shown by a photo

    def may_lack(self, shipped_g: int, net_g: int) -> bool:
        """Return whether so much less than was sent needs no reason."""
        return (shipped_g - net_g) * 1000 <= shipped_g * self.unsaid

    def most_g(self, allocation: Allocation) -> int:
        """Return the most that may be delivered and accepted of a lot, over all its trips."""
        more = self.weighed if allocation.listing.piece_g is None else self.counted
        return allocation.weight_g * (1000 + more) // 1000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a phone stood, in millionths of a degree, WGS-84."""

    latitude_e6: int
    longitude_e6: int


def tolerance_at(at: dt.datetime) -> Tolerance:
    """Return what a delivery of this moment may bring above its order; asked once for all its lots."""
    rules = policies_on(clock.county_day(at))
    return Tolerance(
        rules["tolerance_permille"],
        rules["piece_tolerance_permille"],
        rules["reason_above_permille"],
        rules["papers_at_scale"],
        bool(rules["refusal_photo"]),
    )


def to_load(lots: Collection[Allocation], user: User) -> dict[int, Loaded]:
    """Return what this person would send off now of each lot: what was handed over and has not left, else the rest."""
    carried, held = carried_of(lots), holds_of(lots)
    carrier = carrier_of(user, carried.values())
    loads = {}
    for lot in lots:
        own, counted, left = carried[lot.pk].of(carrier), lot.listing.piece_g is not None, held[lot.pk].to_ship
        load = Loaded(lot.listing.grams(left), left if counted else None)
        loads[lot.pk] = Loaded(own.rest_g, own.rest_pieces if counted else None) if own.handed_g else load
    return loads


def loaded_of(typed: Mapping[str, Any], lots: Iterable[Allocation]) -> dict[int, Loaded]:
    """Return what was typed of each of these lots; what stays empty does not go along."""
    return {
        lot.pk: Loaded(typed[f"kg_{lot.pk}"], typed.get(f"pieces_{lot.pk}"))
        for lot in lots
        if typed.get(f"kg_{lot.pk}")
    }


@transaction.atomic
def ship(
    orders: Collection[PurchaseOrder],
    loaded: dict[int, Loaded],
    *,
    driver: str = "",
    price_fen: int | None = None,
    by: User,
    at: dt.datetime,
) -> Delivery:
    """Send goods of one buyer's orders off with these weights per allocation; what stays behind may follow on a trip of
    its own.

    A recalled lot must be left out: the lots are locked, so that a recall of this moment comes before or after.
    A haulier may ask `price_fen` for the trip, where the orders' rule lets somebody here pay it.
    """
    locked = lock_orders(order.pk for order in orders)
    _require_one_trip(locked, loaded, at)
    rows = {
        row.pk: row
        for row in Allocation.objects.filter(order__in=locked, status=AllocationStatus.CONFIRMED)
        .select_related("listing__produce", "listing__household", "listing__cooperative", "order__buyer")
        .order_by("pk")
    }
    strange = set(loaded) - set(rows)
    called_back = Allocation.objects.filter(called_off(), pk__in=strange, order__in=locked)
    if (left_off := called_back.select_related("listing__produce").first()) is not None:
        raise RecalledOnCart(left_off.listing)
    if strange:
        raise BadValue(_("One of these lots is not part of this order. Open the page again."))
    lots = [rows[pk] for pk in sorted(loaded)]
    for order in locked:
        if any(lot.order_id == order.pk for lot in lots):
            take_hand(order, SHIP, by=by, at=at)
    for listing in lock_listings(lot.listing_id for lot in lots).values():
        if listing.recalled_at is not None:
            raise RecalledOnCart(listing)
    tolerance, held, carried = tolerance_at(at), holds_of(lots), carried_of(lots)
    carrier = carrier_of(by, carried.values())
    for lot in lots:
        _require_loadable(lot, loaded[lot.pk], held[lot.pk], tolerance)
        _require_handed(lot, loaded[lot.pk], carried[lot.pk], carrier, tolerance)
    delivery = _begin_trip(locked[0], lots, loaded, driver=driver, carrier=carrier, by=by, at=at)
    _note_acts(delivery, lots, by=by, at=at)
    if price_fen is not None:
        on_cart = {lot.order_id for lot in lots}
        loads = [(lot, loaded[lot.pk].grams) for lot in lots]
        ask_price(delivery, [order for order in locked if order.pk in on_cart], loads, price_fen, by=by, at=at)
    words = [
        to_seller(lot, "shipped", SHIPPED, quantity=lambda load=loaded[lot.pk]: weight.both(load.grams)) for lot in lots
    ]
    words += [
        to_buyer(order, "shipped", ON_THE_WAY, delivery=delivery.number)
        for order in locked
        if any(lot.order_id == order.pk for lot in lots)
    ]
    tell_all(words, at=at)
    return delivery


@transaction.atomic
def arrive(
    delivery: Delivery,
    how: str,
    *,
    photo: StoredFile | None = None,
    spot: Spot | None = None,
    by: User,
    at: dt.datetime,
) -> Arrival:
    """Write down that a trip is at the buyer's door: its people say so, or the driver shows it by a photo.

    From here the buyer's silence counts, and from nowhere else.
    """
    orders = lock_orders_of(delivery)
    if Arrival.objects.filter(delivery=delivery).exists():
        raise ArrivedAlready
    if delivery.receipts.exclude(status=ReceiptStatus.VOID).exists():
        raise IllegalMove
    if how == Arrival.How.DRIVER and photo is None:
        raise BadValue(_("Take a photo of the goods at the door. It stands for the buyer's word."))
    arrival = write_arrival(delivery, how, spot=spot, by=by, at=at)
    if photo is not None:
        attach(arrival.reference, photo, ARRIVAL_PHOTO, by=by, at=at)
    until = message_deadline(arrival.accept_by_at)
    tell_all([to_buyer(order, "arrived", ARRIVED, delivery=delivery.number, until=until) for order in orders], at=at)
    return arrival


def write_arrival(delivery: Delivery, how: str, *, spot: Spot | None = None, by: User, at: dt.datetime) -> Arrival:
    """Write the row from which the buyer's silence counts; its orders are locked by the caller."""
    return Arrival.objects.create(
        delivery=delivery,
        at=at,
        how=how,
        by=by,
        latitude_e6=spot.latitude_e6 if spot is not None else None,
        longitude_e6=spot.longitude_e6 if spot is not None else None,
        accept_by_at=at + dt.timedelta(hours=policy("silence_hours", clock.county_day(at))),
    )


def lock_orders_of(delivery: Delivery) -> list[PurchaseOrder]:
    """Lock the orders whose goods a trip carries, by id."""
    return lock_orders(delivery.lines.values_list("allocation__order", flat=True))


def lock_orders(keys: Iterable[int]) -> list[PurchaseOrder]:
    """Lock these orders, by id."""
    rows = PurchaseOrder.objects.filter(pk__in=set(keys)).select_related("buyer", "requester", "fund").order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def _require_one_trip(orders: list[PurchaseOrder], loaded: dict[int, Loaded], at: dt.datetime) -> None:
    if not loaded:
        raise BadValue(_("Nothing is on the cart. Write what was loaded first."))
    if len({order.buyer_id for order in orders}) != 1:
        raise BadValue(_("One delivery goes to one buyer. Send the goods of the others off apart."))
    for order in orders:
        if order.status not in MOVING:
            raise IllegalMove
        if at >= known(order.dispatch_by_at):
            raise TooLateToSend(order)


def _begin_trip(
    order: PurchaseOrder,
    lots: list[Allocation],
    loaded: dict[int, Loaded],
    *,
    driver: str,
    carrier: int | None,
    by: User,
    at: dt.datetime,
) -> Delivery:
    day = clock.county_day(at)
    delivery = Delivery.objects.create(
        number=begun(Kind.DELIVERY, day),
        buyer_id=order.buyer_id,
        shipped_at=at,
        arrive_by_at=at + dt.timedelta(days=policy("arrival_days", day)),
        by=by,
        driver=driver.strip()[:40],
        carrier_id=carrier,
    )
    DeliveryLine.objects.bulk_create(
        DeliveryLine(delivery=delivery, allocation=lot, shipped_g=loaded[lot.pk].grams, pieces=loaded[lot.pk].pieces)
        for lot in lots
    )
    return delivery


def _note_acts(delivery: Delivery, allocations: list[Allocation], *, by: User, at: dt.datetime) -> None:
    """Write down for each household that somebody else sent its goods off."""
    own = standing(by).households
    sellers = (row.listing.household for row in allocations)
    households = {household.pk for household in sellers if household is not None} - own
    document = f"delivery:{delivery.pk}"
    Consent.objects.bulk_create(
        Consent(household_id=key, document=document, how="order", by=by, at=at) for key in sorted(households, key=str)
    )


def _require_handed(
    allocation: Allocation, load: Loaded, carried: CarriedLot, carrier: int | None, tolerance: Tolerance
) -> None:
    """Refuse more than the pick-up gave this haulier, and what it gave to another."""
    name, own = allocation.listing.produce.name, carried.of(carrier)
    if own.handed_g:
        if load.grams > own.rest_g or (load.pieces or 0) > own.rest_pieces:
            raise MoreThanHanded(allocation.listing, own)
        return
    others = [part for part in carried.rows if part.handed_g]
    if not others:
        return
    most_g = tolerance.most_g(allocation)
    counted = allocation.listing.piece_g is not None
    if carried.claimed_g + load.grams > most_g or (
        counted and carried.claimed_pieces + (load.pieces or 0) > allocation.quantity
    ):
        raise HandedToAnother(name, others)


def _require_loadable(allocation: Allocation, load: Loaded, held: Held, tolerance: Tolerance) -> None:
    name = allocation.listing.produce.name
    if load.grams <= 0:
        raise BadValue(_("Write what %(produce)s weighs.") % {"produce": name})
    pieces = allocation.listing.piece_g is not None
    if not held.to_ship:
        raise BadValue(_("%(produce)s: all of it has left already. Open the page again.") % {"produce": name})
    most = tolerance.most_g(allocation) - held.shipped_g
    if load.grams > most:
        raise BadValue(
            _("%(produce)s: %(most)s at most may go along; more was not ordered.")
            % {"produce": name, "most": weight.both(max(0, most))}
        )
    if pieces and (load.pieces is None or not 0 < load.pieces <= held.to_ship):
        raise BadValue(
            _("%(produce)s: count the animals; at most %(most)s were ordered.")
            % {"produce": name, "most": allocation.listing.in_words(held.to_ship)}
        )
    if not pieces and load.pieces is not None:
        raise BadValue(_("Only animals are counted. Write the weight."))
