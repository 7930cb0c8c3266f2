"""Take some of an order back after placing, lot by lot: what is still wanted stays held, the rest is free at once."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import Word, tell_all
from catalog.services.smallest import TooLittleToHandOver
from kernel.errors import BadValue
from kernel.present import known
from kernel.workflow import IllegalMove, lock
from ledger.services import transfers
from orders.models import MOVING, Allocation, AllocationStatus, Amendment, PurchaseOrder
from orders.selectors.holds import holds_of
from orders.services import asking, drawing
from orders.services.placing import hold_kilos, hold_money
from orders.services.telling import quantity_words, to_seller

AMENDED = _(
    "%(buyer)s wants %(now)s of your %(produce)s instead of %(before)s (order %(number)s): %(why)s. The rest is on "
    "sale again."
)
NOT_WANTED = _("%(buyer)s does not want your %(produce)s of order %(number)s any more: %(why)s. It is on sale again.")


class LotHasLeft(IllegalMove):
    code = "lot_has_left"

    def __init__(self, lot: Allocation) -> None:
        super().__init__(
            _("%(produce)s, lot %(lot)s, has left already. Weigh it in; send back what is not good at the scale.")
            % {"produce": lot.listing.produce.name, "lot": lot.listing.number}
        )


class NotFewer(BadValue):
    code = "not_fewer"

    def __init__(self, lot: Allocation) -> None:
        super().__init__(
            _(
                "%(produce)s, lot %(lot)s: write less than the %(quantity)s that were ordered, or leave it as it is. "
                "Order more of it anew; it comes with the same trip."
            )
            % {"produce": lot.listing.produce.name, "lot": lot.listing.number, "quantity": quantity_words(lot)}
        )


@transaction.atomic
def amend(order: PurchaseOrder, wanted: Mapping[int, int], *, why: str, by: User, at: dt.datetime) -> list[Allocation]:
    """Want less of these lots, by allocation in the stock unit of its listing; none of a lot calls it off.

    Less than a seller hands over of a lot is refused. Sellers are told with the reason, kilos and money of the rest are
    free at once and nobody else is asked for it. What a seller has promised can be taken back until `call_off_hours`
    before the day. An order of which nothing is wanted any more is called off. Returns the smaller lots.
    """
    order = lock(order)
    why = why.strip()[:200]
    if not why:
        raise BadValue(_("Write why you want less, for the sellers to read."))
    if order.status not in MOVING:
        raise IllegalMove
    rows = {row.pk: row for row in asking.living(order)}
    if set(wanted) - set(rows):
        raise BadValue(_("One of these lots is not part of this order any more. Open the page again."))
    lots = [rows[pk] for pk in sorted(wanted)]
    if not lots:
        raise BadValue(_("Nothing is changed. Write what you still want of a lot, or 0."))
    held = holds_of(lots)
    for lot in lots:
        lot.order = order
        if held[lot.pk].trips:
            raise LotHasLeft(lot)
        if not 0 <= wanted[lot.pk] < lot.quantity:
            raise NotFewer(lot)
        if 0 < wanted[lot.pk] < lot.listing.smallest:
            raise TooLittleToHandOver(lot.listing)
    if len(lots) == len(rows) and not any(wanted.values()) and not _brought_some(order):
        asking.cancel(order, why=why, by=by, at=at)
        return []
    asking.refuse_without_notice(order, lots, at=at)
    smaller = [asking.smaller(lot, wanted[lot.pk]) for lot in lots if wanted[lot.pk]]
    Amendment.objects.bulk_create(
        Amendment(
            allocation=lot,
            quantity=wanted[lot.pk],
            weight_g=lot.listing.grams(wanted[lot.pk]),
            why=why,
            by=by,
            at=at,
        )
        for lot in lots
    )
    promised = [lot for lot in smaller if _replaced(lot).status == AllocationStatus.CONFIRMED]
    asking.release(lots, by=by, at=at, note=why)
    _hold(order, smaller, by=by, at=at)
    if promised:
        Allocation.move_all(promised, AllocationStatus.CONFIRMED, by=by, at=at)
    now = {_replaced(lot).pk: lot for lot in smaller}
    tell_all([_told(lot, now.get(lot.pk), why) for lot in lots], at=at)
    asking.move_on(order, by=by, at=at)
    return smaller


def _brought_some(order: PurchaseOrder) -> bool:
    return order.allocations.filter(status=AllocationStatus.CLOSED).exists()


def _replaced(lot: Allocation) -> Allocation:
    return known(lot.replaces)


def _hold(order: PurchaseOrder, lots: list[Allocation], *, by: User, at: dt.datetime) -> None:
    """Hold anew what is still wanted of lots that were just given back; their rows are locked already."""
    if not lots:
        return
    Allocation.begin_all(lots, by=by, at=at)
    listings = {lot.listing_id: lot.listing for lot in lots}
    hold_kilos(lots, listings, by=by, at=at)
    payees = {lot.listing.payee_account_id for lot in lots}
    accounts = transfers.lock_accounts({order.fund.account_id, *payees})
    hold_money(lots, listings, order.fund, accounts, at=at)
    drawing.hold(order, lots)


def _told(lot: Allocation, now: Allocation | None, why: str) -> Word:
    if now is None:
        return to_seller(lot, "not_wanted", NOT_WANTED, why=why)
    return to_seller(
        lot, "amended", AMENDED, why=why, now=lambda: quantity_words(now), before=lambda: quantity_words(lot)
    )
