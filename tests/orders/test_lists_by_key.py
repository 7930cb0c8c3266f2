"""Lists of one buyer, household or village begin at its own rows, however many the county has."""

import pytest
from django.db.models import Q

from ledger.models import Payable
from orders.models import Allocation, OrderLine, PurchaseOrder, SettlementStatement
from orders.selectors.orders import deliveries_seen_by
from orders.selectors.sales import asks_for, sales_seen_by
from orders.selectors.statements import statement_rows
from tests.factories import a_household, a_listing
from tests.guards.rows import count_rows_of, past_triggers, twin
from tests.orders.steps import wish
from tests.trips import order_of, statements_of, trip_of

pytestmark = pytest.mark.django_db
MANY = 1000
PAGE = 21


@pytest.fixture
def order(story, hospital, other_village, cabbage, cabbage_of_xiuying, cabbage_of_coop):
    """One order of the school among thousands of the hospital, from lots of another village."""
    order = order_of(story.signed(wish((cabbage_of_xiuying, 40), (cabbage_of_coop, 40))).delivery)
    there = a_listing(a_household(other_village), cabbage)
    of_there = {"listing": there.pk, "household": there.household_id, "village": there.village_id}
    lot = order.allocations.get(household__isnull=False)
    statement = statements_of(order).get(household__isnull=False)
    with past_triggers():
        orders = PurchaseOrder.objects.bulk_create(twin(order, buyer=hospital.pk) for _order in range(MANY))
        lines = OrderLine.objects.bulk_create(twin(order.lines.get(), order=one.pk, position=1) for one in orders)
        Allocation.objects.bulk_create(twin(lot, order=line.order_id, line=line.pk, **of_there) for line in lines)
        payables = Payable.objects.bulk_create(twin(statement.payable) for _order in orders)
        SettlementStatement.objects.bulk_create(
            twin(statement, buyer=hospital.pk, payable=payable.pk) for payable in payables
        )
    count_rows_of("orders_purchaseorder", "orders_allocation", "orders_settlementstatement")
    return order


def plan_of(rows, *order):
    return rows.order_by(*order)[:PAGE].explain()


def test_each_list_comes_by_the_index_of_its_own_rows(order, treasurer_zhou, xiuying, coop_manager, cadre_liu):
    waiting = Q(status="held", order__status="asking")
    statements, sales, deliveries = (
        statement_rows(treasurer_zhou),
        sales_seen_by(xiuying),
        deliveries_seen_by(cadre_liu),
    )
    of_coop, of_village = sales_seen_by(coop_manager), sales_seen_by(cadre_liu)

    assert {row.delivery_id for row in statements} == {trip_of(order).pk}
    assert {row.order_id for row in sales} == {order.pk}
    assert order.pk in {row.order_id for row in of_coop[:PAGE]}
    assert [row.pk for row in deliveries] == [trip_of(order).pk]
    assert "statement_by_buyer" in plan_of(statements, "-pk")
    assert "Seq Scan on orders_settlementstatement" not in plan_of(statements, "-pk")
    assert "allocation_by_household" in plan_of(sales, "-pk")
    assert "allocation_by_household" in plan_of(sales.filter(~waiting), "-pk")
    assert "allocation_by_cooperative" in plan_of(of_coop, "-pk")
    assert "allocation_by_village" in plan_of(of_village, "-pk")
    assert "allocation_by_village" in plan_of(deliveries, "-pk")
    assert "Seq Scan on orders_allocation" not in plan_of(deliveries, "-pk")


def test_what_a_household_is_asked_comes_by_the_index_of_households(order, xiuying_household):
    others = Allocation.objects.exclude(order=order)
    with past_triggers():
        PurchaseOrder.objects.exclude(pk=order.pk).update(status="asking")
        others.update(status="held")
    count_rows_of("orders_purchaseorder", "orders_allocation")

    assert "allocation_by_household" in plan_of(asks_for(xiuying_household), "order__answer_by_at", "pk")
