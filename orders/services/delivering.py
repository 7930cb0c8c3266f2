"""Send the goods off: what was put on the cart, lot by lot, under one delivery number."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.selectors import standing
from accounts.services.messages import tell_all
from catalog.models import Listing
from catalog.services.kilos import lock_listings
from kernel import clock, weight
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, begun
from kernel.workflow import lock
from orders.models import Allocation, AllocationStatus, Delivery, DeliveryLine, OrderStatus, PurchaseOrder
from orders.selectors.recalls import called_off
from orders.services.hands import SHIP, take_hand
from orders.services.telling import to_buyer, to_seller
from records.selectors.policy import policy

SHIPPED = _("Your %(produce)s for %(buyer)s left: %(quantity)s (order %(number)s).")
ON_THE_WAY = _("Order %(number)s is on the way, delivery %(delivery)s. Weigh it before %(until)s.")


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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put on the cart of one lot."""

    grams: int
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much more than was ordered may come, in thousandths: of weighed goods, and of what is counted."""

    weighed: int
    counted: int

    def most_g(self, allocation: Allocation) -> int:
        """Return the most that may be delivered and accepted of a lot."""
        more = self.weighed if allocation.listing.piece_g is None else self.counted
        return allocation.weight_g * (1000 + more) // 1000


def tolerance_at(at: dt.datetime) -> Tolerance:
    """Return what a delivery of this moment may bring above its order; asked once for all its lots."""
    day = clock.county_day(at)
    return Tolerance(policy("tolerance_permille", day), policy("piece_tolerance_permille", day))


@transaction.atomic
def ship(order: PurchaseOrder, loaded: dict[int, Loaded], *, driver: str = "", by: User, at: dt.datetime) -> Delivery:
    """Send a confirmed order off with these weights per allocation; a lot left out did not come along.

    A recalled lot must be left out: the lots are locked, so that a recall of this moment comes before or after.
    """
    order = lock(order)
    order.move_to(OrderStatus.SHIPPED, by=by, at=at)
    rows = {
        row.pk: row
        for row in order.allocations.filter(status=AllocationStatus.CONFIRMED)
        .select_related("listing__produce", "listing__household", "listing__cooperative", "order__buyer")
        .order_by("pk")
    }
    if not loaded:
        raise BadValue(_("Nothing is on the cart. Write what was loaded first."))
    strange = set(loaded) - set(rows)
    called_back = order.allocations.filter(called_off(), pk__in=strange)
    if (left_off := called_back.select_related("listing__produce").first()) is not None:
        raise RecalledOnCart(left_off.listing)
    if strange:
        raise BadValue(_("One of these lots is not part of this order. Open the page again."))
    take_hand(order, SHIP, by=by, at=at)
    lots = lock_listings(rows[pk].listing_id for pk in loaded)
    for lot in lots.values():
        if lot.recalled_at is not None:
            raise RecalledOnCart(lot)
    tolerance = tolerance_at(at)
    for pk, load in loaded.items():
        _require_loadable(rows[pk], load, tolerance)
    day = clock.county_day(at)
    delivery = Delivery.objects.create(
        number=begun(Kind.DELIVERY, day),
        order=order,
        shipped_at=at,
        accept_by_at=at + dt.timedelta(hours=policy("silence_hours", day)),
        by=by,
        driver=driver.strip()[:40],
    )
    DeliveryLine.objects.bulk_create(
        DeliveryLine(delivery=delivery, allocation=rows[pk], shipped_g=load.grams, pieces=load.pieces)
        for pk, load in sorted(loaded.items())
    )
    _note_acts(delivery, [rows[pk] for pk in sorted(loaded)], by=by, at=at)
    words = [
        to_seller(rows[pk], "shipped", SHIPPED, quantity=lambda load=load: weight.both(load.grams))
        for pk, load in sorted(loaded.items())
    ]
    until = message_deadline(delivery.accept_by_at)
    tell_all([*words, to_buyer(order, "shipped", ON_THE_WAY, delivery=delivery.number, until=until)], at=at)
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


def _require_loadable(allocation: Allocation, load: Loaded, tolerance: Tolerance) -> None:
    if load.grams <= 0:
        raise BadValue(_("Write what %(produce)s weighs.") % {"produce": allocation.listing.produce.name})
    most = tolerance.most_g(allocation)
    if load.grams > most:
        raise BadValue(
            _("%(produce)s: %(most)s at most may go along; more was not ordered.")
            % {"produce": allocation.listing.produce.name, "most": weight.both(most)}
        )
    pieces = allocation.listing.piece_g is not None
    if pieces and (load.pieces is None or not 0 < load.pieces <= allocation.quantity):
        raise BadValue(
            _("%(produce)s: count the animals; at most %(most)s were ordered.")
            % {"produce": allocation.listing.produce.name, "most": allocation.quantity}
        )
    if not pieces and load.pieces is not None:
        raise BadValue(_("Only animals are counted. Write the weight."))
