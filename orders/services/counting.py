"""The rules of the register of units that orders count for: corrected in place, before settlement, by two hands."""

import datetime as dt
from collections.abc import Set

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Role, User
from kernel.errors import BadValue, DomainError
from kernel.typed import fold_typed
from orders.models import OrderStatus, OrderUnit, PurchaseOrder, StatementLine
from registers.services.named import organisation_named
from registers.services.rules import Content, Hands, Rules, Step, seat


class AlreadySettled(DomainError):
    code = "already_settled"
    message = gettext_lazy(
        "Goods of this order are settled. From then on it counts for whom it counts: what was reported stays."
    )


class UnitRules(Rules):
    """Units of orders: for whose reserved share an order counts. Its fund, its hold and its payer never change by it.

    Either unit asks; whoever is to count it no longer says yes.
    """

    key = "order-units"
    roles = (Role.BUYER, Role.CASHIER, Role.BUYING_APPROVER, Role.PAYMENT_CHECKER)
    proposers = (Role.BUYER, Role.CASHIER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return for whom an order would count instead of whom."""
        order, unit = _order(content), _unit(content)
        counts_for = unit_of(order)
        if unit == counts_for:
            raise BadValue(_("This order counts for %(name)s already.") % {"name": unit.name})
        if order.status == OrderStatus.CANCELLED:
            raise BadValue(_("This order was called off, so it counts for nobody."))
        if is_settled(order):
            raise AlreadySettled
        return Step(
            subject=f"{order.pk}",
            title=_("Order %(number)s") % {"number": order.number},
            facts=[("organisation", counts_for.name, unit.name), ("why", "", fold_typed(content["why"]))],
            hands=Hands(
                tuple(seat(role, one.pk) for one in (counts_for, unit) for role in self.proposers),
                (seat(Role.BUYING_APPROVER, counts_for.pk), seat(Role.PAYMENT_CHECKER, counts_for.pk)),
            ),
            notes=[
                _("Paid from %(fund)s %(year)s of %(buyer)s as before: fund, hold and payer stay.")
                % {
                    "fund": order.fund.label,
                    "year": order.fund.fiscal_year,
                    "buyer": order.buyer.name,
                },
                _("A wrong fund is not mended here: call the order off on its page, and order again from there."),
            ],
        )

    def is_for_others(self, content: Content, seats: Set[str]) -> bool:
        """Return whether whoever asks has no seat in either unit of an order that is there."""
        order = PurchaseOrder.objects.filter(number=fold_typed(content["order"]).upper()).first()
        units = [unit_of(order).pk, order.buyer_id] if order is not None else []
        units += Organisation.objects.filter(name=fold_typed(content["organisation"])).values_list("pk", flat=True)
        return not seats & {seat(role, pk) for pk in units for role in self.roles}

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write for whom the order counts, while nothing of it can be settled."""
        order, unit = _order(content), _unit(content)
        PurchaseOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if is_settled(order):
            raise AlreadySettled
        OrderUnit.objects.create(
            order=order,
            turn=OrderUnit.objects.filter(order=order).count() + 1,
            organisation=unit,
            why=fold_typed(content["why"])[:200],
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )


def unit_of(order: PurchaseOrder) -> Organisation:
    """Return the unit an order counts for: its buyer, unless two hands said otherwise."""
    latest = OrderUnit.objects.filter(order=order).select_related("organisation").order_by("-turn").first()
    return latest.organisation if latest is not None else order.buyer


def is_settled(order: PurchaseOrder) -> bool:
    """Return whether any goods of an order stand on a statement."""
    return StatementLine.objects.filter(receipt_line__allocation__order=order).exists()


def _order(content: Content) -> PurchaseOrder:
    number = fold_typed(content["order"]).upper()
    order = PurchaseOrder.objects.filter(number=number).select_related("buyer", "fund").first()
    if order is None:
        raise BadValue(_("There is no order %(number)s. Copy its number from its page.") % {"number": number})
    return order


def _unit(content: Content) -> Organisation:
    unit = organisation_named(content["organisation"])
    if unit.kind != Organisation.Kind.BUYER:
        raise BadValue(_("%(name)s is no buyer. Orders count for buyers.") % {"name": unit.name})
    return unit
