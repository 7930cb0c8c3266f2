"""What moved a purse leads to the orders that did it."""

import pytest
from django.urls import reverse

from tests.factories import login
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db


def test_held_and_used_money_leads_to_its_order(client, story, cabbage_of_xiuying, treasurer_zhou):
    receipt = story.signed(wish((cabbage_of_xiuying, 90)))
    order = receipt.delivery.lines.get().allocation.order

    page = login(client, treasurer_zhou).get(reverse("fund-entries", args=[order.fund_id])).content.decode()

    assert page.count(reverse("order-detail", args=[order.pk])) == 2
    assert page.count(f"订单 {order.number}") == 2 and "占 144.00" in page and "用 144.00" in page
    assert "allocation:" not in page
