"""Take an order off a wrong fund: it ends and is placed anew from the right one, all in one act or not at all."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import tell_all
from canteens.models import Fund, FundKind
from catalog.services import kilos
from kernel.errors import BadValue
from kernel.workflow import lock
from ledger.services import transfers
from orders.models import Allocation, OrderLine, PurchaseOrder
from orders.services import asking, placing
from orders.services.placing import Take, Wish
from orders.services.telling import to_seller

ANOTHER_FUND = _(
    "%(buyer)s pays for your %(produce)s from another fund: order %(number)s goes on as order %(anew)s. You are asked "
    "once more."
)


@transaction.atomic
def place_anew(
    order: PurchaseOrder, fund: Fund, *, kitchen: int | None = None, why: str, by: User, at: dt.datetime
) -> PurchaseOrder:
    """Call an order off and place the same lots anew from another fund of its buyer; return the new order.

    Whatever placing asks is asked anew: budget, tier and approval, the hour of the day, the prices of the lots. Sellers
    that were asked hear why and are asked once more. Nothing may have left yet. One refusal leaves all as it was. The
    canteen stays, unless another is named; union money buys for none.
    """
    order = lock(order)
    if fund.pk == order.fund_id:
        raise BadValue(_("The order is paid from this fund already. Choose another one."))
    if fund.organisation_id != order.buyer_id:
        raise BadValue(_("This fund belongs to another buyer. Choose a fund of your own."))
    lots = asking.living(order)
    _lock_everything(order, fund, lots)
    order, lots = asking.call_off(order, why=why, by=by, at=at)
    anew = placing.place(
        buyer=order.buyer,
        fund=fund,
        deliver_on=order.deliver_on,
        lines=_wishes(lots),
        replaces=order,
        kitchen=kitchen or (None if fund.kind == FundKind.UNION else order.kitchen_id),
        by=by,
        at=at,
    )
    if order.answer_by_at is not None:
        tell_all([to_seller(lot, "another_fund", ANOTHER_FUND, anew=anew.number) for lot in lots], at=at)
    return anew


def _lock_everything(order: PurchaseOrder, fund: Fund, lots: list[Allocation]) -> None:
    """Lock buyer, lots and both funds in the one order: two such acts that swap two funds wait for each other."""
    placing.turn_of(order.buyer_id).get()
    listings = kilos.lock_listings([lot.listing_id for lot in lots]).values()
    own = (order.fund.account_id, order.fund.bank_account_id, fund.account_id, fund.bank_account_id)
    transfers.lock_accounts({*own, *(listing.payee_account_id for listing in listings)})


def _wishes(lots: list[Allocation]) -> list[Wish]:
    """Return what is still to come of an order as it would be wished for: the same lots at the same prices."""
    by_line: dict[OrderLine, list[Allocation]] = {}
    for lot in lots:
        by_line.setdefault(lot.line, []).append(lot)
    return [
        Wish(
            produce_id=line.produce_id,
            takes=tuple(Take(lot.listing_id, lot.quantity, lot.price_fen, lot.price_unit_g, lot.why) for lot in taken),
            grade_id=line.grade_id,
            ceiling_fen_per_kg=line.ceiling_fen_per_kg,
            plan=line.plan,
            seed=line.seed,
            parcel_g=line.parcel_g,
        )
        for line, taken in sorted(by_line.items(), key=lambda item: item[0].position)
    ]
