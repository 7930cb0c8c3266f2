"""What a cart costs in money: asked as it leaves, borne at the scale by the rule of its orders, freed at their end."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import money
from kernel.errors import BadValue
from kernel.present import known
from ledger.services import transfers
from ledger.services.payables import payee_account
from orders.allocation.transport import Brought, by_way, by_weight, ceiling_fen, shares
from orders.models import (
    BY_SELLERS,
    Allocation,
    Delivery,
    PurchaseOrder,
    ReceiptLine,
    TransportPayer,
    TripPrice,
)
from orders.selectors.transport import carts_held_for, metres_of, transfer_of


class PriceAboveCeiling(BadValue):
    code = "cart_above_ceiling"

    def __init__(self, most_fen: int, permille: int) -> None:
        super().__init__(
            _(
                "By the county's rule this cart may cost at most %(most)s yuan: %(percent)s %% of what the goods "
                "fetch. Write that or less."
            )
            % {"most": money.yuan(most_fen), "percent": f"{permille / 10:g}"}
        )


def ask_price(
    delivery: Delivery,
    orders: Collection[PurchaseOrder],
    loads: Iterable[tuple[Allocation, int]],
    price_fen: int,
    *,
    by: User,
    at: dt.datetime,
) -> TripPrice:
    """Write down what the haulier asks for a trip that leaves now, within the ceiling of its orders' one rule.

    `loads` says how much of each lot is on the cart, in grams. The buyer's people read the price before they weigh.
    """
    if delivery.carrier_id is None:
        raise BadValue(_("Only who drives for an organisation asks a price for the cart. Leave it empty."))
    rules = {(order.transport_payer, order.transport_permille) for order in orders}
    if len(rules) != 1:
        raise BadValue(
            _("These orders have different rules for the cart. Send them off apart, or leave its price empty.")
        )
    [(payer, permille)] = rules
    if payer == TransportPayer.OUTSIDE:
        raise BadValue(_("By these orders' rule the cart is settled outside. Leave its price empty."))
    most_fen = sum(ceiling_fen(lot.amount_for(grams), permille) for lot, grams in loads)
    if payer == TransportPayer.BUYER:
        most_fen = min(most_fen, sum(held.amount_fen for held in carts_held_for(orders).values()))
    if price_fen > most_fen:
        raise PriceAboveCeiling(most_fen, permille)
    return TripPrice.objects.create(delivery=delivery, price_fen=price_fen, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of a receipt and what it fetched, in fen."""

    line: ReceiptLine
    fen: int


def price_of(delivery: Delivery) -> TripPrice | None:
    """Return what is asked for a trip; read once."""
    return getattr(delivery, "price", None)


def accounts_of(price: TripPrice, taken: Sequence[Taken]) -> list[int]:
    """Return the accounts that money for a cart moves between, to be locked with those of its goods."""
    lots = [one.line.allocation for one in taken]
    ends = {lot.order.fund.account_id for lot in lots} | {lot.listing.payee_account_id for lot in lots}
    ends |= {lot.order.fund.bank_account_id for lot in lots}
    return [payee_account(carrier=price.delivery.carrier).pk, *sorted(ends)]


def charge(price: TripPrice, taken: Sequence[Taken], *, at: dt.datetime) -> None:
    """Move what a signed trip's cart costs to its haulier, from who bears it by the orders' rule.

    The goods' own money has moved in this transaction, and the orders are locked. What the buyer holds for carts is
    given back, and held anew without what this trip took of it.
    """
    orders = {one.line.allocation.order_id: one.line.allocation.order for one in taken}
    rule = next(iter(orders.values()))
    goods = _brought(price.delivery, taken, rule.transport_payer)
    weights = by_way(goods) if rule.transport_payer == TransportPayer.SELLERS_BY_WAY else by_weight(goods)
    borne = shares(price.price_fen, rule.transport_permille, goods, weights)
    held = carts_held_for(orders.values()) if rule.transport_payer == TransportPayer.BUYER else {}
    if rule.transport_payer == TransportPayer.BUYER:
        borne = _within_holds(borne, taken, {key: row.amount_fen for key, row in held.items()})
    carrier = payee_account(carrier=price.delivery.carrier)
    freed = {key: f"order:{key}:transport:{price.delivery_id}" for key in held}
    transfers.resolve(
        [transfers.Resolution(f"{freed[key]}:freed", row.reference, 0) for key, row in held.items()], at=at
    )
    postings, spent = [], dict.fromkeys(orders, 0)
    for one in taken:
        lot, fen = one.line.allocation, borne.get(one.line.pk, 0)
        if fen:
            payer = lot.listing.payee_account_id if rule.transport_payer in BY_SELLERS else lot.order.fund.account_id
            postings.append(transfers.Posting(transfer_of(one.line), payer, carrier.pk, fen))
            spent[lot.order_id] += fen
    transfers.post_all(postings, at=at)
    left = {key: row.amount_fen - spent[key] for key, row in held.items()}
    anew = [
        transfers.Hold(f"{freed[key]}:hold", row.debit_id, row.credit_id, left[key])
        for key, row in held.items()
        if left[key]
    ]
    if anew:
        transfers.hold(anew, at=at)


def free(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Give back what an order that has ended still holds for carts."""
    if not order.transport_fen:
        return
    held = carts_held_for([order]).get(order.pk)
    if held is not None:
        release = transfers.Resolution(f"order:{order.pk}:transport:release", held.reference, 0)
        transfers.resolve([release], at=at)


def _brought(delivery: Delivery, taken: Sequence[Taken], payer: int) -> list[Brought]:
    by_village = metres_of(delivery) if payer == TransportPayer.SELLERS_BY_WAY else {}
    return [
        Brought(one.line.pk, one.fen, one.line.accepted_g, by_village.get(one.line.allocation.village_id))
        for one in taken
        if one.line.accepted_g
    ]


def _within_holds(borne: dict[int, int], taken: Sequence[Taken], held: dict[int, int]) -> dict[int, int]:
    """Return these shares, those of each order together within what it holds for carts."""
    by_order: dict[int, list[int]] = defaultdict(list)
    for one in taken:
        if one.line.pk in borne:
            by_order[known(one.line.allocation.order_id)].append(one.line.pk)
    within: dict[int, int] = {}
    for key, lines in by_order.items():
        asked = [borne[line] for line in lines]
        split = money.split_fen(min(sum(asked), held.get(key, 0)), asked)
        within |= {line: fen for line, fen in zip(lines, split, strict=True) if fen}
    return within
