"""Who pays the cart and at most how much, as those read it who order, sell, drive and weigh."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import money
from kernel.shown import Fact
from orders.allocation.transport import ceiling_fen
from orders.models import Delivery, PurchaseOrder, TransportPayer
from orders.selectors.transport import charged_fen, is_signed
from orders.services.carting import price_of


def percent_words(permille: int) -> str:
    """Return thousandths as a percentage: 10 %."""
    return f"{permille / 10:g}%"


def rule_words_of(payer: int, permille: int) -> str:
    """Return the rule of carts as whoever is to agree to it reads it; empty where carts are settled outside."""
    sentence = {
        TransportPayer.BUYER: _("The buyer pays the cart beside the goods: at most %(most)s of what they fetch."),
        TransportPayer.SELLERS_BY_WEIGHT: _(
            "The sellers pay the cart together, by weight: nobody more than %(most)s of what their goods fetch."
        ),
        TransportPayer.SELLERS_BY_WAY: _(
            "The sellers pay the cart together, by weight and way: nobody more than %(most)s of what their goods fetch."
        ),
    }.get(TransportPayer(payer), "")
    return sentence % {"most": percent_words(permille)} if sentence else ""


def rule_in_force(values: Mapping[str, int]) -> str:
    """Return the rule of carts among the policy values of a day."""
    return rule_words_of(values["transport_payer"], values["transport_most_permille"])


def held_words(values: Mapping[str, int], total_fen: int) -> str:
    """Return what an order of this sum says of carts before it is placed."""
    rule = rule_in_force(values)
    if values["transport_payer"] != TransportPayer.BUYER:
        return rule
    most_fen = ceiling_fen(total_fen, values["transport_most_permille"])
    held = _("So much is held for it: %(yuan)s yuan. What is not used is free again.") % {"yuan": money.yuan(most_fen)}
    return f"{rule}{held}"


def order_cart(order: PurchaseOrder) -> list[Fact]:
    """Return by which rule the carts of an order are paid; nothing where they are settled outside."""
    if order.transport_payer == TransportPayer.OUTSIDE:
        return []
    who = str(TransportPayer(order.transport_payer).label)
    if order.transport_payer == TransportPayer.BUYER:
        words = _("at most %(yuan)s yuan, held beside the goods") % {"yuan": money.yuan(order.transport_fen)}
    else:
        words = _("at most %(most)s of what the goods fetch") % {"most": percent_words(order.transport_permille)}
    return [Fact(pgettext("cart", "Carting paid by"), who, words)]


def trip_cart(delivery: Delivery) -> list[Fact]:
    """Return what the cart of a trip asks, and once it is signed what it cost and who paid it."""
    price = price_of(delivery)
    if price is None:
        return []
    order = PurchaseOrder.objects.filter(allocations__delivery_lines__delivery=delivery).order_by("pk")[0]
    who = str(TransportPayer(order.transport_payer).label)
    if is_signed(delivery):
        return [
            Fact(pgettext("cart", "Carting"), _("%(yuan)s yuan") % {"yuan": money.yuan(charged_fen(delivery))}, who)
        ]
    asked = _("%(yuan)s yuan, at most %(most)s of what is accepted") % {
        "yuan": money.yuan(price.price_fen),
        "most": percent_words(order.transport_permille),
    }
    return [Fact(pgettext("cart", "The cart asks"), asked, who)]


def price_hint(orders: Collection[PurchaseOrder]) -> str:
    """Return what a driver reads at the price of the cart; empty where these orders' rule lets nobody here pay it."""
    rules = {(order.transport_payer, order.transport_permille) for order in orders}
    if len(rules) != 1:
        return ""
    [(payer, permille)] = rules
    return rule_words_of(payer, permille)
