"""The trips and statements of orders of which tests have one of each."""

from orders.models import Delivery, PurchaseOrder, SettlementStatement
from orders.selectors.orders import trips_of
from orders.selectors.statements import orders_on


def order_of(delivery: Delivery) -> PurchaseOrder:
    """Return the one order whose goods a trip carries."""
    return PurchaseOrder.objects.filter(allocations__delivery_lines__delivery=delivery).distinct().get()


def trip_of(order: PurchaseOrder) -> Delivery:
    """Return the one trip of an order."""
    return trips_of(order).get()


def statements_of(order: PurchaseOrder):
    """Return what is owed for the goods of an order."""
    return SettlementStatement.objects.filter(delivery__in=trips_of(order))


def order_behind(statement: SettlementStatement) -> PurchaseOrder:
    """Return the one order a statement is about."""
    return orders_on(statement).get()
