"""Every movement of a listing's kilos: reserved, sold, claimed, written off, withdrawn, and back to free.

Works on sets: one statement locks the listings (by id), one writes the movements and the running totals. A reference
acts once; the same again is a no-op, with other figures it is an error. The database's CHECK is the second line.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, User
from accounts.selectors import in_force_on
from catalog.models import STILL_HANDED_OVER, Listing, ListingStatus, Movement
from catalog.services.season_room import require_room
from kernel import clock
from kernel.errors import DomainError
from kernel.journal import without_repeats
from kernel.transactions import joining
from kernel.workflow import change as changed
from produce.models import Produce

Side = Movement.Side
_TOTALS = (Side.RESERVED, Side.SOLD, Side.CLAIMED, Side.WRITTEN_OFF, Side.WITHDRAWN)


class NotEnoughProduce(DomainError):
    code = "not_enough_produce"

    def __init__(self, listing: Listing, *, left: int, wanted: int) -> None:
        super().__init__(
            _("Only %(left)s of %(produce)s is left; %(asked)s was asked for.")
            % {
                "left": listing.in_words(left),
                "asked": listing.in_words(wanted),
                "produce": listing.produce.name,
            }
        )
        self.left = left


class NotOnSale(DomainError):
    code = "not_on_sale"
    message = _("This lot has left the market. Choose another one.")


class SellerAway(NotOnSale):
    code = "seller_away"
    message = _("The seller of this lot is away for some days. Choose another one.")


class ForbiddenProduce(NotOnSale):
    code = "forbidden_produce"

    def __init__(self, produce: Produce) -> None:
        super().__init__(
            _("%(produce)s may not be sold here. %(reason)s")
            % {"produce": produce.name, "reason": produce.forbidden_reason}
        )


class ReportedAsSoldLow(DomainError):
    code = "reported_as_sold_low"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _(
                "%(low)s of lot %(number)s are reported as sold below the reference price. The report is taken back or "
                "refused first; ask the bureau."
            )
            % {"low": listing.in_words(listing.sold_low), "number": listing.number}
        )


class LotRecalled(NotOnSale):
    code = "lot_recalled"

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            _("Lot %(number)s (%(produce)s) is recalled. It may neither be sold nor sent.")
            % {"number": listing.number, "produce": listing.produce.name}
        )


@dataclass(frozen=True, slots=True)
class KiloMove:
    """This much of one listing goes from one total to another, for one document."""

    listing_id: int
    source: str
    target: str
    quantity: int  # in the listing's stock unit
    reference: str  # acts once: `allocation:812:hold`
    reason: str = ""
    price: tuple[int, int] | None = None  # of a sale: fen, and for how many grams


def lock_listings(ids: Iterable[int]) -> dict[int, Listing]:
    """Lock these listings in the one order used everywhere, by id, and return them as they now are."""
    return {row.pk: row for row in _locked(ids)}


def lock_listings_with_mandates(
    ids: Iterable[int], day: dt.date, *, after: QuerySet[Any] | None = None
) -> tuple[dict[int, Listing], dict[int, uuid.UUID]]:
    """Lock these listings as `lock_listings` does; return, too, under which mandate of that day an agent sells each.

    The same statement first takes the lock of the one row in `after`: no listing is read before it is had.
    """
    given = Mandate.objects.filter(
        in_force_on(day), household=OuterRef("household_id"), cooperative=OuterRef("agent_id")
    )
    wanted = _locked(ids).annotate(mandate_now=Subquery(given.values("pk")[:1]))
    rows = list(wanted if after is None else wanted.filter(Exists(after)))
    mandates = {row.pk: row.mandate_now for row in rows if row.mandate_now is not None}
    return {row.pk: row for row in rows}, mandates


def _locked(ids: Iterable[int]) -> QuerySet[Listing]:
    rows = Listing.objects.filter(pk__in=set(ids)).select_related("produce").order_by("pk")
    return rows.select_for_update(of=("self",))


@joining
def move_kilos(
    moves: list[KiloMove],
    *,
    by: User | None,
    at: dt.datetime,
    listings: dict[int, Listing] | None = None,
    fresh: bool = False,
) -> None:
    """Carry out all moves or none; refuse in words when a total does not hold what is to leave it.

    `listings` are rows already locked by `lock_listings` in this transaction; `fresh` says that the references were
    made in this transaction, so that no earlier row can carry them. Reserving more kilos than before needs a listing
    on sale whose seller is not away.
    """
    if not moves:
        return
    if not fresh:
        seen = {row.reference: row for row in Movement.objects.filter(reference__in=[m.reference for m in moves])}
        moves = without_repeats(moves, seen, ("listing_id", "source", "target", "quantity"))
        if not moves:
            return
    if listings is None:
        listings = lock_listings(move.listing_id for move in moves)
    deltas: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys((Side.FREE, *_TOTALS), 0))
    for move in moves:
        deltas[move.listing_id][move.source] -= move.quantity
        deltas[move.listing_id][move.target] += move.quantity
    for listing_id, change in deltas.items():
        listing = listings[listing_id]
        if change[Side.RESERVED] > 0:
            require_on_sale(listing, clock.county_day(at))
        for side, change_by in change.items():
            held = listing.free() if side == Side.FREE else getattr(listing, side)
            if held + change_by < 0:
                raise NotEnoughProduce(listing, left=held, wanted=-change_by)
        if listing.sold + change[Side.SOLD] < listing.sold_low:
            raise ReportedAsSoldLow(listing)
    _require_room_again(deltas, listings)
    _write(moves, deltas, by=by, at=at)
    for listing_id, change in deltas.items():
        for side in _TOTALS:
            setattr(listings[listing_id], side, getattr(listings[listing_id], side) + change[side])


def move_sold_low(listing_id: int, quantity: int) -> Listing:
    """Let a report of goods sold below the reference hold so much more of what a lot sold, less with a minus."""
    listing = lock_listings([listing_id])[listing_id]
    left = listing.sold - listing.sold_low
    if left < quantity:
        raise NotEnoughProduce(listing, left=left, wanted=quantity)
    return changed(listing, {"sold_low": listing.sold_low + quantity})


def require_on_sale(listing: Listing, day: dt.date, *, reserved: bool = False) -> None:
    """Refuse a locked lot of which nobody may take more today, or nobody even what is `reserved` already."""
    if listing.recalled_at is not None:
        raise LotRecalled(listing)
    if listing.status not in (STILL_HANDED_OVER if reserved else (ListingStatus.ON_SALE,)):
        raise NotOnSale
    if listing.produce.forbidden:
        raise ForbiddenProduce(listing.produce)
    if listing.away_on(day):
        raise SellerAway


def _require_room_again(deltas: dict[int, dict[str, int]], listings: dict[int, Listing]) -> None:
    """Refuse to take free kilos of a lot that left the market where its season has no room for them any more."""
    taken = ((listings[key], -change[Side.FREE] - change[Side.WITHDRAWN]) for key, change in deltas.items())
    require_room([(listing, quantity) for listing, quantity in taken if quantity > 0 and listing.left_market()])


def _write(moves: list[KiloMove], deltas: dict[int, dict[str, int]], *, by: User | None, at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH written AS (
                INSERT INTO catalog_movement (listing_id, reference, source, target, quantity, reason, price_fen,
                                              price_unit_g, by_id, at)
                SELECT r.listing_id, r.reference, r.source, r.target, r.quantity, r.reason, r.price_fen,
                       r.price_unit_g, %s, %s
                FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::int[],
                            %s::int[])
                     AS r (listing_id, reference, source, target, quantity, reason, price_fen, price_unit_g)
            )
            UPDATE catalog_listing AS l
            SET reserved = l.reserved + d.reserved, sold = l.sold + d.sold, claimed = l.claimed + d.claimed,
                written_off = l.written_off + d.written_off, withdrawn = l.withdrawn + d.withdrawn
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                 AS d (id, reserved, sold, claimed, written_off, withdrawn)
            WHERE l.id = d.id
            """,
            [
                by.pk if by is not None else None,
                at,
                [move.listing_id for move in moves],
                [move.reference for move in moves],
                [str(move.source) for move in moves],
                [str(move.target) for move in moves],
                [move.quantity for move in moves],
                [move.reason for move in moves],
                [move.price[0] if move.price else None for move in moves],
                [move.price[1] if move.price else None for move in moves],
                list(deltas),
                *[[change[side] for change in deltas.values()] for side in _TOTALS],
            ],
        )
