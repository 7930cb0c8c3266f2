"""A driver's day as its page and its papers show it: stops in order, whom to call, what to load where."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from kernel import weight
from kernel.present import known, name_of
from kernel.shown import Tag
from orders.models import Delivery
from orders.pages.course import sacks_of
from orders.pages.words import counted, kitchen_address
from orders.selectors.driving import Door, DriverDay, Pick, Stop
from orders.selectors.orders import seller_shown
from orders.services.telling import quantity_handed


@dataclass(frozen=True, slots=True)
class PickRow:
    """One lot at a stop."""

    seller: str
    phone: str
    title: str
    quantity: str
    jin: str
    sacks: str
    buyer: str
    number: str  # of the lot, as it stands on the sacks
    status: Tag
    url: str
    labels_url: str


@dataclass(frozen=True, slots=True)
class StopCard:
    """One village: where to load and what."""

    number: int
    place: str
    rows: list[PickRow]
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class TripRow:
    """One trip to a door that nobody has signed for."""

    url: str
    title: str
    status: Tag
    note_url: str


@dataclass(frozen=True, slots=True)
class OrderChoice:
    """One order that may go along, ticked at first."""

    key: int
    number: str


@dataclass(frozen=True, slots=True)
class DoorCard:
    """One buyer: where to unload, what goes there, which orders may be sent off together."""

    number: int
    buyer: str
    address: str
    phone: str
    goods: str
    quantity: str
    orders: list[OrderChoice]
    trips: list[TripRow]


@dataclass(frozen=True, slots=True)
class BedPart:
    """One part of the truck bed, the inmost first."""

    where: str
    buyer: str
    quantity: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """All that the page of a day says."""

    title: str
    sums: str
    stops: list[StopCard]
    doors: list[DoorCard]
    bed: list[BedPart]


def day_shown(day: DriverDay, user: User, sack_g: int) -> DayShown:
    """Return a driver's day in words."""
    first_open = next((place for place, stop in enumerate(day.stops) if not stop.is_done), None)
    stops = [_stop(stop, place + 1, user, sack_g, current=place == first_open) for place, stop in enumerate(day.stops)]
    loads = ngettext("%(n)s stop to load", "%(n)s stops to load", len(stops)) % {"n": len(stops)}
    doors = ngettext("%(n)s door", "%(n)s doors", len(day.to_bring)) % {"n": len(day.to_bring)}
    sums = _("To load %(all)s, loaded %(loaded)s") % {
        "all": weight.both(day.promised_g),
        "loaded": weight.both(day.handed_g),
    }
    return DayShown(
        title=f"{loads}，{doors}",
        sums=sums,
        stops=stops,
        doors=[_door(door, len(stops) + place + 1) for place, door in enumerate(day.doors)],
        bed=_bed(day.load_order),
    )


def _stop(stop: Stop, number: int, user: User, sack_g: int, *, current: bool) -> StopCard:
    village = stop.village
    return StopCard(
        number=number,
        place=f"{known(village.parent).short_name} {village.short_name}",
        rows=[pick_row(pick, user, sack_g) for pick in stop.picks],
        done=stop.is_done,
        current=current,
    )


def pick_row(pick: Pick, user: User, sack_g: int) -> PickRow:
    """Return one lot at a stop, with its way on."""
    lot, listing = pick.lot, pick.lot.listing
    return PickRow(
        seller=seller_shown(listing, user, lot.order.buyer_id),
        phone=pick.phone,
        title=name_of(listing.produce),
        quantity=counted(lot.quantity, word=listing.count_word, grams=lot.weight_g),
        jin=weight.in_unit(lot.weight_g, "jin"),
        sacks=sacks_of(lot, lot.weight_g, sack_g),
        buyer=lot.order.buyer.name,
        number=listing.number,
        status=_pick_tag(pick),
        url=reverse("hand-over", args=[lot.pk]) if pick.to_fetch_g and listing.recalled_at is None else "",
        labels_url=reverse("sack-labels", args=[lot.pk]),
    )


def _pick_tag(pick: Pick) -> Tag:
    own = pick.own
    if pick.lot.listing.recalled_at is not None:
        return Tag("danger", _("Recalled: it must not leave"))
    if own.handed_g and not own.rest_g:
        return Tag("ok", pgettext("pick-up", "Sent off"))
    if own.handed_g:
        taken = quantity_handed(pick.lot.listing, own.handed_g, own.handed_pieces)
        return Tag("ok", _("Taken: %(quantity)s") % {"quantity": taken})
    if own.shipped_g:
        return Tag("ok", pgettext("pick-up", "Sent off"))
    if pick.others and not pick.to_fetch_g:
        return Tag("plain", _("Taken by %(who)s") % {"who": "、".join(part.name for part in pick.others)})
    return Tag("plain", pgettext("pick-up", "Not weighed yet"))


def _door(door: Door, number: int) -> DoorCard:
    goods = dict.fromkeys(name_of(pick.lot.listing.produce) for pick in door.picks)
    return DoorCard(
        number=number,
        buyer=door.buyer.name,
        address="；".join(kitchen_address(row, door.buyer.pk) for row in door.kitchens) or door.address,
        phone=door.buyer.phone,
        goods="、".join(goods),
        quantity=weight.both(door.grams) if door.grams else "",
        orders=[OrderChoice(order.pk, order.number) for order in door.orders],
        trips=[_trip(trip) for trip in door.trips],
    )


def _trip(trip: Delivery) -> TripRow:
    arrived = getattr(trip, "arrival", None) is not None
    status = Tag("ok", _("At the door, to be weighed")) if arrived else Tag("info", pgettext("delivery", "On the way"))
    return TripRow(
        reverse("delivery-detail", args=[trip.pk]),
        f"{trip.number} {weight.both(sum(line.shipped_g for line in trip.lines.all()))}",
        status,
        reverse("delivery-note", args=[trip.pk]),
    )


def _bed(doors: Sequence[Door]) -> list[BedPart]:
    last = len(doors) - 1
    names = {0: _("Inmost"), last: _("By the door of the truck")}
    return [
        BedPart(names.get(place, _("In the middle")), door.buyer.name, _("%(kg)s kg") % {"kg": weight.kg(door.grams)})
        for place, door in enumerate(doors)
        if last > 0
    ]
